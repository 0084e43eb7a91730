/* SPDX-License-Identifier: GPL-2.0 */
/* What this program waits for in the kernel: its locks, by their tracepoints. */
#ifndef SCALE_WAITS_H
#define SCALE_WAITS_H

#include <stddef.h>
#include <stdint.h>

#include "hist.h"
#include "tracing.h"

/**
 * struct waits - a trace of all threads and children of this program
 * @tracing: its instance
 * @id: the numbers of its two events
 */
struct waits {
	struct tracing tracing;
	uint16_t id[2];
};

/**
 * struct wait_event - a thread begins to wait for a lock, or has it
 * @time: of CLOCK_MONOTONIC
 * @lock: its address
 * @thread: its number
 * @end: whether it has the lock
 */
struct wait_event {
	uint64_t time;
	uint64_t lock;
	int32_t thread;
	bool end;
};

/**
 * struct wait_times - what was seen
 * @wait: how long each wait was
 * @hold: how long who had waited for a lock kept it, as far as somebody else was
 *	waiting meanwhile: until he had it, so handing it over is part of it
 */
struct wait_times {
	struct hist *wait;
	struct hist *hold;
};

/**
 * waits_here - whether this kernel tells of waiting for locks
 *
 * Return: 0; -ENOENT: it does not; else a negative errno.
 */
int waits_here(void);

/**
 * waits_begin - begin to trace this program
 * @w: filled; to be given to waits_end()
 *
 * Return: as tracing_make().
 */
int waits_begin(struct waits *w);

/**
 * waits_end - end the trace, and take what was seen
 * @w: from waits_begin()
 * @times: added to
 *
 * Return: 0; -EOVERFLOW: events were lost; -EPROTO: not the format that is
 * known; else a negative errno.
 */
int waits_end(struct waits *w, struct wait_times *times);

/**
 * waits_sum_up - make waits of events
 * @event: put into the order of time
 * @n: how many
 * @times: added to; a wait without an end is none
 *
 * Return: 0, or -ENOMEM.
 */
int waits_sum_up(struct wait_event *event, size_t n, struct wait_times *times);

#endif /* SCALE_WAITS_H */
