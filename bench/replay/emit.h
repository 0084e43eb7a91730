/* SPDX-License-Identifier: GPL-2.0 */
/* Writes down what playing a trace told. */
#ifndef REPLAY_EMIT_H
#define REPLAY_EMIT_H

#include <stdint.h>

#include "bench.h"
#include "play.h"

/* A heap's stats file is shorter */
#define EMIT_STATS_MAX	4096

#define EMIT_PARAMS_MAX	6

/**
 * struct emit_param - a parameter of all measurements of a case
 * @key: its name
 * @text: its value, or NULL when it is a number
 * @count: the number
 */
struct emit_param {
	const char *key;
	const char *text;
	uint64_t count;
};

/**
 * struct emit - what the measurements of a case share
 * @env: what the program runs with
 * @bench: the instrument
 * @param: its parameters, beside the heap; ends with a NULL key
 */
struct emit {
	const struct bench_env *env;
	const char *bench;
	struct emit_param param[EMIT_PARAMS_MAX + 1];
};

/**
 * emit_begin - begin a measurement
 * @e: the case
 * @r: begun; ends with a record_emit_...() function
 * @heap: the heap's name; NULL where it is of none alone
 * @metric: what is measured
 * @unit: of it; NULL for that of the clock
 */
void emit_begin(const struct emit *e, struct record *r, const char *heap,
		const char *metric, const char *unit);

/**
 * emit_count - write an exact counter
 * @e: the case
 * @heap: the heap's name
 * @metric: what is counted
 * @unit: count or bytes
 * @value: of it
 *
 * Return: 0, or a negative errno from writing.
 */
int emit_count(const struct emit *e, const char *heap, const char *metric,
	       const char *unit, uint64_t value);

/**
 * emit_series - write how a counter went
 * @e: the case
 * @heap: the heap's name
 * @metric: the counter
 * @unit: count or bytes
 * @against: unit of the places, us or count
 * @s: made thin; nothing is written of an empty one
 *
 * Return: 0, or a negative errno from writing.
 */
int emit_series(const struct emit *e, const char *heap, const char *metric,
		const char *unit, const char *against, struct series *s);

/**
 * emit_target - write times and counts of a heap that was played on
 * @e: the case
 * @t: the heap
 * @stats: the text of the heap's stats file before, "" when it has none
 *
 * Return: 0, or a negative errno from writing.
 */
int emit_target(const struct emit *e, const struct play_target *t,
		const char *stats);

/**
 * emit_tee - write the lines of a heap's own books that count calls into the TEE
 * @e: the case
 * @heap: the heap's name
 * @before: the text of its stats file before, "" when it has none
 *
 * Return: 0, also where it has none; or a negative errno.
 */
int emit_tee(const struct emit *e, const char *heap, const char *before);

/**
 * emit_skipped - write that a case could not be played
 * @e: the case
 * @heap: the heap that is the reason
 * @why: its error, a negative errno
 *
 * For whoever has only the measurements, and not what goes to stderr.
 *
 * Return: 0, or a negative errno from writing.
 */
int emit_skipped(const struct emit *e, const char *heap, int why);

#endif /* REPLAY_EMIT_H */
