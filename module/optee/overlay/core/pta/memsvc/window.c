// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <assert.h>
#include <kernel/panic.h>
#include <limits.h>
#include <mm/core_mmu.h>
#include <mm/tee_mm.h>
#include <types_ext.h>
#include <util.h>

#include "scrub.h"
#include "window.h"

/* What one translation table of pages covers, and so has entries */
#define WINDOW_SIZE	CORE_MMU_PGDIR_SIZE
#define WINDOW_PAGES	(WINDOW_SIZE / SMALL_PAGE_SIZE)

/*
 * Set once at boot. Finding a page's table takes longer than scrubbing the page:
 * so it is found once, and its entries are written here rather than by
 * core_mmu_map_pages(). Nobody else has an address in it.
 */
static vaddr_t window_va;
static struct core_mmu_table_info table;

void memsvc_window_init(void)
{
	/* Twice the size: a whole table is in it, wherever it begins */
	tee_mm_entry_t *mm = tee_mm_alloc(&core_virt_shm_pool, 2 * WINDOW_SIZE);

	if (!mm)
		panic("memory service: no addresses for its window");
	window_va = ROUNDUP(tee_mm_get_smem(mm), WINDOW_SIZE);

	while (true) {
		if (!core_mmu_find_table(NULL, window_va, UINT_MAX, &table))
			panic("memory service: no table for its window");
		if (table.shift == SMALL_PAGE_SHIFT)
			break;
		if (!core_mmu_entry_to_finer_grained(&table,
				core_mmu_va2idx(&table, window_va), false))
			panic("memory service: no table for its window");
	}
	assert(table.va_base == window_va && table.num_entries == WINDOW_PAGES);
}

static void show(unsigned int entry, paddr_t pa)
{
	core_mmu_set_entry(&table, entry, pa,
			   core_mmu_type_to_attr(MEM_AREA_NSEC_SHM));
}

/* The window's first entries are set: scrub what they show, and clear them */
static void scrub_shown(unsigned int entries)
{
	size_t size = (size_t)entries * SMALL_PAGE_SIZE;
	unsigned int i = 0;

	if (!entries)
		return;
	core_mmu_table_write_barrier();
	memsvc_scrub((void *)window_va, size);
	for (i = 0; i < entries; i++)
		core_mmu_set_entry(&table, i, 0, 0);
	tlbi_va_range(window_va, size, SMALL_PAGE_SIZE);
}

void memsvc_window_scrub(uint64_t base, const struct memsvc_run *runs,
			 uint32_t count)
{
	unsigned int entries = 0;
	uint32_t page = 0;
	uint32_t i = 0;

	for (i = 0; i < count; i++) {
		for (page = 0; page < runs[i].pages; page++) {
			show(entries++, (base + runs[i].first + page) *
					SMALL_PAGE_SIZE);
			if (entries == WINDOW_PAGES) {
				scrub_shown(entries);
				entries = 0;
			}
		}
	}
	scrub_shown(entries);
}
