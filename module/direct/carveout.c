// SPDX-License-Identifier: GPL-2.0
/*
 * direct_carveout: the control for restricted_carveout.
 *
 * The same memory work and the same refusals, written as a plain dma-buf heap
 * with no framework under it. What restricted_carveout costs more than this is
 * the framework's price. Region: compatible "direct-carveout".
 */
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "../memory/attachment.h"
#include "../memory/carveout_pool.h"
#include "../memory/sgt_single.h"

struct direct_buffer {
	size_t size;
	struct sg_table sgt;
	struct scatterlist single;
};

static struct carveout_pool pool;
static struct kmem_cache *buffer_cache;

static bool scrub = true;
module_param(scrub, bool, 0644);
MODULE_PARM_DESC(scrub, "zero memory at allocation (default: yes)");

static int direct_attach(struct dma_buf *dmabuf,
			 struct dma_buf_attachment *attachment)
{
	struct direct_buffer *buf = dmabuf->priv;
	struct device *dev = attachment->dev;

	if (!device_lists_region(dev, pool.node) ||
	    sgt_attachment_would_bounce(dev, &buf->sgt))
		return -EBUSY;

	return sgt_attachment_add(attachment, &buf->sgt);
}

static void direct_release(struct dma_buf *dmabuf)
{
	struct direct_buffer *buf = dmabuf->priv;

	carveout_pool_free(&pool, sg_phys(buf->sgt.sgl), buf->size);
	kmem_cache_free(buffer_cache, buf);
}

static const struct dma_buf_ops direct_dmabuf_ops = {
	.attach = direct_attach,
	.detach = sgt_attachment_detach,
	.map_dma_buf = sgt_attachment_map,
	.unmap_dma_buf = sgt_attachment_unmap,
	.begin_cpu_access = sgt_no_cpu_access,
	.end_cpu_access = sgt_no_cpu_access,
	.release = direct_release,
};

static struct dma_buf *direct_allocate(struct dma_heap *heap,
				       unsigned long len, u32 fd_flags,
				       u64 heap_flags)
{
	DEFINE_DMA_BUF_EXPORT_INFO(exp_info);
	struct direct_buffer *buf;
	struct dma_buf *dmabuf;
	phys_addr_t pa;

	/* The length of a scatterlist entry has 32 bits */
	if (len > UINT_MAX)
		return ERR_PTR(-ENOMEM);

	buf = kmem_cache_alloc(buffer_cache, GFP_KERNEL);
	if (!buf)
		return ERR_PTR(-ENOMEM);
	buf->size = len;

	pa = carveout_pool_alloc(&pool, len, READ_ONCE(scrub));
	if (!pa) {
		dmabuf = ERR_PTR(-ENOMEM);
		goto err_free_buf;
	}

	sgt_init_single(&buf->sgt, &buf->single, pa, len);

	exp_info.exp_name = dma_heap_get_name(heap);
	exp_info.ops = &direct_dmabuf_ops;
	exp_info.size = len;
	exp_info.flags = fd_flags;
	exp_info.priv = buf;
	dmabuf = dma_buf_export(&exp_info);
	if (IS_ERR(dmabuf))
		goto err_free_memory;

	return dmabuf;

err_free_memory:
	carveout_pool_free(&pool, pa, len);
err_free_buf:
	kmem_cache_free(buffer_cache, buf);

	return dmabuf;
}

static const struct dma_heap_ops direct_heap_ops = {
	.allocate = direct_allocate,
};

static int __init direct_init(void)
{
	struct dma_heap_export_info exp_info = {
		.name = "direct_carveout",
		.ops = &direct_heap_ops,
	};
	struct dma_heap *heap;
	int ret;

	buffer_cache = KMEM_CACHE(direct_buffer, SLAB_NO_MERGE);
	if (!buffer_cache)
		return -ENOMEM;

	ret = carveout_pool_init(&pool, "direct-carveout");
	if (ret)
		goto err_destroy_cache;

	heap = dma_heap_add(&exp_info);
	if (IS_ERR(heap)) {
		ret = PTR_ERR(heap);
		goto err_destroy_pool;
	}
	/* A dma-buf heap cannot be removed */
	__module_get(THIS_MODULE);

	return 0;

err_destroy_pool:
	carveout_pool_destroy(&pool);
err_destroy_cache:
	kmem_cache_destroy(buffer_cache);

	return ret;
}
module_init(direct_init);

MODULE_DESCRIPTION("Control: a carve-out heap without framework");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF");
MODULE_IMPORT_NS("DMA_BUF_HEAP");
