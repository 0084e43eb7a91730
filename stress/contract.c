// SPDX-License-Identifier: GPL-2.0
/*
 * Does a heap keep the promises of restricted memory? Tries each promise on
 * each heap, ours and the peers'; contract/ has the promises, one by one.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "contract/promise.h"
#include "contract/table.h"
#include "heap.h"
#include "tap.h"
#include "tee.h"

enum format { FORMAT_TAP, FORMAT_TABLE };

static const char *const format_names[] = { "tap", "table", NULL };

static struct {
	struct opt_texts heaps;
	int format;
	bool table;
	bool no_tee;
} opts = {
	.format = FORMAT_TAP,
};

static char found[HEAP_LIST_MAX][HEAP_NAME_MAX];
static struct subject subjects[OPT_LIST_MAX];
static size_t nr_subjects;

static size_t nr_promises(void)
{
	size_t n = 0;

	while (promises[n])
		n++;
	return n;
}

/* Without --heap, all that there are. */
static int find_heaps(void)
{
	int n;

	if (opts.heaps.n)
		return EXIT_PASS;
	n = heap_list(found);
	if (n <= 0) {
		diag("no heap in /dev/dma_heap%s%s", n ? ": " : "",
		     n ? strerror(-n) : "");
		return EXIT_MISSING;
	}
	for (int i = 0; i < n; i++)
		opts.heaps.v[i] = found[i];
	opts.heaps.n = (size_t)n;
	return EXIT_PASS;
}

static int open_heaps(bool tee_gone)
{
	for (size_t i = 0; i < opts.heaps.n; i++) {
		int err = subject_open(&subjects[i], opts.heaps.v[i], tee_gone);

		if (err) {
			diag("heap %s: %s", opts.heaps.v[i],
			     heap_strerror(err));
			return EXIT_MISSING;
		}
		nr_subjects++;
	}
	return EXIT_PASS;
}

static void close_heaps(void)
{
	while (nr_subjects)
		heap_close(&subjects[--nr_subjects].heap);
}

/* Broken, it tells something about another's heap, and fails nothing. */
static bool is_finding(const struct promise *p, const struct subject *s)
{
	return s->origin == ORIGIN_PEER && !p->ours;
}

static void tell(const struct promise *p, const struct trial *t)
{
	char name[160], why[sizeof(t->why) + 8];

	snprintf(name, sizeof(name), "%s: %s", t->s->heap.name, p->name);
	if (t->outcome == KEPT) {
		tap_ok(name);
	} else if (t->outcome == SKIPPED) {
		tap_skip(name, t->why);
	} else if (is_finding(p, t->s)) {
		snprintf(why, sizeof(why), "peer: %s", t->why);
		tap_expected(name, why);
	} else {
		tap_not_ok(name, t->why);
	}
}

/* Return: EXIT_FAIL when one of ours broke a promise. */
static int try_heap(size_t h, enum outcome *outcomes)
{
	int code = EXIT_PASS;

	diag("heap %s", subjects[h].heap.name);
	for (size_t p = 0; promises[p]; p++) {
		struct trial t = { .s = &subjects[h] };

		trial_run(promises[p], &t);
		outcomes[p * nr_subjects + h] = t.outcome;
		if (t.outcome == BROKEN && !is_finding(promises[p], t.s)) {
			code = EXIT_FAIL;
			diag("heap %s: %s broken: %s", t.s->heap.name,
			     promises[p]->name, t.why);
		}
		if (opts.format == FORMAT_TAP)
			tell(promises[p], &t);
	}
	return code;
}

static int try_all(void)
{
	size_t cases = nr_promises() * nr_subjects;
	enum outcome *outcomes = calloc(cases, sizeof(*outcomes));
	int code = EXIT_PASS;

	if (!outcomes) {
		diag("no memory");
		return EXIT_MISSING;
	}
	if (opts.format == FORMAT_TAP)
		tap_begin((unsigned int)cases);
	for (size_t h = 0; h < nr_subjects; h++)
		if (try_heap(h, outcomes))
			code = EXIT_FAIL;
	if (opts.format == FORMAT_TAP && tap_end())
		code = EXIT_FAIL;
	if (opts.format == FORMAT_TABLE)
		table_print(stdout, subjects, nr_subjects, outcomes);
	if (opts.table)
		table_print(stderr, subjects, nr_subjects, outcomes);
	free(outcomes);
	return code;
}

static int run(const struct bench_env *env)
{
	bool tee_gone = access(TEE_DEVICE, F_OK);
	int code;

	(void)env;
	if (opts.no_tee && !tee_gone) {
		diag("--no-tee, but " TEE_DEVICE " is here");
		return EXIT_MISSING;
	}
	code = find_heaps();
	if (!code)
		code = open_heaps(tee_gone);
	if (!code)
		code = try_all();
	close_heaps();
	return code;
}

static int list(const struct bench_env *env)
{
	(void)env;
	for (size_t p = 0; promises[p]; p++)
		printf("%-20s %s\n", promises[p]->name, promises[p]->help);
	return EXIT_PASS;
}

static const struct opt options[] = {
	{ "heap", OPT_TEXTS, &opts.heaps, .meta = "NAME",
	  .help = "heap to try; default: all that are here" },
	{ "no-tee", OPT_FLAG, &opts.no_tee,
	  .help = "there must be no TEE here, or end with 3" },
	{ "table", OPT_FLAG, &opts.table,
	  .help = "print a table of heaps and promises on stderr at the end" },
	{ "format", OPT_CHOICE, &opts.format, .choices = format_names,
	  .help = "what goes to stdout" },
	{ .name = NULL },
};

static const struct bench contract = {
	.name = "contract",
	.help = "Does a heap keep the promises of restricted memory? Tries each promise on each\n"
		"heap. A heap of ours that breaks one fails; of a peer, it is told as a finding\n"
		"(XFAIL). --list tells the promises.",
	.examples = "  contract --table\n"
		    "  contract --heap restricted_mtk_cm\n",
	.output = "The results go to stdout, as TAP version 13 or as a table",
	.options = options,
	.list = list,
	.run = run,
};

int main(int argc, char **argv)
{
	return bench_main(&contract, argc, argv);
}
