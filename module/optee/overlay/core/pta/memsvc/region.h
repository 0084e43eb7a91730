/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The service's memory: CFG_MEMSVC_SIZE bytes at CFG_MEMSVC_BASE, mapped in
 * OP-TEE and closed to memory references of the normal world.
 */
#ifndef MEMSVC_REGION_H
#define MEMSVC_REGION_H

#include <mm/core_mmu.h>
#include <stdint.h>
#include <types_ext.h>

#include "pool.h"

/* Size of the region in pages */
#define MEMSVC_REGION_PAGES	((uint32_t)(CFG_MEMSVC_SIZE / SMALL_PAGE_SIZE))

/* Page number of the region's first page */
#define MEMSVC_REGION_BASE	((uint64_t)CFG_MEMSVC_BASE / SMALL_PAGE_SIZE)

/**
 * memsvc_region_pa() - where a page is
 * @page: index in the region
 *
 * Return: its physical address.
 */
static inline paddr_t memsvc_region_pa(uint32_t page)
{
	return CFG_MEMSVC_BASE + (paddr_t)page * SMALL_PAGE_SIZE;
}

/**
 * memsvc_region_scrub() - leave nothing of what was written to some pages
 * @run: the pages; nobody else may use them meanwhile
 *
 * As memsvc_scrub().
 */
void memsvc_region_scrub(const struct memsvc_run *run);

/**
 * memsvc_region_init() - find the mapping and scrub the whole region
 *
 * Panics when the region is not mapped: the build is wrong.
 */
void memsvc_region_init(void);

#endif /* MEMSVC_REGION_H */
