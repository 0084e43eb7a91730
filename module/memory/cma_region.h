/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A region of CMA memory that is the kernel's own until somebody needs all of
 * it, and again when nobody does.
 */
#ifndef RESTRICTED_CMA_REGION_H
#define RESTRICTED_CMA_REGION_H

#include <linux/mutex.h>
#include <linux/types.h>

#include "grant_map.h"

struct cma;
struct device_node;
struct page;
struct platform_device;

/**
 * struct cma_region - the region
 * @node:	of the device tree; NULL for a part of the default area
 * @device:	in whose name CMA knows the node's area
 * @cma:	the area
 * @size:	of the region, in bytes
 * @granule:	what its base and size are aligned to, in bytes
 * @lock:	protects what follows
 * @pages:	while it is ours; NULL otherwise
 * @map:	for its users to note what is taken of it, while it is ours
 * @users:	calls of cma_region_get() that were not undone
 * @holds:	how often it became ours
 * @releases:	how often it was given back
 */
struct cma_region {
	struct device_node *node;
	struct platform_device *device;
	struct cma *cma;
	size_t size;
	size_t granule;
	/* Protects pages, map and the counts, but for the map's bits */
	struct mutex lock;
	struct page *pages;
	struct grant_map map;
	unsigned int users;
	u64 holds;
	u64 releases;
};

int cma_region_find(struct cma_region *region, const char *compatible,
		    size_t size, size_t granule);
void cma_region_forget(struct cma_region *region);
int cma_region_get(struct cma_region *region);
void cma_region_put(struct cma_region *region, bool (*is_lent)(void));
void cma_region_settle(struct cma_region *region, bool (*is_lent)(void));

#endif /* RESTRICTED_CMA_REGION_H */
