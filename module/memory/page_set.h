/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Zeroed buddy pages by an order table: the memory work of the page heap and
 * of its twin without framework.
 *
 * A chunk is what one call of the buddy allocator gave: a page, or a compound
 * page. Chunks are linked by their first page's lru; a table merges those that
 * are neighbours, and the pages themselves tell where a chunk ends.
 */
#ifndef RESTRICTED_PAGE_SET_H
#define RESTRICTED_PAGE_SET_H

#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/scatterlist.h>
#include <linux/types.h>

/* Charge the pages to the memcg of the caller; beside the orders to reclaim */
#define PAGE_SET_ACCOUNT	BIT(31)

/* The last chunk may be larger than what is left, and all be neighbours */
#define PAGE_SET_MAX	(UINT_MAX - (PAGE_SIZE << MAX_PAGE_ORDER))

/**
 * struct chunk_cursor - how far through a table of chunks one is
 * @sg:		the entry, NULL at the end
 * @offset:	bytes of it that are behind
 */
struct chunk_cursor {
	struct scatterlist *sg;
	size_t offset;
};

/**
 * chunk_next() - walk through the chunks of a table
 * @cursor:	begins with the table's first entry; moved on
 *
 * The chunk may be freed, or linked elsewhere, before the next is asked for.
 *
 * Return: its first page, or NULL at the end.
 */
static inline struct page *chunk_next(struct chunk_cursor *cursor)
{
	struct scatterlist *sg = cursor->sg;
	struct page *page;

	if (!sg)
		return NULL;
	page = sg_page(sg) + (cursor->offset >> PAGE_SHIFT);
	cursor->offset += page_size(page);
	if (cursor->offset == sg->length) {
		cursor->sg = sg_next(sg);
		cursor->offset = 0;
	}

	return page;
}

/**
 * chunk_follows() - whether two chunks are neighbours
 * @page:	a chunk
 * @last:	the one that may end where @page begins, or NULL
 *
 * Return: true if so.
 */
static inline bool chunk_follows(struct page *page, struct page *last)
{
	return last && page_to_pfn(page) ==
		       page_to_pfn(last) + (1UL << compound_order(last));
}

struct page *page_set_chunk(unsigned int order, unsigned long reclaim);
int page_set_take(struct list_head *chunks, size_t size, u64 orders,
		  unsigned long reclaim);
void page_set_drop(struct list_head *chunks);
void page_set_sort(struct list_head *chunks);
int page_set_fill(struct sg_table *sgt, struct list_head *chunks);

int page_set_alloc(struct sg_table *sgt, size_t size, u64 orders,
		   unsigned long reclaim);
void page_set_free(struct sg_table *sgt);

#endif /* RESTRICTED_PAGE_SET_H */
