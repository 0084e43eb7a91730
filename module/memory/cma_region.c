// SPDX-License-Identifier: GPL-2.0
#include <linux/cma.h>
#include <linux/dma-map-ops.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_reserved_mem.h>
#include <linux/platform_device.h>

#include "cma_region.h"

/*
 * CMA gives the area of a node to a device only, and its driver would name the
 * node by a property. There is no such device; so one is made, and what the
 * property would have led to is done for it.
 */
static int assign_area(struct cma_region *region, struct reserved_mem *rmem)
{
	struct platform_device *device;
	int ret;

	if (!rmem->ops || !rmem->ops->device_init)
		return -EINVAL;

	device = platform_device_register_simple("restricted_cma_region",
						 PLATFORM_DEVID_AUTO, NULL, 0);
	if (IS_ERR(device))
		return PTR_ERR(device);

	ret = rmem->ops->device_init(rmem, &device->dev);
	region->cma = device->dev.cma_area;
	if (!ret && region->cma) {
		region->device = device;
		return 0;
	}
	/* Initialised, but as memory of another kind */
	if (!ret && rmem->ops->device_release)
		rmem->ops->device_release(rmem, &device->dev);
	platform_device_unregister(device);

	return ret ?: -EINVAL;
}

static int find_in_tree(struct cma_region *region)
{
	struct reserved_mem *rmem;

	rmem = of_reserved_mem_lookup(region->node);
	if (!rmem || !rmem->size ||
	    !IS_ALIGNED(rmem->base | rmem->size, region->granule))
		return -EINVAL;
	region->size = rmem->size;

	return assign_area(region, rmem);
}

/**
 * cma_region_find() - find a region
 * @region:	to fill
 * @compatible:	of its reserved-memory node; that must be a CMA area, too, so
 *		say "shared-dma-pool" besides and be reusable
 * @size:	without such a node: bytes of the default area, whole granules
 * @granule:	in bytes, a power of two, no less than a page
 *
 * Return: 0; -ENODEV (no such node, and no default area); -EINVAL (the node is
 * no CMA area, or not of whole granules, or @size is not); -ENOMEM.
 */
int cma_region_find(struct cma_region *region, const char *compatible,
		    size_t size, size_t granule)
{
	int ret;

	*region = (struct cma_region){ .granule = granule };
	mutex_init(&region->lock);

	region->node = of_find_compatible_node(NULL, NULL, compatible);
	if (region->node) {
		ret = find_in_tree(region);
		if (ret)
			of_node_put(region->node);
		return ret;
	}

	if (!size || !IS_ALIGNED(size, granule))
		return -EINVAL;
	region->size = size;
	region->cma = dev_get_cma_area(NULL);

	return region->cma ? 0 : -ENODEV;
}
EXPORT_SYMBOL_GPL(cma_region_find);

/**
 * cma_region_forget() - undo cma_region_find()
 * @region:	a region that nobody uses
 */
void cma_region_forget(struct cma_region *region)
{
	/* The device has nothing of the area's but a pointer */
	platform_device_unregister(region->device);
	of_node_put(region->node);
}
EXPORT_SYMBOL_GPL(cma_region_forget);

static int hold(struct cma_region *region)
{
	unsigned long count = region->size >> PAGE_SHIFT;
	int ret;

	region->pages = cma_alloc(region->cma, count,
				  get_order(region->granule), true);
	if (!region->pages)
		return -ENOMEM;

	ret = grant_map_init(&region->map, page_to_phys(region->pages),
			     region->size, region->granule);
	if (ret) {
		cma_release(region->cma, region->pages, count);
		region->pages = NULL;
		return ret;
	}
	region->holds++;

	return 0;
}

/**
 * cma_region_get() - use the region
 * @region:	a region; ours after that
 *
 * The first user makes the kernel move what it has there, which takes long.
 *
 * Return: 0; -ENOMEM (somebody has a part of it, and does not give way), and the
 * region is not used.
 */
int cma_region_get(struct cma_region *region)
{
	int ret = 0;

	mutex_lock(&region->lock);
	if (!region->pages)
		ret = hold(region);
	if (!ret)
		region->users++;
	mutex_unlock(&region->lock);

	return ret;
}
EXPORT_SYMBOL_GPL(cma_region_get);

static void release(struct cma_region *region)
{
	grant_map_destroy(&region->map);
	cma_release(region->cma, region->pages, region->size >> PAGE_SHIFT);
	WRITE_ONCE(region->pages, NULL);
	region->releases++;
}

/**
 * cma_region_put() - undo cma_region_get()
 * @region:	a region
 * @is_lent:	asked when this was its last user: whether another world has it
 *		all the same, or may have. For a call that failed on its way may
 *		have been made.
 *
 * The region is the kernel's again if nobody uses it and nobody has it.
 */
void cma_region_put(struct cma_region *region, bool (*is_lent)(void))
{
	mutex_lock(&region->lock);
	if (!--region->users && !is_lent())
		release(region);
	mutex_unlock(&region->lock);
}
EXPORT_SYMBOL_GPL(cma_region_put);

/**
 * cma_region_settle() - ask again about a region that nobody uses
 * @region:	a region
 * @is_lent:	as for cma_region_put()
 */
void cma_region_settle(struct cma_region *region, bool (*is_lent)(void))
{
	mutex_lock(&region->lock);
	if (!region->users && region->pages && !is_lent())
		release(region);
	mutex_unlock(&region->lock);
}
EXPORT_SYMBOL_GPL(cma_region_settle);
