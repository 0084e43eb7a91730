/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which pages of the normal world's RAM are restricted: one bit a page.
 *
 * Reads lists that the caller has copied into secure memory, and takes no lock:
 * the caller serialises. Builds on a host as it is.
 */
#ifndef MEMSVC_LENT_H
#define MEMSVC_LENT_H

#include <stdbool.h>
#include <stdint.h>

#include "bitmap.h"
#include "restricted_tee.h"

/* Areas of RAM there may be, apart from each other, in the window */
#define MEMSVC_LENT_AREAS	16

/* Runs of pages that may be held at a time */
#define MEMSVC_LENT_HELD	4

/* A run that is told of is at most so long: its bytes fit 32 bits */
#define MEMSVC_LENT_RUN_MAX	0xfffffu

/**
 * struct memsvc_lent_entry - an entry of a list, where it can be read in words
 * @range: as the normal world wrote it
 */
struct memsvc_lent_entry {
	struct memsvc_range range;
} __attribute__((aligned(4)));

/**
 * struct memsvc_lent - the books of a window of addresses
 * @bits: one a page of the window, set while it is restricted
 * @base: page number (address divided by the page size) of page 0
 * @pages: pages in the window
 * @areas: the parts of the window that are the normal world's RAM, in rising
 *	order, none next to another
 * @area_count: entries in @areas
 * @held: runs that are restricted as a whole, until they are dropped
 * @held_count: entries in @held
 * @lent: pages restricted, the held ones among them
 * @taken: ranges ever marked, modulo 2^32
 * @given: ranges ever unmarked, modulo 2^32
 */
struct memsvc_lent {
	uint64_t *bits;
	uint64_t base;
	uint32_t pages;
	struct memsvc_run areas[MEMSVC_LENT_AREAS];
	uint32_t area_count;
	struct memsvc_run held[MEMSVC_LENT_HELD];
	uint32_t held_count;
	uint32_t lent;
	uint32_t taken;
	uint32_t given;
};

/**
 * memsvc_lent_init() - begin with no page restricted, and no RAM
 * @lent: what to set up
 * @bits: MEMSVC_BITMAP_WORDS(pages) words; stays the caller's
 * @base: page number of page 0
 * @pages: pages in the window, at least 1
 */
void memsvc_lent_init(struct memsvc_lent *lent, uint64_t *bits, uint64_t base,
		      uint32_t pages);

/**
 * memsvc_lent_add_area() - tell of RAM of the normal world
 * @lent: where
 * @pa: its address, not below that of any area before
 * @size: in bytes
 *
 * Only what lies in the window, and only whole pages, become lendable.
 *
 * Return: false when there is no room for one more area.
 */
bool memsvc_lent_add_area(struct memsvc_lent *lent, uint64_t pa, uint64_t size);

/**
 * memsvc_lent_check() - whether a list may be taken at its word
 * @lent: where its pages should lie
 * @list: anything; not written by anybody meanwhile
 * @count: entries in @list
 * @runs: filled with the same ranges as pages of the window; valid when the
 *	list is
 *
 * Return: whether there is an entry, and each is of whole pages, inside one
 * area, and not before the end of the one before.
 */
bool memsvc_lent_check(const struct memsvc_lent *lent,
		       const struct memsvc_lent_entry *list, uint32_t count,
		       struct memsvc_run *runs);

/**
 * memsvc_lent_all() - whether pages are all alike
 * @lent: where
 * @runs: the pages, from memsvc_lent_check()
 * @count: entries in @runs
 * @restricted: how they should be
 *
 * Return: true when all are restricted, or all are not.
 */
bool memsvc_lent_all(const struct memsvc_lent *lent,
		     const struct memsvc_run *runs, uint32_t count,
		     bool restricted);

/**
 * memsvc_lent_mark() - enter pages as restricted
 * @lent: where
 * @runs: the pages, from memsvc_lent_check(), none of them restricted
 * @count: entries in @runs
 */
void memsvc_lent_mark(struct memsvc_lent *lent, const struct memsvc_run *runs,
		      uint32_t count);

/**
 * memsvc_lent_unmark() - take pages out again
 * @lent: where
 * @runs: the pages, from memsvc_lent_check(), all of them restricted, none held
 * @count: entries in @runs
 */
void memsvc_lent_unmark(struct memsvc_lent *lent, const struct memsvc_run *runs,
			uint32_t count);

/**
 * memsvc_lent_hold() - enter pages as restricted, and hold them so
 * @lent: where
 * @run: the pages, from memsvc_lent_check(), none of them restricted
 *
 * Return: false, with nothing entered, when there is no room for one more run.
 */
bool memsvc_lent_hold(struct memsvc_lent *lent, const struct memsvc_run *run);

/**
 * memsvc_lent_drop() - take pages that were held out again
 * @lent: where
 * @run: any pages
 *
 * Return: false, with nothing changed, when no such run is held.
 */
bool memsvc_lent_drop(struct memsvc_lent *lent, const struct memsvc_run *run);

/**
 * memsvc_lent_is_held() - whether a page is part of what is held
 * @lent: where
 * @runs: the pages, from memsvc_lent_check()
 * @count: entries in @runs
 *
 * Return: true when at least one page is.
 */
bool memsvc_lent_is_held(const struct memsvc_lent *lent,
			 const struct memsvc_run *runs, uint32_t count);

/**
 * memsvc_lent_next() - find restricted pages
 * @lent: where
 * @from: first page of the window to look at
 * @run: filled with the first restricted page and those that follow it, at most
 *	MEMSVC_LENT_RUN_MAX
 *
 * Return: false when there are none.
 */
bool memsvc_lent_next(const struct memsvc_lent *lent, uint32_t from,
		      struct memsvc_run *run);

/**
 * memsvc_lent_has() - whether the page at an address is restricted
 * @lent: where
 * @pa: any address
 *
 * Return: true when it is; false for what is outside the window.
 */
bool memsvc_lent_has(const struct memsvc_lent *lent, uint64_t pa);

#endif /* MEMSVC_LENT_H */
