// SPDX-License-Identifier: GPL-2.0
/* Buddy pages by an order table: size, zeroes, order of addresses. */
#include <kunit/test.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#include "../memory/orders.h"
#include "../memory/page_set.h"

static size_t table_bytes(struct sg_table *sgt)
{
	struct scatterlist *sg;
	size_t sum = 0;
	int i;

	for_each_sgtable_sg(sgt, sg, i)
		sum += sg->length;

	return sum;
}

static void expect_set(struct kunit *test, const char *text, size_t size,
		       size_t expected)
{
	struct scatterlist *sg;
	phys_addr_t end = 0;
	struct sg_table sgt;
	u64 orders;
	int i;

	KUNIT_ASSERT_EQ(test, orders_parse(text, &orders), 0);
	KUNIT_ASSERT_EQ(test, page_set_alloc(&sgt, size, orders, BIT(0)), 0);
	KUNIT_EXPECT_EQ(test, table_bytes(&sgt), expected);
	for_each_sgtable_sg(&sgt, sg, i) {
		/* Rising, and never just behind the last: that was merged */
		KUNIT_EXPECT_GT(test, sg_phys(sg), end);
		end = sg_phys(sg) + sg->length;
		KUNIT_EXPECT_NULL(test, memchr_inv(page_address(sg_page(sg)), 0,
						   sg->length));
	}
	page_set_free(&sgt);
	sg_free_table(&sgt);
}

static void set_has_the_size(struct kunit *test)
{
	expect_set(test, "8 4 0", SZ_4K, SZ_4K);
	expect_set(test, "8 4 0", SZ_1M + SZ_64K + SZ_4K,
		   SZ_1M + SZ_64K + SZ_4K);
	expect_set(test, "0", SZ_1M, SZ_1M);
	expect_set(test, "4 2 0", SZ_64K - SZ_4K, SZ_64K - SZ_4K);
}

static void table_without_0_rounds_up(struct kunit *test)
{
	expect_set(test, "4", SZ_4K, SZ_64K);
	expect_set(test, "4 2", SZ_64K + SZ_4K, SZ_64K + SZ_16K);
}

static void dirty_pages_come_back_zeroed(struct kunit *test)
{
	struct sg_table sgt;
	int i;

	for (i = 0; i < 16; i++) {
		KUNIT_ASSERT_EQ(test, 0,
				page_set_alloc(&sgt, SZ_64K, 0xff04, 0));
		KUNIT_EXPECT_NULL(test,
				  memchr_inv(page_address(sg_page(sgt.sgl)), 0,
					     SZ_64K));
		memset(page_address(sg_page(sgt.sgl)), 0x5a, SZ_64K);
		page_set_free(&sgt);
		sg_free_table(&sgt);
	}
}

static void more_than_there_is_frees_all(struct kunit *test)
{
	unsigned long before = global_zone_page_state(NR_FREE_PAGES);
	struct sg_table sgt;

	/* Without reclaim, so that nobody is killed for it */
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			page_set_alloc(&sgt, SZ_4G - SZ_8M, 0xff0aULL, 0));
	KUNIT_EXPECT_GE(test, global_zone_page_state(NR_FREE_PAGES) + 512,
			before);
}

static struct kunit_case page_set_cases[] = {
	KUNIT_CASE(set_has_the_size),
	KUNIT_CASE(table_without_0_rounds_up),
	KUNIT_CASE(dirty_pages_come_back_zeroed),
	KUNIT_CASE(more_than_there_is_frees_all),
	{}
};

static struct kunit_suite page_set_suite = {
	.name = "restricted_page_set",
	.test_cases = page_set_cases,
};

kunit_test_suite(page_set_suite);
