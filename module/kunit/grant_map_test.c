// SPDX-License-Identifier: GPL-2.0
/*
 * What a service says of its grants is doubted. The region is ordinary memory;
 * nobody touches it.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#include "../memory/grant_map.h"

#define REGION_SIZE	SZ_1M

struct region {
	struct grant_map map;
	struct page *pages;
	phys_addr_t base;
};

/* One that the buddy allocator aligns to its size */
static int grant_map_test_init(struct kunit *test)
{
	struct region *region;

	region = kunit_kzalloc(test, sizeof(*region), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, region);
	region->pages = alloc_pages(GFP_KERNEL, get_order(REGION_SIZE));
	KUNIT_ASSERT_NOT_NULL(test, region->pages);
	region->base = page_to_phys(region->pages);
	test->priv = region;

	return grant_map_init(&region->map, region->base, REGION_SIZE, SZ_64K);
}

static void grant_map_test_exit(struct kunit *test)
{
	struct region *region = test->priv;

	if (!region)
		return;
	grant_map_destroy(&region->map);
	__free_pages(region->pages, get_order(REGION_SIZE));
}

static void taken_until_given_back(struct kunit *test)
{
	struct region *r = test->priv;

	KUNIT_EXPECT_EQ(test, grant_map_take(&r->map, r->base, SZ_128K), 0);
	KUNIT_EXPECT_EQ(test, -EIO,
			grant_map_take(&r->map, r->base + SZ_64K, SZ_128K));
	KUNIT_EXPECT_EQ(test, 0,
			grant_map_take(&r->map, r->base + SZ_128K, SZ_64K));
	grant_map_give_back(&r->map, r->base, SZ_128K);
	KUNIT_EXPECT_EQ(test, 0,
			grant_map_take(&r->map, r->base + SZ_64K, SZ_64K));
}

static void granules_are_taken_whole(struct kunit *test)
{
	struct region *r = test->priv;

	KUNIT_EXPECT_EQ(test, grant_map_take(&r->map, r->base, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, -EIO,
			grant_map_take(&r->map, r->base + PAGE_SIZE,
				       PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, 0,
			grant_map_take(&r->map, r->base + SZ_64K,
				       SZ_64K + PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, -EIO,
			grant_map_take(&r->map, r->base + SZ_128K, PAGE_SIZE));
}

static void whole_region_can_be_taken(struct kunit *test)
{
	struct region *r = test->priv;

	KUNIT_EXPECT_EQ(test, grant_map_take(&r->map, r->base, REGION_SIZE), 0);
	KUNIT_EXPECT_EQ(test, -EIO,
			grant_map_take(&r->map, r->base + REGION_SIZE - SZ_64K,
				       PAGE_SIZE));
}

static void nothing_outside_is_believed(struct kunit *test)
{
	struct region *r = test->priv;
	static const struct {
		s64 offset;
		u64 length;
	} bad[] = {
		{ 0, 0 }, { 0, 1 }, { 1, SZ_4K }, { 0, REGION_SIZE + SZ_4K },
		{ -(s64)SZ_64K, SZ_64K }, { -(s64)SZ_64K, SZ_128K },
		{ REGION_SIZE, SZ_4K }, { REGION_SIZE - SZ_64K, SZ_128K },
		{ SZ_4K, SZ_4K }, { 0, ~0ULL & PAGE_MASK },
		{ SZ_64K, ~0ULL & PAGE_MASK }, { 0, SZ_4G },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, -EIO,
				    grant_map_take(&r->map,
						   r->base + bad[i].offset,
						   bad[i].length),
				    "pair %u", i);
	/* None of them left anything behind */
	KUNIT_EXPECT_EQ(test, grant_map_take(&r->map, r->base, REGION_SIZE), 0);
}

static void without_a_region_there_must_be_memory(struct kunit *test)
{
	struct region *r = test->priv;
	struct grant_map none = {};

	KUNIT_EXPECT_EQ(test, grant_map_take(&none, r->base, SZ_4K), 0);
	KUNIT_EXPECT_EQ(test, grant_map_take(&none, r->base, SZ_4K), 0);
	grant_map_give_back(&none, r->base, SZ_4K);
	KUNIT_EXPECT_EQ(test, grant_map_take(&none, r->base, 0), -EIO);
	KUNIT_EXPECT_EQ(test, -EIO,
			grant_map_take(&none, ~(phys_addr_t)0 & PAGE_MASK,
				       SZ_4K));
	KUNIT_EXPECT_EQ(test, -EIO,
			grant_map_take(&none, ~(phys_addr_t)0 & PAGE_MASK,
				       SZ_8K));
}

static void odd_regions_are_refused(struct kunit *test)
{
	struct grant_map map;

	KUNIT_EXPECT_EQ(test, -EINVAL, grant_map_init(&map, 0, 0, SZ_4K));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			grant_map_init(&map, 0, SZ_64K, SZ_64K - SZ_4K));
	KUNIT_EXPECT_EQ(test, -EINVAL, grant_map_init(&map, 0, SZ_4K, 1));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			grant_map_init(&map, SZ_4K, SZ_64K, SZ_64K));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			grant_map_init(&map, 0, SZ_64K + SZ_4K, SZ_64K));
}

static struct kunit_case grant_map_cases[] = {
	KUNIT_CASE(taken_until_given_back),
	KUNIT_CASE(granules_are_taken_whole),
	KUNIT_CASE(whole_region_can_be_taken),
	KUNIT_CASE(nothing_outside_is_believed),
	KUNIT_CASE(without_a_region_there_must_be_memory),
	KUNIT_CASE(odd_regions_are_refused),
	{}
};

static struct kunit_suite grant_map_suite = {
	.name = "restricted_grant_map",
	.init = grant_map_test_init,
	.exit = grant_map_test_exit,
	.test_cases = grant_map_cases,
};

kunit_test_suite(grant_map_suite);
