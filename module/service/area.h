/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An area of the normal world's that is lent as a whole and handed out in
 * buffers: a store of granules, whose contents are at first unknown.
 *
 * The area is in use from its first buffer to the end of its last. Takes no
 * lock: the caller serialises. Builds on a host as it is.
 */
#ifndef MEMSVC_AREA_H
#define MEMSVC_AREA_H

#include <stdbool.h>
#include <stdint.h>

#include "store.h"

/* log2 of MEMSVC_CMA_GRANULE */
#define MEMSVC_AREA_SHIFT	16

/**
 * struct memsvc_area - an area and its buffers
 * @store: its granules
 * @unknown: one bit a granule, set while its contents are not known to be zero
 *	(but for a granule in a buffer: who holds that, knows)
 * @most: granules that an area may have
 */
struct memsvc_area {
	struct memsvc_store store;
	uint64_t *unknown;
	uint32_t most;
};

/**
 * memsvc_area_init() - begin with no area
 * @area: what to set up
 * @room: arrays of the store; their size is that of the largest area
 * @unknown: MEMSVC_BITMAP_WORDS(room->units) words; stays the caller's
 * @first_slot: as for memsvc_store_init()
 */
void memsvc_area_init(struct memsvc_area *area,
		      const struct memsvc_store_room *room, uint64_t *unknown,
		      uint32_t first_slot);

/**
 * memsvc_area_in_use() - whether there is a buffer
 * @area: where
 *
 * Return: true while there is one, or one being given back.
 */
bool memsvc_area_in_use(const struct memsvc_area *area);

/**
 * memsvc_area_place() - use an area for the buffers to come
 * @area: what to set up
 * @pa: its address
 * @size: its size in bytes
 *
 * Changes nothing while there is a buffer.
 *
 * Return: whether all calls to come may go on: false when the area is not of
 * whole granules, too large, or reaches beyond 4 GiB, or when another is in use.
 */
bool memsvc_area_place(struct memsvc_area *area, uint64_t pa, uint32_t size);

/**
 * memsvc_area_next_unknown() - what has to be scrubbed before it is handed out
 * @area: where
 * @run: granules of a new buffer
 * @found: the last that was found, with @pages 0 at first; filled with the next
 *	part of @run whose contents are unknown
 *
 * Return: false when there is none left.
 */
bool memsvc_area_next_unknown(const struct memsvc_area *area,
			      const struct memsvc_run *run,
			      struct memsvc_run *found);

/**
 * memsvc_area_give() - give back a buffer that was scrubbed
 * @area: where it came from
 * @unit: what memsvc_table_leave() returned for it
 */
void memsvc_area_give(struct memsvc_area *area, uint32_t unit);

#endif /* MEMSVC_AREA_H */
