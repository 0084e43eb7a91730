// SPDX-License-Identifier: GPL-2.0
#include <linux/debugfs.h>
#include <linux/export.h>
#include <linux/genalloc.h>
#include <linux/io.h>
#include <linux/moduleparam.h>
#include <linux/of.h>
#include <linux/string.h>

#include "carveout_pool.h"
#include "pool_map.h"
#include "region.h"
#include "trace.h"

#ifdef RHEAP_INJECT
static unsigned int inject_zero_pages;
module_param(inject_zero_pages, uint, 0644);
MODULE_PARM_DESC(inject_zero_pages, "zero the first page of each buffer so many times more");

static void inject_zeroing(void *page)
{
	unsigned int i;

	for (i = 0; i < READ_ONCE(inject_zero_pages); i++)
		memset(page, 0, PAGE_SIZE);
}
#else
static inline void inject_zeroing(void *page)
{
}
#endif

/**
 * carveout_pool_init() - take over a reserved region
 * @pool:	to fill
 * @compatible:	of the reserved-memory node; it must say no-map
 *
 * Return: 0, -ENOMEM, or as reserved_region_find().
 */
int carveout_pool_init(struct carveout_pool *pool, const char *compatible)
{
	struct reserved_region region;
	int ret;

	ret = reserved_region_find(compatible, &region);
	if (ret)
		return ret;
	pool->node = region.node;
	pool->base = region.base;
	pool->size = region.size;
	pool->map = NULL;

	/* Not cached: a device sees the zeroes at once, and no line of them later */
	pool->vaddr = memremap(pool->base, pool->size, MEMREMAP_WC);
	if (!pool->vaddr) {
		ret = -ENOMEM;
		goto err_put_node;
	}

	pool->gen_pool = gen_pool_create(PAGE_SHIFT, NUMA_NO_NODE);
	if (!pool->gen_pool) {
		ret = -ENOMEM;
		goto err_unmap;
	}

	ret = gen_pool_add(pool->gen_pool, pool->base, pool->size,
			   NUMA_NO_NODE);
	if (ret)
		goto err_destroy_gen_pool;

	return 0;

err_destroy_gen_pool:
	gen_pool_destroy(pool->gen_pool);
err_unmap:
	memunmap(pool->vaddr);
err_put_node:
	of_node_put(pool->node);

	return ret;
}
EXPORT_SYMBOL_GPL(carveout_pool_init);

/**
 * carveout_pool_show_map() - let debugfs show which pages are free
 * @pool:	the pool
 * @name:	of the file in /sys/kernel/debug/restricted_memory/
 */
void carveout_pool_show_map(struct carveout_pool *pool, const char *name)
{
	pool->map = pool_map_add(name, pool->gen_pool);
}
EXPORT_SYMBOL_GPL(carveout_pool_show_map);

/**
 * carveout_pool_destroy() - undo carveout_pool_init()
 * @pool:	a pool of which nothing is in use
 */
void carveout_pool_destroy(struct carveout_pool *pool)
{
	debugfs_remove(pool->map);
	gen_pool_destroy(pool->gen_pool);
	memunmap(pool->vaddr);
	of_node_put(pool->node);
}
EXPORT_SYMBOL_GPL(carveout_pool_destroy);

/**
 * carveout_pool_alloc() - take contiguous pages
 * @pool:	the pool
 * @size:	in bytes, a multiple of the page size
 * @zero:	whether to zero them
 *
 * Zeroed when taken and not when given back: then what a device wrote late is
 * gone too, and the pool need not be zeroed as a whole at start.
 *
 * Return: their physical address, or 0 if there is no such run of free pages.
 */
phys_addr_t carveout_pool_alloc(struct carveout_pool *pool, size_t size,
				bool zero)
{
	phys_addr_t pa = gen_pool_alloc(pool->gen_pool, size);

	if (pa && zero) {
		trace_restricted_zero_begin(pa, size);
		memset(pool->vaddr + (pa - pool->base), 0, size);
		inject_zeroing(pool->vaddr + (pa - pool->base));
		trace_restricted_zero_end(pa, size);
	}

	return pa;
}
EXPORT_SYMBOL_GPL(carveout_pool_alloc);

/**
 * carveout_pool_free() - give pages back
 * @pool:	the pool
 * @pa:		what carveout_pool_alloc() returned
 * @size:	what it was given
 */
void carveout_pool_free(struct carveout_pool *pool, phys_addr_t pa,
			size_t size)
{
	gen_pool_free(pool->gen_pool, pa, size);
}
EXPORT_SYMBOL_GPL(carveout_pool_free);

/**
 * carveout_pool_avail() - count free memory
 * @pool:	the pool
 *
 * Return: free bytes, not necessarily contiguous.
 */
size_t carveout_pool_avail(struct carveout_pool *pool)
{
	return gen_pool_avail(pool->gen_pool);
}
EXPORT_SYMBOL_GPL(carveout_pool_avail);
