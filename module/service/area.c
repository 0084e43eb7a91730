// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "area.h"

#define GRANULE_MASK	(MEMSVC_CMA_GRANULE - 1)
#define ADDRESSES	(1ull << 32)

_Static_assert(MEMSVC_CMA_GRANULE == 1u << MEMSVC_AREA_SHIFT,
	       "the shift is that of the granule");

void memsvc_area_init(struct memsvc_area *area,
		      const struct memsvc_store_room *room, uint64_t *unknown,
		      uint32_t first_slot)
{
	memsvc_store_init(&area->store, room, MEMSVC_AREA_SHIFT, first_slot);
	area->unknown = unknown;
	area->most = room->units;
}

bool memsvc_area_in_use(const struct memsvc_area *area)
{
	return area->store.table.buffers;
}

static bool fits(const struct memsvc_area *area, uint64_t pa, uint32_t size)
{
	return size && !((pa | size) & GRANULE_MASK) &&
	       size >> MEMSVC_AREA_SHIFT <= area->most &&
	       pa < ADDRESSES && size <= ADDRESSES - pa;
}

bool memsvc_area_place(struct memsvc_area *area, uint64_t pa, uint32_t size)
{
	struct memsvc_run all = { .pages = size >> MEMSVC_AREA_SHIFT };

	if (memsvc_area_in_use(area))
		return pa == area->store.pa && !(size & GRANULE_MASK) &&
		       all.pages == area->store.pool.pages;
	if (!fits(area, pa, size))
		return false;

	memsvc_store_place(&area->store, pa, all.pages);
	memsvc_bitmap_write(area->unknown, &all, 1, true);
	return true;
}

bool memsvc_area_next_unknown(const struct memsvc_area *area,
			      const struct memsvc_run *run,
			      struct memsvc_run *found)
{
	uint32_t end = run->first + run->pages;
	uint32_t from = found->pages ? found->first + found->pages : run->first;

	if (from == end)
		return false;
	found->first = memsvc_bitmap_next(area->unknown, from, end, true);
	if (found->first == end)
		return false;
	found->pages = memsvc_bitmap_next(area->unknown, found->first, end,
					  false) - found->first;
	return true;
}

void memsvc_area_give(struct memsvc_area *area, uint32_t unit)
{
	struct memsvc_run run;
	uint32_t next = unit;

	while (next != MEMSVC_TABLE_NONE) {
		next = memsvc_table_run(&area->store.table, next, &run);
		memsvc_bitmap_write(area->unknown, &run, 1, false);
	}
	memsvc_store_give(&area->store, unit);
}
