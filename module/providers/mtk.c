// SPDX-License-Identifier: GPL-2.0
/*
 * restricted_mtk_cm and restricted_secure_ram: memory that a TEE owns, granted
 * by its memory service.
 *
 * The service's pools are out of the kernel's reach from boot on; a buffer is
 * taken, zeroed, by the call that restricts it. The session is opened at the
 * first allocation, as in the series, for the TEE may come up later.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/sysfs.h>

#include "../memory/attachment.h"
#include "../restricted_heap.h"
#include "../memory/grant_map.h"
#include "../memory/region.h"
#include "../tee/memsvc.h"
#include "grant.h"
#include "mtk.h"

/**
 * struct mtk_heap - a heap over one of the service's pools
 * @heap:	the heap
 * @svc:	the client that asks for its memory
 * @type:	of the memory, enum memsvc_type
 * @pool:	the compatible of its node in the device tree
 * @region:	what that node sets aside; its node is NULL if there is none
 * @map:	of the pool; without a node not of use
 * @live_bytes:	what the service has granted
 */
struct mtk_heap {
	struct restricted_heap heap;
	struct memsvc svc;
	u32 type;
	const char *pool;
	struct reserved_region region;
	struct grant_map map;
	atomic64_t live_bytes;
};

static struct mtk_heap *to_mtk(struct restricted_heap *heap)
{
	return container_of(heap, struct mtk_heap, heap);
}

static int mtk_heap_init(struct restricted_heap *heap)
{
	return memsvc_open(&to_mtk(heap)->svc);
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

static int mtk_memory_unrestrict(struct restricted_heap *heap,
				 struct restricted_buffer *buf)
{
	struct mtk_heap *mtk = to_mtk(heap);
	int ret;

	/* First: once it is free the service may grant it to another buffer */
	grant_forget(&mtk->map, buf);
	ret = memsvc_free(&mtk->svc, buf->priv);
	/* Not in its books any more: the TEE has its own memory back */
	if (unlikely(ret && ret != -ESTALE)) {
		grant_remember(&mtk->map, buf);
		return ret;
	}
	atomic64_sub(buf->size, &mtk->live_bytes);

	return 0;
}

static int mtk_memory_restrict(struct restricted_heap *heap,
			       struct restricted_buffer *buf)
{
	struct mtk_heap *mtk = to_mtk(heap);
	struct memsvc_request request = {
		.size = buf->size,
		.type = mtk->type,
	};
	struct memsvc_grant grant;
	int ret;

	ret = memsvc_zalloc(&mtk->svc, &request, &grant);
	if (ret)
		return ret;

	buf->priv = grant.handle;
	atomic64_add(buf->size, &mtk->live_bytes);
	ret = grant_locate(&mtk->svc, &mtk->map, &grant, buf->size,
			   buf);
	/* Then it is the core's to keep: nobody knows where the memory is */
	if (unlikely(ret) && mtk_memory_unrestrict(heap, buf))
		ret = -ENOTRECOVERABLE;

	return ret;
}

/* Where the device tree names the service's pool it also says who may use it. */
static bool mtk_device_permitted(struct restricted_heap *heap,
				 struct device *dev)
{
	struct mtk_heap *mtk = to_mtk(heap);

	return !mtk->region.node || device_lists_region(dev, mtk->region.node);
}

static int mtk_stats_show(struct restricted_heap *heap, char *buf, int at)
{
	struct mtk_heap *mtk = to_mtk(heap);

	return at + sysfs_emit_at(buf, at, "live_bytes %lld\ntee_calls %lld\n",
				  atomic64_read(&mtk->live_bytes),
				  atomic64_read(&mtk->svc.calls));
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

static void mtk_returned(struct memsvc *svc)
{
	struct mtk_heap *mtk = container_of(svc, struct mtk_heap, svc);

	restricted_heap_retry_quarantine(&mtk->heap);
}

static const struct memsvc_events mtk_events = {
	.returned = mtk_returned,
};

#define DENIED	"cpu: user and kernel"
#define GRANTED	"the TEE; devices whose memory-region property names its pool"
#define ZEROED	"before a buffer is handed out, by the TEE"

static const struct restricted_semantics mtk_cm_semantics = {
	.denied = DENIED,
	.granted = GRANTED,
	.restricted = "by the TEE, from a buffer's allocation to its last reference",
	.enforced = "by the interfaces; by the bus where the TEE programs it",
	.zeroed = ZEROED,
};

static const struct restricted_semantics secure_ram_semantics = {
	.denied = DENIED,
	.granted = GRANTED,
	.restricted = "from boot on, by the firmware",
	.enforced = "by the bus",
	.zeroed = ZEROED,
};

static struct mtk_heap mtk_cm = {
	.heap = {
		.name = "restricted_mtk_cm",
		.ops = &mtk_ops,
		.semantics = &mtk_cm_semantics,
	},
	.svc.events = &mtk_events,
	.type = MEMSVC_TYPE_STATIC,
	.pool = "restricted-memory-service",
};

static struct mtk_heap secure_ram = {
	.heap = {
		.name = "restricted_secure_ram",
		.ops = &mtk_ops,
		.semantics = &secure_ram_semantics,
	},
	.svc.events = &mtk_events,
	.type = MEMSVC_TYPE_SECURE,
	.pool = "restricted-secure-ram",
};

static int find_pool(struct mtk_heap *mtk)
{
	struct reserved_region *region = &mtk->region;
	int ret;

	ret = reserved_region_find(mtk->pool, region);
	if (ret) {
		region->node = NULL;
		return ret == -ENODEV ? 0 : ret;
	}

	ret = grant_map_init(&mtk->map, region->base, region->size, PAGE_SIZE);
	if (ret)
		reserved_region_put(region);

	return ret;
}

static void forget_pool(struct mtk_heap *mtk)
{
	if (!mtk->region.node)
		return;
	grant_map_destroy(&mtk->map);
	reserved_region_put(&mtk->region);
}

static int add_heap(struct mtk_heap *mtk)
{
	int ret;

	ret = find_pool(mtk);
	if (ret)
		return ret;

	ret = restricted_heap_add(&mtk->heap);
	if (ret)
		forget_pool(mtk);

	return ret;
}

static bool is_there(const char *compatible)
{
	struct device_node *node __free(device_node) =
		of_find_compatible_node(NULL, NULL, compatible);

	return node;
}

static int __init mtk_init(void)
{
	int ret;

	ret = add_heap(&mtk_cm);
	if (ret)
		return ret;
	/* A dma-buf heap cannot be removed */
	__module_get(THIS_MODULE);

	/* Without a pool for it the service refuses this type of memory */
	ret = is_there(secure_ram.pool) ? add_heap(&secure_ram) : 0;
	if (ret)
		pr_err("%s: cannot be added (%d)\n", secure_ram.heap.name, ret);

	ret = mtk_cma_add();
	if (ret && ret != -ENODEV)
		pr_err("restricted_mtk_cma: cannot be added (%d)\n", ret);

	return 0;
}
module_init(mtk_init);

MODULE_DESCRIPTION("Restricted heaps over a TEE's memory service");
MODULE_LICENSE("GPL");
