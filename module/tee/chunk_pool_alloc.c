// SPDX-License-Identifier: GPL-2.0
/* How a buffer is made of the pool's chunks, and of new ones. */
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/sched/signal.h>

#include "../memory/orders.h"
#include "../memory/page_set.h"
#include "chunk_pool.h"

/*
 * A buffer that is being made. @chunks are lent and clean, @fresh are new and
 * not lent yet, @left is what both lack. @called: it took a call; @filled: its
 * table is made already.
 */
struct request {
	struct sg_table *sgt;
	struct list_head chunks;
	struct list_head fresh;
	size_t left;
	u64 orders;
	unsigned long reclaim;
	bool called;
	bool filled;
};

static void take_clean(struct chunk_pool *pool, struct request *req, u64 orders)
{
	size_t taken = chunk_list_take(&pool->clean, orders, &req->left,
				       &req->chunks);

	pool->books.kept -= taken;
	pool->books.live += taken;
}

/*
 * Chunks of the sizes that new ones would have: a buffer of small ones because
 * these happen to be clean would have a long table, and so would all after it
 * that are made of the same chunks. False if there are too few.
 */
static bool take_exact(struct chunk_pool *pool, struct request *req)
{
	u64 orders = req->orders;

	for (; req->left; orders = orders_rest(orders)) {
		take_clean(pool, req, orders);
		if (orders_fit(orders, req->left))
			return false;
	}

	return true;
}

/*
 * Whether to take new memory. It is zeroed by the CPU, at about half the price
 * of the TEE's scrubbing, so it is what an allocation prefers; unless the pool
 * keeps as much as it may and could be scrubbed. Then it would only grow beyond
 * that, for somebody else to give back.
 */
static bool may_grow(struct chunk_pool *pool, struct request *req)
{
	return (!READ_ONCE(pool->dirty.bytes) ||
		READ_ONCE(pool->books.kept) < READ_ONCE(pool->limit)) &&
	       req->left <= pool->ops->room(pool->priv);
}

/*
 * Large chunks first, as in a new buffer; of each size those that are clean,
 * then new ones. An order that is not to be had is not tried again. Not under
 * the TEE's lock: allocating may wait for us to give memory back.
 */
static int gather(struct chunk_pool *pool, struct request *req, bool grow)
{
	u64 orders = req->orders;
	struct page *page;

	for (; orders_first(orders) != ORDERS_END && req->left;
	     orders = orders_rest(orders)) {
		spin_lock(&pool->lock);
		take_clean(pool, req, orders);
		spin_unlock(&pool->lock);
		while (grow && orders_fit(orders, req->left)) {
			if (fatal_signal_pending(current))
				return -EINTR;
			page = page_set_chunk(orders_first(orders),
					      req->reclaim);
			if (!page)
				break;
			list_add_tail(&page->lru, &req->fresh);
			req->left -= min(req->left, page_size(page));
		}
	}

	return 0;
}

/* Take dirty chunks that the buffer can use, and scrub them. */
static bool scrub_own(struct chunk_pool *pool, struct request *req)
{
	size_t taken, scrubbed;
	LIST_HEAD(chunks);
	LIST_HEAD(done);

	spin_lock(&pool->lock);
	taken = chunk_list_take_all(&pool->dirty, req->orders, &req->left,
				    &chunks);
	spin_unlock(&pool->lock);
	if (!taken)
		return false;

	chunk_pool_scrub(pool, &chunks, &done);
	scrubbed = chunk_pool_sum(&done);
	req->left += taken - scrubbed;
	req->called = true;
	list_splice(&done, &req->chunks);

	spin_lock(&pool->lock);
	pool->books.kept -= scrubbed;
	pool->books.live += scrubbed;
	spin_unlock(&pool->lock);

	return true;
}

/* Give chunks back that the buffer cannot use, for others that it can. */
static bool make_room(struct chunk_pool *pool, struct request *req)
{
	LIST_HEAD(chunks);

	spin_lock(&pool->lock);
	chunk_pool_take_old(pool, jiffies, req->left, &chunks);
	spin_unlock(&pool->lock);
	if (list_empty(&chunks))
		return false;
	req->called = true;

	return chunk_pool_give_back(pool, &chunks);
}

/* Nothing is clean, and no new memory to be had. Returns 0 when there is hope. */
static int make_do(struct chunk_pool *pool, struct request *req)
{
	size_t taken;
	bool hope;

	keeper_lock(&pool->keeper, &pool->tee_lock);
	/* What a worker was scrubbing may be clean now */
	spin_lock(&pool->lock);
	taken = chunk_list_take_all(&pool->clean, req->orders, &req->left,
				    &req->chunks);
	pool->books.kept -= taken;
	pool->books.live += taken;
	spin_unlock(&pool->lock);
	hope = taken || scrub_own(pool, req) || make_room(pool, req);
	mutex_unlock(&pool->tee_lock);

	return hope ? 0 : -ENOMEM;
}

/* Nothing is scrubbed or given back for a buffer that cannot be had anyhow. */
static bool is_hopeless(struct chunk_pool *pool, struct request *req)
{
	/* First, so that what is given back meanwhile is not missed in both */
	size_t kept = smp_load_acquire(&pool->books.kept);

	return req->left > pool->ops->room(pool->priv) + kept;
}

static int collect(struct chunk_pool *pool, struct request *req)
{
	size_t before;
	bool grow;
	int ret;

	do {
		if (is_hopeless(pool, req))
			return -ENOMEM;
		before = req->left;
		grow = may_grow(pool, req);
		ret = gather(pool, req, grow);
		if (!ret && req->left && req->left == before)
			ret = make_do(pool, req);
		/* What there was to make do with may be given back by now */
		if (ret == -ENOMEM && !grow && may_grow(pool, req))
			ret = 0;
	} while (!ret && req->left);

	return ret;
}

/* The new chunks are lent now. */
static void add_lent(struct request *req, struct sg_table *table)
{
	/* With nothing else in it, it is the buffer's table, too */
	if (list_empty(&req->chunks)) {
		*req->sgt = *table;
		req->filled = true;
		INIT_LIST_HEAD(&req->fresh);
		return;
	}
	list_splice_init(&req->fresh, &req->chunks);
	sg_free_table(table);
}

/* Returns -EAGAIN, and the new chunks are gone, if others were faster. */
static int lend_fresh(struct chunk_pool *pool, struct request *req)
{
	size_t bytes = chunk_pool_sum(&req->fresh);
	struct sg_table table;
	int ret;

	if (!bytes)
		return 0;
	ret = page_set_fill(&table, &req->fresh);
	if (ret)
		return ret;

	req->called = true;
	keeper_lock(&pool->keeper, &pool->tee_lock);
	ret = pool->ops->lend(pool->priv, &table);
	spin_lock(&pool->lock);
	if (!ret)
		pool->books.live += bytes;
	spin_unlock(&pool->lock);
	if (ret == -ENOTRECOVERABLE) {
		chunk_pool_quarantine(pool, &req->fresh, false);
		ret = -EIO;
	}
	mutex_unlock(&pool->tee_lock);
	if (!ret) {
		add_lent(req, &table);
		return 0;
	}

	sg_free_table(&table);
	page_set_drop(&req->fresh);
	req->left += bytes;

	return ret == -ENOMEM ? -EAGAIN : ret;
}

static int fill_up(struct chunk_pool *pool, struct request *req)
{
	int ret;

	do {
		ret = collect(pool, req);
		if (!ret)
			ret = lend_fresh(pool, req);
	} while (ret == -EAGAIN);

	spin_lock(&pool->lock);
	if (req->called || ret)
		pool->books.misses++;
	else
		pool->books.hits++;
	spin_unlock(&pool->lock);

	return ret;
}

/**
 * chunk_pool_alloc() - make a buffer of memory that is lent and zeroed
 * @pool:	the pool
 * @sgt:	to fill as page_set_fill() does
 * @size:	as page_set_take() has it
 * @orders:	likewise
 * @reclaim:	likewise
 *
 * Takes clean chunks, and for what is missing new memory, lent in the fewest
 * calls that can be. When there is no new memory to be had, smaller chunks will
 * do; and then it scrubs dirty ones, and gives back those that are of no use for
 * the buffer.
 *
 * Return: 0; -ENOMEM; -EINTR (the caller was killed); -EIO (some new memory may
 * be lent, and is in quarantine); or what lending returned. On error nothing
 * but what was lent before is lent, unless it is in quarantine.
 */
int chunk_pool_alloc(struct chunk_pool *pool, struct sg_table *sgt, size_t size,
		     u64 orders, unsigned long reclaim)
{
	struct request req = {
		.sgt = sgt,
		.chunks = LIST_HEAD_INIT(req.chunks),
		.fresh = LIST_HEAD_INIT(req.fresh),
		.left = size,
		.orders = orders,
		.reclaim = reclaim,
	};
	int ret = 0;
	bool hit;

	if (size > PAGE_SET_MAX)
		return -ENOMEM;

	spin_lock(&pool->lock);
	hit = take_exact(pool, &req);
	pool->books.hits += hit;
	spin_unlock(&pool->lock);

	if (unlikely(!hit))
		ret = fill_up(pool, &req);
	if (!ret && !req.filled)
		ret = page_set_fill(sgt, &req.chunks);
	if (unlikely(ret)) {
		page_set_drop(&req.fresh);
		chunk_pool_put_back(pool, &req.chunks);
	}

	return ret;
}
EXPORT_SYMBOL_GPL(chunk_pool_alloc);
