/* SPDX-License-Identifier: GPL-2.0 */
/* What a storm is made of: heaps, and threads that allocate and free. */
#ifndef RHEAP_STORM_H
#define RHEAP_STORM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "books.h"
#include "dmabuf.h"
#include "heap.h"
#include "rng.h"

#define STORM_LIVE_MAX		256
#define STORM_THREADS_MAX	64

/**
 * struct target - a heap in the storm
 * @heap: open
 * @exp_name: its name in the kernel's list of dma-bufs
 * @before: its books before the storm
 * @allocs: buffers that were had
 * @full: allocations that gave ENOMEM
 * @in_use: bytes held, those asked for included
 * @peak: the most of them ever
 * @held: buffers that the threads hold
 * @wrong: something went wrong; set once
 * @why: what, one line; valid when @told
 * @told: @why is written
 */
struct target {
	struct heap heap;
	char exp_name[DMABUF_NAME_MAX];
	struct books before;
	atomic_uint_fast64_t allocs;
	atomic_uint_fast64_t full;
	atomic_uint_fast64_t in_use;
	atomic_uint_fast64_t peak;
	atomic_uint_fast64_t held;
	atomic_bool wrong;
	char why[256];
	atomic_bool told;
};

/**
 * struct storm - a storm
 * @targets: the heaps
 * @nr_targets: how many
 * @threads: how many threads
 * @ops: allocations of all threads together
 * @live: buffers that a thread holds at most
 * @min: smallest buffer in bytes, whole pages
 * @max: largest, whole pages
 * @seed: of all choices
 * @done: allocations tried so far
 * @freed: buffers freed so far
 * @calm: threads that have done all their allocations
 * @gone: threads that have freed what they held
 * @stop: no more allocations
 * @release: free what is held
 */
struct storm {
	struct target *targets;
	size_t nr_targets;
	uint64_t threads;
	uint64_t ops;
	uint64_t live;
	uint64_t min;
	uint64_t max;
	uint64_t seed;
	atomic_uint_fast64_t done;
	atomic_uint_fast64_t freed;
	atomic_uint_fast64_t calm;
	atomic_uint_fast64_t gone;
	atomic_bool stop;
	atomic_bool release;
};

/**
 * struct worker - one of the threads
 * @storm: it is part of
 * @index: 0 to threads - 1; its choices depend on it and on the seed alone
 * @thread: itself
 */
struct worker {
	struct storm *storm;
	uint64_t index;
	pthread_t thread;
};

/**
 * worker_start - let a thread begin
 * @w: @storm and @index set; @thread is filled; stays until joined
 *
 * It allocates and frees, waits until @storm->release, frees what it holds,
 * and ends.
 *
 * Return: 0, or a negative errno.
 */
int worker_start(struct worker *w);

/**
 * target_wrong - remember the first thing that went wrong with a heap
 * @target: the heap
 * @fmt: one line
 */
void target_wrong(struct target *target, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * storm_fits - can the heap never be full, however torn its free memory is
 * @storm: its sizes
 * @peak: the most bytes ever in use at a time
 * @pool: bytes in the pool
 *
 * Robson's bound: an allocator that takes the first hole that is large enough
 * needs no more than @peak * (log2(@max / @min) + 1) bytes. So an allocation
 * that fails below that bound fails without a reason.
 */
bool storm_fits(const struct storm *storm, uint64_t peak, uint64_t pool);

/**
 * storm_size - choose a buffer's size; any order of magnitude is as likely
 * @storm: its limits
 * @rng: where chance comes from
 *
 * Return: bytes, whole pages, @storm->min to @storm->max.
 */
uint64_t storm_size(const struct storm *storm, struct rng *rng);

#endif /* RHEAP_STORM_H */
