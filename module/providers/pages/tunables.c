// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/restricted_heap/restricted_pages/: what can be changed at run
 * time. A bad value is refused with -EINVAL and changes nothing.
 */
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "../../memory/orders.h"
#include "../../memory/page_set.h"
#include "pages.h"

struct pages_tunables pages_tunables = {
	.orders = ORDERS_DEFAULT,
	/* As in mainline's system heap */
	.reclaim = BIT(0),
	.limits = { .entries = MEMSVC_BATCH_ENTRIES },
	.delays = {
		.scrub_ms = KEEPER_SCRUB_MS,
		.drain_ms = KEEPER_DRAIN_MS,
	},
	.pool_bytes = SZ_64M,
};

static const char * const policy_names[POLICIES] = {
	[POLICY_BUFFER] = "buffer",
	[POLICY_POOL] = "pool",
	[POLICY_REGION] = "region",
};

static ssize_t policy_show(struct restricted_heap *heap, char *buf)
{
	return sysfs_emit(buf, "%s\n", policy_names[pages_get_policy()]);
}

static ssize_t policy_store(struct restricted_heap *heap, const char *buf,
			    size_t count)
{
	int policy = sysfs_match_string(policy_names, buf);
	int ret;

	if (policy < 0)
		return -EINVAL;
	ret = pages_set_policy(heap, policy);

	return ret ? ret : count;
}

static RESTRICTED_HEAP_ATTR_RW(policy);

/* "orders" is the name of the file, and of what it is about in all the rest */
static ssize_t orders_attr_show(struct restricted_heap *heap, char *buf)
{
	return orders_show(READ_ONCE(pages_tunables.orders), buf);
}

static ssize_t orders_attr_store(struct restricted_heap *heap, const char *buf,
				 size_t count)
{
	u64 table;
	int ret;

	ret = orders_parse(buf, &table);
	if (ret)
		return ret;
	WRITE_ONCE(pages_tunables.orders, table);

	return count;
}

static struct restricted_heap_attr restricted_heap_attr_orders =
	__ATTR(orders, 0644, orders_attr_show, orders_attr_store);

static ssize_t reclaim_show(struct restricted_heap *heap, char *buf)
{
	unsigned long reclaim = READ_ONCE(pages_tunables.reclaim);

	return orders_show(orders_of_mask(reclaim & ~PAGE_SET_ACCOUNT), buf);
}

static ssize_t reclaim_store(struct restricted_heap *heap, const char *buf,
			     size_t count)
{
	unsigned long reclaim = READ_ONCE(pages_tunables.reclaim);
	u64 table;
	int ret;

	ret = orders_parse(buf, &table);
	if (ret)
		return ret;
	/* That bit never changes */
	WRITE_ONCE(pages_tunables.reclaim,
		   orders_to_mask(table) | (reclaim & PAGE_SET_ACCOUNT));

	return count;
}

static RESTRICTED_HEAP_ATTR_RW(reclaim);

static ssize_t number_show(unsigned long value, char *buf)
{
	return sysfs_emit(buf, "%lu\n", value);
}

/* A number from @min to @max, a multiple of @unit */
static int number_parse(const char *buf, unsigned long min, unsigned long max,
			unsigned long unit, unsigned long *value)
{
	unsigned long new;

	if (kstrtoul(buf, 10, &new) || new < min || new > max || new % unit)
		return -EINVAL;
	*value = new;

	return 0;
}

/* A file for a number; @set takes the new value, which is in @value */
#define NUMBER_ATTR(_name, _now, _min, _max, _unit, _set)		\
static ssize_t _name##_show(struct restricted_heap *heap, char *buf)	\
{									\
	return number_show(READ_ONCE(_now), buf);			\
}									\
static ssize_t _name##_store(struct restricted_heap *heap,		\
			     const char *buf, size_t count)		\
{									\
	unsigned long value;						\
	int ret = number_parse(buf, _min, _max, _unit, &value);		\
									\
	if (ret)							\
		return ret;						\
	_set;								\
	return count;							\
}									\
static RESTRICTED_HEAP_ATTR_RW(_name)

NUMBER_ATTR(batch_entries, pages_tunables.limits.entries, 1,
	    MEMSVC_BATCH_ENTRIES, 1,
	    WRITE_ONCE(pages_tunables.limits.entries, value));
NUMBER_ATTR(batch_bytes, pages_tunables.limits.bytes, 0, ULONG_MAX, PAGE_SIZE,
	    WRITE_ONCE(pages_tunables.limits.bytes, value));
NUMBER_ATTR(pool_bytes, pages_tunables.pool_bytes, 0, ULONG_MAX, PAGE_SIZE,
	    pages_set_pool_bytes(value));
NUMBER_ATTR(scrub_ms, pages_tunables.delays.scrub_ms, 0, KEEPER_MS_MAX, 1,
	    WRITE_ONCE(pages_tunables.delays.scrub_ms, value));
NUMBER_ATTR(drain_ms, pages_tunables.delays.drain_ms, 0, KEEPER_MS_MAX, 1,
	    WRITE_ONCE(pages_tunables.delays.drain_ms, value));

const struct attribute * const pages_attrs[] = {
	&restricted_heap_attr_policy.attr,
	&restricted_heap_attr_orders.attr,
	&restricted_heap_attr_reclaim.attr,
	&restricted_heap_attr_batch_entries.attr,
	&restricted_heap_attr_batch_bytes.attr,
	&restricted_heap_attr_pool_bytes.attr,
	&restricted_heap_attr_scrub_ms.attr,
	&restricted_heap_attr_drain_ms.attr,
	NULL
};
