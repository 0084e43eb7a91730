// SPDX-License-Identifier: GPL-2.0
#include "stressor.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "device.h"

void stress_found(struct stress *s, const char *fmt, ...)
{
	unsigned int slot = atomic_fetch_add(&s->tally->told, 1);
	va_list ap;

	if (slot < STRESS_WHYS_MAX) {
		va_start(ap, fmt);
		vsnprintf(s->tally->why[slot], STRESS_WHY_BYTES, fmt, ap);
		va_end(ap);
	}
	atomic_fetch_add(&s->tally->found, 1);
}

int stress_cannot(struct stress *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->tally->why[0], STRESS_WHY_BYTES, fmt, ap);
	va_end(ap);
	atomic_store(&s->tally->skipped, true);
	return -ENOTSUP;
}

int stress_importer(struct stress *s)
{
	return device_load() ?
	       stress_cannot(s, "no " DEVICE_PATH ": load restricted_importer.ko") : 0;
}

int stress_alloc(struct stress *s, size_t heap, uint64_t size)
{
	int fd = heap_alloc(&s->heap[heap].heap, size);

	atomic_fetch_add(&s->tally->tried[heap], 1);
	if (fd >= 0)
		atomic_fetch_add(&s->tally->given[heap], 1);
	return fd;
}

struct stress_heap *stress_heap_of(struct stress *s, const char *name)
{
	for (size_t i = 0; i < s->nr_heaps; i++)
		if (!strcmp(s->heap[i].heap.name, name))
			return &s->heap[i];
	return NULL;
}

static uint64_t largest = UINT64_MAX;

void stress_set_largest(uint64_t bytes)
{
	largest = bytes;
}

uint64_t stress_size(struct choices *choices, uint64_t max)
{
	uint64_t pages = (max < largest ? max : largest) / PAGE_BYTES;
	unsigned int octaves = 64 - (unsigned int)__builtin_clzll(pages | 1);
	uint64_t from = UINT64_C(1) << choose_below(choices, octaves);
	uint64_t to = 2 * from - 1 < pages ? 2 * from - 1 : pages;

	return (from + choose_below(choices, to - from + 1)) * PAGE_BYTES;
}

double stress_now(void)
{
	struct timespec ts;

	/* Cannot fail: the clock is always there. */
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

void stress_nap(unsigned int us)
{
	const struct timespec rest = {
		.tv_sec = us / 1000000,
		.tv_nsec = (long)(us % 1000000) * 1000,
	};

	nanosleep(&rest, NULL);
}
