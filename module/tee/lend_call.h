/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For memory that is kept lent: the way to whom it is lent, and one call's worth
 * of it.
 */
#ifndef RESTRICTED_LEND_CALL_H
#define RESTRICTED_LEND_CALL_H

#include <linux/scatterlist.h>
#include <linux/types.h>

#include "lend.h"

/**
 * struct lend_ops - a lender, or what a test has in its place
 * @room:	How many bytes may be lent, as it looks now.
 * @limits:	Tell what one call carries.
 * @lend:	Put memory out of reach. On error nothing of it is; but for
 *		-ENOTRECOVERABLE, which says that some of it may be. -ENOMEM: it
 *		would be more than may be lent.
 * @scrub:	Zero memory that is lent. On error some of it may not be zeroed.
 * @unlend:	Take memory back. On error some of it may still be lent.
 * @recover:	Take memory back that may not be lent any more, or in part: what
 *		@lend or @unlend left when it failed, or what whom it was lent
 *		to has forgotten. On error as @unlend.
 *
 * @priv is what goes with them. The tables are in rising order of addresses;
 * the last four may sleep and are called one at a time.
 */
struct lend_ops {
	size_t (*room)(void *priv);
	struct lend_limits (*limits)(void *priv);
	int (*lend)(void *priv, struct sg_table *sgt);
	int (*scrub)(void *priv, struct sg_table *sgt);
	int (*unlend)(void *priv, struct sg_table *sgt);
	int (*recover)(void *priv, struct sg_table *sgt);
};

/**
 * struct kept_books - the books of memory that is kept lent
 * @live:	bytes that buffers have
 * @kept:	bytes that nobody has, clean or dirty
 * @clean:	how many of @kept can be handed out at once
 * @quarantined: bytes that could not be scrubbed or taken back
 * @scrubbed:	bytes ever scrubbed for a next user
 * @drained:	bytes ever given back
 * @hits:	allocations that needed no call
 * @misses:	allocations that needed one, or failed
 *
 * What is lent is @live + @kept + @quarantined.
 */
struct kept_books {
	size_t live;
	size_t kept;
	size_t clean;
	size_t quarantined;
	u64 scrubbed;
	u64 drained;
	u64 hits;
	u64 misses;
};

/**
 * struct lend_call - ranges for one call, put together without allocating
 * @sg:		room for MEMSVC_BATCH_ENTRIES
 * @limits:	of the call
 * @count:	ranges in it
 * @bytes:	what they cover
 * @table:	what the call is given
 */
struct lend_call {
	struct scatterlist *sg;
	struct lend_limits limits;
	unsigned int count;
	size_t bytes;
	struct sg_table table;
};

int lend_call_init(struct lend_call *call);
void lend_call_destroy(struct lend_call *call);
void lend_call_begin(struct lend_call *call, struct lend_limits limits);
bool lend_call_add(struct lend_call *call, struct page *page, size_t size);
struct sg_table *lend_call_table(struct lend_call *call);

#endif /* RESTRICTED_LEND_CALL_H */
