// SPDX-License-Identifier: GPL-2.0
/* How a buffer gets its part of the region, and how the region comes to be. */
#include <linux/export.h>
#include <linux/genalloc.h>
#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/topology.h>

#include "lent_region.h"

#define GFP_REGION	(GFP_KERNEL | __GFP_ZERO | __GFP_RETRY_MAYFAIL | \
			 __GFP_NOWARN)

/* Make memory that is lent now the region. */
static void attach(struct lent_region *region, struct page *page, size_t size,
		   struct gen_pool *pool)
{
	spin_lock(&region->lock);
	region->base = page_to_phys(page);
	region->size = size;
	region->clean = pool;
	region->last_use = jiffies;
	region->books.kept += size;
	region->books.clean = size;
	spin_unlock(&region->lock);
	/* To look whether a buffer was made of it at all */
	keeper_took_back(&region->keeper);
}

static int lend(struct lent_region *region, struct page *page, size_t size)
{
	int ret;

	lend_call_begin(&region->call, region->ops->limits(region->priv));
	lend_call_add(&region->call, page, size);
	ret = region->ops->lend(region->priv, lend_call_table(&region->call));
	if (ret == -ENOTRECOVERABLE) {
		set_page_private(page, size);
		lent_region_lose(region, page);
		return -EIO;
	}
	if (ret)
		free_contig_range(page_to_pfn(page), size >> PAGE_SHIFT);

	return ret;
}

/* Memory for a region of @size bytes, and the map of what of it is free */
static struct page *find_memory(size_t size, struct gen_pool **pool)
{
	struct page *page;

	*pool = gen_pool_create(PAGE_SHIFT, NUMA_NO_NODE);
	if (!*pool)
		return NULL;

	page = alloc_contig_pages(size >> PAGE_SHIFT, GFP_REGION, numa_mem_id(),
				  NULL);
	if (!page)
		goto err_destroy_pool;
	if (gen_pool_add(*pool, page_to_phys(page), size, NUMA_NO_NODE))
		goto err_free_pages;

	return page;

err_free_pages:
	free_contig_range(page_to_pfn(page), size >> PAGE_SHIFT);
err_destroy_pool:
	gen_pool_destroy(*pool);

	return NULL;
}

static int grow(struct lent_region *region, size_t size)
{
	struct gen_pool *pool;
	struct page *page;
	int ret;

	lockdep_assert_held(&region->grow_lock);
	if (size > region->ops->room(region->priv))
		return -ENOMEM;
	page = find_memory(size, &pool);
	if (!page)
		return -ENOMEM;

	mutex_lock(&region->tee_lock);
	ret = lend(region, page, size);
	if (!ret)
		attach(region, page, size, pool);
	mutex_unlock(&region->tee_lock);
	if (ret)
		gen_pool_destroy(pool);

	return ret;
}

/* There shall be a region, and @size bytes shall fit into it. */
static int grow_once(struct lent_region *region, size_t size)
{
	size_t want = READ_ONCE(region->want);
	int ret = 0;

	if (size > want)
		return -ENOMEM;

	mutex_lock(&region->grow_lock);
	/* One that is on its way back has to be back, to make room */
	mutex_lock(&region->tee_lock);
	mutex_unlock(&region->tee_lock);
	if (!READ_ONCE(region->clean))
		ret = grow(region, want);
	mutex_unlock(&region->grow_lock);

	return ret;
}

/*
 * Where its size would put it in a buddy allocator, up to what one entry of a
 * page table maps: there it leaves the best holes. Or else anywhere.
 */
static phys_addr_t place(struct gen_pool *clean, size_t size)
{
	struct genpool_data_align data = {
		.align = min_t(size_t, roundup_pow_of_two(size), PMD_SIZE),
	};

	return gen_pool_alloc_algo(clean, size, gen_pool_first_fit_align,
				   &data) ?: gen_pool_alloc(clean, size);
}

/*
 * Returns -ENOMEM when there is no such clean memory, -ENXIO without region.
 * @first: it counts as a hit or a miss
 */
static int take_clean(struct lent_region *region, size_t size, bool first,
		      phys_addr_t *pa)
{
	struct kept_books *books = &region->books;
	int ret = -ENXIO;

	spin_lock(&region->lock);
	if (region->clean) {
		*pa = region->suspect ? 0 : place(region->clean, size);
		ret = *pa ? 0 : -ENOMEM;
	}
	if (likely(!ret)) {
		books->clean -= size;
		books->kept -= size;
		books->live += size;
		books->hits += first;
	} else {
		books->misses += first;
	}
	spin_unlock(&region->lock);

	return ret;
}

/* What a worker scrubs meanwhile is there, too, when the lock is had. */
static int scrub_and_take(struct lent_region *region, size_t size,
			  phys_addr_t *pa)
{
	int ret;

	mutex_lock(&region->tee_lock);
	do {
		ret = take_clean(region, size, false, pa);
	} while (ret == -ENOMEM && lent_region_scrub(region));
	mutex_unlock(&region->tee_lock);

	return ret;
}

static int take_somehow(struct lent_region *region, size_t size,
			phys_addr_t *pa, int ret)
{
	while (ret) {
		if (ret == -ENOMEM)
			ret = scrub_and_take(region, size, pa);
		if (ret != -ENXIO)
			return ret;
		ret = grow_once(region, size);
		if (ret)
			return ret;
		ret = take_clean(region, size, false, pa);
	}

	return 0;
}

/**
 * lent_region_alloc() - take memory of the region that is zeroed
 * @region:	the region; lent now if it is not yet
 * @size:	in bytes, whole pages
 * @pa:		set to where it is
 *
 * When it finds no room it scrubs what came back, and looks again.
 *
 * Return: 0; -ENOMEM (there is no room, or no such region to be had); -EIO (some
 * of the region may be lent, and is in quarantine); or what lending returned.
 */
int lent_region_alloc(struct lent_region *region, size_t size,
		      phys_addr_t *pa)
{
	int ret = take_clean(region, size, true, pa);

	return likely(!ret) ? 0 : take_somehow(region, size, pa, ret);
}
EXPORT_SYMBOL_GPL(lent_region_alloc);
