// SPDX-License-Identifier: GPL-2.0
/*
 * restricted_pages: the kernel's own pages, lent to the TEE.
 *
 * Pages come from the buddy allocator, zeroed, and are restricted by calls that
 * carry lists of ranges. For how long they stay lent is the policy's matter.
 */
#include <linux/dma-heap.h>
#include <linux/module.h>
#include <linux/sysfs.h>

#include "../../memory/page_set.h"
#include "pages.h"

static struct restricted_heap pages_heap;

static void retry_all(struct lender *lender)
{
	restricted_heap_retry_quarantine(&pages_heap);
	chunk_pool_retry(&pages_pool);
	lent_region_retry(&pages_region);
}

/* Which TEE will return, and what it will know, nobody can tell. */
static void distrust_all(struct lender *lender)
{
	chunk_pool_distrust(&pages_pool);
	lent_region_distrust(&pages_region);
}

struct lender pages_lender = {
	.returned = retry_all,
	.gone = distrust_all,
};

int pages_heap_init(struct restricted_heap *heap)
{
	return lender_open(&pages_lender);
}

static const struct restricted_heap_ops *const policy_ops[POLICIES] = {
	[POLICY_BUFFER] = &pages_buffer_ops,
	[POLICY_POOL] = &pages_pool_ops,
	[POLICY_REGION] = &pages_region_ops,
};

#define DENIED		"cpu: user and kernel"
#define GRANTED		"the TEE; devices that reach the memory without a bounce"
#define KEPT_RESTRICTED	"by the TEE, from before a buffer's allocation to after its end"
#define KEPT_ZEROED	"before its first use by the kernel, before each other by the TEE"
#define ENFORCED	"by the interfaces; by the bus where the TEE programs it"

static const struct restricted_semantics policy_semantics[POLICIES] = {
	[POLICY_BUFFER] = {
		.denied = DENIED,
		.granted = GRANTED,
		.restricted = "by the TEE, from a buffer's allocation to its last reference",
		.enforced = ENFORCED,
		.zeroed = "at allocation, by the kernel; at the last reference, by the TEE",
	},
	[POLICY_POOL] = {
		.denied = DENIED,
		.granted = GRANTED,
		.restricted = KEPT_RESTRICTED,
		.enforced = ENFORCED,
		.zeroed = KEPT_ZEROED,
	},
	[POLICY_REGION] = {
		.denied = DENIED,
		.granted = GRANTED,
		.restricted = KEPT_RESTRICTED,
		.enforced = ENFORCED,
		.zeroed = KEPT_ZEROED,
	},
};

static enum pages_policy current_policy;
/* Protects the policy, and what of the tunables goes with it */
static DEFINE_MUTEX(policy_lock);

enum pages_policy pages_get_policy(void)
{
	return READ_ONCE(current_policy);
}

/* Each keeps something only while it is in use. */
static void set_bounds(void)
{
	size_t bytes = READ_ONCE(pages_tunables.pool_bytes);

	lockdep_assert_held(&policy_lock);
	chunk_pool_set_limit(&pages_pool,
			     current_policy == POLICY_POOL ? bytes : 0);
	lent_region_set(&pages_region, bytes, current_policy != POLICY_REGION);
}

/* What is kept was charged to whom it was allocated for, and stays so. */
int pages_set_policy(struct restricted_heap *heap, enum pages_policy policy)
{
	if (mem_accounting && policy != POLICY_BUFFER)
		return -EOPNOTSUPP;

	mutex_lock(&policy_lock);
	WRITE_ONCE(current_policy, policy);
	restricted_heap_switch(heap, policy_ops[policy],
			       &policy_semantics[policy]);
	set_bounds();
	mutex_unlock(&policy_lock);

	return 0;
}

void pages_set_pool_bytes(unsigned long bytes)
{
	mutex_lock(&policy_lock);
	WRITE_ONCE(pages_tunables.pool_bytes, bytes);
	set_bounds();
	mutex_unlock(&policy_lock);
}

struct books {
	struct kept_books pool;
	struct kept_books region;
	size_t lent;
	size_t room;
};

static void read_books(struct books *books)
{
	chunk_pool_hold(&pages_pool, &books->pool);
	books->room = lent_region_hold(&pages_region, &books->region);
	books->lent = READ_ONCE(pages_lender.bytes);
	lent_region_unhold(&pages_region);
	chunk_pool_unhold(&pages_pool);
}

int pages_stats_show(struct restricted_heap *heap, char *buf, int at)
{
	size_t lost = atomic64_read(&heap->stats.quarantined_bytes);
	u64 calls = atomic64_read(&pages_lender.svc.calls);
	size_t quarantined, live, kept, clean, pool;
	struct books b;

	read_books(&b);
	quarantined = b.pool.quarantined + b.region.quarantined;
	kept = b.pool.kept + b.region.kept;
	clean = b.pool.clean + b.region.clean;
	live = b.lent - kept - quarantined - lost;
	/* What could be handed out: all that may be lent, or one region */
	if (READ_ONCE(current_policy) == POLICY_REGION)
		pool = live + b.room;
	else
		pool = pages_lender.limit - quarantined - lost;

	at += sysfs_emit_at(buf, at,
			    "live_bytes %zu\npool_bytes %zu\npool_free %zu\n",
			    live, pool, pool - live);
	at += sysfs_emit_at(buf, at,
			    "tee_calls %llu\ntee_ranges %llu\npool_hits %llu\npool_misses %llu\n",
			    calls, READ_ONCE(pages_lender.ranges),
			    b.pool.hits + b.region.hits,
			    b.pool.misses + b.region.misses);
	at += sysfs_emit_at(buf, at,
			    "kept_bytes %zu\nclean_bytes %zu\ndirty_bytes %zu\nscrubbed_bytes %llu\ndrained_bytes %llu\nquarantined_pages %zu\n",
			    kept, clean, kept - clean,
			    b.pool.scrubbed + b.region.scrubbed,
			    b.pool.drained + b.region.drained,
			    quarantined >> PAGE_SHIFT);

	return at;
}

static struct restricted_heap pages_heap = {
	.name = "restricted_pages",
	.ops = &pages_buffer_ops,
	.semantics = &policy_semantics[POLICY_BUFFER],
	.attrs = pages_attrs,
};

static int __init pages_init(void)
{
	int ret;

	if (mem_accounting)
		pages_tunables.reclaim |= PAGE_SET_ACCOUNT;

	ret = pages_kept_init();
	if (ret)
		return ret;

	ret = restricted_heap_add(&pages_heap);
	if (ret) {
		pages_kept_destroy();
		return ret;
	}
	/* A dma-buf heap cannot be removed */
	__module_get(THIS_MODULE);

	return 0;
}
module_init(pages_init);

MODULE_DESCRIPTION("Restricted heap over buddy pages lent to a TEE");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF_HEAP");
