// SPDX-License-Identifier: GPL-2.0
/*
 * restricted_mtk_cma: memory of the kernel's own, lent to the TEE as a whole and
 * granted by its memory service: the CMA variant of the series.
 *
 * The region becomes ours and the TEE's with the first buffer. What a buffer
 * leaves is kept, scrubbed and granted, for the next of its size; the region
 * goes back when nothing was wanted for a while, or when the kernel needs it.
 * Then, and never before, all that the TEE had of it was given back.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kstrtox.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/sysfs.h>
#include <linux/tee_drv.h>

#include "../memory/attachment.h"
#include "../restricted_heap.h"
#include "../tee/grant_cache.h"
#include "../tee/lend.h"
#include "../memory/cma_region.h"
#include "../memory/sgt_single.h"
#include "grant.h"
#include "mtk.h"

#define COMPATIBLE	"mediatek,dynamic-restricted-region"

static unsigned long region_bytes = SZ_32M;
module_param(region_bytes, ulong, 0444);
MODULE_PARM_DESC(region_bytes,
		 "restricted_mtk_cma: bytes of the default CMA area, where the device tree has no region (default: 32 MiB)");

static struct cma_region region;
static struct grant_cache cache;
static struct lender lender;
static atomic64_t live_bytes;

static struct keeper_delays delays = {
	.scrub_ms = KEEPER_SCRUB_MS,
	.drain_ms = KEEPER_DRAIN_MS,
};

static const struct lend_limits scrub_limits = {
	.entries = MEMSVC_BATCH_ENTRIES,
};

static struct grant *to_grant(struct restricted_buffer *buf)
{
	return (struct grant *)(uintptr_t)buf->priv;
}

/* A service without books is believed to have given back what it said it did. */
static bool is_lent(void)
{
	struct tee_param params[4] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT,
		  .u.value.a = MEMSVC_TYPE_CMA },
	};
	int ret = memsvc_invoke(&lender.svc, MEMSVC_CMD_STATS, params,
				ARRAY_SIZE(params));

	return ret ? ret != -EOPNOTSUPP : params[0].u.value.a;
}

static bool takes_what_it_should(const struct memsvc_grant *memory, size_t size)
{
	return memory->taken >= size && memory->taken <= region.size;
}

static int take_memory(void *priv, size_t size, struct memsvc_grant *memory)
{
	struct memsvc_request request = {
		.size = size,
		.type = MEMSVC_TYPE_CMA,
		.area_size = region.size,
	};
	int ret;

	ret = cma_region_get(&region);
	if (ret)
		return ret;

	request.area_base = page_to_phys(region.pages);
	ret = memsvc_zalloc(&lender.svc, &request, memory);
	if (ret) {
		cma_region_put(&region, is_lent);
		return ret;
	}

	/* What cannot be is not counted: no buffer is made of no range. */
	if (memory->taken && !takes_what_it_should(memory, size))
		memory->count = 0;
	/* The series' service does not tell */
	if (!memory->taken || !memory->count)
		memory->taken = size;

	return 0;
}

/*
 * Memory that the TEE lent, and has lost the books of, may be protected still,
 * and is not scrubbed. It may lie in an area that was lent since.
 */
static int recover_memory(struct sg_table *sgt)
{
	int ret = lender_scrub(&lender, sgt, &scrub_limits);

	if (ret != -ENOENT)
		return ret;
	ret = lender_restrict(&lender, sgt, &scrub_limits);

	return ret ? ret : lender_unrestrict(&lender, sgt, &scrub_limits);
}

static int free_grant(const struct grant *grant)
{
	int ret = memsvc_free(&lender.svc, grant->memory.handle);
	struct sg_table sgt;
	struct scatterlist sg;

	/* Of one that was not to be kept nobody knows where it was */
	if (likely(ret != -ESTALE) || !grant->keep)
		return ret;
	sgt_init_single(&sgt, &sg, grant->memory.base, grant->size);

	return recover_memory(&sgt);
}

/* For the map see mtk_memory_unrestrict(); what is not kept is not in it. */
static int give_memory(void *priv, const struct grant *grant)
{
	int ret;

	if (grant->keep)
		grant_map_give_back(&region.map, grant->memory.base,
				    grant->size);
	ret = free_grant(grant);
	if (!ret)
		cma_region_put(&region, is_lent);
	else if (grant->keep)
		grant_map_take(&region.map, grant->memory.base, grant->size);

	return ret;
}

static int scrub_memory(void *priv, struct sg_table *sgt)
{
	return lender_scrub(&lender, sgt, &scrub_limits);
}

static unsigned long region_pages(void *priv)
{
	return READ_ONCE(region.pages) ? region.size >> PAGE_SHIFT : 0;
}

static const struct grant_ops grant_ops = {
	.take = take_memory,
	.give = give_memory,
	.scrub = scrub_memory,
	.area_pages = region_pages,
};

static int cma_heap_init(struct restricted_heap *heap)
{
	return lender_open(&lender);
}

static size_t to_granules(size_t size)
{
	return ALIGN(size, MEMSVC_CMA_GRANULE);
}

/* The memory is allocated inside the TEE, by the call that restricts it. */
static int cma_memory_alloc(struct restricted_heap *heap,
			    struct restricted_buffer *buf)
{
	return to_granules(buf->size) > region.size ? -ENOMEM : 0;
}

static void cma_memory_free(struct restricted_heap *heap,
			    struct restricted_buffer *buf)
{
}

/* A new grant; it can be kept if it is one range, as nearly always. */
static int check_grant(struct grant *grant, struct restricted_buffer *buf)
{
	int ret = grant_locate(&lender.svc, &region.map, &grant->memory,
			       grant->size, buf);

	if (!ret)
		grant->keep = grant->memory.count == 1;

	return ret;
}

static int cma_memory_restrict(struct restricted_heap *heap,
			       struct restricted_buffer *buf)
{
	struct grant *grant;
	int ret;

	if (unlikely(!memsvc_is_up(&lender.svc)))
		return -ENODEV;

	grant = grant_cache_take(&cache, to_granules(buf->size));
	if (IS_ERR(grant))
		return PTR_ERR(grant);

	if (likely(grant->keep)) {
		restricted_buffer_set_range(buf, grant->memory.base);
	} else {
		ret = check_grant(grant, buf);
		if (ret) {
			grant_cache_give(&cache, grant);
			return ret;
		}
	}
	buf->priv = (uintptr_t)grant;
	atomic64_add(buf->size, &live_bytes);

	return 0;
}

/* Without a TEE it is the core's to keep, and to bring again. */
static int cma_memory_unrestrict(struct restricted_heap *heap,
				 struct restricted_buffer *buf)
{
	struct grant *grant = to_grant(buf);

	if (unlikely(!memsvc_is_up(&lender.svc)))
		return -ENODEV;
	if (unlikely(!grant->keep))
		grant_forget(&region.map, buf);
	atomic64_sub(buf->size, &live_bytes);
	grant_cache_give(&cache, grant);

	return 0;
}

/* Where the device tree has the region it also says who may use it. */
static bool cma_device_permitted(struct restricted_heap *heap,
				 struct device *dev)
{
	return !region.node || device_lists_region(dev, region.node);
}

static int cma_stats_show(struct restricted_heap *heap, char *buf, int at)
{
	struct grant_books books;
	size_t used;

	grant_cache_read(&cache, &books);
	/* What is stuck may be of more than one life of the TEE. */
	used = min(books.live + books.quarantined, region.size);
	at += sysfs_emit_at(buf, at,
			    "live_bytes %lld\ntaken_bytes %zu\nkept_bytes %zu\nstuck_bytes %zu\npool_bytes %zu\npool_free %zu\n",
			    atomic64_read(&live_bytes), books.live, books.kept,
			    books.quarantined, region.size,
			    region.size - used);

	return at + sysfs_emit_at(buf, at,
				  "pool_hits %llu\npool_misses %llu\nlends %llu\nreclaims %llu\ntee_calls %lld\n",
				  books.hits, books.misses,
				  READ_ONCE(region.holds),
				  READ_ONCE(region.releases),
				  atomic64_read(&lender.svc.calls));
}

static const struct restricted_heap_ops cma_ops = {
	.heap_init = cma_heap_init,
	.memory_alloc = cma_memory_alloc,
	.memory_free = cma_memory_free,
	.memory_restrict = cma_memory_restrict,
	.memory_unrestrict = cma_memory_unrestrict,
	.device_permitted = cma_device_permitted,
	.stats_show = cma_stats_show,
};

static const struct restricted_semantics cma_semantics = {
	.denied = "cpu: user and kernel",
	.granted = "the TEE; devices whose memory-region property names the region",
	.restricted = "by the TEE, the region as a whole, while a buffer lives and a while longer",
	.enforced = "by the interfaces; by the bus where the TEE programs it",
	.zeroed = "after the last reference, before a buffer is handed out, by the TEE",
};

static ssize_t keep_bytes_show(struct restricted_heap *heap, char *buf)
{
	return sysfs_emit(buf, "%zu\n", READ_ONCE(cache.limit));
}

static ssize_t keep_bytes_store(struct restricted_heap *heap, const char *buf,
				size_t count)
{
	unsigned long value;

	if (kstrtoul(buf, 10, &value) || value > region.size)
		return -EINVAL;
	grant_cache_set_limit(&cache, value);

	return count;
}

static RESTRICTED_HEAP_ATTR_RW(keep_bytes);

static ssize_t drain_ms_show(struct restricted_heap *heap, char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(delays.drain_ms));
}

static ssize_t drain_ms_store(struct restricted_heap *heap, const char *buf,
			      size_t count)
{
	unsigned int value;

	if (kstrtouint(buf, 10, &value) || value > KEEPER_MS_MAX)
		return -EINVAL;
	WRITE_ONCE(delays.drain_ms, value);
	keeper_look_now(&cache.keeper);

	return count;
}

static RESTRICTED_HEAP_ATTR_RW(drain_ms);

static ssize_t scrub_ms_show(struct restricted_heap *heap, char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(delays.scrub_ms));
}

static ssize_t scrub_ms_store(struct restricted_heap *heap, const char *buf,
			      size_t count)
{
	unsigned int value;

	if (kstrtouint(buf, 10, &value) || value > KEEPER_MS_MAX)
		return -EINVAL;
	WRITE_ONCE(delays.scrub_ms, value);

	return count;
}

static RESTRICTED_HEAP_ATTR_RW(scrub_ms);

static const struct attribute * const cma_attrs[] = {
	&restricted_heap_attr_keep_bytes.attr,
	&restricted_heap_attr_drain_ms.attr,
	&restricted_heap_attr_scrub_ms.attr,
	NULL
};

static struct restricted_heap cma_heap = {
	.name = "restricted_mtk_cma",
	.ops = &cma_ops,
	.semantics = &cma_semantics,
	.attrs = cma_attrs,
};

/* A TEE that returns may have forgotten what it granted. */
static void tee_gone(struct lender *lender)
{
	grant_cache_lose(&cache);
}

static void tee_returned(struct lender *lender)
{
	grant_cache_retry(&cache);
	cma_region_settle(&region, is_lent);
	restricted_heap_retry_quarantine(&cma_heap);
}

static struct lender lender = {
	.gone = tee_gone,
	.returned = tee_returned,
};

int __init mtk_cma_add(void)
{
	int ret;

	ret = cma_region_find(&region, COMPATIBLE, region_bytes,
			      MEMSVC_CMA_GRANULE);
	if (ret)
		return ret;

	ret = grant_cache_init(&cache, cma_heap.name, &grant_ops, NULL,
			       &delays);
	if (ret)
		goto err_forget_region;
	cache.limit = region.size;

	ret = restricted_heap_add(&cma_heap);
	if (ret)
		goto err_destroy_cache;

	return 0;

err_destroy_cache:
	grant_cache_destroy(&cache);
err_forget_region:
	cma_region_forget(&region);

	return ret;
}
