// SPDX-License-Identifier: GPL-2.0
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/limits.h>
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

static struct page *alloc_chunk(unsigned int order, unsigned long reclaim)
{
	return alloc_pages(reclaim & BIT(order) ? GFP_RECLAIM : GFP_NO_RECLAIM,
			   order);
}

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
		if (left < PAGE_SIZE << order &&
		    orders_first(orders_rest(*orders)) != ORDERS_END)
			continue;
		page = alloc_chunk(order, reclaim);
		if (page)
			return page;
	}
}

static int by_address(void *priv, const struct list_head *a,
		      const struct list_head *b)
{
	return page_to_pfn(list_entry(a, struct page, lru)) >
	       page_to_pfn(list_entry(b, struct page, lru));
}

static bool follows(struct page *page, struct page *last)
{
	return last && page_to_pfn(page) ==
		       page_to_pfn(last) + (1UL << compound_order(last));
}

static unsigned int count_ranges(struct list_head *chunks)
{
	struct page *page, *last = NULL;
	unsigned int count = 0;

	list_for_each_entry(page, chunks, lru) {
		count += !follows(page, last);
		last = page;
	}

	return count;
}

/* A table entry for each run of neighbours; its length has 32 bits. */
static int fill_table(struct sg_table *sgt, struct list_head *chunks)
{
	struct page *page, *next, *last = NULL;
	struct scatterlist *sg = NULL;
	int ret;

	ret = sg_alloc_table(sgt, count_ranges(chunks), GFP_KERNEL);
	if (ret)
		return ret;

	list_for_each_entry_safe(page, next, chunks, lru) {
		if (follows(page, last)) {
			sg->length += page_size(page);
		} else {
			sg = sg ? sg_next(sg) : sgt->sgl;
			sg_set_page(sg, page, page_size(page), 0);
		}
		last = page;
		list_del(&page->lru);
	}

	return 0;
}

/**
 * page_set_alloc() - allocate zeroed pages
 * @sgt:	to fill: ranges in rising order of addresses, neighbours merged
 * @size:	in bytes, whole pages
 * @orders:	which chunks to take. Without order 0 in it more than @size may
 *		be allocated, less than one smallest chunk more
 * @reclaim:	bit n: a chunk of order n is worth reclaiming memory for
 *
 * Return: 0, -ENOMEM (also where a range could pass the 32 bits of its length),
 * or -EINTR (the caller was killed).
 */
int page_set_alloc(struct sg_table *sgt, size_t size, u64 orders,
		   unsigned long reclaim)
{
	struct page *page, *next;
	LIST_HEAD(chunks);
	size_t done = 0;
	int ret;

	/* The last chunk may be larger than what is left, and all be neighbours */
	if (size > UINT_MAX - (PAGE_SIZE << MAX_PAGE_ORDER))
		return -ENOMEM;

	while (done < size) {
		ret = -EINTR;
		if (fatal_signal_pending(current))
			goto err_free_chunks;
		ret = -ENOMEM;
		page = alloc_largest(&orders, size - done, reclaim);
		if (!page)
			goto err_free_chunks;
		list_add_tail(&page->lru, &chunks);
		done += page_size(page);
	}

	list_sort(NULL, &chunks, by_address);
	ret = fill_table(sgt, &chunks);
	if (ret)
		goto err_free_chunks;

	return 0;

err_free_chunks:
	list_for_each_entry_safe(page, next, &chunks, lru)
		__free_pages(page, compound_order(page));

	return ret;
}
EXPORT_SYMBOL_GPL(page_set_alloc);

/**
 * page_set_free() - free what page_set_alloc() allocated
 * @sgt:	the table; the caller frees the table itself
 */
void page_set_free(struct sg_table *sgt)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_sg(sgt, sg, i) {
		struct page *page = sg_page(sg);
		size_t left = sg->length;

		while (left) {
			unsigned int order = compound_order(page);

			left -= PAGE_SIZE << order;
			__free_pages(page, order);
			page += 1UL << order;
		}
	}
}
EXPORT_SYMBOL_GPL(page_set_free);
