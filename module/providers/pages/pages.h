/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of restricted_pages.ko know of each other. */
#ifndef RESTRICTED_PAGES_H
#define RESTRICTED_PAGES_H

#include "../../restricted_heap.h"
#include "../../tee/chunk_pool.h"
#include "../../tee/lend.h"
#include "../../tee/lent_region.h"

/**
 * enum pages_policy - for how long memory is lent
 * @POLICY_BUFFER: for as long as a buffer lives
 * @POLICY_POOL: until no buffer has wanted it for a while, chunk by chunk
 * @POLICY_REGION: likewise, all of one region
 * @POLICIES: how many there are
 */
enum pages_policy {
	POLICY_BUFFER,
	POLICY_POOL,
	POLICY_REGION,
	POLICIES,
};

/**
 * struct pages_tunables - what can be changed at any time
 * @orders:	the chunks of a buffer
 * @reclaim:	which of them are worth reclaiming memory for, and
 *		PAGE_SET_ACCOUNT where pages are charged to who allocates
 * @limits:	of one call; read as they are when a call is made
 * @delays:	of what is kept
 * @pool_bytes:	what the pool may keep, or the size of the region
 */
struct pages_tunables {
	u64 orders;
	unsigned long reclaim;
	struct lend_limits limits;
	struct keeper_delays delays;
	unsigned long pool_bytes;
};

extern struct pages_tunables pages_tunables;
extern const struct attribute * const pages_attrs[];

extern struct lender pages_lender;
extern struct chunk_pool pages_pool;
extern struct lent_region pages_region;

int pages_heap_init(struct restricted_heap *heap);
int pages_stats_show(struct restricted_heap *heap, char *buf, int at);
enum pages_policy pages_get_policy(void);
int pages_set_policy(struct restricted_heap *heap, enum pages_policy policy);
void pages_set_pool_bytes(unsigned long bytes);

int pages_kept_init(void);
void pages_kept_destroy(void);

extern const struct restricted_heap_ops pages_buffer_ops;
extern const struct restricted_heap_ops pages_pool_ops;
extern const struct restricted_heap_ops pages_region_ops;

#endif /* RESTRICTED_PAGES_H */
