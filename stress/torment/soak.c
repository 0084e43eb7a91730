// SPDX-License-Identifier: GPL-2.0
/*
 * Nothing leaks and nothing slows down, however slowly: stretches of load, and
 * after each a look at free memory and at what a buffer costs. What rises or
 * falls from stretch to stretch is found by a test for a trend. A cost is told
 * in buffers of the ordinary system heap, taken and given back beside it: a
 * computer that has less and less time for us makes both slower.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "diag.h"
#include "load.h"
#include "slope.h"
#include "world.h"

#define STRETCHES	36

/*
 * The first ones fill what is kept for later: tables, slabs. And each time the
 * kernel's caches are emptied it gives a little more of what it had at boot, 4 MiB
 * in a dozen times.
 */
#define WARM		16
#define POINTS		(STRETCHES - WARM)

#define SAMPLES		101
#define SAMPLE_BYTES	(64 << 10)

/* One in 3000 runs has such a trend by chance. */
#define Z_LIMIT		3.4

/* A trend that nobody could feel is none: bytes lost, and a part of the cost */
#define LOST_LIMIT	(256 << 10)
#define SLOWER_LIMIT	0.10

#define CONTROL		"system"

static double free_now[POINTS];
static double cost[STRESS_HEAPS_MAX][POINTS];

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The time of a buffer's life, in seconds; a negative errno without one */
static double lifetime(const struct heap *heap)
{
	double begin = stress_now();
	int fd = heap_alloc(heap, SAMPLE_BYTES);

	if (fd < 0)
		return fd;
	heap_free(fd);
	return stress_now() - begin;
}

static double median(double *values)
{
	qsort(values, SAMPLES, sizeof(*values), by_value);
	return values[SAMPLES / 2];
}

/* The median of a buffer's life, in lives of buffers of @control */
static double median_cost(struct stress *s, size_t heap,
			  const struct heap *control)
{
	double took[SAMPLES], beside[SAMPLES];

	for (int i = 0; i < SAMPLES; i++) {
		took[i] = lifetime(&s->heap[heap].heap);
		beside[i] = lifetime(control);
		if (took[i] < 0 || beside[i] < 0) {
			stress_found(s, "%s gives no buffer at rest",
				     took[i] < 0 ? s->heap[heap].heap.name :
				     control->name);
			return 0;
		}
	}
	return median(took) / median(beside);
}

static void look(struct stress *s, size_t point, const struct heap *control)
{
	for (size_t heap = 0; heap < s->nr_heaps; heap++)
		cost[heap][point] = median_cost(s, heap, control);
	if (!world_settled(s, s->before))
		stress_found(s, "after stretch %zu the books are not as before",
			     point + WARM);
	free_now[point] = (double)world_free_bytes();
}

/* For a person who wants to see it */
static void tell_free(void)
{
	char line[POINTS * 12];
	size_t used = 0;

	for (size_t i = 0; i < POINTS && used < sizeof(line); i++)
		used += (size_t)snprintf(line + used, sizeof(line) - used,
					 " %+.0f",
					 (free_now[i] - free_now[0]) / 1024);
	diag("free memory, KiB against the first look:%s", line);
}

static void expect_no_loss(struct stress *s)
{
	struct slope slope;

	if (slope_of(free_now, POINTS, &slope))
		return;
	tell_free();
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

static void stretches(struct stress *s, const struct heap *control)
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
			look(s, (size_t)(i - WARM), control);
		else
			world_free_bytes();
	}
	s->ops = ops;
	s->seed = seed;
	s->end = end;
}

static void run(struct stress *s)
{
	struct heap control;
	int err = heap_open(&control, CONTROL);

	if (err) {
		stress_found(s, "heap %s, the control: %s", CONTROL,
			     heap_strerror(err));
		return;
	}
	stretches(s, &control);
	heap_close(&control);
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
