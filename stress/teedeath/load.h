/* SPDX-License-Identifier: GPL-2.0 */
/* Threads that allocate and free, whatever happens to the TEE. */
#ifndef RHEAP_TEEDEATH_LOAD_H
#define RHEAP_TEEDEATH_LOAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "heap.h"

#define LOAD_THREADS_MAX	64

/**
 * struct load - the threads
 * @heaps: what they allocate from, in turns
 * @nr_heaps: how many
 * @seed: of all that is random
 * @threads: those that run
 * @nr_threads: how many
 * @stop: they free what they hold, and end
 * @given: buffers that were had
 * @refused: allocations that gave -ENODEV
 * @err: the first error of another kind, else 0
 */
struct load {
	const struct heap *const *heaps;
	size_t nr_heaps;
	uint64_t seed;
	pthread_t threads[LOAD_THREADS_MAX];
	size_t nr_threads;
	atomic_bool stop;
	atomic_uint_fast64_t given;
	atomic_uint_fast64_t refused;
	atomic_int err;
};

/**
 * load_start - start the threads
 * @load: @heaps, @nr_heaps and @seed are set, all else is zero
 * @threads: how many, at most LOAD_THREADS_MAX
 *
 * Return: 0; -EAGAIN when one could not be started, and then none runs.
 */
int load_start(struct load *load, size_t threads);

/**
 * load_stop - wait until the threads have freed what they hold, and have ended
 * @load: started
 */
void load_stop(struct load *load);

#endif /* RHEAP_TEEDEATH_LOAD_H */
