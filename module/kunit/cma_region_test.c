// SPDX-License-Identifier: GPL-2.0
/* A region that is the kernel's own, and ours while somebody needs it. */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/sizes.h>

#include "../memory/cma_region.h"
#include "../tee/keeper.h"

#define NO_NODE	"restricted-kunit-no-such-node"

static bool lent;

static bool is_lent(void)
{
	return lent;
}

static void find_default(struct kunit *test, struct cma_region *region)
{
	int ret = cma_region_find(region, NO_NODE, SZ_4M, SZ_64K);

	if (ret == -ENODEV)
		kunit_skip(test, "there is no default CMA area");
	KUNIT_ASSERT_EQ(test, ret, 0);
	lent = false;
}

static void part_of_the_default_area(struct kunit *test)
{
	struct cma_region region;

	find_default(test, &region);
	KUNIT_EXPECT_NULL(test, region.node);
	KUNIT_ASSERT_EQ(test, cma_region_get(&region), 0);
	KUNIT_EXPECT_TRUE(test, IS_ALIGNED(page_to_phys(region.pages), SZ_64K));
	KUNIT_EXPECT_EQ(test, 0,
			grant_map_take(&region.map, page_to_phys(region.pages),
				       SZ_4M));

	KUNIT_EXPECT_EQ(test, cma_region_get(&region), 0);
	cma_region_put(&region, is_lent);
	KUNIT_EXPECT_NOT_NULL(test, region.pages);
	cma_region_put(&region, is_lent);
	KUNIT_EXPECT_NULL(test, region.pages);
	KUNIT_EXPECT_EQ(test, region.holds, 1);
	KUNIT_EXPECT_EQ(test, region.releases, 1);

	KUNIT_EXPECT_EQ(test, cma_region_get(&region), 0);
	cma_region_put(&region, is_lent);
	KUNIT_EXPECT_EQ(test, region.releases, 2);
	cma_region_forget(&region);
}

/* The last user is gone, and another world has it all the same. */
static void lent_region_stays(struct kunit *test)
{
	struct cma_region region;
	struct page *pages;

	find_default(test, &region);
	KUNIT_ASSERT_EQ(test, cma_region_get(&region), 0);
	pages = region.pages;
	lent = true;
	cma_region_put(&region, is_lent);
	KUNIT_EXPECT_PTR_EQ(test, region.pages, pages);
	cma_region_settle(&region, is_lent);
	KUNIT_EXPECT_PTR_EQ(test, region.pages, pages);

	KUNIT_EXPECT_EQ(test, cma_region_get(&region), 0);
	KUNIT_EXPECT_PTR_EQ(test, region.pages, pages);
	KUNIT_EXPECT_EQ(test, region.holds, 1);
	lent = false;
	cma_region_settle(&region, is_lent);
	KUNIT_EXPECT_PTR_EQ(test, region.pages, pages);
	cma_region_put(&region, is_lent);
	KUNIT_EXPECT_NULL(test, region.pages);
	cma_region_settle(&region, is_lent);
	KUNIT_EXPECT_EQ(test, region.releases, 1);

	KUNIT_ASSERT_EQ(test, cma_region_get(&region), 0);
	lent = true;
	cma_region_put(&region, is_lent);
	lent = false;
	cma_region_settle(&region, is_lent);
	KUNIT_EXPECT_NULL(test, region.pages);
	KUNIT_EXPECT_EQ(test, region.releases, 2);
	cma_region_forget(&region);
}

static void more_than_there_is(struct kunit *test)
{
	struct cma_region region;

	find_default(test, &region);
	region.size = SZ_2G;
	KUNIT_EXPECT_EQ(test, cma_region_get(&region), -ENOMEM);
	KUNIT_EXPECT_NULL(test, region.pages);
	region.size = SZ_4M;
	KUNIT_EXPECT_EQ(test, cma_region_get(&region), 0);
	cma_region_put(&region, is_lent);
	cma_region_forget(&region);
}

static void bad_regions_are_refused(struct kunit *test)
{
	struct cma_region region;

	KUNIT_EXPECT_EQ(test, -EINVAL,
			cma_region_find(&region, NO_NODE, 0, SZ_64K));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			cma_region_find(&region, NO_NODE, SZ_4K, SZ_64K));
}

static void node_must_be_a_cma_area(struct kunit *test)
{
	struct device_node *node __free(device_node) =
		of_find_compatible_node(NULL, NULL, "restricted-kunit");
	struct cma_region region;

	if (!node)
		kunit_skip(test, "the device tree has no region for tests");
	KUNIT_EXPECT_EQ(test, -EINVAL,
			cma_region_find(&region, "restricted-kunit", SZ_4M,
					SZ_64K));
}

/* The heap whose area it is may keep it for a while after its last buffer. */
static int get_in_time(struct cma_region *region)
{
	unsigned long end = jiffies + msecs_to_jiffies(2 * KEEPER_DRAIN_MS);
	int ret;

	do {
		ret = cma_region_get(region);
		if (ret != -ENOMEM)
			break;
		msleep(20);
	} while (time_before(jiffies, end));

	return ret;
}

static void whole_area_of_a_node(struct kunit *test)
{
	struct cma_region region;
	int ret;

	ret = cma_region_find(&region, "mediatek,dynamic-restricted-region", 0,
			      SZ_64K);
	/* Without a node the size counts, and there is none */
	if (ret == -EINVAL)
		kunit_skip(test, "the device tree has no such region");
	KUNIT_ASSERT_EQ(test, ret, 0);
	lent = false;
	KUNIT_EXPECT_NOT_NULL(test, region.node);
	KUNIT_EXPECT_GT(test, region.size, 0);
	KUNIT_EXPECT_EQ(test, get_in_time(&region), 0);
	if (region.pages)
		cma_region_put(&region, is_lent);
	KUNIT_EXPECT_EQ(test, region.releases, 1);
	cma_region_forget(&region);
}

static struct kunit_case cma_region_cases[] = {
	KUNIT_CASE(part_of_the_default_area),
	KUNIT_CASE(lent_region_stays),
	KUNIT_CASE(more_than_there_is),
	KUNIT_CASE(bad_regions_are_refused),
	KUNIT_CASE(node_must_be_a_cma_area),
	KUNIT_CASE(whole_area_of_a_node),
	{}
};

static struct kunit_suite cma_region_suite = {
	.name = "restricted_cma_region",
	.test_cases = cma_region_cases,
};

kunit_test_suite(cma_region_suite);
