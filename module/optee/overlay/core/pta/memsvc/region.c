// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <assert.h>
#include <kernel/panic.h>
#include <mm/core_memprot.h>
#include <mm/phys_mem.h>
#include <trace.h>
#include <util.h>

#include "region.h"
#include "scrub.h"

/**
 * struct region - memory of the service's own
 * @store: what of it is handed out
 * @room: for @store
 * @pa: where it lies
 * @va: where OP-TEE sees it; set once at boot
 * @area: how OP-TEE has it mapped
 * @type: enum memsvc_type
 */
struct region {
	struct memsvc_store store;
	struct memsvc_store_room room;
	paddr_t pa;
	uint8_t *va;
	enum teecore_memtypes area;
	uint32_t type;
};

/* A GlobalPlatform value holds 32 bits of an address */
#define CHECK_REGION(base, size) \
	static_assert((size) && !((base) % SMALL_PAGE_SIZE) && \
		      !((size) % SMALL_PAGE_SIZE) && \
		      (uint64_t)(base) + (size) <= UINT32_MAX)

#define DEFINE_ROOM(name, size) \
	static uint64_t name##_taken[MEMSVC_POOL_WORDS((size) / SMALL_PAGE_SIZE)]; \
	static struct memsvc_node name##_nodes[(size) / SMALL_PAGE_SIZE]; \
	static struct memsvc_slot name##_slots[(size) / SMALL_PAGE_SIZE]

#define REGION(name, memory, mapping, base) { \
	.room = { \
		.taken = name##_taken, .nodes = name##_nodes, \
		.slots = name##_slots, .units = ARRAY_SIZE(name##_slots), \
	}, \
	.pa = (base), .area = (mapping), .type = (memory) \
}

/*
 * Secure, cached, not executable. The core carves it out of what it takes for
 * the normal world's memory (patches/), so a memory reference into it is
 * refused.
 */
register_phys_mem(MEM_AREA_RAM_SEC, CFG_MEMSVC_BASE, CFG_MEMSVC_SIZE);
CHECK_REGION(CFG_MEMSVC_BASE, CFG_MEMSVC_SIZE);
DEFINE_ROOM(pool, CFG_MEMSVC_SIZE);

/*
 * A part of OP-TEE's own RAM, which it has mapped already: one registered area
 * more would be looked at for each page of each memory reference.
 */
#ifdef CFG_MEMSVC_SECRAM_SIZE
CHECK_REGION(CFG_MEMSVC_SECRAM_BASE, CFG_MEMSVC_SECRAM_SIZE);
DEFINE_ROOM(secram, CFG_MEMSVC_SECRAM_SIZE);
#endif

static struct region regions[] = {
	REGION(pool, MEMSVC_TYPE_STATIC, MEM_AREA_RAM_SEC, CFG_MEMSVC_BASE),
#ifdef CFG_MEMSVC_SECRAM_SIZE
	REGION(secram, MEMSVC_TYPE_SECURE, MEM_AREA_SEC_RAM_OVERALL,
	       CFG_MEMSVC_SECRAM_BASE),
#endif
};

struct memsvc_store *memsvc_region_store(uint32_t type)
{
	size_t i = 0;

	for (i = 0; i < ARRAY_SIZE(regions); i++)
		if (regions[i].type == type)
			return &regions[i].store;
	return NULL;
}

void memsvc_region_scrub(const struct memsvc_store *store,
			 const struct memsvc_run *run)
{
	const struct region *region = container_of(store, const struct region,
						   store);

	memsvc_scrub(region->va + (size_t)run->first * SMALL_PAGE_SIZE,
		     (size_t)run->pages * SMALL_PAGE_SIZE);
}

static void init_region(struct region *region, uint32_t first_slot)
{
	struct memsvc_run all = { .pages = region->room.units };
	size_t size = 0;

	memsvc_store_init(&region->store, &region->room, SMALL_PAGE_SHIFT,
			  first_slot);
	memsvc_store_place(&region->store, region->pa, all.pages);
	size = memsvc_store_bytes(&region->store, all.pages);
	if (region->area == MEM_AREA_SEC_RAM_OVERALL &&
	    !phys_mem_alloc2(region->pa, size))
		panic("memory service: OP-TEE has no such RAM to spare");
	region->va = phys_to_virt(region->pa, region->area, size);
	if (!region->va)
		panic("memory service: its memory is not mapped");
	memsvc_region_scrub(&region->store, &all);
	IMSG("memory service: %" PRIu32 " pages at %#" PRIxPA, all.pages,
	     region->pa);
}

void memsvc_region_init(void)
{
	uint32_t slots = 0;
	size_t i = 0;

	for (i = 0; i < ARRAY_SIZE(regions); i++) {
		init_region(regions + i, slots);
		slots += regions[i].room.units;
	}
	assert(slots == MEMSVC_REGION_SLOTS);
}
