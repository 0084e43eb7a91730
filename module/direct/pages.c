// SPDX-License-Identifier: GPL-2.0
/*
 * direct_pages: the control for restricted_pages.
 *
 * The same pages, the same calls into the TEE and the same refusals, written
 * as a plain dma-buf heap with no framework under it.
 */
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "../memory/attachment.h"
#include "../memory/orders.h"
#include "../memory/page_set.h"
#include "../tee/lend.h"
#include "direct.h"

#define NAME "direct_pages"

struct direct_buffer {
	size_t size;
	struct sg_table sgt;
};

static struct kmem_cache *buffer_cache;
static struct lender lender;
static bool ready;
/* Protects the opening of lender */
static DEFINE_MUTEX(open_lock);

static u64 orders = ORDERS_DEFAULT;
static unsigned long reclaim __ro_after_init = BIT(0);

static int orders_set(const char *text, const struct kernel_param *kp)
{
	u64 table;
	int ret;

	ret = orders_parse(text, &table);
	if (!ret)
		WRITE_ONCE(orders, table);

	return ret;
}

static int orders_get(char *buf, const struct kernel_param *kp)
{
	return orders_show(READ_ONCE(orders), buf);
}

static const struct kernel_param_ops orders_ops = {
	.set = orders_set,
	.get = orders_get,
};

module_param_cb(orders, &orders_ops, NULL, 0644);
MODULE_PARM_DESC(orders, "order table, largest first (default: 8 4 0)");

static const struct lend_limits limits = { .entries = MEMSVC_BATCH_ENTRIES };

static int open_once(void)
{
	int ret = 0;

	/* Pairs with the release below */
	if (likely(smp_load_acquire(&ready)))
		return 0;

	mutex_lock(&open_lock);
	if (!ready) {
		ret = lender_open(&lender);
		if (!ret) {
			/* Pairs with the acquire above */
			smp_store_release(&ready, true);
		}
	}
	mutex_unlock(&open_lock);

	return ret;
}

static int direct_attach(struct dma_buf *dmabuf,
			 struct dma_buf_attachment *attachment)
{
	struct direct_buffer *buf = dmabuf->priv;

	if (sgt_attachment_would_bounce(attachment->dev, &buf->sgt))
		return -EBUSY;

	return sgt_attachment_add(attachment, &buf->sgt);
}

/* Memory that may be restricted still is lost, rather than handed out. */
static void free_buffer(struct direct_buffer *buf)
{
	if (lender_unrestrict(&lender, &buf->sgt, &limits))
		return;
	page_set_free(&buf->sgt);
	sg_free_table(&buf->sgt);
	kmem_cache_free(buffer_cache, buf);
}

static void direct_release(struct dma_buf *dmabuf)
{
	free_buffer(dmabuf->priv);
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

static __always_inline struct direct_buffer *create_buffer(size_t size)
{
	struct direct_buffer *buf;
	int ret;

	buf = kmem_cache_alloc(buffer_cache, GFP_KERNEL);
	if (!buf)
		return ERR_PTR(-ENOMEM);
	buf->size = size;

	ret = -ENOMEM;
	if (!lender_has_room(&lender, size))
		goto err_free_buf;

	ret = page_set_alloc(&buf->sgt, size, READ_ONCE(orders), reclaim);
	if (ret)
		goto err_free_buf;

	ret = lender_restrict(&lender, &buf->sgt, &limits);
	if (ret)
		goto err_free_pages;

	return buf;

err_free_pages:
	if (ret == -ENOTRECOVERABLE)
		return ERR_PTR(-EIO);
	page_set_free(&buf->sgt);
	sg_free_table(&buf->sgt);
err_free_buf:
	kmem_cache_free(buffer_cache, buf);

	return ERR_PTR(ret);
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
	int ret;

	/* The length of a scatterlist entry has 32 bits */
	if (len > UINT_MAX)
		return ERR_PTR(-ENOMEM);

	ret = open_once();
	if (ret)
		return ERR_PTR(ret);

	buf = create_buffer(len);
	if (IS_ERR(buf))
		return ERR_CAST(buf);

	dmabuf = export_buffer(&exp_info, dma_heap_get_name(heap), buf, len,
			       fd_flags);
	if (IS_ERR(dmabuf))
		free_buffer(buf);

	return dmabuf;
}

static const struct dma_heap_ops direct_heap_ops = {
	.allocate = direct_allocate,
};

/**
 * direct_pages_take() - take a buffer of the page heap's twin
 * @size:	in bytes, whole pages, not 0
 *
 * Return: the buffer, to be given to direct_pages_give() or handed on to
 * direct_pages_export(); or ERR_PTR of -ENOMEM, of what lender_open() or
 * lender_restrict() returns, or of -EIO.
 */
struct direct_buffer *direct_pages_take(size_t size)
{
	int ret;

	/* As in direct_allocate() */
	if (size > UINT_MAX)
		return ERR_PTR(-ENOMEM);

	ret = open_once();
	if (ret)
		return ERR_PTR(ret);

	return create_buffer(size);
}
EXPORT_SYMBOL_GPL(direct_pages_take);

/**
 * direct_pages_give() - give a buffer back
 * @buf:	from direct_pages_take()
 */
void direct_pages_give(struct direct_buffer *buf)
{
	free_buffer(buf);
}
EXPORT_SYMBOL_GPL(direct_pages_give);

/**
 * direct_pages_export() - make a dma-buf of a buffer
 * @buf:	from direct_pages_take()
 * @fd_flags:	as for restricted_buffer_export()
 *
 * Return: the dma-buf, which has taken the buffer over; or an ERR_PTR as from
 * dma_buf_export(), and the buffer stays with the caller.
 */
struct dma_buf *direct_pages_export(struct direct_buffer *buf, u32 fd_flags)
{
	DEFINE_DMA_BUF_EXPORT_INFO(exp_info);

	return export_buffer(&exp_info, NAME, buf, buf->size, fd_flags);
}
EXPORT_SYMBOL_GPL(direct_pages_export);

static int __init direct_init(void)
{
	struct dma_heap_export_info exp_info = {
		.name = NAME,
		.ops = &direct_heap_ops,
	};
	struct dma_heap *heap;

	if (mem_accounting)
		reclaim |= PAGE_SET_ACCOUNT;

	/* A cache's name is its alone, and the other twin has this type, too */
	buffer_cache = kmem_cache_create(NAME "_buffer",
					 sizeof(struct direct_buffer),
					 __alignof__(struct direct_buffer),
					 SLAB_NO_MERGE, NULL);
	if (!buffer_cache)
		return -ENOMEM;

	heap = dma_heap_add(&exp_info);
	if (IS_ERR(heap)) {
		kmem_cache_destroy(buffer_cache);
		return PTR_ERR(heap);
	}
	/* A dma-buf heap cannot be removed */
	__module_get(THIS_MODULE);

	return 0;
}
module_init(direct_init);

MODULE_DESCRIPTION("Control: a heap over lent pages without framework");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF");
MODULE_IMPORT_NS("DMA_BUF_HEAP");
