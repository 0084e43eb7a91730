/* SPDX-License-Identifier: GPL-2.0 */
/* Writes down what playing a trace told. */
#ifndef REPLAY_EMIT_H
#define REPLAY_EMIT_H

#include <stdint.h>

#include "bench.h"
#include "play.h"

/* A heap's stats file is shorter */
#define EMIT_STATS_MAX	4096

/**
 * struct emit - what the measurements of a case share
 * @env: what the program runs with
 * @trace: the trace's name
 * @pace: fast or schedule
 * @speed: on schedule, times as fast
 * @repeat: how often the trace was played
 */
struct emit {
	const struct bench_env *env;
	const char *trace;
	const char *pace;
	uint64_t speed;
	uint64_t repeat;
};

/**
 * emit_target - write everything of a heap that was played on
 * @e: the case
 * @t: the heap; its series are made thin
 * @stats: the text of the heap's stats file before, "" when it has none
 *
 * Return: 0, or a negative errno from writing.
 */
int emit_target(const struct emit *e, struct play_target *t,
		const char *stats);

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
