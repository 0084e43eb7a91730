/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Restricted memory: what it is, who provides it, and how it is used.
 *
 * The core defines the memory type. It knows nothing of dma-buf: an in-kernel
 * user takes buffers with restricted_buffer_alloc(). The dma-buf heap under
 * /dev/dma_heap/ is one such user.
 *
 * Type and op names are those of the restricted_heap series (v4). Where its
 * signatures could not keep a promise they are extended, and the kernel-doc
 * says so.
 */
#ifndef RESTRICTED_HEAP_H
#define RESTRICTED_HEAP_H

#include <linux/atomic.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/scatterlist.h>
#include <linux/types.h>

#include "memory/sgt_single.h"

struct device;
struct dma_buf;
struct restricted_buffer;
struct restricted_heap;

/*
 * The length of a scatterlist entry has 32 bits. A request that does not fit
 * is refused as a whole, with -ENOMEM as any other that no pool could hold.
 */
#define RESTRICTED_MAX_SIZE	(UINT_MAX & PAGE_MASK)

/**
 * struct restricted_range - one physically contiguous part of a buffer
 * @pa:		physical address, page aligned
 * @length:	in bytes, a multiple of the page size
 */
struct restricted_range {
	phys_addr_t pa;
	size_t length;
};

/**
 * struct restricted_buffer - one piece of restricted memory
 * @heap:	the heap it comes from
 * @ops:	how it was made, and is undone; see restricted_heap_switch()
 * @size:	in bytes, a multiple of the page size
 * @scattered:	not 0 when @sgt was made with sg_alloc_table(), and not with
 *		restricted_buffer_set_range(); a provider that fills @sgt by
 *		itself sets it
 * @sgt:	where it lies; filled by the provider, with
 *		restricted_buffer_set_range() or restricted_buffer_set_ranges(),
 *		in memory_alloc or in memory_restrict; freed by the core
 * @priv:	the provider's own
 * @single:	the table of a buffer that is one range, which most are
 * @node:	entry in &restricted_heap.quarantine
 *
 * All members but @sgt, @scattered and @priv belong to the core.
 */
struct restricted_buffer {
	struct restricted_heap *heap;
	const struct restricted_heap_ops *ops;
	size_t size;
	/* A word, so that one instruction stores both */
	unsigned long scattered;
	struct sg_table sgt;
	u64 priv;
	struct scatterlist single;
	struct list_head node;
};

/**
 * struct restricted_heap_ops - what a provider of restricted memory does
 * @heap_init:		optional. Called once before the first allocation, under
 *			a lock; while it fails it is called again at the next
 *			allocation.
 * @memory_alloc:	mandatory. Take memory, or prepare to take it.
 * @memory_free:	mandatory. Undo @memory_alloc. Never called for a buffer
 *			that is still restricted.
 * @memory_restrict:	optional: memory that is restricted from birth has none.
 *			Put the memory out of the CPU's reach. On error nothing
 *			of the buffer is restricted; but for -ENOTRECOVERABLE,
 *			which says that some of it may be: the core quarantines
 *			it, and the allocation fails with -EIO.
 * @memory_unrestrict:	present if and only if @memory_restrict is. Returns an
 *			error where the series returns void: the core
 *			quarantines a buffer whose protection could not be
 *			lifted and never frees it.
 * @memory_recover:	optional, an extension. As @memory_unrestrict, for a
 *			buffer in quarantine, of which the TEE may know no more:
 *			it did what it seemed to refuse, or lost its books.
 * @device_permitted:	optional, an extension. Whether @dev may access the
 *			memory. Without it any device may that reaches the
 *			memory without a bounce buffer.
 * @stats_show:		optional, an extension. Add the provider's own lines
 *			``name value`` to the ``stats`` file, ``live_bytes``
 *			among them: write to @buf from offset @at with
 *			sysfs_emit_at(), return the new offset.
 *
 * All int ops return 0 or a negative errno.
 */
struct restricted_heap_ops {
	int (*heap_init)(struct restricted_heap *heap);

	int (*memory_alloc)(struct restricted_heap *heap,
			    struct restricted_buffer *buf);
	void (*memory_free)(struct restricted_heap *heap,
			    struct restricted_buffer *buf);

	int (*memory_restrict)(struct restricted_heap *heap,
			       struct restricted_buffer *buf);
	int (*memory_unrestrict)(struct restricted_heap *heap,
				 struct restricted_buffer *buf);

	bool (*device_permitted)(struct restricted_heap *heap,
				 struct device *dev);
	int (*stats_show)(struct restricted_heap *heap, char *buf, int at);
	int (*memory_recover)(struct restricted_heap *heap,
			      struct restricted_buffer *buf);
};

/**
 * struct restricted_semantics - what "restricted" means for a heap
 * @denied:	who cannot access the memory
 * @granted:	who can
 * @restricted:	since when a buffer is restricted, and by whom
 * @enforced:	what stops an access all the same
 * @zeroed:	when the last owner's bytes are removed, and by whom
 *
 * Shown in the ``semantics`` file, a line a member.
 */
struct restricted_semantics {
	const char *denied;
	const char *granted;
	const char *restricted;
	const char *enforced;
	const char *zeroed;
};

/**
 * struct restricted_heap_stats - a heap's books
 * @allocs:		buffers handed out
 * @frees:		buffers taken back, those in quarantine included
 * @failures:		allocations that failed
 * @quarantined_buffers: buffers in quarantine
 * @quarantined_bytes:	their size
 *
 * The core counts buffers; bytes in use and calls made are the provider's to
 * tell, who has to know them anyway.
 */
struct restricted_heap_stats {
	atomic64_t allocs;
	atomic64_t frees;
	atomic64_t failures;
	atomic64_t quarantined_buffers;
	atomic64_t quarantined_bytes;
};

/**
 * struct restricted_heap - a source of restricted memory
 * @name:	also the name under /dev/dma_heap/ and of its buffers
 * @ops:	the provider; changed by restricted_heap_switch() only
 * @semantics:	what its memory is; likewise
 * @attrs:	optional, a NULL terminated list of the provider's own files,
 *		made with RESTRICTED_HEAP_ATTR_RW()
 *
 * The provider sets the members above; the others are the core's.
 *
 * @active:	@ops from when heap_init has succeeded, NULL before
 * @stats:	the books
 * @lock:	protects heap_init, changes of @ops and @semantics, @quarantine
 * @quarantine:	buffers whose protection could not be lifted
 * @kobj:	/sys/kernel/restricted_heap/<name>/, NULL when it is not there
 * @node:	entry in the list of added heaps
 */
struct restricted_heap {
	const struct restricted_heap_ops *active;
	const char *name;
	const struct restricted_heap_ops *ops;
	const struct restricted_semantics *semantics;
	const struct attribute * const *attrs;

	struct restricted_heap_stats stats;
	/* Protects heap_init, changes of ops and the quarantine list */
	struct mutex lock;
	struct list_head quarantine;
	struct kobject *kobj;
	struct list_head node;
};

/**
 * struct restricted_heap_attr - a provider's own sysfs file
 * @attr:	name and mode
 * @show:	as &struct device_attribute's
 * @store:	as &struct device_attribute's; all or nothing: a bad value is
 *		refused with -EINVAL and changes nothing
 */
struct restricted_heap_attr {
	struct attribute attr;
	ssize_t (*show)(struct restricted_heap *heap, char *buf);
	ssize_t (*store)(struct restricted_heap *heap, const char *buf,
			 size_t count);
};

#define RESTRICTED_HEAP_ATTR_RW(_name)					\
	struct restricted_heap_attr restricted_heap_attr_##_name =	\
		__ATTR(_name, 0644, _name##_show, _name##_store)

int restricted_heap_setup(struct restricted_heap *heap);
int restricted_heap_add(struct restricted_heap *heap);
void restricted_heap_switch(struct restricted_heap *heap,
			    const struct restricted_heap_ops *ops,
			    const struct restricted_semantics *semantics);
struct restricted_heap *restricted_heap_find(const char *name);
unsigned int restricted_heap_retry_quarantine(struct restricted_heap *heap);

struct restricted_buffer *restricted_buffer_alloc(struct restricted_heap *heap,
						  size_t size);
void restricted_buffer_free(struct restricted_buffer *buf);
/**
 * restricted_buffer_set_range() - tell where a contiguous buffer lies
 * @buf:	a buffer in memory_alloc or memory_restrict, not told before
 * @pa:		its physical address, page aligned
 */
static inline void restricted_buffer_set_range(struct restricted_buffer *buf,
					       phys_addr_t pa)
{
	sgt_init_single(&buf->sgt, &buf->single, pa, buf->size);
}

int restricted_buffer_set_ranges(struct restricted_buffer *buf,
				 const struct restricted_range *ranges,
				 unsigned int count);

struct dma_buf *restricted_buffer_export(struct restricted_buffer *buf,
					 u32 fd_flags);

#endif /* RESTRICTED_HEAP_H */
