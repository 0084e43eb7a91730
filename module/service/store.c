// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <string.h>

#include "store.h"

void memsvc_store_init(struct memsvc_store *store,
		       const struct memsvc_store_room *room, uint32_t shift,
		       uint32_t first_slot)
{
	memsvc_pool_init(&store->pool, room->taken, 0, room->units);
	memsvc_table_init(&store->table, room->nodes, room->slots, room->units);
	store->table.first_slot = first_slot;
	store->shift = shift;
	store->pool.pages = 0;
	store->pool.free = 0;
	store->pa = 0;
}

void memsvc_store_place(struct memsvc_store *store, uint64_t pa, uint32_t units)
{
	memsvc_pool_init(&store->pool, store->pool.taken, pa >> store->shift,
			 units);
	store->pa = pa;
}

uint32_t memsvc_store_take(struct memsvc_store *store, uint32_t size,
			   uint32_t align, struct memsvc_run *runs,
			   uint32_t max)
{
	uint32_t rest = size & ((1u << store->shift) - 1);
	uint32_t units = (size >> store->shift) + !!rest;

	align >>= store->shift;
	return memsvc_pool_take(&store->pool, units, align ? align : 1, runs,
				max);
}

void memsvc_store_give(struct memsvc_store *store, uint32_t unit)
{
	struct memsvc_run run;
	uint32_t next = unit;

	while (next != MEMSVC_TABLE_NONE) {
		next = memsvc_table_run(&store->table, next, &run);
		memsvc_pool_give(&store->pool, &run);
	}
	memsvc_table_remove(&store->table, unit);
}

uint64_t memsvc_store_pa(const struct memsvc_store *store, uint32_t unit)
{
	return store->pa + ((uint64_t)unit << store->shift);
}

uint32_t memsvc_store_bytes(const struct memsvc_store *store, uint32_t units)
{
	return units << store->shift;
}

uint32_t memsvc_store_runs(const struct memsvc_store *store, uint32_t unit)
{
	struct memsvc_run run;
	uint32_t count = 0;

	for (; unit != MEMSVC_TABLE_NONE; count++)
		unit = memsvc_table_run(&store->table, unit, &run);
	return count;
}

void memsvc_store_write_ranges(const struct memsvc_store *store, uint32_t unit,
			       uint8_t *out)
{
	struct memsvc_range range;
	struct memsvc_run run;

	for (; unit != MEMSVC_TABLE_NONE; out += sizeof(range)) {
		unit = memsvc_table_run(&store->table, unit, &run);
		range.pa = memsvc_store_pa(store, run.first);
		range.length = memsvc_store_bytes(store, run.pages);
		memcpy(out, &range, sizeof(range));
	}
}

void memsvc_store_write_entries(const struct memsvc_store *store, uint8_t *out)
{
	const struct memsvc_pool *pool = &store->pool;
	struct memsvc_entry entry;
	struct memsvc_run run;
	uint32_t unit;

	for (unit = memsvc_pool_next_taken(pool, 0); unit < pool->pages;
	     unit = memsvc_pool_next_taken(pool, unit + run.pages)) {
		memsvc_table_run(&store->table, unit, &run);
		entry.pa = memsvc_store_pa(store, unit);
		entry.length = memsvc_store_bytes(store, run.pages);
		entry.handle = memsvc_table_handle(&store->table, unit);
		memcpy(out, &entry, sizeof(entry));
		out += sizeof(entry);
	}
}
