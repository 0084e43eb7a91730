// SPDX-License-Identifier: GPL-2.0
/*
 * restricted_crowd_faults: dma-buf heaps without memory, so many that the kernel
 * has no number for another. A module that adds one then cannot be loaded, and
 * has to leave nothing. For tests only: the heaps stay until the machine is off.
 */
#include <linux/dma-heap.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

/* As many as the kernel has numbers for */
#define HEAPS_MAX	128

static unsigned int heaps;
module_param(heaps, uint, 0444);
MODULE_PARM_DESC(heaps, "how many, 1 to 128");

/* The kernel does not copy a heap's name */
static char names[HEAPS_MAX][24];

static struct dma_buf *give_nothing(struct dma_heap *heap, unsigned long len,
				    u32 fd_flags, u64 heap_flags)
{
	return ERR_PTR(-ENOMEM);
}

static const struct dma_heap_ops crowd_ops = {
	.allocate = give_nothing,
};

static int add_heap(unsigned int i)
{
	struct dma_heap_export_info info = {
		.name = names[i],
		.ops = &crowd_ops,
	};

	snprintf(names[i], sizeof(names[i]), "crowd_%u", i);

	return PTR_ERR_OR_ZERO(dma_heap_add(&info));
}

static int __init crowd_init(void)
{
	unsigned int i;
	int ret = 0;

	if (!heaps || heaps > HEAPS_MAX)
		return -EINVAL;

	for (i = 0; i < heaps; i++) {
		ret = add_heap(i);
		if (ret)
			break;
	}
	/* None of them at all: nothing of this module is in use */
	if (!i)
		return ret;
	/* A dma-buf heap cannot be removed */
	__module_get(THIS_MODULE);

	return 0;
}
module_init(crowd_init);

MODULE_DESCRIPTION("Dma-buf heaps that leave no room for another");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF_HEAP");
