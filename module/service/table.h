/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which buffer holds which runs of pages, and the handles by which the normal
 * world names buffers.
 *
 * A handle is a slot's number and the slot's generation. The slot given back
 * longest ago is used next, and its generation grows each time; so a handle
 * comes again after 65536 uses of all free slots at the earliest, and a stale
 * one is refused until then. There is a slot for each page: memory that is
 * free never lacks a handle.
 *
 * Takes no lock: the caller serialises. Builds on a host as it is.
 */
#ifndef MEMSVC_TABLE_H
#define MEMSVC_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "pool.h"

/* The most pages a table can serve, and the index that is none */
#define MEMSVC_TABLE_MAX_PAGES	0xffff
#define MEMSVC_TABLE_NONE	0xffff

/**
 * struct memsvc_node - a run that belongs to a buffer; found by its first page
 * @pages: length of the run
 * @next: first page of the buffer's next run, or MEMSVC_TABLE_NONE
 * @slot: slot of the buffer
 */
struct memsvc_node {
	uint16_t pages;
	uint16_t next;
	uint16_t slot;
};

/**
 * enum memsvc_slot_state - where in its life a slot's buffer is
 * @MEMSVC_SLOT_FREE: there is none
 * @MEMSVC_SLOT_LIVE: handed out
 * @MEMSVC_SLOT_LEAVING: being given back, or not handed out yet; its handle is
 *	dead
 */
enum memsvc_slot_state {
	MEMSVC_SLOT_FREE,
	MEMSVC_SLOT_LIVE,
	MEMSVC_SLOT_LEAVING,
};

/**
 * struct memsvc_slot - a buffer
 * @generation: how often the slot was used, modulo 65536
 * @link: in use: first page of the buffer's first run; free: next free slot
 * @state: enum memsvc_slot_state
 */
struct memsvc_slot {
	uint16_t generation;
	uint16_t link;
	uint8_t state;
};

/**
 * struct memsvc_table - all buffers
 * @nodes: one a page
 * @slots: one a page
 * @pages: pages in the region
 * @first_slot: number of slot 0, where other tables have handles, too; may be set
 *	before there is a buffer, so that @first_slot and @pages together are at
 *	most MEMSVC_TABLE_MAX_PAGES
 * @oldest: free slot to use next, or MEMSVC_TABLE_NONE
 * @newest: free slot to use last; valid when @oldest is
 * @buffers: in the table, those being given back included
 * @runs: in the table, likewise
 * @added: buffers ever added, modulo 2^32
 * @removed: buffers ever removed, modulo 2^32
 */
struct memsvc_table {
	struct memsvc_node *nodes;
	struct memsvc_slot *slots;
	uint32_t pages;
	uint32_t first_slot;
	uint16_t oldest;
	uint16_t newest;
	uint32_t buffers;
	uint32_t runs;
	uint32_t added;
	uint32_t removed;
};

/**
 * memsvc_table_init() - begin with no buffer
 * @table: what to set up
 * @nodes: @pages entries; stays the caller's
 * @slots: @pages entries; stays the caller's
 * @pages: pages in the region, 1 to MEMSVC_TABLE_MAX_PAGES
 */
void memsvc_table_init(struct memsvc_table *table, struct memsvc_node *nodes,
		       struct memsvc_slot *slots, uint32_t pages);

/**
 * memsvc_table_add() - enter a buffer
 * @table: where
 * @runs: its pages, in no other buffer; copied
 * @count: number of runs, at least 1
 *
 * Return: its handle, or 0 when no slot is free.
 */
uint32_t memsvc_table_add(struct memsvc_table *table,
			  const struct memsvc_run *runs, uint32_t count);

/**
 * memsvc_table_find() - look a live buffer up
 * @table: where
 * @handle: anything
 *
 * Return: first page of the buffer's first run, or MEMSVC_TABLE_NONE when
 * @handle names no live buffer.
 */
uint32_t memsvc_table_find(const struct memsvc_table *table, uint32_t handle);

/**
 * memsvc_table_run() - one run of a buffer
 * @table: where
 * @page: first page of the run
 * @run: filled
 *
 * Return: first page of the buffer's next run, or MEMSVC_TABLE_NONE.
 */
uint32_t memsvc_table_run(const struct memsvc_table *table, uint32_t page,
			  struct memsvc_run *run);

/**
 * memsvc_table_handle() - whose a run is
 * @table: where
 * @page: first page of the run
 *
 * Return: the buffer's handle, also when it is being given back.
 */
uint32_t memsvc_table_handle(const struct memsvc_table *table, uint32_t page);

/**
 * memsvc_table_leave() - begin to give a buffer back
 * @table: where
 * @handle: anything
 *
 * From now on nobody finds the buffer by its handle; its runs stay in the
 * table, and its caller's alone, until memsvc_table_remove().
 *
 * Return: as memsvc_table_find().
 */
uint32_t memsvc_table_leave(struct memsvc_table *table, uint32_t handle);

/**
 * memsvc_table_stay() - a buffer that was to leave is live
 * @table: where
 * @page: what memsvc_table_leave() returned
 *
 * Who adds a buffer, and at once lets it leave, has it to himself until this.
 */
void memsvc_table_stay(struct memsvc_table *table, uint32_t page);

/**
 * memsvc_table_remove() - take a leaving buffer out
 * @table: where
 * @page: what memsvc_table_leave() returned
 */
void memsvc_table_remove(struct memsvc_table *table, uint32_t page);

#endif /* MEMSVC_TABLE_H */
