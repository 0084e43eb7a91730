/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which parts of its memory a service has granted. The service keeps such books
 * itself; these are to doubt it: a grant outside of its memory, or over one
 * that is in use, would give a device somebody else's.
 */
#ifndef RESTRICTED_GRANT_MAP_H
#define RESTRICTED_GRANT_MAP_H

#include <linux/spinlock.h>
#include <linux/types.h>

/**
 * struct grant_map - the granules of a region
 * @base:	address of the region
 * @granules:	how many it has
 * @shift:	of a granule's bytes
 * @taken:	a bit a granule; NULL: it is not known where grants lie
 * @lock:	protects @taken
 */
struct grant_map {
	phys_addr_t base;
	unsigned long granules;
	unsigned int shift;
	unsigned long *taken;
	/* Protects the bits of taken */
	spinlock_t lock;
};

int grant_map_init(struct grant_map *map, phys_addr_t base, size_t size,
		   size_t granule);
void grant_map_destroy(struct grant_map *map);
int grant_map_take(struct grant_map *map, phys_addr_t pa, size_t length);
void grant_map_give_back(struct grant_map *map, phys_addr_t pa, size_t length);

#endif /* RESTRICTED_GRANT_MAP_H */
