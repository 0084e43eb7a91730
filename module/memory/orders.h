/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An order table: the sizes of chunks that a buffer is made of, as powers of
 * two of pages, largest first.
 *
 * A table is one word, so a reader needs no lock and a change is all or
 * nothing: a byte an order, from the lowest byte on, ORDERS_END behind the
 * last.
 */
#ifndef RESTRICTED_ORDERS_H
#define RESTRICTED_ORDERS_H

#include <linux/mm.h>
#include <linux/types.h>

#define ORDERS_MAX	7
#define ORDERS_END	0xff

/* 1 MiB, 64 KiB, 4 KiB: what IOMMUs like, and what the system heap takes */
#define ORDERS_DEFAULT	0xff000408ULL

/**
 * orders_first() - the largest order of a table, or of what is left of it
 * @table:	the table
 *
 * Return: the order, or ORDERS_END.
 */
static inline unsigned int orders_first(u64 table)
{
	return table & 0xff;
}

/**
 * orders_rest() - a table without its largest order
 * @table:	the table, not at its end
 *
 * Return: the rest.
 */
static inline u64 orders_rest(u64 table)
{
	return table >> 8;
}

/**
 * orders_fit() - whether a chunk of the largest order is for a buffer
 * @table:	the table, not at its end
 * @left:	bytes that the buffer lacks
 *
 * Return: true if it is not too large, or if there is nothing smaller; false
 * when the buffer lacks nothing.
 */
static inline bool orders_fit(u64 table, size_t left)
{
	return left >= PAGE_SIZE << orders_first(table) ||
	       (left && orders_first(orders_rest(table)) == ORDERS_END);
}

/**
 * orders_to_mask() - a table as a set
 * @table:	the table
 *
 * Return: bit n is set when order n is in it.
 */
static inline unsigned long orders_to_mask(u64 table)
{
	unsigned long mask = 0;

	for (; orders_first(table) != ORDERS_END; table = orders_rest(table))
		mask |= 1UL << orders_first(table);

	return mask;
}

u64 orders_of_mask(unsigned long mask);
int orders_parse(const char *text, u64 *table);
int orders_show(u64 table, char *buf);

#endif /* RESTRICTED_ORDERS_H */
