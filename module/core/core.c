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

static void account_alloc(struct restricted_heap *heap, size_t size)
{
	struct restricted_heap_stats *stats = &heap->stats;
	long live, peak;

	atomic_long_inc(&stats->allocs);
	live = atomic_long_add_return_relaxed(size, &stats->live_bytes);
	peak = atomic_long_read(&stats->peak_bytes);
	while (unlikely(live > peak) &&
	       !atomic_long_try_cmpxchg_relaxed(&stats->peak_bytes, &peak,
						live))
		;
}

static void account_free(struct restricted_heap *heap, size_t size)
{
	atomic_long_sub(size, &heap->stats.live_bytes);
	atomic_long_inc(&heap->stats.frees);
}

/*
 * The first allocation initialises the heap: a TEE may come up long after the
 * module. A failure leaves no trace, so that a later allocation tries anew.
 */
static int heap_init_slow(struct restricted_heap *heap)
{
	int ret = 0;

	mutex_lock(&heap->lock);
	if (!heap->ready) {
		ret = heap->ops->heap_init(heap);
		if (!ret) {
			/* Pairs with the acquire in heap_init_once() */
			smp_store_release(&heap->ready, true);
		}
	}
	mutex_unlock(&heap->lock);

	return ret;
}

static inline int heap_init_once(struct restricted_heap *heap)
{
	/* Pairs with the release in heap_init_slow() */
	if (likely(smp_load_acquire(&heap->ready)))
		return 0;

	return heap_init_slow(heap);
}

static int restrict_buffer(struct restricted_heap *heap,
			   struct restricted_buffer *buf)
{
	int ret = heap->ops->memory_restrict(heap, buf);

	if (!ret)
		atomic_long_inc(&heap->stats.restricts);

	return ret;
}

/* Memory that may still be restricted must not reach anybody ever again. */
static void quarantine_buffer(struct restricted_heap *heap,
			      struct restricted_buffer *buf, int err)
{
	pr_err("%s: cannot unrestrict %zu bytes (%d): quarantined\n",
	       heap->name, buf->size, err);

	mutex_lock(&heap->lock);
	list_add_tail(&buf->node, &heap->quarantine);
	mutex_unlock(&heap->lock);
	atomic_long_inc(&heap->stats.quarantined_buffers);
	atomic_long_add(buf->size, &heap->stats.quarantined_bytes);
}

static bool unrestrict_buffer(struct restricted_heap *heap,
			      struct restricted_buffer *buf)
{
	int ret = heap->ops->memory_unrestrict(heap, buf);

	if (ret) {
		quarantine_buffer(heap, buf, ret);
		return false;
	}
	atomic_long_inc(&heap->stats.unrestricts);

	return true;
}

static void free_table(struct restricted_buffer *buf)
{
	if (buf->sgt.sgl != &buf->single)
		sg_free_table(&buf->sgt);
}

/**
 * restricted_buffer_set_ranges() - tell where a buffer lies
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

	if (likely(count == 1)) {
		sg_init_table(&buf->single, 1);
		buf->sgt.sgl = &buf->single;
		buf->sgt.nents = 1;
		buf->sgt.orig_nents = 1;
	} else {
		ret = sg_alloc_table(&buf->sgt, count, GFP_KERNEL);
		if (ret)
			return ret;
	}

	for_each_sgtable_sg(&buf->sgt, sg, i)
		sg_set_page(sg, phys_to_page(ranges[i].pa), ranges[i].length,
			    offset_in_page(ranges[i].pa));

	return 0;
}
EXPORT_SYMBOL_GPL(restricted_buffer_set_ranges);

static struct restricted_buffer *buffer_alloc(struct restricted_heap *heap,
					      size_t size)
{
	const struct restricted_heap_ops *ops = heap->ops;
	struct restricted_buffer *buf;
	int ret;

	if (unlikely(!size || size > RESTRICTED_MAX_SIZE))
		return ERR_PTR(size ? -ENOMEM : -EINVAL);

	ret = heap_init_once(heap);
	if (unlikely(ret))
		return ERR_PTR(ret);

	buf = kzalloc_obj(*buf);
	if (unlikely(!buf))
		return ERR_PTR(-ENOMEM);
	buf->heap = heap;
	buf->size = PAGE_ALIGN(size);

	ret = ops->memory_alloc(heap, buf);
	if (unlikely(ret))
		goto err_free_buf;

	if (ops->memory_restrict) {
		ret = restrict_buffer(heap, buf);
		if (unlikely(ret))
			goto err_free_memory;
	}

	account_alloc(heap, buf->size);

	return buf;

err_free_memory:
	ops->memory_free(heap, buf);
	free_table(buf);
err_free_buf:
	kfree(buf);

	return ERR_PTR(ret);
}

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
	struct restricted_buffer *buf = buffer_alloc(heap, size);

	if (IS_ERR(buf))
		atomic_long_inc(&heap->stats.failures);

	return buf;
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
	struct restricted_heap *heap = buf->heap;
	const struct restricted_heap_ops *ops = heap->ops;

	account_free(heap, buf->size);
	if (ops->memory_unrestrict && !unrestrict_buffer(heap, buf))
		return;

	ops->memory_free(heap, buf);
	free_table(buf);
	kfree(buf);
}
EXPORT_SYMBOL_GPL(restricted_buffer_free);

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
	heap->ready = !ops->heap_init;

	return 0;
}
EXPORT_SYMBOL_GPL(restricted_heap_setup);
