// SPDX-License-Identifier: GPL-2.0
#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/log2.h>
#include <linux/mm.h>

#include "grant_map.h"

/**
 * grant_map_init() - note that all of a region is free
 * @map:	to fill
 * @base:	address of the region
 * @size:	of the region, in bytes
 * @granule:	in bytes, a power of two that divides @base and @size, no less
 *		than a page
 *
 * Return: 0, -EINVAL, or -ENOMEM.
 */
int grant_map_init(struct grant_map *map, phys_addr_t base, size_t size,
		   size_t granule)
{
	if (!is_power_of_2(granule) || !PAGE_ALIGNED(granule) || !size ||
	    ((base | size) & (granule - 1)))
		return -EINVAL;

	map->base = base;
	map->shift = ilog2(granule);
	map->granules = size >> map->shift;
	spin_lock_init(&map->lock);
	map->taken = bitmap_zalloc(map->granules, GFP_KERNEL);

	return map->taken ? 0 : -ENOMEM;
}
EXPORT_SYMBOL_GPL(grant_map_init);

/**
 * grant_map_destroy() - undo grant_map_init()
 * @map:	a map, or all zero
 */
void grant_map_destroy(struct grant_map *map)
{
	bitmap_free(map->taken);
	map->taken = NULL;
}
EXPORT_SYMBOL_GPL(grant_map_destroy);

static unsigned long to_granules(const struct grant_map *map, size_t bytes)
{
	return ((bytes - 1) >> map->shift) + 1;
}

static bool in_memory(phys_addr_t pa, size_t length)
{
	return length && PAGE_ALIGNED(pa | length) && pa + length - 1 >= pa &&
	       pfn_valid(PHYS_PFN(pa)) && pfn_valid(PHYS_PFN(pa + length - 1));
}

static bool inside(const struct grant_map *map, phys_addr_t pa, size_t length)
{
	phys_addr_t offset = pa - map->base;

	return pa >= map->base && !(offset & ((1UL << map->shift) - 1)) &&
	       offset >> map->shift < map->granules &&
	       to_granules(map, length) <=
	       map->granules - (offset >> map->shift);
}

/**
 * grant_map_take() - note that a range is granted, unless it cannot be
 * @map:	the region; without a map of its bits only whether there is
 *		memory is looked at
 * @pa:		address of the range
 * @length:	in bytes; takes whole granules
 *
 * Return: 0, or -EIO: the range is empty, not of whole pages, not in memory,
 * not in the region or not on a granule's boundary, or part of it is taken.
 */
int grant_map_take(struct grant_map *map, phys_addr_t pa, size_t length)
{
	unsigned long first, end;
	int ret = -EIO;

	if (!in_memory(pa, length))
		return -EIO;
	if (!map->taken)
		return 0;
	if (!inside(map, pa, length))
		return -EIO;

	first = (pa - map->base) >> map->shift;
	end = first + to_granules(map, length);
	spin_lock(&map->lock);
	if (find_next_bit(map->taken, end, first) >= end) {
		bitmap_set(map->taken, first, end - first);
		ret = 0;
	}
	spin_unlock(&map->lock);

	return ret;
}
EXPORT_SYMBOL_GPL(grant_map_take);

/**
 * grant_map_give_back() - undo grant_map_take()
 * @map:	the region
 * @pa:		address of a range that was taken
 * @length:	in bytes, the same
 */
void grant_map_give_back(struct grant_map *map, phys_addr_t pa, size_t length)
{
	if (!map->taken)
		return;

	spin_lock(&map->lock);
	bitmap_clear(map->taken, (pa - map->base) >> map->shift,
		     to_granules(map, length));
	spin_unlock(&map->lock);
}
EXPORT_SYMBOL_GPL(grant_map_give_back);
