/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which pages of the region are taken: one bit a page, first fit.
 *
 * Knows no handles, no addresses and no contents, and takes no lock: the
 * caller serialises. Builds on a host as it is.
 */
#ifndef MEMSVC_POOL_H
#define MEMSVC_POOL_H

#include <stdint.h>

#include "bitmap.h"

/* Words of bitmap that a pool of so many pages needs */
#define MEMSVC_POOL_WORDS(pages)	MEMSVC_BITMAP_WORDS(pages)

/**
 * struct memsvc_pool - a region's free and taken pages
 * @taken: one bit a page, set while it is taken
 * @base: page number (address divided by the page size) of page 0
 * @pages: pages in the region
 * @free: pages not taken
 */
struct memsvc_pool {
	uint64_t *taken;
	uint64_t base;
	uint32_t pages;
	uint32_t free;
};

/**
 * memsvc_pool_init() - begin with every page free
 * @pool: what to set up
 * @taken: MEMSVC_POOL_WORDS(pages) words; stays the caller's
 * @base: page number of page 0, so that alignment is that of the address
 * @pages: pages in the region, at least 1
 */
void memsvc_pool_init(struct memsvc_pool *pool, uint64_t *taken, uint64_t base,
		      uint32_t pages);

/**
 * memsvc_pool_take() - take pages
 * @pool: where from
 * @pages: how many
 * @align: power of two, in pages; every run begins at a multiple, and all but
 *	the last have a multiple as their length
 * @runs: the pages taken, to be handed to memsvc_pool_give() one by one
 * @max: entries in @runs, at least 1
 *
 * One run, the first that is long enough; else as few as will do, the longest
 * free ones first, and those of equal length in the order of their addresses.
 * With @align 1 this fails only when fewer than @pages are free, or when the
 * @max longest runs together are shorter.
 *
 * Return: number of runs; 0 when nothing was taken, for lack of free pages or
 * because @pages is 0.
 */
uint32_t memsvc_pool_take(struct memsvc_pool *pool, uint32_t pages,
			  uint32_t align, struct memsvc_run *runs,
			  uint32_t max);

/**
 * memsvc_pool_give() - give pages back
 * @pool: where they came from
 * @run: a run from memsvc_pool_take(), not given back before
 */
void memsvc_pool_give(struct memsvc_pool *pool, const struct memsvc_run *run);

/**
 * memsvc_pool_next_taken() - find a page that is taken
 * @pool: where
 * @from: first page to look at
 *
 * Return: its index, or the pool's number of pages when there is none.
 */
uint32_t memsvc_pool_next_taken(const struct memsvc_pool *pool, uint32_t from);

#endif /* MEMSVC_POOL_H */
