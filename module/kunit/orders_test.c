// SPDX-License-Identifier: GPL-2.0
/* Order tables: what is read, what is refused, what comes back. */
#include <kunit/test.h>
#include <linux/mmzone.h>
#include <linux/slab.h>

#include "../memory/orders.h"

static void expect_round_trip(struct kunit *test, const char *text,
			      const char *shown)
{
	char *page = (char *)__get_free_page(GFP_KERNEL);
	u64 table = 0;

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ_MSG(test, orders_parse(text, &table), 0, "'%s'", text);
	orders_show(table, page);
	KUNIT_EXPECT_STREQ(test, page, shown);
	free_page((unsigned long)page);
}

static void good_tables_are_read(struct kunit *test)
{
	expect_round_trip(test, "8 4 0", "8 4 0\n");
	expect_round_trip(test, "9 4 0\n", "9 4 0\n");
	expect_round_trip(test, "  4\t2 0 ", "4 2 0\n");
	expect_round_trip(test, "0", "0\n");
	expect_round_trip(test, "9", "9\n");
	expect_round_trip(test, "6 5 4 3 2 1 0", "6 5 4 3 2 1 0\n");
}

static void bad_tables_change_nothing(struct kunit *test)
{
	static const char * const bad[] = {
		"", " ", "\n", "x", "8,4,0", "8 4 0x", "-1", "4 8", "4 4",
		"7 6 5 4 3 2 1 0", "11", "99999999999", "8 4 0 -", "0 0",
	};
	u64 table;
	int i;

	BUILD_BUG_ON(MAX_PAGE_ORDER != 10);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		table = ORDERS_DEFAULT;
		KUNIT_EXPECT_EQ_MSG(test, orders_parse(bad[i], &table), -EINVAL,
				    "'%s'", bad[i]);
		KUNIT_EXPECT_EQ(test, table, ORDERS_DEFAULT);
	}
}

static void default_is_the_system_heaps(struct kunit *test)
{
	u64 table;

	KUNIT_EXPECT_EQ(test, orders_parse("8 4 0", &table), 0);
	KUNIT_EXPECT_EQ(test, table, ORDERS_DEFAULT);
}

static struct kunit_case orders_cases[] = {
	KUNIT_CASE(good_tables_are_read),
	KUNIT_CASE(bad_tables_change_nothing),
	KUNIT_CASE(default_is_the_system_heaps),
	{}
};

static struct kunit_suite orders_suite = {
	.name = "restricted_orders",
	.test_cases = orders_cases,
};

kunit_test_suite(orders_suite);
