// SPDX-License-Identifier: GPL-2.0
#include <linux/bitops.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/mmzone.h>
#include <linux/sysfs.h>

#include "orders.h"

/* One decimal number; moves @text behind it. */
static int parse_order(const char **text, unsigned int *order)
{
	unsigned int value = 0;
	int digits = 0;

	for (; isdigit(**text); (*text)++) {
		value = value * 10 + (**text - '0');
		if (++digits > 2)
			return -EINVAL;
	}
	if (!digits || value > MAX_PAGE_ORDER)
		return -EINVAL;
	*order = value;

	return 0;
}

/**
 * orders_parse() - read an order table
 * @text:	orders from 0 to MAX_PAGE_ORDER, falling, set apart by blanks
 * @table:	to fill; untouched on error
 *
 * Return: 0, or -EINVAL (no order, more than ORDERS_MAX, one that is not a
 * number, too large, or not smaller than the one before).
 */
int orders_parse(const char *text, u64 *table)
{
	unsigned int order, last = ORDERS_END;
	u64 new = 0;
	int n = 0;

	for (text = skip_spaces(text); *text; text = skip_spaces(text)) {
		if (n == ORDERS_MAX || parse_order(&text, &order) ||
		    order >= last || (*text && !isspace(*text)))
			return -EINVAL;
		new |= (u64)order << (8 * n++);
		last = order;
	}
	if (!n)
		return -EINVAL;
	*table = new | (u64)ORDERS_END << (8 * n);

	return 0;
}
EXPORT_SYMBOL_GPL(orders_parse);

/**
 * orders_of_mask() - undo orders_to_mask()
 * @mask:	a set of at least 1 and at most ORDERS_MAX orders
 *
 * Return: the table.
 */
u64 orders_of_mask(unsigned long mask)
{
	u64 table = ORDERS_END;

	for (; mask; mask &= mask - 1)
		table = table << 8 | __ffs(mask);

	return table;
}
EXPORT_SYMBOL_GPL(orders_of_mask);

/**
 * orders_show() - write an order table as orders_parse() reads it
 * @table:	the table
 * @buf:	a page, as a sysfs file's
 *
 * Return: the number of characters.
 */
int orders_show(u64 table, char *buf)
{
	int at = 0;

	for (; orders_first(table) != ORDERS_END; table = orders_rest(table))
		at += sysfs_emit_at(buf, at, "%s%u", at ? " " : "",
				    orders_first(table));

	return at + sysfs_emit_at(buf, at, "\n");
}
EXPORT_SYMBOL_GPL(orders_show);
