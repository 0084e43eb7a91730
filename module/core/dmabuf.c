// SPDX-License-Identifier: GPL-2.0
/*
 * Restricted buffers for user space: a dma-buf heap for each restricted heap.
 *
 * Thin: it exports, and it refuses. What the memory is, and how long it stays
 * restricted, is the core's matter.
 */
#include <kunit/static_stub.h>
#include <kunit/visibility.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/module.h>

#include "../memory/attachment.h"
#include "../restricted_heap.h"
#include "buffer.h"
#include "core.h"

static bool device_permitted(struct restricted_buffer *buf, struct device *dev)
{
	return !buf->ops->device_permitted ||
	       buf->ops->device_permitted(buf->heap, dev);
}

/*
 * A device that would go through a bounce buffer is refused: the bounce copies
 * at map time whatever DMA_ATTR_SKIP_CPU_SYNC says, with the CPU, which cannot
 * read the buffer.
 */
static int restricted_dmabuf_attach(struct dma_buf *dmabuf,
				    struct dma_buf_attachment *attachment)
{
	struct restricted_buffer *buf = dmabuf->priv;
	struct device *dev = attachment->dev;

	if (!device_permitted(buf, dev) ||
	    sgt_attachment_would_bounce(dev, &buf->sgt))
		return -EBUSY;

	return sgt_attachment_add(attachment, &buf->sgt);
}

static void restricted_dmabuf_release(struct dma_buf *dmabuf)
{
	if (restricted_tracing())
		restricted_buffer_free_traced(dmabuf->priv);
	else
		buffer_free(dmabuf->priv, false);
}

/* No mmap and no vmap: the dma-buf core refuses both. */
static const struct dma_buf_ops restricted_dmabuf_ops = {
	.attach = restricted_dmabuf_attach,
	.detach = sgt_attachment_detach,
	.map_dma_buf = sgt_attachment_map,
	.unmap_dma_buf = sgt_attachment_unmap,
	.begin_cpu_access = sgt_no_cpu_access,
	.end_cpu_access = sgt_no_cpu_access,
	.release = restricted_dmabuf_release,
};

/*
 * @exp_info: as DEFINE_DMA_BUF_EXPORT_INFO() leaves it
 * @heap, @size: the buffer's
 */
static struct dma_buf *export_buffer(struct dma_buf_export_info *exp_info,
				     struct restricted_buffer *buf,
				     const char *name, size_t size,
				     u32 fd_flags)
{
	exp_info->exp_name = name;
	exp_info->ops = &restricted_dmabuf_ops;
	exp_info->size = size;
	exp_info->flags = fd_flags;
	exp_info->priv = buf;

	return dma_buf_export(exp_info);
}

/**
 * restricted_buffer_export() - make a dma-buf of a restricted buffer
 * @buf:	a buffer from restricted_buffer_alloc()
 * @fd_flags:	O_CLOEXEC and an access mode, for the file
 *
 * The dma-buf takes the buffer over, and frees it with its own last reference;
 * on error the buffer stays with the caller.
 *
 * Return: the dma-buf, or an ERR_PTR as from dma_buf_export().
 */
struct dma_buf *restricted_buffer_export(struct restricted_buffer *buf,
					 u32 fd_flags)
{
	/* Read first, or the compiler zeroes the structure by a call */
	const char *name = buf->heap->name;
	size_t size = buf->size;
	DEFINE_DMA_BUF_EXPORT_INFO(exp_info);

	return export_buffer(&exp_info, buf, name, size, fd_flags);
}
EXPORT_SYMBOL_GPL(restricted_buffer_export);

/* A buffer that never reached its user: no alloc and no free, but a failure. */
static void give_up(struct restricted_buffer *buf)
{
	struct restricted_heap_stats *stats = &buf->heap->stats;

	atomic64_inc(&stats->failures);
	atomic64_dec(&stats->allocs);
	atomic64_dec(&stats->frees);
	restricted_buffer_free(buf);
}

static __always_inline struct dma_buf *allocate(struct dma_heap *dma_heap,
						size_t size, u32 fd_flags,
						const bool traced)
{
	struct restricted_heap *heap = dma_heap_get_drvdata(dma_heap);
	DEFINE_DMA_BUF_EXPORT_INFO(exp_info);
	struct restricted_buffer *buf;
	struct dma_buf *dmabuf;
	int err;

	buf = buffer_alloc(heap, size, traced, &err);
	if (unlikely(!buf))
		return ERR_PTR(err);

	if (traced)
		trace_restricted_export_begin(buf);
	dmabuf = export_buffer(&exp_info, buf, heap->name, size, fd_flags);
	if (traced)
		trace_restricted_export_end(heap, buf, size, PTR_ERR_OR_ZERO(dmabuf));
	if (IS_ERR(dmabuf))
		give_up(buf);

	return dmabuf;
}

static noinline struct dma_buf *allocate_traced(struct dma_heap *dma_heap,
						size_t size, u32 fd_flags)
{
	return allocate(dma_heap, size, fd_flags, true);
}

static struct dma_buf *restricted_dmabuf_allocate(struct dma_heap *dma_heap,
						  unsigned long len,
						  u32 fd_flags, u64 heap_flags)
{
	if (restricted_tracing())
		return allocate_traced(dma_heap, len, fd_flags);

	return allocate(dma_heap, len, fd_flags, false);
}

static const struct dma_heap_ops restricted_dma_heap_ops = {
	.allocate = restricted_dmabuf_allocate,
};

int restricted_dmabuf_add_heap(struct restricted_heap *heap)
{
	struct dma_heap_export_info exp_info = {
		.name = heap->name,
		.ops = &restricted_dma_heap_ops,
		.priv = heap,
	};

	KUNIT_STATIC_STUB_REDIRECT(restricted_dmabuf_add_heap, heap);

	return PTR_ERR_OR_ZERO(dma_heap_add(&exp_info));
}
EXPORT_SYMBOL_IF_KUNIT(restricted_dmabuf_add_heap);

MODULE_IMPORT_NS("DMA_BUF");
MODULE_IMPORT_NS("DMA_BUF_HEAP");
