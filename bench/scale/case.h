/* SPDX-License-Identifier: GPL-2.0 */
/* One crew on one heap, or on several at once, measured and written down. */
#ifndef SCALE_CASE_H
#define SCALE_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crew.h"
#include "emit.h"
#include "hist.h"
#include "waits.h"

/**
 * struct bench_case - what is measured
 * @heap: the heaps
 * @nr_heaps: how many, 1 but for heaps at once
 * @together: their names, joined; NULL for one
 * @workers: how many
 * @processes: whether they are processes
 * @size: sizes of the buffers, each as likely
 * @nr_sizes: how many
 */
struct bench_case {
	const struct heap *heap[CREW_HEAPS_MAX];
	size_t nr_heaps;
	const char *together;
	size_t workers;
	bool processes;
	const uint64_t *size;
	size_t nr_sizes;
};

/**
 * struct lab - what all cases use
 * @env: what the program runs with
 * @rounds: how often a crew does its job; each is a sample of the cost
 * @buffers: of each heap and round
 * @cpus: of the machine
 * @traced: whether waits for locks are looked for
 * @crew: the workers
 * @sizes: of the buffers, room for @buffers
 * @due: when they begin, room for @buffers
 * @cost: time of a round over its buffers
 * @alloc: times of allocations, of each heap
 * @free: times of frees, of each heap
 * @cycle: times of both, of each heap
 * @response: times from when a buffer was due until it was back
 * @times: waits for locks
 */
struct lab {
	const struct bench_env *env;
	uint64_t rounds;
	size_t buffers;
	size_t cpus;
	bool traced;
	struct crew crew;
	uint64_t *sizes;
	uint64_t *due;
	struct hist *cost;
	struct hist *alloc[CREW_HEAPS_MAX];
	struct hist *free[CREW_HEAPS_MAX];
	struct hist *cycle[CREW_HEAPS_MAX];
	struct hist *response;
	struct wait_times times;
};

/**
 * lab_new - get all memory
 * @lab: @env to @traced set, the rest filled
 *
 * Return: 0, to be given to lab_free(); -ENOMEM.
 */
int lab_new(struct lab *lab);

/**
 * lab_free - give it back
 * @lab: from lab_new()
 */
void lab_free(struct lab *lab);

/**
 * case_closed - everybody as fast as he can
 * @lab: from lab_new()
 * @c: the case
 * @cost: set to the median time of a buffer of the crew
 *
 * Return: 0; -ENOMEM and others: the heap has no such buffer, which is
 * written down, too; -EPIPE and other errors of writing: see @lab->broken.
 */
int case_closed(struct lab *lab, const struct bench_case *c, uint64_t *cost);

/**
 * case_open - buffers begin when they are due, whoever is late
 * @lab: from lab_new()
 * @c: the case, of one heap
 * @load: percent of what case_closed() gave
 * @cost: from case_closed()
 *
 * Return: as case_closed().
 */
int case_open(struct lab *lab, const struct bench_case *c, uint64_t load,
	      uint64_t cost);

#endif /* SCALE_CASE_H */
