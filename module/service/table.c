// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "table.h"

#define HANDLE_SLOT_BITS	16
#define HANDLE_SLOT_MASK	((1u << HANDLE_SLOT_BITS) - 1)

/* The slot's number is counted from 1 here, so that no handle is 0 */
static uint32_t make_handle(const struct memsvc_table *table, uint32_t slot)
{
	uint32_t generation = table->slots[slot].generation;

	return (generation << HANDLE_SLOT_BITS) | (table->first_slot + slot + 1);
}

static void append_free_slot(struct memsvc_table *table, uint16_t slot)
{
	table->slots[slot].state = MEMSVC_SLOT_FREE;
	table->slots[slot].link = MEMSVC_TABLE_NONE;
	if (table->oldest == MEMSVC_TABLE_NONE)
		table->oldest = slot;
	else
		table->slots[table->newest].link = slot;
	table->newest = slot;
}

void memsvc_table_init(struct memsvc_table *table, struct memsvc_node *nodes,
		       struct memsvc_slot *slots, uint32_t pages)
{
	uint32_t i = 0;

	*table = (struct memsvc_table){
		.nodes = nodes,
		.slots = slots,
		.pages = pages,
		.oldest = MEMSVC_TABLE_NONE,
		.newest = MEMSVC_TABLE_NONE,
	};
	for (i = 0; i < pages; i++) {
		slots[i].generation = 0;
		append_free_slot(table, i);
	}
}

/* Chain @runs, return the first page of the first */
static uint16_t chain_runs(struct memsvc_table *table, uint16_t slot,
			   const struct memsvc_run *runs, uint32_t count)
{
	uint16_t next = MEMSVC_TABLE_NONE;

	while (count--) {
		struct memsvc_node *node = table->nodes + runs[count].first;

		node->pages = runs[count].pages;
		node->next = next;
		node->slot = slot;
		next = runs[count].first;
	}
	return next;
}

uint32_t memsvc_table_add(struct memsvc_table *table,
			  const struct memsvc_run *runs, uint32_t count)
{
	struct memsvc_slot *slot;
	uint16_t index = table->oldest;

	if (index == MEMSVC_TABLE_NONE)
		return 0;

	slot = table->slots + index;
	table->oldest = slot->link;
	slot->state = MEMSVC_SLOT_LIVE;
	slot->generation++;
	slot->link = chain_runs(table, index, runs, count);
	table->buffers++;
	table->runs += count;
	table->added++;
	return make_handle(table, index);
}

uint32_t memsvc_table_find(const struct memsvc_table *table, uint32_t handle)
{
	uint32_t slot = (handle & HANDLE_SLOT_MASK) - 1 - table->first_slot;

	if (slot >= table->pages ||
	    table->slots[slot].state != MEMSVC_SLOT_LIVE ||
	    make_handle(table, slot) != handle)
		return MEMSVC_TABLE_NONE;
	return table->slots[slot].link;
}

uint32_t memsvc_table_run(const struct memsvc_table *table, uint32_t page,
			  struct memsvc_run *run)
{
	run->first = page;
	run->pages = table->nodes[page].pages;
	return table->nodes[page].next;
}

uint32_t memsvc_table_handle(const struct memsvc_table *table, uint32_t page)
{
	return make_handle(table, table->nodes[page].slot);
}

uint32_t memsvc_table_leave(struct memsvc_table *table, uint32_t handle)
{
	uint32_t page = memsvc_table_find(table, handle);

	if (page != MEMSVC_TABLE_NONE)
		table->slots[table->nodes[page].slot].state =
			MEMSVC_SLOT_LEAVING;
	return page;
}

void memsvc_table_stay(struct memsvc_table *table, uint32_t page)
{
	table->slots[table->nodes[page].slot].state = MEMSVC_SLOT_LIVE;
}

void memsvc_table_remove(struct memsvc_table *table, uint32_t page)
{
	uint16_t slot = table->nodes[page].slot;
	struct memsvc_run run = { };

	while (page != MEMSVC_TABLE_NONE) {
		page = memsvc_table_run(table, page, &run);
		table->runs--;
	}
	table->buffers--;
	table->removed++;
	append_free_slot(table, slot);
}
