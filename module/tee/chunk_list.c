// SPDX-License-Identifier: GPL-2.0
#include <linux/minmax.h>

#include "../memory/orders.h"
#include "chunk_list.h"

/**
 * chunk_list_init() - begin empty
 * @list:	to fill
 */
void chunk_list_init(struct chunk_list *list)
{
	unsigned int order;

	for (order = 0; order < NR_PAGE_ORDERS; order++)
		INIT_LIST_HEAD(&list->order[order]);
	list->bytes = 0;
}

/**
 * chunk_list_join() - add chunks to a list
 * @list:	the list
 * @more:	chunks that came back later than all of @list; not used again
 */
void chunk_list_join(struct chunk_list *list, struct chunk_list *more)
{
	unsigned int order;

	for (order = 0; order < NR_PAGE_ORDERS; order++)
		list_splice_tail(&more->order[order], &list->order[order]);
	list->bytes += more->bytes;
}

/**
 * chunk_list_take() - take chunks of one size for a buffer
 * @list:	from there
 * @orders:	a table, or what is left of it: its largest order is the size.
 *		None is taken that is larger than *@left, unless there is no
 *		smaller order
 * @left:	bytes that the buffer lacks; less by what was found
 * @to:		to add them to; in rising order of addresses if they were added
 *		to @list like that
 *
 * The newest go first, so that what is not needed gets old.
 *
 * Return: the bytes that were taken; more than *@left was if the last chunk is
 * larger.
 */
size_t chunk_list_take(struct chunk_list *list, u64 orders, size_t *left,
		       struct list_head *to)
{
	struct list_head *from = &list->order[orders_first(orders)];
	size_t size = PAGE_SIZE << orders_first(orders);
	size_t taken = 0;

	while (orders_fit(orders, *left) && !list_empty(from)) {
		list_move(from->prev, to);
		taken += size;
		*left -= min(*left, size);
	}
	list->bytes -= taken;

	return taken;
}

/**
 * chunk_list_take_all() - take chunks of all sizes for a buffer
 * @list:	from there
 * @orders:	a table, all of it tried from the largest to the smallest
 * @left:	as chunk_list_take() has it
 * @to:		likewise
 *
 * Return: the bytes that were taken.
 */
size_t chunk_list_take_all(struct chunk_list *list, u64 orders, size_t *left,
			   struct list_head *to)
{
	size_t taken = 0;

	for (; orders_first(orders) != ORDERS_END; orders = orders_rest(orders))
		taken += chunk_list_take(list, orders, left, to);

	return taken;
}

/* Those of the order whose first one has waited the longest */
static struct list_head *oldest_order(struct chunk_list *list)
{
	struct page *page, *found = NULL;
	unsigned int order;

	for (order = 0; order < NR_PAGE_ORDERS; order++) {
		page = list_first_entry_or_null(&list->order[order],
						struct page, lru);
		if (page && (!found || time_before(page_private(page),
						   page_private(found))))
			found = page;
	}

	return found ? found->lru.prev : NULL;
}

/* As many as came back at the same time as the first one */
static size_t take_as_old(struct list_head *from, size_t bytes,
			  struct list_head *to)
{
	struct page *page = list_first_entry(from, struct page, lru);
	unsigned long since = page_private(page);
	size_t taken = 0;

	do {
		list_move_tail(&page->lru, to);
		taken += page_size(page);
		page = list_first_entry_or_null(from, struct page, lru);
	} while (taken < bytes && page && page_private(page) == since);

	return taken;
}

/**
 * chunk_list_take_old() - take chunks, the oldest first
 * @list:	from there
 * @until:	none that came back later than that
 * @bytes:	at least so many, if there are
 * @to:		to add them to
 *
 * Return: the bytes that were taken.
 */
size_t chunk_list_take_old(struct chunk_list *list, unsigned long until,
			   size_t bytes, struct list_head *to)
{
	struct list_head *from;
	size_t taken = 0;

	while (taken < bytes) {
		from = oldest_order(list);
		if (!from ||
		    time_after(page_private(list_first_entry(from, struct page,
							     lru)), until))
			break;
		taken += take_as_old(from, bytes - taken, to);
	}
	list->bytes -= taken;

	return taken;
}
