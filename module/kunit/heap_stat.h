/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RESTRICTED_KUNIT_HEAP_STAT_H
#define RESTRICTED_KUNIT_HEAP_STAT_H

#include <kunit/test.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "../restricted_heap.h"

/**
 * heap_stat() - read a line of a provider's
 * @test:	fails without memory
 * @heap:	its heap
 * @name:	of the line
 *
 * Return: its value; -1 if there is no such line.
 */
static inline s64 heap_stat(struct kunit *test, struct restricted_heap *heap,
			    const char *name)
{
	char *text = (char *)get_zeroed_page(GFP_KERNEL);
	char *line, *rest = text;
	s64 value = -1;

	KUNIT_ASSERT_NOT_NULL(test, text);
	heap->ops->stats_show(heap, text, 0);
	while ((line = strsep(&rest, "\n"))) {
		char *number = strchr(line, ' ');

		if (!number)
			continue;
		*number = 0;
		if (!strcmp(line, name) && kstrtos64(number + 1, 10, &value))
			value = -1;
	}
	free_page((unsigned long)text);

	return value;
}

#endif /* RESTRICTED_KUNIT_HEAP_STAT_H */
