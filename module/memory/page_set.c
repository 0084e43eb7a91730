// SPDX-License-Identifier: GPL-2.0
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/list_sort.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "orders.h"
#include "page_set.h"

/* A buffer that cannot be had is not worth killing somebody for */
#define GFP_RECLAIM	(GFP_HIGHUSER | __GFP_ZERO | __GFP_COMP | \
			 __GFP_RETRY_MAYFAIL | __GFP_NOWARN)
#define GFP_NO_RECLAIM	((GFP_RECLAIM | __GFP_NOWARN | __GFP_NORETRY) & \
			 ~__GFP_RECLAIM)

/**
 * page_set_chunk() - allocate one zeroed chunk
 * @order:	of its size
 * @reclaim:	as page_set_take() has it
 *
 * Return: the chunk, or NULL.
 */
struct page *page_set_chunk(unsigned int order, unsigned long reclaim)
{
	gfp_t gfp = reclaim & BIT(order) ? GFP_RECLAIM : GFP_NO_RECLAIM;

	if (reclaim & PAGE_SET_ACCOUNT)
		gfp |= __GFP_ACCOUNT;

	return alloc_pages(gfp, order);
}
EXPORT_SYMBOL_GPL(page_set_chunk);

/*
 * The largest chunk that is not too large, or the smallest of the table. An
 * order that is not to be had is not tried again for this buffer: *orders
 * begins with the order that was found.
 */
static struct page *alloc_largest(u64 *orders, size_t left,
				  unsigned long reclaim)
{
	struct page *page;
	unsigned int order;

	for (;; *orders = orders_rest(*orders)) {
		order = orders_first(*orders);
		if (order == ORDERS_END)
			return NULL;
		if (!orders_fit(*orders, left))
			continue;
		page = page_set_chunk(order, reclaim);
		if (page)
			return page;
	}
}

/**
 * page_set_take() - allocate zeroed chunks
 * @chunks:	an empty list, to fill
 * @size:	in bytes, whole pages
 * @orders:	which chunks to take. Without order 0 in it more than @size may
 *		be allocated, less than one smallest chunk more
 * @reclaim:	bit n: a chunk of order n is worth reclaiming memory for;
 *		or PAGE_SET_ACCOUNT
 *
 * Return: 0, -ENOMEM (also where all of it might not fit the 32 bits of a
 * range's length), or -EINTR (the caller was killed).
 */
int page_set_take(struct list_head *chunks, size_t size, u64 orders,
		  unsigned long reclaim)
{
	struct page *page;
	size_t done = 0;
	int ret;

	if (size > PAGE_SET_MAX)
		return -ENOMEM;

	while (done < size) {
		ret = -EINTR;
		if (fatal_signal_pending(current))
			goto err_drop_chunks;
		ret = -ENOMEM;
		page = alloc_largest(&orders, size - done, reclaim);
		if (!page)
			goto err_drop_chunks;
		list_add_tail(&page->lru, chunks);
		done += page_size(page);
	}

	return 0;

err_drop_chunks:
	page_set_drop(chunks);

	return ret;
}
EXPORT_SYMBOL_GPL(page_set_take);

/**
 * page_set_drop() - free chunks
 * @chunks:	a list of them; empty afterwards
 */
void page_set_drop(struct list_head *chunks)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, chunks, lru)
		__free_pages(page, compound_order(page));
	INIT_LIST_HEAD(chunks);
}
EXPORT_SYMBOL_GPL(page_set_drop);

static int by_address(void *priv, const struct list_head *a,
		      const struct list_head *b)
{
	return page_to_pfn(list_entry(a, struct page, lru)) >
	       page_to_pfn(list_entry(b, struct page, lru));
}

/* They often come that way, and then there is nothing to sort. */
static bool is_sorted(struct list_head *chunks)
{
	struct page *page, *last = NULL;

	list_for_each_entry(page, chunks, lru) {
		if (last && page_to_pfn(page) < page_to_pfn(last))
			return false;
		last = page;
	}

	return true;
}

/**
 * page_set_sort() - bring chunks into rising order of addresses
 * @chunks:	a list of them
 */
void page_set_sort(struct list_head *chunks)
{
	if (!is_sorted(chunks))
		list_sort(NULL, chunks, by_address);
}
EXPORT_SYMBOL_GPL(page_set_sort);

static unsigned int count_ranges(struct list_head *chunks)
{
	struct page *page, *last = NULL;
	unsigned int count = 0;

	list_for_each_entry(page, chunks, lru) {
		count += !chunk_follows(page, last);
		last = page;
	}

	return count;
}

/**
 * page_set_fill() - make a table of chunks
 * @sgt:	to fill: ranges in rising order of addresses, neighbours merged
 * @chunks:	a list of chunks, not empty; sorted. The table does not need it
 *		any more
 *
 * Return: 0, or -ENOMEM.
 */
int page_set_fill(struct sg_table *sgt, struct list_head *chunks)
{
	struct page *page, *last = NULL;
	struct scatterlist *sg = NULL;
	int ret;

	page_set_sort(chunks);
	ret = sg_alloc_table(sgt, count_ranges(chunks), GFP_KERNEL);
	if (ret)
		return ret;

	list_for_each_entry(page, chunks, lru) {
		if (chunk_follows(page, last)) {
			sg->length += page_size(page);
		} else {
			sg = sg ? sg_next(sg) : sgt->sgl;
			sg_set_page(sg, page, page_size(page), 0);
		}
		last = page;
	}

	return 0;
}
EXPORT_SYMBOL_GPL(page_set_fill);

/**
 * page_set_alloc() - allocate zeroed pages
 * @sgt:	to fill, as page_set_fill() does
 * @size:	as page_set_take() has it
 * @orders:	likewise
 * @reclaim:	likewise
 *
 * Return: as page_set_take().
 */
int page_set_alloc(struct sg_table *sgt, size_t size, u64 orders,
		   unsigned long reclaim)
{
	LIST_HEAD(chunks);
	int ret;

	ret = page_set_take(&chunks, size, orders, reclaim);
	if (ret)
		return ret;

	ret = page_set_fill(sgt, &chunks);
	if (ret)
		page_set_drop(&chunks);

	return ret;
}
EXPORT_SYMBOL_GPL(page_set_alloc);

/**
 * page_set_free() - free what page_set_alloc() allocated
 * @sgt:	the table; the caller frees the table itself
 */
void page_set_free(struct sg_table *sgt)
{
	struct chunk_cursor cursor = { .sg = sgt->sgl };
	struct page *page;

	while ((page = chunk_next(&cursor)))
		__free_pages(page, compound_order(page));
}
EXPORT_SYMBOL_GPL(page_set_free);
