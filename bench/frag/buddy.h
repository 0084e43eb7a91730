/* SPDX-License-Identifier: GPL-2.0 */
/* The page allocator's free memory, and how torn it is. */
#ifndef FRAG_BUDDY_H
#define FRAG_BUDDY_H

#include <stdbool.h>
#include <stdint.h>

#define BUDDY_ORDERS	16

/**
 * struct buddy - the free blocks of a zone
 * @orders: how many there are
 * @blocks: free blocks of each order
 */
struct buddy {
	unsigned int orders;
	uint64_t blocks[BUDDY_ORDERS];
};

/**
 * buddy_parse - find the zone with most free memory
 * @b: filled; without the blocks of CMA areas, which the kernel's own memory
 *	never comes from, and without isolated ones
 * @text: of /proc/pagetypeinfo
 *
 * Return: 0; -EPROTO for another text.
 */
int buddy_parse(struct buddy *b, const char *text);

/**
 * buddy_read - the same of this machine, now
 * @b: filled
 *
 * Pages on processors' own lists are not counted; the kernel does not tell of
 * them.
 *
 * Return: 0; -ENOENT or -EACCES where it is not told, or not to the caller.
 */
int buddy_read(struct buddy *b);

/**
 * buddy_free - free pages
 * @b: the zone
 */
uint64_t buddy_free(const struct buddy *b);

/**
 * buddy_suitable - blocks of an order that can be had at once
 * @b: the zone
 * @order: below @b->orders
 */
uint64_t buddy_suitable(const struct buddy *b, unsigned int order);

/**
 * buddy_unusable - the unusable free index, as mm/vmstat.c has it
 * @b: the zone
 * @order: below @b->orders
 *
 * Return: the share of free memory that is in smaller blocks, in thousandths;
 * 1000 when nothing is free.
 */
uint64_t buddy_unusable(const struct buddy *b, unsigned int order);

/**
 * buddy_fragmentation - the fragmentation index, as mm/vmstat.c has it
 * @b: the zone
 * @order: below @b->orders
 * @index: filled: would an allocation of the order fail for want of memory
 *	(towards 0) or because it is torn (towards 1000)?
 *
 * Return: true; false, @index as it was, when it would succeed.
 */
bool buddy_fragmentation(const struct buddy *b, unsigned int order,
			 uint64_t *index);

#endif /* FRAG_BUDDY_H */
