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
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "../memory/attachment.h"
#include "../memory/carveout_pool.h"
#include "../memory/sgt_single.h"
#include "direct.h"

#define NAME "direct_carveout"

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

static __always_inline void give(struct direct_buffer *buf)
{
	carveout_pool_free(&pool, sg_phys(buf->sgt.sgl), buf->size);
	kmem_cache_free(buffer_cache, buf);
}

static void direct_release(struct dma_buf *dmabuf)
{
	give(dmabuf->priv);
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

/*
 * The parts of an allocation, inlined into user space's way and into that of
 * in-kernel users: neither pays for the other.
 */
static __always_inline phys_addr_t take_memory(struct direct_buffer *buf,
					       size_t size)
{
	buf->size = size;

	return carveout_pool_alloc(&pool, size, READ_ONCE(scrub));
}

/* @exp_info: as DEFINE_DMA_BUF_EXPORT_INFO() leaves it */
static __always_inline struct dma_buf *
export_buffer(struct dma_buf_export_info *exp_info, const char *name,
	      struct direct_buffer *buf, size_t size, u32 fd_flags)
{
	exp_info->exp_name = name;
	exp_info->ops = &direct_dmabuf_ops;
	exp_info->size = size;
	exp_info->flags = fd_flags;
	exp_info->priv = buf;

	return dma_buf_export(exp_info);
}

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

	pa = take_memory(buf, len);
	if (!pa) {
		dmabuf = ERR_PTR(-ENOMEM);
		goto err_free_buf;
	}

	sgt_init_single(&buf->sgt, &buf->single, pa, len);

	dmabuf = export_buffer(&exp_info, dma_heap_get_name(heap), buf, len,
			       fd_flags);
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

/**
 * direct_carveout_take() - take a buffer of the carve-out heap's twin
 * @size:	in bytes, whole pages, not 0
 *
 * Return: the buffer, to be given to direct_carveout_give() or handed on to
 * direct_carveout_export(); or ERR_PTR of -ENOMEM.
 */
struct direct_buffer *direct_carveout_take(size_t size)
{
	struct direct_buffer *buf;
	phys_addr_t pa;

	/* As in direct_allocate() */
	if (size > UINT_MAX)
		return ERR_PTR(-ENOMEM);

	buf = kmem_cache_alloc(buffer_cache, GFP_KERNEL);
	if (!buf)
		return ERR_PTR(-ENOMEM);

	pa = take_memory(buf, size);
	if (!pa) {
		kmem_cache_free(buffer_cache, buf);
		return ERR_PTR(-ENOMEM);
	}
	sgt_init_single(&buf->sgt, &buf->single, pa, size);

	return buf;
}
EXPORT_SYMBOL_GPL(direct_carveout_take);

/**
 * direct_carveout_give() - give a buffer back
 * @buf:	from direct_carveout_take()
 */
void direct_carveout_give(struct direct_buffer *buf)
{
	give(buf);
}
EXPORT_SYMBOL_GPL(direct_carveout_give);

/**
 * direct_carveout_export() - make a dma-buf of a buffer
 * @buf:	from direct_carveout_take()
 * @fd_flags:	as for restricted_buffer_export()
 *
 * Return: the dma-buf, which has taken the buffer over; or an ERR_PTR as from
 * dma_buf_export(), and the buffer stays with the caller.
 */
struct dma_buf *direct_carveout_export(struct direct_buffer *buf, u32 fd_flags)
{
	DEFINE_DMA_BUF_EXPORT_INFO(exp_info);

	return export_buffer(&exp_info, NAME, buf, buf->size, fd_flags);
}
EXPORT_SYMBOL_GPL(direct_carveout_export);

static int __init direct_init(void)
{
	struct dma_heap_export_info exp_info = {
		.name = NAME,
		.ops = &direct_heap_ops,
	};
	struct dma_heap *heap;
	int ret;

	/* A cache's name is its alone, and the other twin has this type, too */
	buffer_cache = kmem_cache_create(NAME "_buffer",
					 sizeof(struct direct_buffer),
					 __alignof__(struct direct_buffer),
					 SLAB_NO_MERGE, NULL);
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
	carveout_pool_show_map(&pool, NAME);
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
