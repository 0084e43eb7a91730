// SPDX-License-Identifier: GPL-2.0
/*
 * restricted_heap.ko: the framework. Providers are modules of their own.
 */
#include <linux/export.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "../restricted_heap.h"
#include "core.h"
#include "inject.h"

#ifdef RHEAP_INJECT
unsigned int inject_instructions;
module_param(inject_instructions, uint, 0644);
MODULE_PARM_DESC(inject_instructions, "spend so many instructions more in each allocation");
#endif

static LIST_HEAD(heaps);
/* Protects heaps */
static DEFINE_MUTEX(heaps_lock);

/**
 * restricted_heap_add() - make a heap known to the kernel and to user space
 * @heap:	see restricted_heap_setup()
 *
 * Adds /sys/kernel/restricted_heap/<name>/ and then /dev/dma_heap/<name>, so
 * that no user ever sees a heap that is not ready. A dma-buf heap cannot be
 * removed: after success @heap must stay for good, and the provider's module
 * must hold a reference to itself.
 *
 * Return: 0, -EINVAL (see restricted_heap_setup()), -EEXIST (the name is taken,
 * or the heap was added before), or -ENOMEM.
 */
int restricted_heap_add(struct restricted_heap *heap)
{
	int ret;

	if (heap->kobj)
		return -EEXIST;

	ret = restricted_heap_setup(heap);
	if (ret)
		return ret;

	ret = restricted_sysfs_add(heap);
	if (ret)
		return ret;

	ret = restricted_dmabuf_add_heap(heap);
	if (ret) {
		restricted_sysfs_remove(heap);
		return ret;
	}

	mutex_lock(&heaps_lock);
	list_add_tail(&heap->node, &heaps);
	mutex_unlock(&heaps_lock);

	return 0;
}
EXPORT_SYMBOL_GPL(restricted_heap_add);

/**
 * restricted_heap_find() - look a heap up
 * @name:	its name
 *
 * For in-kernel users. A heap that was added stays for good.
 *
 * Return: the heap, or NULL.
 */
struct restricted_heap *restricted_heap_find(const char *name)
{
	struct restricted_heap *heap, *found = NULL;

	mutex_lock(&heaps_lock);
	list_for_each_entry(heap, &heaps, node)
		if (!strcmp(heap->name, name)) {
			found = heap;
			break;
		}
	mutex_unlock(&heaps_lock);

	return found;
}
EXPORT_SYMBOL_GPL(restricted_heap_find);

static int __init restricted_heap_init(void)
{
	int ret;

	ret = restricted_core_init();
	if (ret)
		return ret;

	ret = restricted_sysfs_init();
	if (ret)
		restricted_core_exit();

	return ret;
}
module_init(restricted_heap_init);

static void __exit restricted_heap_exit(void)
{
	restricted_sysfs_exit();
	restricted_core_exit();
}
module_exit(restricted_heap_exit);

MODULE_DESCRIPTION("Restricted memory: core and dma-buf exporter");
MODULE_LICENSE("GPL");
