/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A buffer's way in and out, inlined into its two callers: the functions for
 * in-kernel users, and the dma-buf exporter, whose every instruction here is
 * part of the framework's price.
 *
 * @traced is a constant: who traces takes a copy of these functions that nobody
 * else pays for.
 */
#ifndef RESTRICTED_HEAP_BUFFER_H
#define RESTRICTED_HEAP_BUFFER_H

#include <linux/err.h>
#include <linux/slab.h>

#include "../restricted_heap.h"
#include "core.h"
#include "inject.h"
#include "trace.h"

static inline void buffer_free_table(struct restricted_buffer *buf)
{
	if (unlikely(buf->scattered))
		sg_free_table(&buf->sgt);
}

static __always_inline void buffer_destroy(struct restricted_buffer *buf,
					   struct restricted_heap *heap,
					   const struct restricted_heap_ops *ops,
					   const bool traced)
{
	if (traced)
		trace_restricted_memory_free_begin(buf);
	ops->memory_free(heap, buf);
	if (traced)
		trace_restricted_memory_free_end(heap, buf, buf->size, 0);
	buffer_free_table(buf);
	kmem_cache_free(restricted_buffer_cache, buf);
}

/*
 * A cache of its own, and no zeroing: the provider writes the table, and a leak
 * shows under the type's name in slabinfo.
 */
static inline struct restricted_buffer *
buffer_create(struct restricted_heap *heap,
	      const struct restricted_heap_ops *ops, size_t size)
{
	struct restricted_buffer *buf;

	buf = kmem_cache_alloc(restricted_buffer_cache, GFP_KERNEL);
	if (likely(buf)) {
		buf->heap = heap;
		buf->ops = ops;
		buf->size = size;
		buf->scattered = 0;
	}

	return buf;
}

static __always_inline int buffer_take_memory(struct restricted_buffer *buf,
					      struct restricted_heap *heap,
					      const struct restricted_heap_ops *ops,
					      const bool traced)
{
	int ret;

	if (traced)
		trace_restricted_memory_alloc_begin(buf);
	ret = ops->memory_alloc(heap, buf);
	if (traced)
		trace_restricted_memory_alloc_end(heap, buf, buf->size, ret);

	return ret;
}

static __always_inline int buffer_restrict(struct restricted_buffer *buf,
					   struct restricted_heap *heap,
					   const struct restricted_heap_ops *ops,
					   const bool traced)
{
	int ret;

	if (traced)
		trace_restricted_memory_restrict_begin(buf);
	ret = ops->memory_restrict(heap, buf);
	if (traced)
		trace_restricted_memory_restrict_end(heap, buf, buf->size, ret);

	return ret;
}

static __always_inline int buffer_unrestrict(struct restricted_buffer *buf,
					     struct restricted_heap *heap,
					     const struct restricted_heap_ops *ops,
					     const bool traced)
{
	int ret;

	if (traced)
		trace_restricted_memory_unrestrict_begin(buf);
	ret = ops->memory_unrestrict(heap, buf);
	if (traced)
		trace_restricted_memory_unrestrict_end(heap, buf, buf->size, ret);

	return ret;
}

/*
 * @size: in bytes, whole pages, not 0
 * @err: set on failure
 *
 * Returns the buffer, or NULL.
 */
static __always_inline struct restricted_buffer *
buffer_alloc(struct restricted_heap *heap, size_t size, const bool traced,
	     int *err)
{
	const struct restricted_heap_ops *ops;
	struct restricted_buffer *buf;
	int ret;

	inject_slowdown();
	*err = -ENOMEM;
	if (unlikely(size > RESTRICTED_MAX_SIZE))
		goto err_count;

	/* Pairs with the release in restricted_heap_activate() */
	ops = smp_load_acquire(&heap->active);
	if (unlikely(!ops)) {
		*err = restricted_heap_activate(heap);
		if (*err)
			goto err_count;
		ops = READ_ONCE(heap->active);
		*err = -ENOMEM;
	}

	buf = buffer_create(heap, ops, size);
	if (unlikely(!buf))
		goto err_count;

	ret = buffer_take_memory(buf, heap, ops, traced);
	if (unlikely(ret)) {
		*err = restricted_buffer_discard(buf, ret);
		return NULL;
	}

	if (ops->memory_restrict) {
		ret = buffer_restrict(buf, heap, ops, traced);
		if (unlikely(ret)) {
			*err = restricted_buffer_abandon(buf, ret);
			return NULL;
		}
	}
	atomic64_inc(&heap->stats.allocs);

	return buf;

err_count:
	atomic64_inc(&heap->stats.failures);

	return NULL;
}

static __always_inline void buffer_free(struct restricted_buffer *buf,
					const bool traced)
{
	struct restricted_heap *heap = buf->heap;
	const struct restricted_heap_ops *ops = buf->ops;
	int ret;

	atomic64_inc(&heap->stats.frees);
	if (ops->memory_unrestrict) {
		ret = buffer_unrestrict(buf, heap, ops, traced);
		if (unlikely(ret)) {
			restricted_buffer_quarantine(heap, buf, ret);
			return;
		}
		/* Cheaper than to keep it over the call */
		ops = buf->ops;
	}

	buffer_destroy(buf, heap, ops, traced);
}

#endif /* RESTRICTED_HEAP_BUFFER_H */
