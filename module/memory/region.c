// SPDX-License-Identifier: GPL-2.0
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_reserved_mem.h>

#include "region.h"

/**
 * reserved_region_find() - find a region that is set aside, and not mapped
 * @compatible:	of the reserved-memory node; it must say no-map
 * @region:	to fill; to be put
 *
 * Return: 0, -ENODEV (no such node), or -EINVAL (it does not say no-map, or its
 * region is empty, not made of whole pages, or not in memory that the kernel
 * keeps pages for).
 */
int reserved_region_find(const char *compatible,
			 struct reserved_region *region)
{
	struct reserved_mem *rmem;

	region->node = of_find_compatible_node(NULL, NULL, compatible);
	if (!region->node)
		return -ENODEV;

	rmem = of_reserved_mem_lookup(region->node);
	if (!rmem || !rmem->base || !rmem->size ||
	    !PAGE_ALIGNED(rmem->base | rmem->size) ||
	    !pfn_valid(PHYS_PFN(rmem->base)) ||
	    !of_property_read_bool(region->node, "no-map")) {
		of_node_put(region->node);
		return -EINVAL;
	}
	region->base = rmem->base;
	region->size = rmem->size;

	return 0;
}
EXPORT_SYMBOL_GPL(reserved_region_find);

/**
 * reserved_region_put() - undo reserved_region_find()
 * @region:	a region; its memory stays set aside
 */
void reserved_region_put(struct reserved_region *region)
{
	of_node_put(region->node);
}
EXPORT_SYMBOL_GPL(reserved_region_put);
