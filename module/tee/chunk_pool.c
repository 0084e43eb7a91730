// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/export.h>
#include <linux/printk.h>
#include <linux/sizes.h>

#include "../memory/page_set.h"
#include "chunk_pool.h"

/*
 * What a worker scrubs or gives back in one go; a buffer that needs the TEE
 * waits as long at most. So much outweighs the price of a call.
 */
#define GO_BYTES	SZ_4M

static struct chunk_pool *to_pool(struct keeper *keeper)
{
	return container_of(keeper, struct chunk_pool, keeper);
}

/* What chunks add up to */
size_t chunk_pool_sum(struct list_head *chunks)
{
	struct page *page;
	size_t sum = 0;

	list_for_each_entry(page, chunks, lru)
		sum += page_size(page);

	return sum;
}

/* One call's worth, from the begin of a sorted list */
static struct sg_table *cut_call(struct chunk_pool *pool,
				 struct list_head *chunks,
				 struct list_head *part)
{
	struct page *page, *next;

	lend_call_begin(&pool->call, pool->ops->limits(pool->priv));
	list_for_each_entry_safe(page, next, chunks, lru) {
		if (!lend_call_add(&pool->call, page, page_size(page)))
			break;
		list_move_tail(&page->lru, part);
	}

	return lend_call_table(&pool->call);
}

/*
 * Each call for itself, so that one that fails leaves no doubt about the
 * others. Those whose call failed stay in @chunks, the others go to @done.
 */
static void call_for(struct chunk_pool *pool,
		     int (*op)(void *priv, struct sg_table *sgt),
		     struct list_head *chunks, struct list_head *done)
{
	LIST_HEAD(failed);

	lockdep_assert_held(&pool->tee_lock);
	page_set_sort(chunks);
	while (!list_empty(chunks)) {
		LIST_HEAD(part);
		struct sg_table *table = cut_call(pool, chunks, &part);

		list_splice_tail(&part, op(pool->priv, table) ? &failed : done);
	}
	list_splice(&failed, chunks);
}

/*
 * Put chunks away: nobody gets them, unless somebody tries again. Those that
 * were @kept are not any more.
 */
void chunk_pool_quarantine(struct chunk_pool *pool, struct list_head *chunks,
			   bool kept)
{
	size_t bytes = chunk_pool_sum(chunks);

	if (!bytes)
		return;
	pr_err_ratelimited("cannot scrub or take back %zu bytes: quarantined\n",
			   bytes);
	spin_lock(&pool->lock);
	list_splice_tail_init(chunks, &pool->quarantine);
	pool->books.quarantined += bytes;
	if (kept)
		pool->books.kept -= bytes;
	spin_unlock(&pool->lock);
}

/* Give back chunks that were kept. Returns how many bytes that were. */
size_t chunk_pool_give_back(struct chunk_pool *pool, struct list_head *chunks)
{
	LIST_HEAD(done);
	size_t bytes;

	call_for(pool, pool->ops->unlend, chunks, &done);
	chunk_pool_quarantine(pool, chunks, true);
	bytes = chunk_pool_sum(&done);
	page_set_drop(&done);

	spin_lock(&pool->lock);
	pool->books.kept -= bytes;
	pool->books.drained += bytes;
	spin_unlock(&pool->lock);

	return bytes;
}

/* Scrub chunks that are kept; those that could be go to @done. */
void chunk_pool_scrub(struct chunk_pool *pool, struct list_head *chunks,
		      struct list_head *done)
{
	size_t bytes;

	call_for(pool, pool->ops->scrub, chunks, done);
	chunk_pool_quarantine(pool, chunks, true);
	bytes = chunk_pool_sum(done);

	spin_lock(&pool->lock);
	pool->books.scrubbed += bytes;
	spin_unlock(&pool->lock);
}

/* Of what is kept at least @bytes; see the header for why dirty ones go first. */
void chunk_pool_take_old(struct chunk_pool *pool, unsigned long until,
			 size_t bytes, struct list_head *chunks)
{
	size_t taken;

	lockdep_assert_held(&pool->lock);
	taken = chunk_list_take_old(&pool->dirty, until, bytes, chunks);
	if (taken < bytes)
		chunk_list_take_old(&pool->clean, until, bytes - taken, chunks);
}

static bool pool_drain(struct keeper *keeper, unsigned long idle_since)
{
	struct chunk_pool *pool = to_pool(keeper);
	size_t limit = READ_ONCE(pool->limit);
	LIST_HEAD(chunks);
	bool more;

	mutex_lock(&pool->tee_lock);
	spin_lock(&pool->lock);
	if (pool->books.kept > limit)
		chunk_pool_take_old(pool, jiffies,
				    min(GO_BYTES, pool->books.kept - limit),
				    &chunks);
	else
		chunk_pool_take_old(pool, idle_since, GO_BYTES, &chunks);
	spin_unlock(&pool->lock);
	more = !list_empty(&chunks);
	if (more)
		chunk_pool_give_back(pool, &chunks);
	mutex_unlock(&pool->tee_lock);

	return more;
}

static void sort_in(struct list_head *chunks, struct chunk_list *list)
{
	struct page *page, *next;

	chunk_list_init(list);
	list_for_each_entry_safe(page, next, chunks, lru)
		chunk_list_add(list, page);
}

/* What is more than may be kept is not scrubbed: giving back will. */
static bool pool_scrub(struct keeper *keeper)
{
	struct chunk_pool *pool = to_pool(keeper);
	size_t limit = READ_ONCE(pool->limit);
	struct chunk_list clean;
	LIST_HEAD(chunks);
	LIST_HEAD(done);
	bool more;

	mutex_lock(&pool->tee_lock);
	spin_lock(&pool->lock);
	if (pool->clean.bytes < limit)
		chunk_list_take_old(&pool->dirty, jiffies,
				    min(GO_BYTES, limit - pool->clean.bytes),
				    &chunks);
	spin_unlock(&pool->lock);
	chunk_pool_scrub(pool, &chunks, &done);
	sort_in(&done, &clean);
	spin_lock(&pool->lock);
	chunk_list_join(&pool->clean, &clean);
	more = pool->dirty.bytes && pool->clean.bytes < limit;
	spin_unlock(&pool->lock);
	mutex_unlock(&pool->tee_lock);

	return more;
}

static unsigned long pool_count(struct keeper *keeper)
{
	return READ_ONCE(to_pool(keeper)->books.kept) >> PAGE_SHIFT;
}

static unsigned long pool_shrink(struct keeper *keeper, unsigned long pages)
{
	struct chunk_pool *pool = to_pool(keeper);
	size_t want = pages << PAGE_SHIFT, given = 0;
	LIST_HEAD(chunks);

	mutex_lock(&pool->tee_lock);
	while (given < want) {
		spin_lock(&pool->lock);
		chunk_pool_take_old(pool, jiffies, min(GO_BYTES, want - given),
				    &chunks);
		spin_unlock(&pool->lock);
		if (list_empty(&chunks))
			break;
		given += chunk_pool_give_back(pool, &chunks);
	}
	mutex_unlock(&pool->tee_lock);

	return given >> PAGE_SHIFT;
}

static const struct keeper_ops pool_keeper_ops = {
	.scrub = pool_scrub,
	.drain = pool_drain,
	.count = pool_count,
	.shrink = pool_shrink,
};

/* Chunks that were live come back */
static void take_back(struct chunk_pool *pool, struct chunk_list *list,
		      struct chunk_list *back)
{
	size_t bytes = back->bytes;
	bool too_much;

	spin_lock(&pool->lock);
	chunk_list_join(list, back);
	pool->books.live -= bytes;
	pool->books.kept += bytes;
	too_much = pool->books.kept > READ_ONCE(pool->limit);
	spin_unlock(&pool->lock);

	keeper_took_back(&pool->keeper);
	if (too_much)
		keeper_look_now(&pool->keeper);
}

/* From a buffer that was not made in the end: they are clean. */
void chunk_pool_put_back(struct chunk_pool *pool, struct list_head *chunks)
{
	struct chunk_list back;
	struct page *page;

	if (list_empty(chunks))
		return;
	list_for_each_entry(page, chunks, lru)
		set_page_private(page, jiffies);
	sort_in(chunks, &back);
	take_back(pool, &pool->clean, &back);
}

/**
 * chunk_pool_free() - take a buffer's memory back
 * @pool:	the pool that it came from
 * @sgt:	the table; the caller frees the table itself
 *
 * Makes no call; what is due is done by a worker.
 */
void chunk_pool_free(struct chunk_pool *pool, struct sg_table *sgt)
{
	struct chunk_cursor cursor = { .sg = sgt->sgl };
	unsigned long now = jiffies;
	struct chunk_list back;
	struct page *page;

	chunk_list_init(&back);
	while ((page = chunk_next(&cursor))) {
		set_page_private(page, now);
		chunk_list_add(&back, page);
	}
	take_back(pool, &pool->dirty, &back);
}
EXPORT_SYMBOL_GPL(chunk_pool_free);

/**
 * chunk_pool_set_limit() - change how much may be kept
 * @pool:	the pool
 * @bytes:	0 for nothing
 *
 * What is more is given back soon.
 */
void chunk_pool_set_limit(struct chunk_pool *pool, size_t bytes)
{
	WRITE_ONCE(pool->limit, bytes);
	if (READ_ONCE(pool->books.kept) > bytes)
		keeper_look_now(&pool->keeper);
}
EXPORT_SYMBOL_GPL(chunk_pool_set_limit);

/**
 * chunk_pool_distrust() - forget that chunks are clean
 * @pool:	the pool
 *
 * For when whom they are lent to may have lost what it knew. Each has to be
 * scrubbed again, which tells whether it is lent still.
 */
void chunk_pool_distrust(struct chunk_pool *pool)
{
	mutex_lock(&pool->tee_lock);
	spin_lock(&pool->lock);
	chunk_list_join(&pool->dirty, &pool->clean);
	chunk_list_init(&pool->clean);
	spin_unlock(&pool->lock);
	mutex_unlock(&pool->tee_lock);
}
EXPORT_SYMBOL_GPL(chunk_pool_distrust);

/**
 * chunk_pool_retry() - try again what failed
 * @pool:	the pool
 *
 * What is in quarantine is given back, however much of it is lent still; what
 * cannot be stays there. What is dirty is scrubbed.
 */
void chunk_pool_retry(struct chunk_pool *pool)
{
	LIST_HEAD(chunks);
	LIST_HEAD(done);
	size_t bytes;

	mutex_lock(&pool->tee_lock);
	spin_lock(&pool->lock);
	list_splice_init(&pool->quarantine, &chunks);
	spin_unlock(&pool->lock);

	call_for(pool, pool->ops->recover, &chunks, &done);
	bytes = chunk_pool_sum(&done);
	page_set_drop(&done);

	spin_lock(&pool->lock);
	list_splice(&chunks, &pool->quarantine);
	pool->books.quarantined -= bytes;
	pool->books.drained += bytes;
	spin_unlock(&pool->lock);
	mutex_unlock(&pool->tee_lock);
	keeper_took_back(&pool->keeper);
}
EXPORT_SYMBOL_GPL(chunk_pool_retry);

/**
 * chunk_pool_hold() - have nothing lent and nothing given back for a moment
 * @pool:	the pool
 * @books:	to fill; they agree with those of whom it is lent to
 *
 * May wait for a call. To be ended soon, with chunk_pool_unhold().
 */
void chunk_pool_hold(struct chunk_pool *pool, struct kept_books *books)
{
	mutex_lock(&pool->tee_lock);
	spin_lock(&pool->lock);
	*books = pool->books;
	books->clean = pool->clean.bytes;
	spin_unlock(&pool->lock);
}
EXPORT_SYMBOL_GPL(chunk_pool_hold);

/**
 * chunk_pool_unhold() - undo chunk_pool_hold()
 * @pool:	the pool
 */
void chunk_pool_unhold(struct chunk_pool *pool)
{
	mutex_unlock(&pool->tee_lock);
}
EXPORT_SYMBOL_GPL(chunk_pool_unhold);

/**
 * chunk_pool_init() - begin with an empty pool that may keep nothing
 * @pool:	to fill
 * @name:	of its workers and its shrinker
 * @ops:	the way to whom chunks are lent
 * @priv:	goes with @ops
 * @delays:	stays the caller's
 *
 * Return: 0, or -ENOMEM.
 */
int chunk_pool_init(struct chunk_pool *pool, const char *name,
		    const struct lend_ops *ops, void *priv,
		    const struct keeper_delays *delays)
{
	int ret;

	pool->ops = ops;
	pool->priv = priv;
	pool->limit = 0;
	spin_lock_init(&pool->lock);
	mutex_init(&pool->tee_lock);
	chunk_list_init(&pool->clean);
	chunk_list_init(&pool->dirty);
	INIT_LIST_HEAD(&pool->quarantine);
	pool->books = (struct kept_books){};

	ret = lend_call_init(&pool->call);
	if (ret)
		return ret;

	ret = keeper_init(&pool->keeper, name, &pool_keeper_ops, delays);
	if (ret)
		lend_call_destroy(&pool->call);

	return ret;
}
EXPORT_SYMBOL_GPL(chunk_pool_init);

/**
 * chunk_pool_destroy() - undo chunk_pool_init()
 * @pool:	of which no buffer has anything; what it keeps is given back, and
 *		what is in quarantine is lost
 */
void chunk_pool_destroy(struct chunk_pool *pool)
{
	keeper_destroy(&pool->keeper);
	while (pool_shrink(&pool->keeper, GO_BYTES >> PAGE_SHIFT))
		;
	lend_call_destroy(&pool->call);
}
EXPORT_SYMBOL_GPL(chunk_pool_destroy);
