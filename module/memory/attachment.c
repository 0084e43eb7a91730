// SPDX-License-Identifier: GPL-2.0
#include <linux/dma-buf.h>
#include <linux/dma-direct.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/iommu.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/swiotlb.h>

#include "attachment.h"

/**
 * sgt_attachment_would_bounce() - whether a device needs a copy of the memory
 * @dev:	the device
 * @sgt:	where the memory lies
 *
 * A device behind an IOMMU reaches all memory. Any other device does if its
 * addressing does, and if nothing forces its DMA through swiotlb; these are
 * the conditions under which the direct mapping bounces (kernel/dma/direct.h).
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
	if (device_iommu_mapped(dev))
		return false;

	for_each_sgtable_sg(sgt, sg, i)
		if (!dma_capable(dev, phys_to_dma(dev, sg_phys(sg)),
				 sg->length, true))
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
 * sgt_attachment_remove() - free what sgt_attachment_add() made
 * @attachment:	the attachment
 */
void sgt_attachment_remove(struct dma_buf_attachment *attachment)
{
	struct sg_table *table = attachment->priv;

	sg_free_table(table);
	kfree(table);
}
EXPORT_SYMBOL_GPL(sgt_attachment_remove);

/**
 * sgt_attachment_map() - &dma_buf_ops.map_dma_buf
 * @attachment:	one that sgt_attachment_add() prepared
 * @direction:	of the DMA
 *
 * Return: the attachment's table, mapped; it stays the attachment's.
 */
struct sg_table *sgt_attachment_map(struct dma_buf_attachment *attachment,
				    enum dma_data_direction direction)
{
	struct sg_table *table = attachment->priv;
	int ret;

	ret = dma_map_sgtable(attachment->dev, table, direction,
			      DMA_ATTR_SKIP_CPU_SYNC);

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
	dma_unmap_sgtable(attachment->dev, table, direction,
			  DMA_ATTR_SKIP_CPU_SYNC);
}
EXPORT_SYMBOL_GPL(sgt_attachment_unmap);
