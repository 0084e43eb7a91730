/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Chunks of the kernel's pages that stay lent between two buffers. A buffer
 * made of chunks that are lent and clean needs no call into the TEE.
 *
 * A chunk that comes back is dirty until it was scrubbed by whom it is lent to,
 * from a work queue; then it is clean. It is given back to the kernel when it
 * was not used for a while, when the pool keeps more than it may, or when the
 * kernel is short of memory. Dirty ones go first: giving back scrubs, so a clean
 * one would have been scrubbed for nothing.
 */
#ifndef RESTRICTED_CHUNK_POOL_H
#define RESTRICTED_CHUNK_POOL_H

#include <linux/mutex.h>
#include <linux/spinlock.h>

#include "chunk_list.h"
#include "keeper.h"
#include "lend_call.h"

/**
 * struct chunk_pool - the pool
 * @keeper:	decides when to scrub and when to give back
 * @ops:	the way to whom the chunks are lent
 * @priv:	goes with @ops
 * @limit:	bytes that may be kept
 * @lock:	protects what follows, but for @tee_lock and @call
 * @clean:	chunks that can be handed out
 * @dirty:	chunks to scrub
 * @quarantine:	chunks that could not be scrubbed or taken back
 * @books:	the sums
 * @tee_lock:	held from before a call until the books say what it did; what is
 *		on its way is in no list only while it is held. Protects @call
 * @call:	the call that is put together
 */
struct chunk_pool {
	struct keeper keeper;
	const struct lend_ops *ops;
	void *priv;
	size_t limit;
	/* Protects the lists and the books */
	spinlock_t lock;
	struct chunk_list clean;
	struct chunk_list dirty;
	struct list_head quarantine;
	struct kept_books books;
	/* Protects the order of calls and books, and the call */
	struct mutex tee_lock;
	struct lend_call call;
};

int chunk_pool_init(struct chunk_pool *pool, const char *name,
		    const struct lend_ops *ops, void *priv,
		    const struct keeper_delays *delays);
void chunk_pool_destroy(struct chunk_pool *pool);
int chunk_pool_alloc(struct chunk_pool *pool, struct sg_table *sgt, size_t size,
		     u64 orders, unsigned long reclaim);
void chunk_pool_free(struct chunk_pool *pool, struct sg_table *sgt);
void chunk_pool_set_limit(struct chunk_pool *pool, size_t bytes);
void chunk_pool_distrust(struct chunk_pool *pool);
void chunk_pool_retry(struct chunk_pool *pool);
void chunk_pool_hold(struct chunk_pool *pool, struct kept_books *books);
void chunk_pool_unhold(struct chunk_pool *pool);

/* Between the pool's two files */
size_t chunk_pool_sum(struct list_head *chunks);
void chunk_pool_quarantine(struct chunk_pool *pool, struct list_head *chunks,
			   bool kept);
size_t chunk_pool_give_back(struct chunk_pool *pool, struct list_head *chunks);
void chunk_pool_scrub(struct chunk_pool *pool, struct list_head *chunks,
		      struct list_head *done);
void chunk_pool_take_old(struct chunk_pool *pool, unsigned long until,
			 size_t bytes, struct list_head *chunks);
void chunk_pool_put_back(struct chunk_pool *pool, struct list_head *chunks);

#endif /* RESTRICTED_CHUNK_POOL_H */
