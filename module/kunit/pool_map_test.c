// SPDX-License-Identifier: GPL-2.0
/* What debugfs tells of a pool, on addresses that nobody reads or writes. */
#include <kunit/test.h>
#include <linux/genalloc.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>

#include "../memory/pool_map.h"

#define BASE	SZ_1G
#define TEXT	256

struct pool_map_test {
	struct gen_pool *pool;
	char text[TEXT];
};

static int map_init(struct kunit *test)
{
	struct pool_map_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	t->pool = gen_pool_create(PAGE_SHIFT, NUMA_NO_NODE);
	KUNIT_ASSERT_NOT_NULL(test, t->pool);
	KUNIT_ASSERT_EQ(test, 0,
			gen_pool_add(t->pool, BASE, 8 * SZ_4K, NUMA_NO_NODE));

	return 0;
}

static void map_exit(struct kunit *test)
{
	struct pool_map_test *t = test->priv;

	if (t && t->pool)
		gen_pool_destroy(t->pool);
}

static const char *map_of(struct pool_map_test *t)
{
	struct seq_file file = { .buf = t->text, .size = TEXT };

	pool_map_show(&file, t->pool);
	t->text[min_t(size_t, file.count, TEXT - 1)] = '\0';

	return t->text;
}

static void a_free_pool_is_one_run(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, map_of(test->priv), "0 32768 free\n");
}

static void a_full_pool_is_one_run(struct kunit *test)
{
	struct pool_map_test *t = test->priv;
	unsigned long all = gen_pool_alloc(t->pool, 8 * SZ_4K);

	KUNIT_EXPECT_STREQ(test, map_of(t), "0 32768 used\n");
	gen_pool_free(t->pool, all, 8 * SZ_4K);
}

static void holes_and_buffers_take_turns(struct kunit *test)
{
	struct pool_map_test *t = test->priv;
	unsigned long a = gen_pool_alloc(t->pool, SZ_4K);
	unsigned long b = gen_pool_alloc(t->pool, 2 * SZ_4K);
	unsigned long c = gen_pool_alloc(t->pool, SZ_4K);

	KUNIT_EXPECT_STREQ(test, map_of(t), "0 16384 used\n16384 16384 free\n");
	gen_pool_free(t->pool, b, 2 * SZ_4K);
	KUNIT_EXPECT_STREQ(test, map_of(t),
			   "0 4096 used\n4096 8192 free\n12288 4096 used\n16384 16384 free\n");
	gen_pool_free(t->pool, a, SZ_4K);
	KUNIT_EXPECT_STREQ(test, map_of(t),
			   "0 12288 free\n12288 4096 used\n16384 16384 free\n");
	gen_pool_free(t->pool, c, SZ_4K);
	KUNIT_EXPECT_STREQ(test, map_of(t), "0 32768 free\n");
}

static void the_last_page_is_shown(struct kunit *test)
{
	struct pool_map_test *t = test->priv;
	unsigned long most = gen_pool_alloc(t->pool, 7 * SZ_4K);
	unsigned long last = gen_pool_alloc(t->pool, SZ_4K);

	gen_pool_free(t->pool, most, 7 * SZ_4K);
	KUNIT_EXPECT_STREQ(test, map_of(t), "0 28672 free\n28672 4096 used\n");
	gen_pool_free(t->pool, last, SZ_4K);
}

static struct kunit_case map_cases[] = {
	KUNIT_CASE(a_free_pool_is_one_run),
	KUNIT_CASE(a_full_pool_is_one_run),
	KUNIT_CASE(holes_and_buffers_take_turns),
	KUNIT_CASE(the_last_page_is_shown),
	{}
};

static struct kunit_suite map_suite = {
	.name = "restricted_pool_map",
	.init = map_init,
	.exit = map_exit,
	.test_cases = map_cases,
};

kunit_test_suite(map_suite);
