// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../memory/region.h"
#include "memory.h"

/**
 * sim_pages_alloc() - take memory in one piece from the kernel
 * @size:	in bytes, whole pages
 *
 * Return: its first page, NULL if there is no such piece below 4 GiB.
 */
struct page *sim_pages_alloc(size_t size)
{
	struct page *pages;

	pages = alloc_contig_pages(size >> PAGE_SHIFT,
				   GFP_KERNEL | GFP_DMA32 | __GFP_NOWARN,
				   numa_mem_id(), NULL);
	if (pages && page_to_phys(pages) + size > SZ_4G) {
		sim_pages_free(pages, size);
		return NULL;
	}

	return pages;
}

/**
 * sim_pages_free() - undo sim_pages_alloc()
 * @pages:	what it returned
 * @size:	what it was given
 */
void sim_pages_free(struct page *pages, size_t size)
{
	free_contig_range(page_to_pfn(pages), size >> PAGE_SHIFT);
}

static int take_region(struct sim_pool *pool,
		       const struct reserved_region *region)
{
	/* As the region's other users map it */
	pool->va = memremap(region->base, region->size, MEMREMAP_WC);
	if (!pool->va)
		return -ENOMEM;
	pool->pa = region->base;
	pool->size = region->size;

	return 0;
}

static int take_pages(struct sim_pool *pool, size_t size)
{
	pool->pages = sim_pages_alloc(size);
	if (!pool->pages) {
		pr_err("no %zu MiB in one piece below 4 GiB; give a smaller pool_mb\n",
		       size / SZ_1M);
		return -ENOMEM;
	}
	pool->pa = page_to_phys(pool->pages);
	pool->size = size;
	pool->va = page_address(pool->pages);

	return 0;
}

/**
 * sim_pool_find() - find memory for the pool
 * @pool:	to fill; all zero
 * @size:	in bytes, where the device tree has no region for the service
 *
 * Return: 0 or a negative errno.
 */
int sim_pool_find(struct sim_pool *pool, size_t size)
{
	struct reserved_region region;
	int ret;

	ret = reserved_region_find("restricted-memory-service", &region);
	if (ret == -ENODEV)
		return take_pages(pool, size);
	if (ret) {
		pr_err("the device tree's region for the service cannot be used\n");
		return ret;
	}
	ret = take_region(pool, &region);
	reserved_region_put(&region);

	return ret;
}

/**
 * sim_pool_leave() - undo sim_pool_find()
 * @pool:	a pool of which nothing is in use
 */
void sim_pool_leave(struct sim_pool *pool)
{
	if (pool->pages)
		sim_pages_free(pool->pages, pool->size);
	else
		memunmap(pool->va);
}

/**
 * sim_pool_scrub() - leave nothing of what was written to some of the pool
 * @pool:	the pool
 * @run:	its pages; nobody else may use them meanwhile
 */
void sim_pool_scrub(const struct sim_pool *pool, const struct memsvc_run *run)
{
	memset(pool->va + ((size_t)run->first << SIM_PAGE_SHIFT), 0,
	       (size_t)run->pages << SIM_PAGE_SHIFT);
}

/**
 * sim_ram_scrub() - leave nothing of what was written to some RAM
 * @base:	page number (address divided by 4 KiB) that @runs count from
 * @runs:	its pages; nobody else may use them meanwhile
 * @count:	entries in @runs
 */
void sim_ram_scrub(u64 base, const struct memsvc_run *runs, u32 count)
{
	const struct memsvc_run *end = runs + count;

	for (; runs < end; runs++) {
		phys_addr_t pa = (base + runs->first) << SIM_PAGE_SHIFT;

		memset(phys_to_virt(pa), 0,
		       (size_t)runs->pages << SIM_PAGE_SHIFT);
	}
}

/**
 * sim_pages_in() - add some runs up
 * @runs:	the runs
 * @count:	entries in @runs
 *
 * Return: how many pages they have.
 */
u32 sim_pages_in(const struct memsvc_run *runs, u32 count)
{
	u32 pages = 0;

	while (count--)
		pages += runs++->pages;

	return pages;
}
