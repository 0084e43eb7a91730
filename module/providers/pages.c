// SPDX-License-Identifier: GPL-2.0
/*
 * restricted_pages: the kernel's own pages, lent to the TEE buffer by buffer.
 *
 * Pages come from the buddy allocator by an order table, zeroed, and are
 * restricted by calls that carry lists of ranges.
 */
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sysfs.h>

#include "../memory/orders.h"
#include "../memory/page_set.h"
#include "../restricted_heap.h"
#include "../tee/lend.h"

/* As in mainline's system heap: only single pages are worth reclaiming for */
#define RECLAIM_ORDERS	BIT(0)

static void retry_quarantine(struct lender *lender);

static struct lender lender = { .returned = retry_quarantine };
static u64 orders = ORDERS_DEFAULT;
/* Each read and written as a whole; a call takes both as they are */
static struct lend_limits limits = { .entries = MEMSVC_BATCH_ENTRIES };

static int pages_heap_init(struct restricted_heap *heap)
{
	return lender_open(&lender);
}

static int pages_memory_alloc(struct restricted_heap *heap,
			      struct restricted_buffer *buf)
{
	int ret;

	if (!lender_has_room(&lender, buf->size))
		return -ENOMEM;

	ret = page_set_alloc(&buf->sgt, buf->size, READ_ONCE(orders),
			     RECLAIM_ORDERS);
	if (!ret)
		buf->scattered = true;

	return ret;
}

static void pages_memory_free(struct restricted_heap *heap,
			      struct restricted_buffer *buf)
{
	page_set_free(&buf->sgt);
}

static int pages_memory_restrict(struct restricted_heap *heap,
				 struct restricted_buffer *buf)
{
	return lender_restrict(&lender, &buf->sgt, &limits);
}

static int pages_memory_unrestrict(struct restricted_heap *heap,
				   struct restricted_buffer *buf)
{
	return lender_unrestrict(&lender, &buf->sgt, &limits);
}

static int pages_stats_show(struct restricted_heap *heap, char *buf, int at)
{
	size_t live = READ_ONCE(lender.bytes);

	return at + sysfs_emit_at(buf, at,
				  "live_bytes %zu\npool_bytes %zu\npool_free %zu\ntee_calls %lld\n",
				  live, lender.limit, lender.limit - live,
				  atomic64_read(&lender.svc.calls));
}

static const struct restricted_heap_ops pages_ops = {
	.heap_init = pages_heap_init,
	.memory_alloc = pages_memory_alloc,
	.memory_free = pages_memory_free,
	.memory_restrict = pages_memory_restrict,
	.memory_unrestrict = pages_memory_unrestrict,
	.stats_show = pages_stats_show,
};

static const struct restricted_semantics pages_semantics = {
	.denied = "cpu: user and kernel",
	.granted = "the TEE; devices that reach the memory without a bounce",
	.restricted = "by the TEE, from a buffer's allocation to its last reference",
	.enforced = "by the interfaces; by the bus where the TEE programs it",
	.zeroed = "at allocation, by the kernel; at the last reference, by the TEE",
};

static ssize_t orders_attr_show(struct restricted_heap *heap, char *buf)
{
	return orders_show(READ_ONCE(orders), buf);
}

static ssize_t orders_attr_store(struct restricted_heap *heap, const char *buf,
				 size_t count)
{
	u64 table;
	int ret;

	ret = orders_parse(buf, &table);
	if (ret)
		return ret;
	WRITE_ONCE(orders, table);

	return count;
}

static struct restricted_heap_attr restricted_heap_attr_orders =
	__ATTR(orders, 0644, orders_attr_show, orders_attr_store);

static ssize_t batch_entries_show(struct restricted_heap *heap, char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(limits.entries));
}

static ssize_t batch_entries_store(struct restricted_heap *heap,
				   const char *buf, size_t count)
{
	unsigned int value;

	if (kstrtouint(buf, 10, &value) || !value ||
	    value > MEMSVC_BATCH_ENTRIES)
		return -EINVAL;
	WRITE_ONCE(limits.entries, value);

	return count;
}

static RESTRICTED_HEAP_ATTR_RW(batch_entries);

static ssize_t batch_bytes_show(struct restricted_heap *heap, char *buf)
{
	return sysfs_emit(buf, "%lu\n", READ_ONCE(limits.bytes));
}

static ssize_t batch_bytes_store(struct restricted_heap *heap, const char *buf,
				 size_t count)
{
	unsigned long value;

	if (kstrtoul(buf, 10, &value) || !PAGE_ALIGNED(value))
		return -EINVAL;
	WRITE_ONCE(limits.bytes, value);

	return count;
}

static RESTRICTED_HEAP_ATTR_RW(batch_bytes);

static const struct attribute * const pages_attrs[] = {
	&restricted_heap_attr_orders.attr,
	&restricted_heap_attr_batch_entries.attr,
	&restricted_heap_attr_batch_bytes.attr,
	NULL
};

static struct restricted_heap pages_heap = {
	.name = "restricted_pages",
	.ops = &pages_ops,
	.semantics = &pages_semantics,
	.attrs = pages_attrs,
};

static void retry_quarantine(struct lender *lender)
{
	restricted_heap_retry_quarantine(&pages_heap);
}

static int __init pages_init(void)
{
	int ret;

	ret = restricted_heap_add(&pages_heap);
	if (ret)
		return ret;
	/* A dma-buf heap cannot be removed */
	__module_get(THIS_MODULE);

	return 0;
}
module_init(pages_init);

MODULE_DESCRIPTION("Restricted heap over buddy pages lent to a TEE");
MODULE_LICENSE("GPL");
