// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "pool.h"

static uint32_t next_free(const struct memsvc_pool *pool, uint32_t from)
{
	return memsvc_bitmap_next(pool->taken, from, pool->pages, false);
}

static void mark(struct memsvc_pool *pool, const struct memsvc_run *run,
		 bool taken)
{
	memsvc_bitmap_write(pool->taken, run, 1, taken);
	if (taken)
		pool->free -= run->pages;
	else
		pool->free += run->pages;
}

/*
 * What can be used of the free run that begins at @start: from the first
 * multiple of @align on, and no more than @pages.
 * Return: the page to go on from.
 */
static uint32_t usable_run(const struct memsvc_pool *pool, uint32_t start,
			   uint32_t pages, uint32_t align,
			   struct memsvc_run *run)
{
	uint32_t skip = -(pool->base + start) & (align - 1);
	uint64_t enough = (uint64_t)start + skip + pages;
	uint32_t end = enough < pool->pages ? enough : pool->pages;

	end = memsvc_bitmap_next(pool->taken, start, end, true);
	run->first = start + skip;
	run->pages = skip < end - start ? end - start - skip : 0;
	return end;
}

/* Keep @run in the @count longest so far, the longest first; return the count */
static uint32_t keep_longest(struct memsvc_run *runs, uint32_t count,
			     uint32_t max, const struct memsvc_run *run)
{
	uint32_t i = 0;

	if (count < max)
		i = count++;
	else if (run->pages > runs[max - 1].pages)
		i = max - 1;
	else
		return count;

	for (; i && runs[i - 1].pages < run->pages; i--)
		runs[i] = runs[i - 1];
	runs[i] = *run;
	return count;
}

/* Cut the list to what @pages need; return its new length, 0 if too short */
static uint32_t trim(struct memsvc_run *runs, uint32_t count, uint32_t pages)
{
	uint32_t i = 0;

	for (i = 0; i < count; i++) {
		if (runs[i].pages >= pages) {
			runs[i].pages = pages;
			return i + 1;
		}
		pages -= runs[i].pages;
	}
	return 0;
}

void memsvc_pool_init(struct memsvc_pool *pool, uint64_t *taken, uint64_t base,
		      uint32_t pages)
{
	uint32_t i = 0;

	for (i = 0; i < MEMSVC_POOL_WORDS(pages); i++)
		taken[i] = 0;

	pool->taken = taken;
	pool->base = base;
	pool->pages = pages;
	pool->free = pages;
}

uint32_t memsvc_pool_take(struct memsvc_pool *pool, uint32_t pages,
			  uint32_t align, struct memsvc_run *runs,
			  uint32_t max)
{
	struct memsvc_run run = { };
	uint32_t count = 0;
	uint32_t next = 0;
	uint32_t i = 0;

	if (!pages || pages > pool->free)
		return 0;

	for (next = next_free(pool, 0); next < pool->pages;
	     next = next_free(pool, next)) {
		next = usable_run(pool, next, pages, align, &run);
		if (run.pages == pages) {
			runs[0] = run;
			count = 1;
			break;
		}
		run.pages &= ~(align - 1);
		if (run.pages)
			count = keep_longest(runs, count, max, &run);
	}

	count = trim(runs, count, pages);
	for (i = 0; i < count; i++)
		mark(pool, runs + i, true);
	return count;
}

void memsvc_pool_give(struct memsvc_pool *pool, const struct memsvc_run *run)
{
	mark(pool, run, false);
}

uint32_t memsvc_pool_next_taken(const struct memsvc_pool *pool, uint32_t from)
{
	return memsvc_bitmap_next(pool->taken, from, pool->pages, true);
}
