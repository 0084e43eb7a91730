/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A stressor tortures one promise, from a seed, for a bounded time and number
 * of operations. What it cannot see for itself the oracles do (world.h).
 */
#ifndef RHEAP_STRESSOR_H
#define RHEAP_STRESSOR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dmabuf.h"
#include "heap.h"
#include "choices.h"

#define STRESS_HEAPS_MAX	16
#define STRESS_WHYS_MAX		16
#define STRESS_WHY_BYTES	256
#define STRESS_ROWS_MAX		512
#define STRESS_POWERS		48

#define PAGE_BYTES		4096

/* Seconds; what is kept for a while is given back in less */
#define STRESS_PATIENCE		30.0

struct fuzz_plan;
struct world;

/**
 * struct stress_row - what a stressor tells of one path, beside its sums
 * @path: name of it
 * @heap: name of the heap, and of the way that it works in
 * @cause: what was let fail
 * @points: where it was let fail
 * @failed: of them, those at which the path failed
 * @whole: there is no other point
 */
struct stress_row {
	char path[32];
	char heap[HEAP_NAME_MAX];
	char cause[8];
	uint64_t points;
	uint64_t failed;
	bool whole;
};

/**
 * struct stress_reach - which of the kernel's code a fuzzer reached
 * @told: this kernel tells
 * @guided: it guided the fuzzer
 * @pcs: places of the code
 * @begun: programs to begin with
 * @programs: that were played from a clean slate
 * @kept: programs that together reach all places
 * @within: of each power of two, places within so many operations; 0 for a power
 *	that was not come to
 */
struct stress_reach {
	bool told;
	bool guided;
	uint64_t pcs;
	uint64_t begun;
	uint64_t programs;
	uint64_t kept;
	uint64_t within[STRESS_POWERS];
};

/**
 * struct tally - what is counted, in memory that all processes share
 * @ops: operations that were done
 * @injected: faults, kills and other blows that were dealt
 * @found: promises that were seen broken
 * @stop: no more operations
 * @why: what was found, the first ones, a line each
 * @told: how many of them are written
 * @skipped: it was not run, and @why tells why
 * @tried: of each heap, allocations
 * @given: of them, those that gave a buffer
 * @held: of each heap, buffers that the workers hold
 * @bytes: likewise, their sizes
 * @row: written by one process alone
 * @rows: how many
 * @reach: likewise
 */
struct tally {
	atomic_uint_fast64_t ops;
	atomic_uint_fast64_t injected;
	atomic_uint_fast64_t found;
	atomic_bool stop;
	char why[STRESS_WHYS_MAX][STRESS_WHY_BYTES];
	atomic_uint told;
	atomic_bool skipped;
	atomic_uint_fast64_t tried[STRESS_HEAPS_MAX];
	atomic_uint_fast64_t given[STRESS_HEAPS_MAX];
	atomic_int_fast64_t held[STRESS_HEAPS_MAX];
	atomic_int_fast64_t bytes[STRESS_HEAPS_MAX];
	struct stress_row row[STRESS_ROWS_MAX];
	size_t rows;
	struct stress_reach reach;
};

/**
 * struct stress_heap - a heap under stress
 * @heap: open
 * @exp_name: its name in the kernel's list of dma-bufs
 */
struct stress_heap {
	struct heap heap;
	char exp_name[DMABUF_NAME_MAX];
};

/**
 * struct stress - a run of one stressor
 * @name: of the stressor
 * @heap: the heaps
 * @nr_heaps: how many
 * @seed: of all choices
 * @ops: operations to do, of all workers together
 * @workers: how many work at the same time
 * @end: CLOCK_MONOTONIC in seconds; no operation begins later
 * @patience: how long the oracles wait until all is at rest, in seconds
 * @before: what the oracles saw before
 * @fuzz: how fuzzers are run
 * @tally: shared by all processes
 */
struct stress {
	const char *name;
	struct stress_heap heap[STRESS_HEAPS_MAX];
	size_t nr_heaps;
	uint64_t seed;
	uint64_t ops;
	uint64_t workers;
	double end;
	double patience;
	const struct world *before;
	const struct fuzz_plan *fuzz;
	struct tally *tally;
};

/**
 * struct stressor - one of them
 * @name: as on the command line
 * @help: the promise that it tortures, one line
 * @ops: operations without --ops; a few seconds' worth
 * @workers: without --workers
 * @faults: it needs the switches of tee_sim
 * @tee_goes: the TEE is away for a while, or what a call of it needs; the
 *	controls lose what they free then
 * @torn: its books may not come together again: what is seen of the heaps is
 *	not judged, all else is
 * @plays: it plays the programs of a corpus
 * @prepare: optional; 0, or what stress_cannot() returns
 * @run: torture
 * @verify: optional; looks at what only this stressor knows of, after the
 *	oracles have seen the world at rest
 */
struct stressor {
	const char *name;
	const char *help;
	uint64_t ops;
	uint64_t workers;
	bool faults;
	bool tee_goes;
	bool torn;
	bool plays;
	int (*prepare)(struct stress *s);
	void (*run)(struct stress *s);
	void (*verify)(struct stress *s);
};

/**
 * stressors - all of them, ends with NULL
 */
extern const struct stressor *const stressors[];

/**
 * stress_found - tell that a promise was broken
 * @s: the run
 * @fmt: one line
 */
void stress_found(struct stress *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * stress_cannot - tell why a stressor cannot run here
 * @s: the run
 * @fmt: one line
 *
 * Return: -ENOTSUP.
 */
int stress_cannot(struct stress *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * stress_importer - load the test importer
 * @s: the run
 *
 * Return: 0, or what stress_cannot() returns.
 */
int stress_importer(struct stress *s);

/**
 * stress_injected - count blows
 * @s: the run
 * @n: how many
 */
static inline void stress_injected(struct stress *s, uint64_t n)
{
	atomic_fetch_add(&s->tally->injected, n);
}

/**
 * stress_heap_of - find a heap of the run
 * @s: the run
 * @name: of the heap
 *
 * Return: the heap, or NULL.
 */
struct stress_heap *stress_heap_of(struct stress *s, const char *name);

/**
 * stress_alloc - allocate, and count it
 * @s: the run
 * @heap: index of the heap
 * @size: in bytes
 *
 * Return: as heap_alloc().
 */
int stress_alloc(struct stress *s, size_t heap, uint64_t size);

/**
 * stress_set_largest - have no stressor draw a larger buffer
 * @bytes: a page or more
 */
void stress_set_largest(uint64_t bytes);

/**
 * stress_size - choose a buffer's size; any order of magnitude is as likely
 * @choices: where choices come from
 * @max: the largest, in bytes, whole pages
 *
 * Return: bytes, whole pages, a page to @max, or to what stress_set_largest() says.
 */
uint64_t stress_size(struct choices *choices, uint64_t max);

/**
 * stress_now - the time
 *
 * Return: CLOCK_MONOTONIC in seconds.
 */
double stress_now(void);

/**
 * stress_nap - sleep
 * @us: microseconds
 */
void stress_nap(unsigned int us);

#endif /* RHEAP_STRESSOR_H */
