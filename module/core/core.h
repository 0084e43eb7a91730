/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of restricted_heap.ko know of each other. */
#ifndef RESTRICTED_HEAP_CORE_H
#define RESTRICTED_HEAP_CORE_H

struct kmem_cache;
struct restricted_buffer;
struct restricted_heap;

extern struct kmem_cache *restricted_buffer_cache;

int restricted_core_init(void);
void restricted_core_exit(void);
int restricted_heap_activate(struct restricted_heap *heap);
int restricted_buffer_discard(struct restricted_buffer *buf, int err);
int restricted_buffer_abandon(struct restricted_buffer *buf, int err);
void restricted_buffer_free_traced(struct restricted_buffer *buf);
void restricted_buffer_quarantine(struct restricted_heap *heap,
				  struct restricted_buffer *buf, int err);

int restricted_sysfs_init(void);
void restricted_sysfs_exit(void);
int restricted_sysfs_add(struct restricted_heap *heap);
void restricted_sysfs_remove(struct restricted_heap *heap);

int restricted_dmabuf_add_heap(struct restricted_heap *heap);

#endif /* RESTRICTED_HEAP_CORE_H */
