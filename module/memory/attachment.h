/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attachments to a dma-buf that is a fixed scatterlist table and that no CPU
 * touches: what every such exporter does, with or without a framework.
 */
#ifndef RESTRICTED_SGT_ATTACHMENT_H
#define RESTRICTED_SGT_ATTACHMENT_H

#include <linux/dma-direction.h>

struct device;
struct device_node;
struct dma_buf;
struct dma_buf_attachment;
struct sg_table;

bool device_lists_region(struct device *dev, struct device_node *region);
bool sgt_attachment_would_bounce(struct device *dev, struct sg_table *sgt);
int sgt_attachment_add(struct dma_buf_attachment *attachment,
		       struct sg_table *sgt);
void sgt_attachment_detach(struct dma_buf *dmabuf,
			   struct dma_buf_attachment *attachment);
struct sg_table *sgt_attachment_map(struct dma_buf_attachment *attachment,
				    enum dma_data_direction direction);
void sgt_attachment_unmap(struct dma_buf_attachment *attachment,
			  struct sg_table *table,
			  enum dma_data_direction direction);

int sgt_no_cpu_access(struct dma_buf *dmabuf,
		      enum dma_data_direction direction);

#endif /* RESTRICTED_SGT_ATTACHMENT_H */
