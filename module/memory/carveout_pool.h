/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A reserved region of memory, handed out in pages: the memory work of the
 * carve-out heap and of its twin without framework.
 */
#ifndef RESTRICTED_CARVEOUT_POOL_H
#define RESTRICTED_CARVEOUT_POOL_H

#include <linux/types.h>

struct dentry;
struct device_node;
struct gen_pool;

/**
 * struct carveout_pool - the pages of one reserved-memory node
 * @node:	the node; holds a reference
 * @gen_pool:	which pages are free
 * @base:	physical address of the region
 * @size:	of the region, in bytes
 * @vaddr:	the pool's own mapping, for zeroing only
 * @map:	what debugfs shows of it, see carveout_pool_show_map()
 */
struct carveout_pool {
	struct device_node *node;
	struct gen_pool *gen_pool;
	phys_addr_t base;
	size_t size;
	void *vaddr;
	struct dentry *map;
};

int carveout_pool_init(struct carveout_pool *pool, const char *compatible);
void carveout_pool_show_map(struct carveout_pool *pool, const char *name);
void carveout_pool_destroy(struct carveout_pool *pool);
phys_addr_t carveout_pool_alloc(struct carveout_pool *pool, size_t size,
				bool zero);
void carveout_pool_free(struct carveout_pool *pool, phys_addr_t pa,
			size_t size);
size_t carveout_pool_avail(struct carveout_pool *pool);

#endif /* RESTRICTED_CARVEOUT_POOL_H */
