/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One bit a page, in words of 64. Takes no lock: the caller serialises. Builds
 * on a host as it is.
 */
#ifndef MEMSVC_BITMAP_H
#define MEMSVC_BITMAP_H

#include <stdbool.h>
#include <stdint.h>

/* The service counts in pages of 4 KiB, whatever the normal world's are */
#define MEMSVC_PAGE_SHIFT	12

/* Words of bitmap that so many pages need */
#define MEMSVC_BITMAP_WORDS(pages)	(((pages) + 63) / 64)

/**
 * struct memsvc_run - pages in a row
 * @first: index of the first page, counted from the start of the region
 * @pages: how many
 */
struct memsvc_run {
	uint32_t first;
	uint32_t pages;
};

/**
 * memsvc_bitmap_next() - find a page
 * @bits: where
 * @from: first page to look at
 * @end: page to stop before
 * @set: whether to look for a bit that is set or for one that is clear
 *
 * Return: its index, @end if there is none.
 */
uint32_t memsvc_bitmap_next(const uint64_t *bits, uint32_t from, uint32_t end,
			    bool set);

/**
 * memsvc_bitmap_all() - whether the bits of some runs are all alike
 * @bits: where
 * @runs: the pages
 * @count: entries in @runs
 * @set: how they should be
 *
 * Return: true when all are set, or all are clear.
 */
bool memsvc_bitmap_all(const uint64_t *bits, const struct memsvc_run *runs,
		       uint32_t count, bool set);

/**
 * memsvc_bitmap_write() - set or clear the bits of some runs
 * @bits: where
 * @runs: the pages
 * @count: entries in @runs
 * @set: which of both
 *
 * Return: the number of pages in @runs.
 */
uint32_t memsvc_bitmap_write(uint64_t *bits, const struct memsvc_run *runs,
			     uint32_t count, bool set);

#endif /* MEMSVC_BITMAP_H */
