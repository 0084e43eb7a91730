/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Zeroed buddy pages by an order table: the memory work of the page heap and
 * of its twin without framework.
 */
#ifndef RESTRICTED_PAGE_SET_H
#define RESTRICTED_PAGE_SET_H

#include <linux/scatterlist.h>
#include <linux/types.h>

int page_set_alloc(struct sg_table *sgt, size_t size, u64 orders,
		   unsigned long reclaim);
void page_set_free(struct sg_table *sgt);

#endif /* RESTRICTED_PAGE_SET_H */
