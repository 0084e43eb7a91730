/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of restricted_heap.ko know of each other. */
#ifndef RESTRICTED_HEAP_CORE_H
#define RESTRICTED_HEAP_CORE_H

struct restricted_heap;

int restricted_sysfs_init(void);
void restricted_sysfs_exit(void);
int restricted_sysfs_add(struct restricted_heap *heap);
void restricted_sysfs_remove(struct restricted_heap *heap);

int restricted_dmabuf_add_heap(struct restricted_heap *heap);

#endif /* RESTRICTED_HEAP_CORE_H */
