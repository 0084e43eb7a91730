// SPDX-License-Identifier: GPL-2.0
/*
 * The carve-out's pool, on a region of its own: the machine's device tree has
 * "restricted-kunit", and a consumer that names it.
 */
#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/device.h>
#include <linux/of.h>
#include <linux/sizes.h>

#include "../memory/attachment.h"
#include "../memory/carveout_pool.h"

static int pool_init(struct kunit *test)
{
	struct carveout_pool *pool;
	int ret;

	pool = kunit_kzalloc(test, sizeof(*pool), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pool);
	ret = carveout_pool_init(pool, "restricted-kunit");
	if (ret == -ENODEV)
		kunit_skip(test, "no restricted-kunit node in the device tree");
	KUNIT_ASSERT_EQ(test, ret, 0);
	test->priv = pool;

	return 0;
}

static void pool_exit(struct kunit *test)
{
	if (test->priv)
		carveout_pool_destroy(test->priv);
}

static void pages_come_and_go(struct kunit *test)
{
	struct carveout_pool *pool = test->priv;
	phys_addr_t a, b;

	a = carveout_pool_alloc(pool, SZ_64K, true);
	b = carveout_pool_alloc(pool, SZ_4K, true);
	KUNIT_EXPECT_GE(test, a, pool->base);
	KUNIT_EXPECT_LE(test, a + SZ_64K, pool->base + pool->size);
	KUNIT_EXPECT_TRUE(test, b >= a + SZ_64K || b + SZ_4K <= a);
	KUNIT_EXPECT_EQ(test, carveout_pool_avail(pool),
			pool->size - SZ_64K - SZ_4K);

	carveout_pool_free(pool, a, SZ_64K);
	carveout_pool_free(pool, b, SZ_4K);
	KUNIT_EXPECT_EQ(test, carveout_pool_avail(pool), pool->size);
}

static void full_pool_refuses(struct kunit *test)
{
	struct carveout_pool *pool = test->priv;
	phys_addr_t all;

	KUNIT_EXPECT_EQ(test, 0,
			carveout_pool_alloc(pool, pool->size + SZ_4K, true));
	all = carveout_pool_alloc(pool, pool->size, false);
	KUNIT_EXPECT_EQ(test, all, pool->base);
	KUNIT_EXPECT_EQ(test, 0, carveout_pool_alloc(pool, SZ_4K, true));
	carveout_pool_free(pool, all, pool->size);
	KUNIT_EXPECT_EQ(test, carveout_pool_avail(pool), pool->size);
}

static void last_owners_bytes_are_gone(struct kunit *test)
{
	struct carveout_pool *pool = test->priv;
	phys_addr_t pa;

	pa = carveout_pool_alloc(pool, SZ_64K, true);
	KUNIT_ASSERT_EQ(test, pa, pool->base);
	KUNIT_EXPECT_NULL(test, memchr_inv(pool->vaddr, 0, SZ_64K));
	memset(pool->vaddr, 0x5a, SZ_64K);
	carveout_pool_free(pool, pa, SZ_64K);

	pa = carveout_pool_alloc(pool, SZ_64K, true);
	KUNIT_ASSERT_EQ(test, pa, pool->base);
	KUNIT_EXPECT_NULL(test, memchr_inv(pool->vaddr, 0, SZ_64K));
	carveout_pool_free(pool, pa, SZ_64K);
}

/* That the test above can fail. */
static void without_zeroing_they_are_not(struct kunit *test)
{
	struct carveout_pool *pool = test->priv;
	phys_addr_t pa;

	memset(pool->vaddr, 0x5a, SZ_4K);
	pa = carveout_pool_alloc(pool, SZ_4K, false);
	KUNIT_ASSERT_EQ(test, pa, pool->base);
	KUNIT_EXPECT_NOT_NULL(test, memchr_inv(pool->vaddr, 0, SZ_4K));
	carveout_pool_free(pool, pa, SZ_4K);
}

static void only_a_consumer_is_listed(struct kunit *test)
{
	struct device *dev = kunit_device_register(test, "restricted-importer");
	struct carveout_pool *pool = test->priv;
	struct device_node *node;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	KUNIT_EXPECT_FALSE(test, device_lists_region(dev, pool->node));

	node = of_find_compatible_node(NULL, NULL, "restricted-kunit-consumer");
	KUNIT_ASSERT_NOT_NULL(test, node);
	dev->of_node = node;
	KUNIT_EXPECT_TRUE(test, device_lists_region(dev, pool->node));
	dev->of_node = NULL;
	of_node_put(node);
}

static void missing_region_is_enodev(struct kunit *test)
{
	struct carveout_pool pool;

	KUNIT_EXPECT_EQ(test, carveout_pool_init(&pool, "restricted-nowhere"),
			-ENODEV);
}

static struct kunit_case pool_cases[] = {
	KUNIT_CASE(pages_come_and_go),
	KUNIT_CASE(full_pool_refuses),
	KUNIT_CASE(last_owners_bytes_are_gone),
	KUNIT_CASE(without_zeroing_they_are_not),
	KUNIT_CASE(only_a_consumer_is_listed),
	KUNIT_CASE(missing_region_is_enodev),
	{}
};

static struct kunit_suite pool_suite = {
	.name = "restricted_carveout_pool",
	.init = pool_init,
	.exit = pool_exit,
	.test_cases = pool_cases,
};

kunit_test_suite(pool_suite);
