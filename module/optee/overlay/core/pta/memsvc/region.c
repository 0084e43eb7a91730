// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <assert.h>
#include <kernel/panic.h>
#include <mm/core_memprot.h>

#include "region.h"
#include "scrub.h"

static_assert(CFG_MEMSVC_SIZE);
static_assert(!(CFG_MEMSVC_BASE % SMALL_PAGE_SIZE));
static_assert(!(CFG_MEMSVC_SIZE % SMALL_PAGE_SIZE));
/* A GlobalPlatform value holds 32 bits of an address */
static_assert((uint64_t)CFG_MEMSVC_BASE + CFG_MEMSVC_SIZE <= UINT32_MAX);

/*
 * Secure, cached, not executable. The core carves it out of what it takes for
 * the normal world's memory (patches/), so a memory reference into it is
 * refused.
 */
register_phys_mem(MEM_AREA_RAM_SEC, CFG_MEMSVC_BASE, CFG_MEMSVC_SIZE);

/* Set once at boot */
static uint8_t *region_va;

void memsvc_region_scrub(const struct memsvc_run *run)
{
	memsvc_scrub(region_va + (size_t)run->first * SMALL_PAGE_SIZE,
		     (size_t)run->pages * SMALL_PAGE_SIZE);
}

void memsvc_region_init(void)
{
	struct memsvc_run all = { .pages = MEMSVC_REGION_PAGES };

	region_va = phys_to_virt(CFG_MEMSVC_BASE, MEM_AREA_RAM_SEC,
				 CFG_MEMSVC_SIZE);
	if (!region_va)
		panic("memory service: pool not mapped");
	memsvc_region_scrub(&all);
}
