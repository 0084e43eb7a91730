/* SPDX-License-Identifier: GPL-2.0 */
/* Memory that the device tree sets aside. */
#ifndef RESTRICTED_REGION_H
#define RESTRICTED_REGION_H

#include <linux/types.h>

struct device_node;

/**
 * struct reserved_region - one reserved-memory node
 * @node:	the node; holds a reference
 * @base:	physical address of its region
 * @size:	of the region, in bytes
 */
struct reserved_region {
	struct device_node *node;
	phys_addr_t base;
	size_t size;
};

int reserved_region_find(const char *compatible,
			 struct reserved_region *region);
void reserved_region_put(struct reserved_region *region);

#endif /* RESTRICTED_REGION_H */
