// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "lent.h"

#define MEMSVC_PAGE_MASK	((1u << MEMSVC_PAGE_SHIFT) - 1)

void memsvc_lent_init(struct memsvc_lent *lent, uint64_t *bits, uint64_t base,
		      uint32_t pages)
{
	uint32_t i = 0;

	for (i = 0; i < MEMSVC_BITMAP_WORDS(pages); i++)
		bits[i] = 0;

	*lent = (struct memsvc_lent){
		.bits = bits, .base = base, .pages = pages,
	};
}

bool memsvc_lent_add_area(struct memsvc_lent *lent, uint64_t pa, uint64_t size)
{
	uint64_t end = (size > UINT64_MAX - pa ? UINT64_MAX : pa + size) >>
		       MEMSVC_PAGE_SHIFT;
	uint64_t first = (pa >> MEMSVC_PAGE_SHIFT) + !!(pa & MEMSVC_PAGE_MASK);
	struct memsvc_run *next = lent->areas + lent->area_count;

	if (first < lent->base)
		first = lent->base;
	if (end > lent->base + lent->pages)
		end = lent->base + lent->pages;
	if (first >= end)
		return true;

	first -= lent->base;
	end -= lent->base;
	if (lent->area_count && next[-1].first + next[-1].pages >= first) {
		if (next[-1].first + next[-1].pages < end)
			next[-1].pages = end - next[-1].first;
		return true;
	}
	if (lent->area_count == MEMSVC_LENT_AREAS)
		return false;

	next->first = first;
	next->pages = end - first;
	lent->area_count++;
	return true;
}

bool memsvc_lent_check(const struct memsvc_lent *lent,
		       const struct memsvc_lent_entry *list, uint32_t count,
		       struct memsvc_run *runs)
{
	const struct memsvc_run *area = lent->areas;
	const struct memsvc_run *beyond = area + lent->area_count;
	uint64_t base = lent->base;
	uint32_t from = 0;
	uint32_t to = 0;
	uint32_t i = 0;

	/* What of @area is left lies in [@from, @to): at first, nothing */
	for (i = 0; i < count; i++) {
		uint32_t length = list[i].range.length;
		uint64_t pa = list[i].range.pa;
		uint64_t first = (pa >> MEMSVC_PAGE_SHIFT) - base;

		if (!length || ((pa | length) & MEMSVC_PAGE_MASK))
			return false;
		/* An address below the window is large here: no area has it */
		while (first >= to) {
			if (area == beyond)
				return false;
			from = area->first;
			to = from + area->pages;
			area++;
		}
		length >>= MEMSVC_PAGE_SHIFT;
		if (first < from || length > to - first)
			return false;

		runs[i].first = first;
		runs[i].pages = length;
		from = first + length;
	}
	return count;
}

bool memsvc_lent_all(const struct memsvc_lent *lent,
		     const struct memsvc_run *runs, uint32_t count,
		     bool restricted)
{
	return memsvc_bitmap_all(lent->bits, runs, count, restricted);
}

void memsvc_lent_mark(struct memsvc_lent *lent, const struct memsvc_run *runs,
		      uint32_t count)
{
	lent->lent += memsvc_bitmap_write(lent->bits, runs, count, true);
	lent->taken += count;
}

void memsvc_lent_unmark(struct memsvc_lent *lent, const struct memsvc_run *runs,
			uint32_t count)
{
	lent->lent -= memsvc_bitmap_write(lent->bits, runs, count, false);
	lent->given += count;
}

bool memsvc_lent_hold(struct memsvc_lent *lent, const struct memsvc_run *run)
{
	if (lent->held_count == MEMSVC_LENT_HELD)
		return false;
	lent->held[lent->held_count++] = *run;
	memsvc_lent_mark(lent, run, 1);
	return true;
}

bool memsvc_lent_drop(struct memsvc_lent *lent, const struct memsvc_run *run)
{
	uint32_t i;

	for (i = 0; i < lent->held_count; i++) {
		if (lent->held[i].first == run->first &&
		    lent->held[i].pages == run->pages) {
			lent->held[i] = lent->held[--lent->held_count];
			memsvc_lent_unmark(lent, run, 1);
			return true;
		}
	}
	return false;
}

bool memsvc_lent_is_held(const struct memsvc_lent *lent,
			 const struct memsvc_run *runs, uint32_t count)
{
	const struct memsvc_run *end = runs + count;
	uint32_t i;

	if (!lent->held_count)
		return false;
	for (; runs < end; runs++)
		for (i = 0; i < lent->held_count; i++)
			if (runs->first < lent->held[i].first +
					  lent->held[i].pages &&
			    lent->held[i].first < runs->first + runs->pages)
				return true;
	return false;
}

bool memsvc_lent_next(const struct memsvc_lent *lent, uint32_t from,
		      struct memsvc_run *run)
{
	uint32_t end = lent->pages;

	if (from >= end)
		return false;
	run->first = memsvc_bitmap_next(lent->bits, from, end, true);
	if (run->first == end)
		return false;
	if (end - run->first > MEMSVC_LENT_RUN_MAX)
		end = run->first + MEMSVC_LENT_RUN_MAX;
	run->pages = memsvc_bitmap_next(lent->bits, run->first, end, false) -
		     run->first;
	return true;
}

bool memsvc_lent_has(const struct memsvc_lent *lent, uint64_t pa)
{
	uint64_t page = (pa >> MEMSVC_PAGE_SHIFT) - lent->base;

	return page < lent->pages &&
	       (lent->bits[page / 64] >> (page % 64) & 1);
}
