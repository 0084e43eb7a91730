/* SPDX-License-Identifier: GPL-2.0 */
/* Plays a trace on heaps, and keeps count. */
#ifndef REPLAY_PLAY_H
#define REPLAY_PLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heap.h"
#include "hist.h"
#include "series.h"
#include "trace.h"

enum play_op { PLAY_ALLOC, PLAY_FREE, PLAY_OPS };

/**
 * struct play_counts - what a heap was asked for and gave
 * @allocs: buffers that were had
 * @frees: buffers that were freed by the trace
 * @failures: allocations that gave ENOMEM
 * @fragmented: those of them for which enough was free in sum; only where the
 *	size of the pool is known
 * @skipped_frees: frees of buffers that were never had
 * @peak_bytes: the most held at a time, in whole pages
 * @peak_buffers: the most buffers held at a time
 */
struct play_counts {
	uint64_t allocs;
	uint64_t frees;
	uint64_t failures;
	uint64_t fragmented;
	uint64_t skipped_frees;
	uint64_t peak_bytes;
	uint64_t peak_buffers;
};

/**
 * struct play_target - a heap that is played on
 * @heap: open
 * @pool: bytes in its pool, 0 when not known
 * @demand_bytes: the most the trace would hold if nothing failed
 * @demand_buffers: the same in buffers
 * @largest: bytes of the largest buffer, in whole pages
 * @largest_line: of the trace, where it is asked for
 * @counts: of the last time the trace was played
 * @held_bytes: now
 * @held_buffers: now
 * @service: time of each operation
 * @response: time from when each was due, on schedule
 * @use: @held_bytes over the trace's time, in microseconds
 * @demand: what it were if nothing failed
 */
struct play_target {
	struct heap heap;
	uint64_t pool;
	uint64_t demand_bytes;
	uint64_t demand_buffers;
	uint64_t largest;
	size_t largest_line;
	struct play_counts counts;
	uint64_t held_bytes;
	uint64_t held_buffers;
	struct hist *service[PLAY_OPS];
	struct hist *response[PLAY_OPS];
	struct series use;
	struct series demand;
};

/**
 * struct play - a trace and where it is played
 * @trace: the trace
 * @to: for each heap of the trace, the target that takes its operations
 * @target: the heaps, each once
 * @nr_targets: how many
 * @schedule: each operation when it is due, else one after the other
 * @speed: on schedule, so many times as fast as the trace tells
 * @after: called after each operation, untimed, with how many there were; or
 *	NULL
 * @data: for @after
 * @fd: for each buffer of the trace, -1 when it is not there
 * @failed_line: of the trace, where play_run() met an error
 * @failed: the target that gave it
 */
struct play {
	const struct trace *trace;
	size_t to[TRACE_HEAPS_MAX];
	struct play_target target[TRACE_HEAPS_MAX];
	size_t nr_targets;
	bool schedule;
	uint64_t speed;
	void (*after)(void *data, size_t done);
	void *data;
	int *fd;
	size_t failed_line;
	const struct play_target *failed;
};

/**
 * play_prepare - take the memory and the descriptors that playing needs
 * @play: @trace, @to, @target and @nr_targets set; of the targets, @heap;
 *	to be given to play_release(), also after an error
 *
 * Return: 0; -ENOMEM; -EMFILE when the process may not have as many
 * descriptors as there are buffers; else a negative errno.
 */
int play_prepare(struct play *play);

/**
 * play_check - can the trace be played on a heap without harm, and with hope?
 * @t: of a play from play_prepare()
 *
 * Return: 0; -ENOMEM, with a word on stderr, when its largest buffer is beyond
 * the heap's pool; else as heap_check_size() for all that lives at a time.
 */
int play_check(const struct play_target *t);

/**
 * play_run - play the trace once, then free what it never freed
 * @play: from play_prepare(); @schedule and @speed set
 *
 * Times are added to the histograms. An allocation that gives ENOMEM is
 * counted, and the buffer's free skipped.
 *
 * Return: 0; or the error of an operation, @failed_line and @failed set: what
 * was held is freed all the same.
 */
int play_run(struct play *play);

/**
 * play_release - undo play_prepare()
 * @play: the play
 */
void play_release(struct play *play);

#endif /* REPLAY_PLAY_H */
