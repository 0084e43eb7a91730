/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The service's own memory: the pool (CFG_MEMSVC_BASE), and a part of OP-TEE's own
 * RAM (CFG_MEMSVC_SECRAM_BASE), which the bus closes to the normal world. Both are
 * mapped in OP-TEE and closed to memory references of the normal world.
 */
#ifndef MEMSVC_REGION_H
#define MEMSVC_REGION_H

#include <mm/core_mmu.h>
#include <stdint.h>
#include <types_ext.h>

#include "store.h"

/* How many slots for buffers all regions have */
#ifdef CFG_MEMSVC_SECRAM_SIZE
#define MEMSVC_REGION_SLOTS	((CFG_MEMSVC_SIZE + CFG_MEMSVC_SECRAM_SIZE) / \
				 SMALL_PAGE_SIZE)
#else
#define MEMSVC_REGION_SLOTS	(CFG_MEMSVC_SIZE / SMALL_PAGE_SIZE)
#endif

/**
 * memsvc_region_init() - map the regions and scrub them; all memory is free
 *
 * To be called once at boot. Panics when a region is not mapped: the build is
 * wrong.
 */
void memsvc_region_init(void);

/**
 * memsvc_region_store() - the memory of a type
 * @type: enum memsvc_type
 *
 * Return: its store, which the caller serialises; NULL when no region has it.
 */
struct memsvc_store *memsvc_region_store(uint32_t type);

/**
 * memsvc_region_scrub() - leave nothing of what was written to some pages
 * @store: from memsvc_region_store()
 * @run: the pages; nobody else may use them meanwhile
 *
 * As memsvc_scrub().
 */
void memsvc_region_scrub(const struct memsvc_store *store,
			 const struct memsvc_run *run);

#endif /* MEMSVC_REGION_H */
