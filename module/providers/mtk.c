// SPDX-License-Identifier: GPL-2.0
/*
 * restricted_mtk_cm: memory that a TEE owns, granted by its memory service.
 *
 * The service's pool is out of the kernel's reach from boot on; a buffer is
 * taken, zeroed, by the call that restricts it. The session is opened at the
 * first allocation, as in the series, for the TEE may come up later.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "../memory/attachment.h"
#include "../restricted_heap.h"
#include "../tee/memsvc.h"

static struct memsvc svc;
static atomic64_t live_bytes;

static int mtk_heap_init(struct restricted_heap *heap)
{
	return memsvc_open(&svc);
}

/* The memory is allocated inside the TEE, by the call that restricts it. */
static int mtk_memory_alloc(struct restricted_heap *heap,
			    struct restricted_buffer *buf)
{
	return 0;
}

static void mtk_memory_free(struct restricted_heap *heap,
			    struct restricted_buffer *buf)
{
}

/* What comes from the other world is believed only as far as it is checked. */
static bool range_is_sane(const struct restricted_range *range)
{
	return range->length && range->length <= RESTRICTED_MAX_SIZE &&
	       PAGE_ALIGNED(range->pa | range->length) &&
	       pfn_valid(PHYS_PFN(range->pa)) &&
	       pfn_valid(PHYS_PFN(range->pa + range->length - 1));
}

static bool ranges_are_sane(const struct restricted_range *ranges, u32 count,
			    size_t size)
{
	size_t sum = 0;
	u32 i;

	for (i = 0; i < count; i++) {
		if (!range_is_sane(&ranges[i]) ||
		    check_add_overflow(sum, ranges[i].length, &sum))
			return false;
	}

	return sum == size;
}

static int retrieve_ranges(struct restricted_buffer *buf,
			   const struct memsvc_grant *grant)
{
	struct memsvc_range *answer __free(kfree) =
		kcalloc(grant->count, sizeof(*answer), GFP_KERNEL);
	struct restricted_range *ranges __free(kfree) =
		kcalloc(grant->count, sizeof(*ranges), GFP_KERNEL);
	int ret;
	u32 i;

	if (!answer || !ranges)
		return -ENOMEM;

	ret = memsvc_retrieve(&svc, grant->handle, answer, grant->count);
	if (ret)
		return ret;
	for (i = 0; i < grant->count; i++) {
		ranges[i].pa = answer[i].pa;
		ranges[i].length = answer[i].length;
	}

	if (!ranges_are_sane(ranges, grant->count, buf->size))
		return -EIO;

	return restricted_buffer_set_ranges(buf, ranges, grant->count);
}

/* One range, as nearly always, needs no second call. */
static int learn_ranges(struct restricted_buffer *buf,
			const struct memsvc_grant *grant)
{
	struct restricted_range range = {
		.pa = grant->base,
		.length = buf->size,
	};

	if (likely(grant->count == 1)) {
		if (!range_is_sane(&range))
			return -EIO;
		restricted_buffer_set_range(buf, range.pa);
		return 0;
	}
	if (!grant->count || grant->count > MEMSVC_MAX_RANGES)
		return -EIO;

	return retrieve_ranges(buf, grant);
}

static int mtk_memory_restrict(struct restricted_heap *heap,
			       struct restricted_buffer *buf)
{
	struct memsvc_grant grant;
	int ret;

	ret = memsvc_zalloc(&svc, buf->size, &grant);
	if (ret)
		return ret;

	ret = learn_ranges(buf, &grant);
	if (ret)
		goto err_free_grant;
	buf->priv = grant.handle;
	atomic64_add(buf->size, &live_bytes);

	return 0;

err_free_grant:
	/* Then it is the core's to keep: nobody knows where the memory is */
	return memsvc_free(&svc, grant.handle) ? -ENOTRECOVERABLE : ret;
}

static int mtk_memory_unrestrict(struct restricted_heap *heap,
				 struct restricted_buffer *buf)
{
	/* Whether it is free or in quarantine: it is nobody's any more */
	atomic64_sub(buf->size, &live_bytes);

	return memsvc_free(&svc, buf->priv);
}

/* Where the device tree names the service's pool it also says who may use it. */
static bool mtk_device_permitted(struct restricted_heap *heap,
				 struct device *dev)
{
	struct device_node *node __free(device_node) =
		of_find_compatible_node(NULL, NULL, "restricted-memory-service");

	return !node || device_lists_region(dev, node);
}

static int mtk_stats_show(struct restricted_heap *heap, char *buf, int at)
{
	return at + sysfs_emit_at(buf, at, "live_bytes %lld\ntee_calls %lld\n",
				  atomic64_read(&live_bytes),
				  atomic64_read(&svc.calls));
}

static const struct restricted_heap_ops mtk_ops = {
	.heap_init = mtk_heap_init,
	.memory_alloc = mtk_memory_alloc,
	.memory_free = mtk_memory_free,
	.memory_restrict = mtk_memory_restrict,
	.memory_unrestrict = mtk_memory_unrestrict,
	.device_permitted = mtk_device_permitted,
	.stats_show = mtk_stats_show,
};

static const struct restricted_semantics mtk_semantics = {
	.denied = "cpu: user and kernel",
	.granted = "the TEE; devices whose memory-region property names its pool",
	.restricted = "by the TEE, from a buffer's allocation to its last reference",
	.enforced = "by the interfaces; by the bus where the TEE programs it",
	.zeroed = "before a buffer is handed out, by the TEE",
};

static struct restricted_heap mtk_cm_heap = {
	.name = "restricted_mtk_cm",
	.ops = &mtk_ops,
	.semantics = &mtk_semantics,
};

static int __init mtk_init(void)
{
	int ret;

	ret = restricted_heap_add(&mtk_cm_heap);
	if (ret)
		return ret;
	/* A dma-buf heap cannot be removed */
	__module_get(THIS_MODULE);

	return 0;
}
module_init(mtk_init);

MODULE_DESCRIPTION("Restricted heap over a TEE's memory service");
MODULE_LICENSE("GPL");
