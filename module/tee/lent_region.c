// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/export.h>
#include <linux/genalloc.h>
#include <linux/gfp.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sizes.h>

#include "../memory/page_set.h"
#include "lent_region.h"

/* As in the chunk pool; and a buffer is scrubbed as a whole */
#define GO_BYTES	SZ_4M

static struct lent_region *to_region(struct keeper *keeper)
{
	return container_of(keeper, struct lent_region, keeper);
}

/* Dirty ranges, those that came back first, in rising order of addresses */
static void take_dirty(struct lent_region *region, size_t bytes,
		       struct list_head *ranges)
{
	size_t taken = 0;
	struct page *page;

	spin_lock(&region->lock);
	while (taken < bytes && !list_empty(&region->dirty)) {
		page = list_first_entry(&region->dirty, struct page, lru);
		list_move_tail(&page->lru, ranges);
		taken += page_private(page);
	}
	spin_unlock(&region->lock);
	page_set_sort(ranges);
}

static struct sg_table *cut_call(struct lent_region *region,
				 struct list_head *ranges,
				 struct list_head *part)
{
	struct page *page, *next;

	lend_call_begin(&region->call, region->ops->limits(region->priv));
	list_for_each_entry_safe(page, next, ranges, lru) {
		if (!lend_call_add(&region->call, page, page_private(page)))
			break;
		list_move_tail(&page->lru, part);
	}

	return lend_call_table(&region->call);
}

static void set_clean(struct lent_region *region, struct list_head *ranges)
{
	struct page *page;

	spin_lock(&region->lock);
	list_for_each_entry(page, ranges, lru) {
		gen_pool_free(region->clean, page_to_phys(page),
			      page_private(page));
		region->books.clean += page_private(page);
		region->books.scrubbed += page_private(page);
	}
	spin_unlock(&region->lock);
}

static void set_stuck(struct lent_region *region, struct list_head *ranges)
{
	struct page *page;

	pr_err_ratelimited("cannot scrub a part of a region: quarantined\n");
	spin_lock(&region->lock);
	list_for_each_entry(page, ranges, lru) {
		region->books.kept -= page_private(page);
		region->books.quarantined += page_private(page);
	}
	list_splice_tail(ranges, &region->stuck);
	spin_unlock(&region->lock);
}

/* Make what is free dirty, in pieces of some size. Nobody takes it meanwhile. */
static void resolve_suspect(struct lent_region *region)
{
	size_t size;
	phys_addr_t pa;

	for (size = GO_BYTES; size >= PAGE_SIZE; size >>= 1) {
		while ((pa = gen_pool_alloc(region->clean, size))) {
			set_page_private(phys_to_page(pa), size);
			spin_lock(&region->lock);
			list_add_tail(&phys_to_page(pa)->lru, &region->dirty);
			spin_unlock(&region->lock);
		}
	}
	WRITE_ONCE(region->suspect, false);
}

/* Returns whether there was anything to scrub. */
bool lent_region_scrub(struct lent_region *region)
{
	LIST_HEAD(ranges);

	lockdep_assert_held(&region->tee_lock);
	if (region->suspect)
		resolve_suspect(region);
	take_dirty(region, GO_BYTES, &ranges);
	if (list_empty(&ranges))
		return false;

	do {
		LIST_HEAD(part);
		struct sg_table *table = cut_call(region, &ranges, &part);

		if (region->ops->scrub(region->priv, table))
			set_stuck(region, &part);
		else
			set_clean(region, &part);
	} while (!list_empty(&ranges));

	return true;
}

/* For a buffer that nobody wants it is not worth it: taking back scrubs. */
static bool region_scrub(struct keeper *keeper)
{
	struct lent_region *region = to_region(keeper);
	bool more = false;

	mutex_lock(&region->tee_lock);
	if (!READ_ONCE(region->retired))
		more = lent_region_scrub(region) && !list_empty(&region->dirty);
	mutex_unlock(&region->tee_lock);

	return more;
}

/* No buffer has them: for gen_pool_destroy() they have to be free. */
static size_t free_ranges(struct gen_pool *pool, struct list_head *ranges)
{
	struct page *page, *next;
	size_t sum = 0;

	list_for_each_entry_safe(page, next, ranges, lru) {
		list_del(&page->lru);
		gen_pool_free(pool, page_to_phys(page), page_private(page));
		sum += page_private(page);
	}

	return sum;
}

/* Make the region none, if no buffer is in it. Returns its first page, or NULL. */
static struct page *detach(struct lent_region *region)
{
	struct page *page = NULL;
	struct gen_pool *pool;
	size_t stuck;

	spin_lock(&region->lock);
	pool = region->clean;
	if (pool && !region->books.live) {
		region->clean = NULL;
		region->suspect = false;
		region->books.clean = 0;
		free_ranges(pool, &region->dirty);
		stuck = free_ranges(pool, &region->stuck);
		region->books.quarantined -= stuck;
		region->books.kept += stuck;
		page = phys_to_page(region->base);
		set_page_private(page, region->size);
	}
	spin_unlock(&region->lock);
	if (page)
		gen_pool_destroy(pool);

	return page;
}

/* Take back a region, or by @op a former one. Returns its size, or 0. */
static size_t take_back(struct lent_region *region, struct page *page,
			int (*op)(void *priv, struct sg_table *sgt))
{
	size_t size = page_private(page);

	lend_call_begin(&region->call, region->ops->limits(region->priv));
	lend_call_add(&region->call, page, size);
	if (op(region->priv, lend_call_table(&region->call)))
		return 0;
	free_contig_range(page_to_pfn(page), size >> PAGE_SHIFT);

	return size;
}

/* May be lent, or not: nobody gets it, unless somebody tries again. */
void lent_region_lose(struct lent_region *region, struct page *page)
{
	pr_err_ratelimited("cannot take a region of %lu bytes back: quarantined\n",
			   page_private(page));
	lockdep_assert_held(&region->tee_lock);
	list_add_tail(&page->lru, &region->lost);
	spin_lock(&region->lock);
	region->books.quarantined += page_private(page);
	spin_unlock(&region->lock);
}

/* Returns how many bytes were given back. */
static size_t take_down(struct lent_region *region)
{
	struct page *page;
	size_t size, given;

	lockdep_assert_held(&region->tee_lock);
	page = detach(region);
	if (!page)
		return 0;

	size = page_private(page);
	given = take_back(region, page, region->ops->unlend);
	if (!given)
		lent_region_lose(region, page);
	spin_lock(&region->lock);
	region->books.kept -= size;
	region->books.drained += given;
	spin_unlock(&region->lock);

	return given;
}

static bool region_drain(struct keeper *keeper, unsigned long idle_since)
{
	struct lent_region *region = to_region(keeper);

	mutex_lock(&region->tee_lock);
	if (READ_ONCE(region->retired) ||
	    time_before_eq(READ_ONCE(region->last_use), idle_since))
		take_down(region);
	mutex_unlock(&region->tee_lock);

	return false;
}

static unsigned long region_count(struct keeper *keeper)
{
	struct kept_books *books = &to_region(keeper)->books;

	return READ_ONCE(books->live) ? 0 : READ_ONCE(books->kept) >> PAGE_SHIFT;
}

/* All or nothing, however little is asked for */
static unsigned long region_shrink(struct keeper *keeper, unsigned long pages)
{
	struct lent_region *region = to_region(keeper);
	size_t given;

	mutex_lock(&region->tee_lock);
	given = take_down(region);
	mutex_unlock(&region->tee_lock);

	return given >> PAGE_SHIFT;
}

static const struct keeper_ops region_keeper_ops = {
	.scrub = region_scrub,
	.drain = region_drain,
	.count = region_count,
	.shrink = region_shrink,
};

/**
 * lent_region_free() - give memory back
 * @region:	the region
 * @pa:		what lent_region_alloc() gave
 * @size:	what it was given
 *
 * Makes no call; what is due is done by a worker.
 */
void lent_region_free(struct lent_region *region, phys_addr_t pa, size_t size)
{
	struct page *page = phys_to_page(pa);
	bool now;

	set_page_private(page, size);
	spin_lock(&region->lock);
	list_add_tail(&page->lru, &region->dirty);
	region->books.live -= size;
	region->books.kept += size;
	region->last_use = jiffies;
	now = READ_ONCE(region->retired) && !region->books.live;
	spin_unlock(&region->lock);

	keeper_took_back(&region->keeper);
	if (now)
		keeper_look_now(&region->keeper);
}
EXPORT_SYMBOL_GPL(lent_region_free);

/**
 * lent_region_set() - change what the region is to be
 * @region:	the region
 * @bytes:	the size it shall have when it is lent the next time; cut to what
 *		a range can be
 * @retired:	nobody will want it any more, for now
 */
void lent_region_set(struct lent_region *region, size_t bytes, bool retired)
{
	WRITE_ONCE(region->want, min_t(size_t, bytes, UINT_MAX) & PAGE_MASK);
	WRITE_ONCE(region->retired, retired);
	if (retired)
		keeper_look_now(&region->keeper);
}
EXPORT_SYMBOL_GPL(lent_region_set);

static void retry_lost(struct lent_region *region)
{
	struct page *page, *next;
	size_t size;

	list_for_each_entry_safe(page, next, &region->lost, lru) {
		list_del(&page->lru);
		size = take_back(region, page, region->ops->recover);
		if (!size) {
			list_add(&page->lru, &region->lost);
			continue;
		}
		spin_lock(&region->lock);
		region->books.quarantined -= size;
		region->books.drained += size;
		spin_unlock(&region->lock);
	}
}

/**
 * lent_region_distrust() - forget that what is free is clean
 * @region:	the region
 *
 * As chunk_pool_distrust().
 */
void lent_region_distrust(struct lent_region *region)
{
	mutex_lock(&region->tee_lock);
	spin_lock(&region->lock);
	region->suspect = region->clean;
	region->books.clean = 0;
	spin_unlock(&region->lock);
	mutex_unlock(&region->tee_lock);
}
EXPORT_SYMBOL_GPL(lent_region_distrust);

/**
 * lent_region_retry() - try again what failed
 * @region:	the region
 *
 * Former regions are given back, however much of them is lent still, and what
 * could not be scrubbed will be scrubbed.
 */
void lent_region_retry(struct lent_region *region)
{
	struct page *page;

	mutex_lock(&region->tee_lock);
	retry_lost(region);
	spin_lock(&region->lock);
	list_for_each_entry(page, &region->stuck, lru) {
		region->books.quarantined -= page_private(page);
		region->books.kept += page_private(page);
	}
	list_splice_tail_init(&region->stuck, &region->dirty);
	spin_unlock(&region->lock);
	mutex_unlock(&region->tee_lock);
	keeper_took_back(&region->keeper);
}
EXPORT_SYMBOL_GPL(lent_region_retry);

/**
 * lent_region_hold() - have nothing lent and nothing given back for a moment
 * @region:	the region
 * @books:	to fill; they agree with those of whom it is lent to
 *
 * May wait for a call. To be ended soon, with lent_region_unhold().
 *
 * Return: bytes that could be had of the region, or of that which there shall be.
 */
size_t lent_region_hold(struct lent_region *region, struct kept_books *books)
{
	size_t room;

	mutex_lock(&region->tee_lock);
	spin_lock(&region->lock);
	*books = region->books;
	room = region->clean ? region->books.kept : READ_ONCE(region->want);
	spin_unlock(&region->lock);

	return room;
}
EXPORT_SYMBOL_GPL(lent_region_hold);

/**
 * lent_region_unhold() - undo lent_region_hold()
 * @region:	the region
 */
void lent_region_unhold(struct lent_region *region)
{
	mutex_unlock(&region->tee_lock);
}
EXPORT_SYMBOL_GPL(lent_region_unhold);

/**
 * lent_region_init() - begin without a region
 * @region:	to fill
 * @name:	of its workers and its shrinker
 * @ops:	the way to whom it is lent
 * @priv:	goes with @ops
 * @delays:	stays the caller's
 *
 * Return: 0, or -ENOMEM.
 */
int lent_region_init(struct lent_region *region, const char *name,
		     const struct lend_ops *ops, void *priv,
		     const struct keeper_delays *delays)
{
	int ret;

	*region = (struct lent_region){ .ops = ops, .priv = priv };
	spin_lock_init(&region->lock);
	mutex_init(&region->grow_lock);
	mutex_init(&region->tee_lock);
	INIT_LIST_HEAD(&region->dirty);
	INIT_LIST_HEAD(&region->stuck);
	INIT_LIST_HEAD(&region->lost);

	ret = lend_call_init(&region->call);
	if (ret)
		return ret;

	ret = keeper_init(&region->keeper, name, &region_keeper_ops, delays);
	if (ret)
		lend_call_destroy(&region->call);

	return ret;
}
EXPORT_SYMBOL_GPL(lent_region_init);

/**
 * lent_region_destroy() - undo lent_region_init()
 * @region:	in which no buffer is; what could not be taken back is lost
 */
void lent_region_destroy(struct lent_region *region)
{
	keeper_destroy(&region->keeper);
	mutex_lock(&region->tee_lock);
	take_down(region);
	mutex_unlock(&region->tee_lock);
	lend_call_destroy(&region->call);
}
EXPORT_SYMBOL_GPL(lent_region_destroy);
