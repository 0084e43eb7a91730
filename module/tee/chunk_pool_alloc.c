// SPDX-License-Identifier: GPL-2.0
/* How a buffer is made of the pool's chunks, and of new ones. */
#include <linux/export.h>
#include <linux/sched/signal.h>

#include "../memory/page_set.h"
#include "chunk_pool.h"

/*
 * A buffer that is being made. @chunks are lent and clean, @left is what they
 * lack; @filled: its table is made already.
 */
struct request {
	struct sg_table *sgt;
	struct list_head chunks;
	size_t left;
	u64 orders;
	unsigned long reclaim;
	bool filled;
};

static void take_clean(struct chunk_pool *pool, struct request *req)
{
	size_t taken = chunk_list_take(&pool->clean, req->orders, &req->left,
				       &req->chunks);

	pool->books.kept -= taken;
	pool->books.live += taken;
}

/*
 * New memory is zeroed by the CPU, at about half the price of the TEE's
 * scrubbing, so it is what an allocation prefers; unless the pool keeps as much
 * as it may and could be scrubbed. Then it would only grow beyond it, for
 * somebody else to give back.
 */
static int take_fresh(struct chunk_pool *pool, struct request *req,
		      struct list_head *fresh, struct sg_table *table)
{
	int ret;

	if (READ_ONCE(pool->dirty.bytes) &&
	    READ_ONCE(pool->books.kept) >= READ_ONCE(pool->limit))
		return -ENOMEM;
	if (!pool->ops->has_room(pool->priv, req->left))
		return -ENOMEM;

	ret = page_set_take(fresh, req->left, req->orders, req->reclaim);
	if (ret)
		return ret;

	ret = page_set_fill(table, fresh);
	if (ret)
		page_set_drop(fresh);

	return ret;
}

/* @fresh is lent now */
static void add_fresh(struct chunk_pool *pool, struct request *req,
		      struct list_head *fresh, struct sg_table *table)
{
	size_t bytes = chunk_pool_sum(fresh);

	spin_lock(&pool->lock);
	pool->books.live += bytes;
	spin_unlock(&pool->lock);
	req->left = 0;
	/* With nothing else in it, it is the buffer's table, too */
	if (list_empty(&req->chunks)) {
		*req->sgt = *table;
		req->filled = true;
		return;
	}
	list_splice(fresh, &req->chunks);
	sg_free_table(table);
}

static int lend_fresh(struct chunk_pool *pool, struct request *req,
		      struct list_head *fresh, struct sg_table *table)
{
	int ret = pool->ops->lend(pool->priv, table);

	if (likely(!ret)) {
		add_fresh(pool, req, fresh, table);
		return 0;
	}
	sg_free_table(table);
	if (ret == -ENOTRECOVERABLE) {
		chunk_pool_quarantine(pool, fresh, false);
		return -EIO;
	}
	page_set_drop(fresh);

	return ret;
}

/* Take dirty chunks that the buffer can use, and scrub them. */
static void scrub_own(struct chunk_pool *pool, struct request *req)
{
	size_t taken, scrubbed;
	LIST_HEAD(chunks);
	LIST_HEAD(done);

	spin_lock(&pool->lock);
	taken = chunk_list_take(&pool->dirty, req->orders, &req->left, &chunks);
	spin_unlock(&pool->lock);
	if (!taken)
		return;

	chunk_pool_scrub(pool, &chunks, &done);
	scrubbed = chunk_pool_sum(&done);
	req->left += taken - scrubbed;
	list_splice(&done, &req->chunks);

	spin_lock(&pool->lock);
	pool->books.kept -= scrubbed;
	pool->books.live += scrubbed;
	spin_unlock(&pool->lock);
}

/*
 * No new memory is to be had: scrub what the buffer can use, and give back what
 * it cannot. Returns 0 when the buffer has all, -EAGAIN when there is hope,
 * -ENOMEM when there is none.
 */
static int make_do(struct chunk_pool *pool, struct request *req)
{
	size_t left = req->left;
	LIST_HEAD(chunks);

	/* By now a worker may have scrubbed some */
	spin_lock(&pool->lock);
	take_clean(pool, req);
	spin_unlock(&pool->lock);
	if (req->left)
		scrub_own(pool, req);
	if (!req->left)
		return 0;
	if (req->left < left)
		return -EAGAIN;

	spin_lock(&pool->lock);
	chunk_pool_take_old(pool, jiffies, req->left, &chunks);
	spin_unlock(&pool->lock);

	return chunk_pool_give_back(pool, &chunks) ? -EAGAIN : -ENOMEM;
}

static int fill_up(struct chunk_pool *pool, struct request *req)
{
	struct sg_table table;
	int ret;

	do {
		LIST_HEAD(fresh);

		if (fatal_signal_pending(current))
			return -EINTR;
		/* Not under the lock: it may wait for us to give memory back */
		ret = take_fresh(pool, req, &fresh, &table);
		mutex_lock(&pool->tee_lock);
		if (!ret)
			ret = lend_fresh(pool, req, &fresh, &table);
		if (ret == -ENOMEM)
			ret = make_do(pool, req);
		mutex_unlock(&pool->tee_lock);
	} while (ret == -EAGAIN);

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
 * Takes clean chunks, and for what is missing new memory, in the fewest calls
 * that can be. When there is no new memory to be had, scrubs dirty chunks, and
 * gives back those that are of no use for the buffer.
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
		.left = size,
		.orders = orders,
		.reclaim = reclaim,
	};
	int ret = 0;

	if (size > PAGE_SET_MAX)
		return -ENOMEM;

	spin_lock(&pool->lock);
	take_clean(pool, &req);
	if (likely(!req.left))
		pool->books.hits++;
	else
		pool->books.misses++;
	spin_unlock(&pool->lock);

	if (unlikely(req.left))
		ret = fill_up(pool, &req);
	if (!ret && !req.filled)
		ret = page_set_fill(sgt, &req.chunks);
	if (unlikely(ret))
		chunk_pool_put_back(pool, &req.chunks);

	return ret;
}
EXPORT_SYMBOL_GPL(chunk_pool_alloc);
