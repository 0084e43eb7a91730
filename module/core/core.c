// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a restricted buffer: alloc, restrict, (users), unrestrict, free.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "../restricted_heap.h"
#include "buffer.h"
#include "core.h"

struct kmem_cache *restricted_buffer_cache;

int restricted_core_init(void)
{
	restricted_buffer_cache = KMEM_CACHE(restricted_buffer, SLAB_NO_MERGE);

	return restricted_buffer_cache ? 0 : -ENOMEM;
}

void restricted_core_exit(void)
{
	kmem_cache_destroy(restricted_buffer_cache);
}

/*
 * What an op said that failed. If that is no errno ERR_PTR() would make of it
 * what looks like a buffer.
 */
static int op_errno(int ret)
{
	return IS_ERR_VALUE((long)ret) ? ret : -EIO;
}

/*
 * The first allocation initialises the heap: a TEE may come up long after the
 * module. A failure leaves no trace, so that a later allocation tries anew.
 */
int restricted_heap_activate(struct restricted_heap *heap)
{
	int ret = 0;

	if (mutex_lock_killable(&heap->lock))
		return -EINTR;
	if (!heap->active) {
		ret = heap->ops->heap_init(heap);
		if (!ret) {
			/* Pairs with the acquire in buffer_alloc() */
			smp_store_release(&heap->active, heap->ops);
		}
	}
	mutex_unlock(&heap->lock);

	return ret ? op_errno(ret) : 0;
}

/* Memory that may still be restricted must not reach anybody ever again. */
void restricted_buffer_quarantine(struct restricted_heap *heap,
				  struct restricted_buffer *buf, int err)
{
	pr_err_ratelimited("%s: cannot unrestrict %zu bytes (%d): quarantined\n",
			   heap->name, buf->size, err);

	mutex_lock(&heap->lock);
	list_add_tail(&buf->node, &heap->quarantine);
	mutex_unlock(&heap->lock);
	atomic64_inc(&heap->stats.quarantined_buffers);
	atomic64_add(buf->size, &heap->stats.quarantined_bytes);
}

static int recover(struct restricted_heap *heap, struct restricted_buffer *buf,
		   const bool traced)
{
	const struct restricted_heap_ops *ops = buf->ops;
	int ret;

	if (!ops->memory_recover)
		return buffer_unrestrict(buf, heap, ops, traced);
	if (traced)
		trace_restricted_memory_unrestrict_begin(buf);
	ret = ops->memory_recover(heap, buf);
	if (traced)
		trace_restricted_memory_unrestrict_end(heap, buf, buf->size,
						       ret);

	return ret;
}

/* Whether a buffer could be let go; it is in some list. */
static bool release_from_quarantine(struct restricted_heap *heap,
				    struct restricted_buffer *buf)
{
	const bool traced = restricted_tracing();

	if (recover(heap, buf, traced))
		return false;

	list_del(&buf->node);
	atomic64_dec(&heap->stats.quarantined_buffers);
	atomic64_sub(buf->size, &heap->stats.quarantined_bytes);
	buffer_destroy(buf, heap, buf->ops, traced);

	return true;
}

/**
 * restricted_heap_retry_quarantine() - try again to free what is in quarantine
 * @heap:	a heap
 *
 * For a provider whose TEE has come back, and for an administrator. What still
 * cannot be unrestricted stays. May sleep.
 *
 * Return: the number of buffers that were freed.
 */
unsigned int restricted_heap_retry_quarantine(struct restricted_heap *heap)
{
	struct restricted_buffer *buf, *next;
	unsigned int released = 0;
	LIST_HEAD(retry);
	LIST_HEAD(keep);

	mutex_lock(&heap->lock);
	list_splice_init(&heap->quarantine, &retry);
	mutex_unlock(&heap->lock);

	list_for_each_entry_safe(buf, next, &retry, node) {
		list_move_tail(&buf->node, &keep);
		released += release_from_quarantine(heap, buf);
	}

	mutex_lock(&heap->lock);
	list_splice(&keep, &heap->quarantine);
	mutex_unlock(&heap->lock);

	return released;
}
EXPORT_SYMBOL_GPL(restricted_heap_retry_quarantine);

/*
 * The ends of an allocation that failed: they count the failure, and return what
 * the allocation returns. This one for a buffer that got no memory.
 */
int restricted_buffer_discard(struct restricted_buffer *buf, int err)
{
	atomic64_inc(&buf->heap->stats.failures);
	buffer_free_table(buf);
	kmem_cache_free(restricted_buffer_cache, buf);

	return op_errno(err);
}

/*
 * And this one for a buffer that could not be restricted: it goes, unless even
 * that is not sure.
 */
int restricted_buffer_abandon(struct restricted_buffer *buf, int err)
{
	struct restricted_heap *heap = buf->heap;

	atomic64_inc(&heap->stats.failures);
	if (err == -ENOTRECOVERABLE) {
		restricted_buffer_quarantine(heap, buf, err);
		return -EIO;
	}
	buffer_destroy(buf, heap, buf->ops, restricted_tracing());

	return op_errno(err);
}

/**
 * restricted_buffer_set_ranges() - tell where a scattered buffer lies
 * @buf:	a buffer in memory_alloc or memory_restrict, not told before
 * @ranges:	the parts, none longer than RESTRICTED_MAX_SIZE
 * @count:	their number, at least 1
 *
 * For providers. The core frees the table, after memory_free.
 *
 * Return: 0, or -ENOMEM.
 */
int restricted_buffer_set_ranges(struct restricted_buffer *buf,
				 const struct restricted_range *ranges,
				 unsigned int count)
{
	struct scatterlist *sg;
	unsigned int i;
	int ret;

	ret = sg_alloc_table(&buf->sgt, count, GFP_KERNEL);
	if (ret)
		return ret;
	buf->scattered = 1;

	for_each_sgtable_sg(&buf->sgt, sg, i)
		sg_set_page(sg, phys_to_page(ranges[i].pa), ranges[i].length,
			    0);

	return 0;
}
EXPORT_SYMBOL_GPL(restricted_buffer_set_ranges);

/**
 * restricted_buffer_alloc() - take a restricted buffer
 * @heap:	a heap that restricted_heap_setup() or restricted_heap_add()
 *		accepted
 * @size:	in bytes, rounded up to whole pages
 *
 * The caller owns the buffer and gives it back with restricted_buffer_free(),
 * or hands it on to restricted_buffer_export(). May sleep.
 *
 * Return: the buffer, zeroed and restricted; or ERR_PTR of -EINVAL (size 0),
 * -ENOMEM (the heap cannot hold it), -ENODEV (the TEE is not there), or what
 * the provider returned. A failure leaves all books as they were, but for the
 * count of failures.
 */
struct restricted_buffer *restricted_buffer_alloc(struct restricted_heap *heap,
						  size_t size)
{
	struct restricted_buffer *buf;
	int err;

	if (!size)
		return ERR_PTR(-EINVAL);
	/* Before it is rounded up, and perhaps to 0 */
	if (size > RESTRICTED_MAX_SIZE)
		size = RESTRICTED_MAX_SIZE + PAGE_SIZE;

	size = PAGE_ALIGN(size);
	if (restricted_tracing())
		buf = buffer_alloc(heap, size, true, &err);
	else
		buf = buffer_alloc(heap, size, false, &err);

	return buf ?: ERR_PTR(err);
}
EXPORT_SYMBOL_GPL(restricted_buffer_alloc);

/**
 * restricted_buffer_free() - give a restricted buffer back
 * @buf:	a buffer that nobody uses any more
 *
 * Lifts the restriction, once, and frees the memory; or, where the restriction
 * cannot be lifted, keeps the memory in the heap's quarantine. May sleep.
 */
void restricted_buffer_free(struct restricted_buffer *buf)
{
	if (restricted_tracing())
		restricted_buffer_free_traced(buf);
	else
		buffer_free(buf, false);
}
EXPORT_SYMBOL_GPL(restricted_buffer_free);

void restricted_buffer_free_traced(struct restricted_buffer *buf)
{
	buffer_free(buf, true);
}

/**
 * restricted_heap_switch() - make buffers in another way from now on
 * @heap:	a heap that restricted_heap_setup() or restricted_heap_add()
 *		accepted
 * @ops:	as complete as restricted_heap_setup() wants them; with a
 *		heap_init if and only if those before had one, and as good as
 *		that: it is not called again
 * @semantics:	what the memory of the new buffers is
 *
 * For a heap with more than one policy. A buffer is undone by the ops that made
 * it, so both may be in use for as long as such buffers live; and allocations
 * that are under way may still use the old ones.
 */
void restricted_heap_switch(struct restricted_heap *heap,
			    const struct restricted_heap_ops *ops,
			    const struct restricted_semantics *semantics)
{
	mutex_lock(&heap->lock);
	WRITE_ONCE(heap->ops, ops);
	WRITE_ONCE(heap->semantics, semantics);
	if (heap->active) {
		/* Pairs with the acquire in buffer_alloc() */
		smp_store_release(&heap->active, ops);
	}
	mutex_unlock(&heap->lock);
}
EXPORT_SYMBOL_GPL(restricted_heap_switch);

/**
 * restricted_heap_setup() - make a heap usable inside the kernel
 * @heap:	name, ops and semantics set, all else zero; stays with the
 *		caller and must outlive its buffers
 *
 * Without a name for user space: no dma-buf heap and no sysfs directory.
 *
 * Return: 0, or -EINVAL (a name, a mandatory op or the semantics missing, or
 * one of memory_restrict and memory_unrestrict without the other).
 */
int restricted_heap_setup(struct restricted_heap *heap)
{
	const struct restricted_heap_ops *ops = heap->ops;

	if (!heap->name || !*heap->name || !heap->semantics || !ops ||
	    !ops->memory_alloc || !ops->memory_free ||
	    !ops->memory_restrict != !ops->memory_unrestrict)
		return -EINVAL;

	mutex_init(&heap->lock);
	INIT_LIST_HEAD(&heap->quarantine);
	heap->active = ops->heap_init ? NULL : ops;

	return 0;
}
EXPORT_SYMBOL_GPL(restricted_heap_setup);
