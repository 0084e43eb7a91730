// SPDX-License-Identifier: GPL-2.0
/*
 * restricted_carveout: a region that the device tree keeps for devices.
 *
 * Needs no TEE. Restricted from birth, so there is no memory_restrict. Region:
 * a reserved-memory node, compatible "restricted-carveout", no-map. A device
 * may attach if its memory-region property names that node. The CPU touches it
 * in one place, to zero it; so it is not for a region that the bus closes to
 * the CPU, which whoever closed it has to zero.
 */
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/sysfs.h>

#include "../memory/attachment.h"
#include "../memory/carveout_pool.h"
#include "../restricted_heap.h"

static struct carveout_pool pool;
static bool scrub = true;

static int carveout_memory_alloc(struct restricted_heap *heap,
				 struct restricted_buffer *buf)
{
	phys_addr_t pa = carveout_pool_alloc(&pool, buf->size,
					     READ_ONCE(scrub));

	if (!pa)
		return -ENOMEM;
	restricted_buffer_set_range(buf, pa);

	return 0;
}

static void carveout_memory_free(struct restricted_heap *heap,
				 struct restricted_buffer *buf)
{
	carveout_pool_free(&pool, sg_phys(buf->sgt.sgl), buf->size);
}

static bool carveout_device_permitted(struct restricted_heap *heap,
				      struct device *dev)
{
	return device_lists_region(dev, pool.node);
}

static int carveout_stats_show(struct restricted_heap *heap, char *buf, int at)
{
	size_t avail = carveout_pool_avail(&pool);

	return at + sysfs_emit_at(buf, at,
				  "live_bytes %zu\npool_bytes %zu\npool_free %zu\n",
				  pool.size - avail, pool.size, avail);
}

static const struct restricted_heap_ops carveout_ops = {
	.memory_alloc = carveout_memory_alloc,
	.memory_free = carveout_memory_free,
	.device_permitted = carveout_device_permitted,
	.stats_show = carveout_stats_show,
};

static const struct restricted_semantics carveout_semantics = {
	.denied = "cpu: user, and kernel but to zero it; devices not given the region",
	.granted = "devices whose memory-region property names the region",
	.restricted = "from boot on, by the device tree",
	.enforced = "by the interfaces",
	.zeroed = "at allocation, by the kernel, unless scrub is 0",
};

static ssize_t scrub_show(struct restricted_heap *heap, char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(scrub));
}

/* Off for measurements only: then a buffer shows its last owner's bytes. */
static ssize_t scrub_store(struct restricted_heap *heap, const char *buf,
			   size_t count)
{
	u8 value;

	/* Not kstrtobool(), which takes "10" for 1 */
	if (kstrtou8(buf, 10, &value) || value > 1)
		return -EINVAL;
	WRITE_ONCE(scrub, value);

	return count;
}

static RESTRICTED_HEAP_ATTR_RW(scrub);

static const struct attribute * const carveout_attrs[] = {
	&restricted_heap_attr_scrub.attr,
	NULL
};

static struct restricted_heap carveout_heap = {
	.name = "restricted_carveout",
	.ops = &carveout_ops,
	.semantics = &carveout_semantics,
	.attrs = carveout_attrs,
};

static int __init carveout_init(void)
{
	int ret;

	ret = carveout_pool_init(&pool, "restricted-carveout");
	if (ret)
		return ret;

	ret = restricted_heap_add(&carveout_heap);
	if (ret) {
		carveout_pool_destroy(&pool);
		return ret;
	}
	carveout_pool_show_map(&pool, carveout_heap.name);
	/* A dma-buf heap cannot be removed */
	__module_get(THIS_MODULE);

	return 0;
}
module_init(carveout_init);

MODULE_DESCRIPTION("Restricted heap over a carve-out");
MODULE_LICENSE("GPL");
