// SPDX-License-Identifier: GPL-2.0
/*
 * Nothing leaks and nothing slows down, however slowly: stretches of load, and
 * after each a look at free memory and at what a buffer costs. What rises or
 * falls from stretch to stretch is found by a test for a trend.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "diag.h"
#include "load.h"
#include "slope.h"
#include "world.h"

#define STRETCHES	24

/* The first ones fill what is kept for later: tables, caches, slabs. */
#define WARM		4
#define POINTS		(STRETCHES - WARM)

#define SAMPLES		101
#define SAMPLE_BYTES	(64 << 10)

/* One in 3000 runs has such a trend by chance. */
#define Z_LIMIT		3.4

/* A trend that nobody could feel is none: bytes lost, and a part of the cost */
#define LOST_LIMIT	(256 << 10)
#define SLOWER_LIMIT	0.10

static double free_now[POINTS];
static double cost[STRESS_HEAPS_MAX][POINTS];

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The median, in seconds, of a buffer's life */
static double median_cost(struct stress *s, size_t heap)
{
	double took[SAMPLES];

	for (int i = 0; i < SAMPLES; i++) {
		double begin = stress_now();
		int fd = stress_alloc(s, heap, SAMPLE_BYTES);

		if (fd < 0) {
			stress_found(s, "%s gives no buffer at rest: %s",
				     s->heap[heap].heap.name, strerror(-fd));
			return 0;
		}
		heap_free(fd);
		took[i] = stress_now() - begin;
	}
	qsort(took, SAMPLES, sizeof(*took), by_value);
	return took[SAMPLES / 2];
}

static void look(struct stress *s, size_t point)
{
	for (size_t heap = 0; heap < s->nr_heaps; heap++)
		cost[heap][point] = median_cost(s, heap);
	if (!world_settled(s, s->before))
		stress_found(s, "after stretch %zu the books are not as before",
			     point + WARM);
	free_now[point] = (double)world_free_bytes();
}

static void expect_no_loss(struct stress *s)
{
	struct slope slope;

	if (slope_of(free_now, POINTS, &slope))
		return;
	diag("free memory: %.0f bytes a stretch, z %.1f", slope.step, slope.z);
	if (slope.z < -Z_LIMIT && -slope.step * POINTS > LOST_LIMIT)
		stress_found(s, "free memory falls by %.0f bytes a stretch (z %.1f)",
			     -slope.step, slope.z);
}

static void expect_as_fast(struct stress *s, size_t heap)
{
	const char *name = s->heap[heap].heap.name;
	struct slope slope;
	double rise;

	if (slope_of(cost[heap], POINTS, &slope) || cost[heap][0] <= 0)
		return;
	rise = slope.step * POINTS / cost[heap][0];
	diag("%s: %+.1f %% in %d stretches, z %.1f", name, 100 * rise, POINTS,
	     slope.z);
	if (slope.z > Z_LIMIT && rise > SLOWER_LIMIT)
		stress_found(s, "%s: a buffer costs %.0f %% more at the end (z %.1f)",
			     name, 100 * rise, slope.z);
}

static void run(struct stress *s)
{
	const struct crew crew = { .work = load_work };
	uint64_t ops = s->ops, seed = s->seed;
	double begin = stress_now(), end = s->end;

	s->ops = ops / STRETCHES;
	for (int i = 0; i < STRETCHES; i++) {
		s->seed = seed + (uint64_t)i;
		s->end = begin + (end - begin) * (i + 1) / STRETCHES;
		atomic_store(&s->tally->stop, false);
		crew_run(s, &crew);
		if (i >= WARM)
			look(s, (size_t)(i - WARM));
	}
	s->ops = ops;
	s->seed = seed;
	s->end = end;
	expect_no_loss(s);
	for (size_t heap = 0; heap < s->nr_heaps; heap++)
		expect_as_fast(s, heap);
}

const struct stressor stressor_soak = {
	.name = "soak",
	.help = "nothing leaks and nothing slows down: a test for a trend, from stretch to stretch",
	.ops = 12000,
	.workers = 4,
	.run = run,
};
