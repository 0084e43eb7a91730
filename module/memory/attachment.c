// SPDX-License-Identifier: GPL-2.0
#include <linux/dma-buf.h>
#include <linux/dma-direct.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/iommu-dma.h>
#include <linux/of.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/swiotlb.h>

#include "../compat.h"
#include "attachment.h"

/* The CPU has no caches to sync of what it cannot read */
#define MAP_ATTRS	DMA_ATTR_SKIP_CPU_SYNC

/**
 * device_lists_region() - whether the device tree gives a device a region
 * @dev:	the device
 * @region:	a reserved-memory node
 *
 * Return: true if the device's memory-region property names the node.
 */
bool device_lists_region(struct device *dev, struct device_node *region)
{
	struct of_phandle_iterator it;
	int err;

	of_for_each_phandle(&it, err, dev->of_node, "memory-region", NULL, 0)
		if (it.node == region) {
			of_node_put(it.node);
			return true;
		}

	return false;
}
EXPORT_SYMBOL_GPL(device_lists_region);

/**
 * sgt_attachment_would_bounce() - whether a device needs a copy of the memory
 * @dev:	the device
 * @sgt:	where the memory lies
 *
 * A device whose DMA an IOMMU translates reaches all memory. Any other device
 * does if its addressing does, and if nothing forces its DMA through swiotlb;
 * these are the conditions under which the direct mapping bounces
 * (kernel/dma/direct.h).
 *
 * Return: true if mapping @sgt for @dev would go through a bounce buffer, or
 * could not succeed at all.
 */
bool sgt_attachment_would_bounce(struct device *dev, struct sg_table *sgt)
{
	struct scatterlist *sg;
	unsigned int i;

	if (is_swiotlb_force_bounce(dev) || !dev->dma_mask)
		return true;
	if (use_dma_iommu(dev))
		return false;

	for_each_sgtable_sg(sgt, sg, i)
		if (!compat_dma_capable(dev, phys_to_dma(dev, sg_phys(sg)),
					sg->length, MAP_ATTRS))
			return true;

	return false;
}
EXPORT_SYMBOL_GPL(sgt_attachment_would_bounce);

static int copy_table(struct sg_table *to, struct sg_table *from)
{
	struct scatterlist *src, *dst;
	unsigned int i;
	int ret;

	ret = sg_alloc_table(to, from->orig_nents, GFP_KERNEL);
	if (ret)
		return ret;

	dst = to->sgl;
	for_each_sgtable_sg(from, src, i) {
		sg_set_page(dst, sg_page(src), src->length, src->offset);
		dst = sg_next(dst);
	}

	return 0;
}

/**
 * sgt_attachment_add() - give an attachment a table of its own
 * @attachment:	its priv is set
 * @sgt:	the buffer's table, copied: DMA addresses differ by device
 *
 * Return: 0, or -ENOMEM.
 */
int sgt_attachment_add(struct dma_buf_attachment *attachment,
		       struct sg_table *sgt)
{
	struct sg_table *table;
	int ret;

	table = kzalloc_obj(*table);
	if (!table)
		return -ENOMEM;

	ret = copy_table(table, sgt);
	if (ret) {
		kfree(table);
		return ret;
	}
	attachment->priv = table;

	return 0;
}
EXPORT_SYMBOL_GPL(sgt_attachment_add);

/**
 * sgt_attachment_detach() - &dma_buf_ops.detach
 * @dmabuf:	the dma-buf
 * @attachment:	one that sgt_attachment_add() prepared
 */
void sgt_attachment_detach(struct dma_buf *dmabuf,
			   struct dma_buf_attachment *attachment)
{
	struct sg_table *table = attachment->priv;

	sg_free_table(table);
	kfree(table);
}
EXPORT_SYMBOL_GPL(sgt_attachment_detach);

/**
 * sgt_attachment_map() - &dma_buf_ops.map_dma_buf
 * @attachment:	one that sgt_attachment_add() prepared
 * @direction:	of the DMA
 *
 * Return: the attachment's table, mapped, which stays the attachment's; or an
 * ERR_PTR of -EBUSY (it would bounce), or as from dma_map_sgtable().
 */
struct sg_table *sgt_attachment_map(struct dma_buf_attachment *attachment,
				    enum dma_data_direction direction)
{
	struct sg_table *table = attachment->priv;
	int ret;

	/* The device's mask may have changed since it attached */
	if (sgt_attachment_would_bounce(attachment->dev, table))
		return ERR_PTR(-EBUSY);

	ret = dma_map_sgtable(attachment->dev, table, direction, MAP_ATTRS);

	return ret ? ERR_PTR(ret) : table;
}
EXPORT_SYMBOL_GPL(sgt_attachment_map);

/**
 * sgt_attachment_unmap() - &dma_buf_ops.unmap_dma_buf
 * @attachment:	the attachment
 * @table:	what sgt_attachment_map() returned
 * @direction:	as mapped
 */
void sgt_attachment_unmap(struct dma_buf_attachment *attachment,
			  struct sg_table *table,
			  enum dma_data_direction direction)
{
	dma_unmap_sgtable(attachment->dev, table, direction, MAP_ATTRS);
}
EXPORT_SYMBOL_GPL(sgt_attachment_unmap);

/**
 * sgt_no_cpu_access() - &dma_buf_ops.begin_cpu_access and its end
 * @dmabuf:	the dma-buf
 * @direction:	of the access
 *
 * With no op DMA_BUF_IOCTL_SYNC would succeed, and promise what cannot be.
 *
 * Return: -EPERM.
 */
int sgt_no_cpu_access(struct dma_buf *dmabuf,
		      enum dma_data_direction direction)
{
	return -EPERM;
}
EXPORT_SYMBOL_GPL(sgt_no_cpu_access);
