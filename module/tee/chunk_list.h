/* SPDX-License-Identifier: GPL-2.0 */
/* Chunks of pages that nobody uses, by their order and how long they have been. */
#ifndef RESTRICTED_CHUNK_LIST_H
#define RESTRICTED_CHUNK_LIST_H

#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mmzone.h>

/**
 * struct chunk_list - chunks of all orders
 * @order:	those of one order, the oldest first, by their first page's lru;
 *		its private is when it came back, in jiffies
 * @bytes:	of all of them
 */
struct chunk_list {
	struct list_head order[NR_PAGE_ORDERS];
	size_t bytes;
};

/**
 * chunk_list_add() - add a chunk that may have been used just now
 * @list:	where
 * @page:	the chunk, not in any list
 */
static inline void chunk_list_add(struct chunk_list *list, struct page *page)
{
	unsigned int order = compound_order(page);

	list_add_tail(&page->lru, &list->order[order]);
	list->bytes += PAGE_SIZE << order;
}

void chunk_list_init(struct chunk_list *list);
void chunk_list_join(struct chunk_list *list, struct chunk_list *more);
size_t chunk_list_take(struct chunk_list *list, u64 orders, size_t *left,
		       struct list_head *to);
size_t chunk_list_take_all(struct chunk_list *list, u64 orders, size_t *left,
			   struct list_head *to);
size_t chunk_list_take_old(struct chunk_list *list, unsigned long until,
			   size_t bytes, struct list_head *to);

#endif /* RESTRICTED_CHUNK_LIST_H */
