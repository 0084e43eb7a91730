// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <arm.h>
#include <assert.h>
#include <kernel/cache_helpers.h>
#include <kernel/panic.h>
#include <mm/core_memprot.h>
#include <string.h>

#include "region.h"

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

#ifdef ARM64
DEFINE_U64_REG_READ_FUNC(dczid_el0)

#define DCZID_BS_MASK	0xf
#define DCZID_DZP	BIT(4)

/* Zero whole blocks; a block is the same size or smaller than a page */
static void zero(uint8_t *va, size_t size)
{
	uint64_t dczid = read_dczid_el0();
	size_t block = SHIFT_U32(sizeof(uint32_t), dczid & DCZID_BS_MASK);
	uint8_t *end = va + size;

	if (dczid & DCZID_DZP) {
		memset(va, 0, size);
		return;
	}
	for (; va < end; va += block)
		asm volatile ("dc zva, %0" : : "r" (va) : "memory");
}
#else
static void zero(uint8_t *va, size_t size)
{
	memset(va, 0, size);
}
#endif

void memsvc_region_scrub(const struct memsvc_run *run)
{
	uint8_t *va = region_va + (size_t)run->first * SMALL_PAGE_SIZE;
	size_t size = (size_t)run->pages * SMALL_PAGE_SIZE;

	zero(va, size);
	dcache_cleaninv_range(va, size);
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
