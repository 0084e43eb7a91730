// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/vmstat.h>

#include "usage.h"

static unsigned long slab_pages(void)
{
	return global_node_page_state_pages(NR_SLAB_UNRECLAIMABLE_B);
}

/**
 * usage_begin() - count the pages that hold small objects
 * @test:	is skipped where the count tells nothing
 *
 * Return: the count.
 */
unsigned long usage_begin(struct kunit *test)
{
	if (IS_ENABLED(CONFIG_KASAN))
		kunit_skip(test, "KASAN keeps freed objects for a while");

	return slab_pages();
}

/**
 * usage_expect_same() - expect that nothing was left in use
 * @test:	fails if it takes more than USAGE_SLACK pages
 * @before:	what usage_begin() returned
 */
void usage_expect_same(struct kunit *test, unsigned long before)
{
	KUNIT_EXPECT_LE(test, slab_pages(), before + USAGE_SLACK);
}
