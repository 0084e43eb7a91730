/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Memory of one kind that is handed out in buffers: where it lies, what of it
 * is taken, and by whom. Counts in units, of pages or more.
 *
 * Knows no contents, and takes no lock: the caller serialises. Builds on a host
 * as it is.
 */
#ifndef MEMSVC_STORE_H
#define MEMSVC_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "pool.h"
#include "restricted_tee.h"
#include "table.h"

/**
 * struct memsvc_store - memory of one kind
 * @pool: its free and taken units
 * @table: its buffers
 * @pa: address of unit 0
 * @shift: log2 of a unit's bytes
 */
struct memsvc_store {
	struct memsvc_pool pool;
	struct memsvc_table table;
	uint64_t pa;
	uint32_t shift;
};

/**
 * struct memsvc_store_room - the arrays a store needs; they stay the caller's
 * @taken: MEMSVC_POOL_WORDS(units) words
 * @nodes: @units entries
 * @slots: @units entries
 * @units: the most units the store will have, 1 to MEMSVC_TABLE_MAX_PAGES
 */
struct memsvc_store_room {
	uint64_t *taken;
	struct memsvc_node *nodes;
	struct memsvc_slot *slots;
	uint32_t units;
};

/**
 * memsvc_store_init() - begin with no buffer, and no memory
 * @store: what to set up
 * @room: its arrays
 * @shift: log2 of a unit's bytes, at least MEMSVC_PAGE_SHIFT
 * @first_slot: slots of the stores before, so that no handle is in two of them;
 *	with those of this one at most MEMSVC_TABLE_MAX_PAGES
 */
void memsvc_store_init(struct memsvc_store *store,
		       const struct memsvc_store_room *room, uint32_t shift,
		       uint32_t first_slot);

/**
 * memsvc_store_place() - say where the memory is; all of it is free
 * @store: a store without a buffer; its handles go on as if nothing happened
 * @pa: address, a multiple of the unit
 * @units: how many, 1 to what there is room for
 */
void memsvc_store_place(struct memsvc_store *store, uint64_t pa,
			uint32_t units);

/**
 * memsvc_store_take() - take memory
 * @store: where from
 * @size: in bytes
 * @align: in bytes, a power of two, or 0
 * @runs: filled with units, for memsvc_table_add()
 * @max: entries in @runs, at least 1
 *
 * As memsvc_pool_take(), in whole units.
 *
 * Return: number of runs; 0 when nothing was taken.
 */
uint32_t memsvc_store_take(struct memsvc_store *store, uint32_t size,
			   uint32_t align, struct memsvc_run *runs,
			   uint32_t max);

/**
 * memsvc_store_give() - give a buffer's memory back
 * @store: where it came from
 * @unit: what memsvc_table_leave() returned for it
 */
void memsvc_store_give(struct memsvc_store *store, uint32_t unit);

/**
 * memsvc_store_pa() - where a unit is
 * @store: whose
 * @unit: its index
 *
 * Return: its physical address.
 */
uint64_t memsvc_store_pa(const struct memsvc_store *store, uint32_t unit);

/**
 * memsvc_store_bytes() - what so many units are
 * @store: whose
 * @units: how many
 *
 * Return: in bytes, modulo 2^32.
 */
uint32_t memsvc_store_bytes(const struct memsvc_store *store, uint32_t units);

/**
 * memsvc_store_runs() - how many runs a buffer has
 * @store: where
 * @unit: its first unit, from memsvc_table_find()
 *
 * Return: the number.
 */
uint32_t memsvc_store_runs(const struct memsvc_store *store, uint32_t unit);

/**
 * memsvc_store_write_ranges() - tell where a buffer is
 * @store: where
 * @unit: its first unit, from memsvc_table_find()
 * @out: filled with memsvc_store_runs() times a struct memsvc_range, at any
 *	address; never read
 */
void memsvc_store_write_ranges(const struct memsvc_store *store, uint32_t unit,
			       uint8_t *out);

/**
 * memsvc_store_write_entries() - tell where all buffers are
 * @store: where
 * @out: filled with a struct memsvc_entry for each run in the table, in the
 *	order of their addresses; at any address; never read
 */
void memsvc_store_write_entries(const struct memsvc_store *store, uint8_t *out);

#endif /* MEMSVC_STORE_H */
