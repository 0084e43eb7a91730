/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A buffer's way in and out, inlined into its two callers: the functions for
 * in-kernel users, and the dma-buf exporter, whose every instruction here is
 * part of the framework's price.
 */
#ifndef RESTRICTED_HEAP_BUFFER_H
#define RESTRICTED_HEAP_BUFFER_H

#include <linux/err.h>
#include <linux/slab.h>

#include "../restricted_heap.h"
#include "core.h"

static inline void buffer_free_table(struct restricted_buffer *buf)
{
	if (unlikely(buf->sgt.sgl != &buf->single))
		sg_free_table(&buf->sgt);
}

/* The memory, not restricted any more, and all that the core keeps of it */
static inline void buffer_destroy(struct restricted_heap *heap,
				  struct restricted_buffer *buf)
{
	heap->ops->memory_free(heap, buf);
	buffer_free_table(buf);
	kmem_cache_free(restricted_buffer_cache, buf);
}

/*
 * A cache of its own, and no zeroing: the provider writes the table, and a leak
 * shows under the type's name in slabinfo.
 */
static inline struct restricted_buffer *
buffer_create(struct restricted_heap *heap, size_t size)
{
	struct restricted_buffer *buf;

	buf = kmem_cache_alloc(restricted_buffer_cache, GFP_KERNEL);
	if (likely(buf)) {
		buf->heap = heap;
		buf->size = size;
		buf->sgt.sgl = NULL;
	}

	return buf;
}

/* @size: in bytes, whole pages, not 0 */
static inline struct restricted_buffer *
buffer_alloc(struct restricted_heap *heap, size_t size)
{
	const struct restricted_heap_ops *ops;
	struct restricted_buffer *buf;
	int ret = -ENOMEM;

	if (unlikely(size > RESTRICTED_MAX_SIZE))
		goto err_count;

	/* Pairs with the release in restricted_heap_activate() */
	ops = smp_load_acquire(&heap->active);
	if (unlikely(!ops)) {
		ret = restricted_heap_activate(heap);
		if (ret)
			goto err_count;
		ops = heap->ops;
	}

	buf = buffer_create(heap, size);
	if (unlikely(!buf)) {
		ret = -ENOMEM;
		goto err_count;
	}

	ret = ops->memory_alloc(heap, buf);
	if (unlikely(ret))
		goto err_free_buf;

	if (ops->memory_restrict) {
		ret = ops->memory_restrict(heap, buf);
		if (unlikely(ret))
			goto err_abandon;
	}
	atomic64_inc(&heap->stats.allocs);

	return buf;

err_abandon:
	atomic64_inc(&heap->stats.failures);

	return restricted_buffer_abandon(buf, ret);

err_free_buf:
	buffer_free_table(buf);
	kmem_cache_free(restricted_buffer_cache, buf);
err_count:
	atomic64_inc(&heap->stats.failures);

	return ERR_PTR(ret);
}

static inline void buffer_free(struct restricted_buffer *buf)
{
	struct restricted_heap *heap = buf->heap;
	const struct restricted_heap_ops *ops = heap->ops;
	int ret;

	atomic64_inc(&heap->stats.frees);
	if (ops->memory_unrestrict) {
		ret = ops->memory_unrestrict(heap, buf);
		if (unlikely(ret)) {
			restricted_buffer_quarantine(heap, buf, ret);
			return;
		}
	}

	buffer_destroy(heap, buf);
}

#endif /* RESTRICTED_HEAP_BUFFER_H */
