/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every program shares: a struct that describes it, from which --help and
 * --list come, and the options that all take.
 */
#ifndef RHEAP_BENCH_H
#define RHEAP_BENCH_H

#include <stdint.h>

#include "clock.h"
#include "diag.h"
#include "options.h"
#include "record.h"

/**
 * struct bench_env - what a program runs with
 * @clock: which one it is
 * @seed: for every random choice
 * @label: --label, or NULL
 * @tee: $RHEAP_TEE, or NULL
 * @pass: $RHEAP_PASS, how often all this has been measured in this boot, this time
 *	included; 0 where it is done once
 */
struct bench_env {
	enum clock_kind clock;
	uint64_t seed;
	const char *label;
	const char *tee;
	uint64_t pass;
};

/**
 * struct bench - a program
 * @name: as on the command line
 * @help: the question it answers, a sentence or some lines
 * @examples: lines of --help
 * @output: a sentence for --help on what goes to stdout; NULL for measurements
 * @options: its own options, ends with a NULL name, or NULL
 * @list: print the cases that @run would run with these options, one a line
 *	on stdout; return an exit code
 * @run: do it; return an exit code
 */
struct bench {
	const char *name;
	const char *help;
	const char *examples;
	const char *output;
	const struct opt *options;
	int (*list)(const struct bench_env *env);
	int (*run)(const struct bench_env *env);
};

/**
 * bench_main - the main() of every program
 * @bench: the program
 * @argc: as main() got it
 * @argv: as main() got it
 *
 * Return: an enum exit_code.
 */
int bench_main(const struct bench *bench, int argc, char **argv);

/**
 * bench_params - add the parameters that all measurements have
 * @env: what the program runs with
 * @r: begun
 */
void bench_params(const struct bench_env *env, struct record *r);

/**
 * bench_record - begin a measurement with the parameters all have
 * @env: what the program runs with
 * @r: begun; the caller adds parameters and ends it with record_emit_...()
 * @bench: goes into field "bench"
 * @metric: what is measured
 * @unit: of it; NULL for that of the clock
 */
void bench_record(const struct bench_env *env, struct record *r,
		  const char *bench, const char *metric, const char *unit);

#endif /* RHEAP_BENCH_H */
