// SPDX-License-Identifier: GPL-2.0
/*
 * The region that is lent as a whole, with a fake lender: when it is lent and
 * taken back, what of it is handed out, what happens when a call fails.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/shrinker.h>
#include <linux/sizes.h>

#include "../memory/sgt_single.h"
#include "../tee/lent_region.h"
#include "fake_lender.h"

#define REGION_SIZE	SZ_4M

struct fixture {
	struct lent_region region;
	struct keeper_delays delays;
	struct fake_lender *fake;
};

static void destroy_region(void *data)
{
	struct fixture *f = data;

	fake_lender_let_go(f->fake);
	lent_region_retry(&f->region);
	lent_region_destroy(&f->region);
}

static int region_test_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->fake = fake_lender_create(test);
	f->delays.scrub_ms = KEEPER_MS_MAX;
	f->delays.drain_ms = KEEPER_MS_MAX;
	KUNIT_ASSERT_EQ(test, 0,
			lent_region_init(&f->region, "kunit_lent_region",
					 &fake_lend_ops, f->fake, &f->delays));
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, destroy_region, f));
	lent_region_set(&f->region, REGION_SIZE, false);
	test->priv = f;

	return 0;
}

static struct kept_books books_of(struct fixture *f)
{
	struct kept_books books;

	lent_region_hold(&f->region, &books);
	lent_region_unhold(&f->region);

	return books;
}

static void expect_sums(struct kunit *test, size_t live)
{
	struct fixture *f = test->priv;
	struct kept_books books = books_of(f);

	KUNIT_EXPECT_EQ(test, books.live, live);
	KUNIT_EXPECT_LE(test, books.clean, books.kept);
	KUNIT_EXPECT_EQ(test, books.live + books.kept + books.quarantined,
			f->fake->pages << PAGE_SHIFT);
	KUNIT_EXPECT_EQ(test, f->fake->wrong, 0);
}

/* A buffer of the region: zero when it comes, and not when it goes */
struct buffer {
	phys_addr_t pa;
	size_t size;
	struct sg_table sgt;
	struct scatterlist single;
};

static int take(struct kunit *test, struct buffer *buf, size_t size)
{
	struct fixture *f = test->priv;
	int ret = lent_region_alloc(&f->region, size, &buf->pa);

	if (ret)
		return ret;
	buf->size = size;
	sgt_init_single(&buf->sgt, &buf->single, buf->pa, size);
	KUNIT_EXPECT_TRUE(test, fake_lender_is_zero(&buf->sgt));
	KUNIT_EXPECT_GE(test, buf->pa, f->region.base);
	KUNIT_EXPECT_LE(test, buf->pa + size, f->region.base + f->region.size);
	fake_lender_use(&buf->sgt);

	return 0;
}

static void give(struct kunit *test, struct buffer *buf)
{
	struct fixture *f = test->priv;

	lent_region_free(&f->region, buf->pa, buf->size);
	buf->size = 0;
}

static void scrub_all(struct kunit *test)
{
	struct keeper *keeper = &((struct fixture *)test->priv)->region.keeper;

	while (keeper->ops->scrub(keeper))
		;
}

static void drain_since(struct kunit *test, unsigned long idle_since)
{
	struct keeper *keeper = &((struct fixture *)test->priv)->region.keeper;

	keeper->ops->drain(keeper, idle_since);
}

static void first_buffer_lends_it_whole(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct buffer a, b;

	KUNIT_ASSERT_EQ(test, take(test, &a, SZ_64K), 0);
	KUNIT_EXPECT_EQ(test, f->fake->lends, 1);
	KUNIT_EXPECT_EQ(test, f->fake->ranges, 1);
	KUNIT_EXPECT_EQ(test, f->fake->pages << PAGE_SHIFT, REGION_SIZE);
	KUNIT_EXPECT_EQ(test, books_of(f).misses, 1);
	KUNIT_ASSERT_EQ(test, take(test, &b, SZ_1M), 0);
	KUNIT_EXPECT_EQ(test, f->fake->lends, 1);
	KUNIT_EXPECT_EQ(test, books_of(f).hits, 1);
	expect_sums(test, SZ_1M + SZ_64K);
	give(test, &a);
	give(test, &b);
	KUNIT_EXPECT_EQ(test, f->fake->scrubs + f->fake->unlends, 0);
	expect_sums(test, 0);
}

/* The case that costs a design without it a lend each time */
static void one_buffer_that_comes_and_goes(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct buffer a;
	int i;

	for (i = 0; i < 100; i++) {
		KUNIT_ASSERT_EQ(test, take(test, &a, SZ_4K), 0);
		give(test, &a);
		drain_since(test, jiffies - HZ);
	}
	KUNIT_EXPECT_EQ(test, f->fake->lends, 1);
	KUNIT_EXPECT_EQ(test, f->fake->unlends, 0);
}

static void idle_region_goes_back(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct buffer a;

	KUNIT_ASSERT_EQ(test, take(test, &a, SZ_64K), 0);
	drain_since(test, jiffies);
	KUNIT_EXPECT_EQ(test, f->fake->unlends, 0);
	give(test, &a);
	drain_since(test, jiffies - HZ);
	KUNIT_EXPECT_EQ(test, f->fake->unlends, 0);
	/* With a dirty buffer in it: giving back scrubs */
	drain_since(test, jiffies);
	KUNIT_EXPECT_EQ(test, f->fake->pages, 0);
	KUNIT_EXPECT_EQ(test, f->fake->scrubs, 0);
	KUNIT_EXPECT_EQ(test, books_of(f).drained, REGION_SIZE);
	expect_sums(test, 0);
	/* And comes again */
	KUNIT_ASSERT_EQ(test, take(test, &a, SZ_64K), 0);
	KUNIT_EXPECT_EQ(test, f->fake->lends, 2);
	give(test, &a);
}

static void retired_region_goes_with_its_last_buffer(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct buffer a, b;

	KUNIT_ASSERT_EQ(test, take(test, &a, SZ_64K), 0);
	KUNIT_ASSERT_EQ(test, take(test, &b, SZ_64K), 0);
	give(test, &a);
	lent_region_set(&f->region, REGION_SIZE, true);
	flush_delayed_work(&f->region.keeper.drain_work);
	KUNIT_EXPECT_EQ(test, f->fake->unlends, 0);
	give(test, &b);
	flush_delayed_work(&f->region.keeper.drain_work);
	KUNIT_EXPECT_EQ(test, f->fake->pages, 0);
	expect_sums(test, 0);
}

static void only_clean_memory_is_free(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct buffer a, b;

	KUNIT_ASSERT_EQ(test, take(test, &a, REGION_SIZE / 2), 0);
	give(test, &a);
	KUNIT_EXPECT_EQ(test, books_of(f).clean, REGION_SIZE / 2);
	/* Fits beside the dirty one, without a call */
	KUNIT_ASSERT_EQ(test, take(test, &b, REGION_SIZE / 2), 0);
	KUNIT_EXPECT_EQ(test, f->fake->scrubs, 0);
	give(test, &b);
	scrub_all(test);
	KUNIT_EXPECT_EQ(test, books_of(f).clean, REGION_SIZE);
	KUNIT_EXPECT_EQ(test, books_of(f).scrubbed, REGION_SIZE);
	expect_sums(test, 0);
}

static void full_region_scrubs_for_the_buffer(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct buffer a, b;

	KUNIT_ASSERT_EQ(test, take(test, &a, REGION_SIZE), 0);
	KUNIT_EXPECT_EQ(test, take(test, &b, SZ_4K), -ENOMEM);
	give(test, &a);
	KUNIT_ASSERT_EQ(test, take(test, &b, REGION_SIZE), 0);
	KUNIT_EXPECT_EQ(test, f->fake->scrubs, 1);
	KUNIT_EXPECT_EQ(test, f->fake->lends, 1);
	give(test, &b);
	KUNIT_EXPECT_EQ(test, take(test, &b, REGION_SIZE + SZ_4K), -ENOMEM);
	expect_sums(test, 0);
}

static void no_room_is_enomem(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct buffer a;

	f->fake->room = 16;
	KUNIT_EXPECT_EQ(test, take(test, &a, SZ_4K), -ENOMEM);
	f->fake->room = ULONG_MAX >> PAGE_SHIFT;
	f->fake->fail_lend = -ENODEV;
	KUNIT_EXPECT_EQ(test, take(test, &a, SZ_4K), -ENODEV);
	KUNIT_EXPECT_EQ(test, f->fake->pages, 0);
	expect_sums(test, 0);
	f->fake->fail_lend = 0;
	KUNIT_ASSERT_EQ(test, take(test, &a, SZ_4K), 0);
	give(test, &a);
}

static void failed_scrub_quarantines_a_part(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct buffer a, b;

	KUNIT_ASSERT_EQ(test, take(test, &a, SZ_64K), 0);
	give(test, &a);
	f->fake->fail_scrub = -EIO;
	scrub_all(test);
	KUNIT_EXPECT_EQ(test, books_of(f).quarantined, SZ_64K);
	expect_sums(test, 0);
	KUNIT_EXPECT_EQ(test, take(test, &b, REGION_SIZE), -ENOMEM);

	f->fake->fail_scrub = 0;
	lent_region_retry(&f->region);
	KUNIT_EXPECT_EQ(test, books_of(f).quarantined, 0);
	KUNIT_ASSERT_EQ(test, take(test, &b, REGION_SIZE), 0);
	give(test, &b);
	expect_sums(test, 0);
}

/* What could not be scrubbed goes with all the rest, for giving back scrubs. */
static void quarantined_part_goes_with_the_region(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct buffer a;

	KUNIT_ASSERT_EQ(test, take(test, &a, SZ_64K), 0);
	give(test, &a);
	f->fake->fail_scrub = -EIO;
	scrub_all(test);
	drain_since(test, jiffies);
	KUNIT_EXPECT_EQ(test, f->fake->pages, 0);
	KUNIT_EXPECT_EQ(test, books_of(f).quarantined, 0);
	expect_sums(test, 0);
}

static void failed_unlend_quarantines_it(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct buffer a;

	KUNIT_ASSERT_EQ(test, take(test, &a, SZ_64K), 0);
	give(test, &a);
	f->fake->fail_unlend = -ENODEV;
	drain_since(test, jiffies);
	KUNIT_EXPECT_EQ(test, books_of(f).quarantined, REGION_SIZE);
	expect_sums(test, 0);
	/* The next buffer gets a region of its own */
	KUNIT_ASSERT_EQ(test, take(test, &a, SZ_64K), 0);
	expect_sums(test, SZ_64K);
	give(test, &a);

	/* Refused again, it stays where it is */
	lent_region_retry(&f->region);
	KUNIT_EXPECT_EQ(test, books_of(f).quarantined, REGION_SIZE);
	f->fake->fail_unlend = 0;
	lent_region_retry(&f->region);
	KUNIT_EXPECT_EQ(test, books_of(f).quarantined, 0);
	KUNIT_EXPECT_EQ(test, books_of(f).drained, REGION_SIZE);
	expect_sums(test, 0);
}

static void half_lent_is_quarantined(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct buffer a;

	f->fake->fail_lend = -ENOTRECOVERABLE;
	KUNIT_EXPECT_EQ(test, take(test, &a, SZ_64K), -EIO);
	KUNIT_EXPECT_EQ(test, books_of(f).quarantined, REGION_SIZE);
	expect_sums(test, 0);
	f->fake->fail_lend = 0;
}

/* Who returns may be another: nothing is taken for clean, or for lent. */
static void lost_lender_is_not_trusted(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct buffer a, b;

	KUNIT_ASSERT_EQ(test, take(test, &a, SZ_64K), 0);
	lent_region_distrust(&f->region);
	KUNIT_EXPECT_EQ(test, books_of(f).clean, 0);
	/* It was the same one: scrubbed again, all of it can be had */
	KUNIT_ASSERT_EQ(test, take(test, &b, SZ_64K), 0);
	KUNIT_EXPECT_GT(test, f->fake->scrubs, 0);
	scrub_all(test);
	KUNIT_EXPECT_EQ(test, books_of(f).clean, REGION_SIZE - 2 * SZ_64K);
	expect_sums(test, 2 * SZ_64K);
	give(test, &a);
	give(test, &b);

	lent_region_distrust(&f->region);
	fake_lender_forget(f->fake);
	KUNIT_EXPECT_EQ(test, take(test, &a, SZ_64K), -ENOMEM);
	KUNIT_EXPECT_EQ(test, books_of(f).quarantined, REGION_SIZE);

	/* As a whole it goes: nobody has it, and nothing of it is lent */
	drain_since(test, jiffies);
	KUNIT_EXPECT_EQ(test, books_of(f).quarantined, REGION_SIZE);
	lent_region_retry(&f->region);
	KUNIT_EXPECT_EQ(test, books_of(f).quarantined, 0);
	KUNIT_EXPECT_EQ(test, books_of(f).drained, REGION_SIZE);
	expect_sums(test, 0);
}

static void shrinker_takes_it_whole(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct shrinker *shrinker = f->region.keeper.shrinker;
	struct shrink_control sc = { .gfp_mask = GFP_KERNEL, .nr_to_scan = 1 };
	struct buffer a;

	KUNIT_EXPECT_EQ(test, shrinker->count_objects(shrinker, &sc), 0);
	KUNIT_ASSERT_EQ(test, take(test, &a, SZ_64K), 0);
	KUNIT_EXPECT_EQ(test, shrinker->count_objects(shrinker, &sc), 0);
	KUNIT_EXPECT_EQ(test, shrinker->scan_objects(shrinker, &sc),
			SHRINK_STOP);
	give(test, &a);
	KUNIT_EXPECT_EQ(test, shrinker->count_objects(shrinker, &sc),
			REGION_SIZE >> PAGE_SHIFT);
	KUNIT_EXPECT_EQ(test, shrinker->scan_objects(shrinker, &sc),
			REGION_SIZE >> PAGE_SHIFT);
	KUNIT_EXPECT_EQ(test, f->fake->pages, 0);
	expect_sums(test, 0);
}

#define MODEL_ROUNDS	2000
#define MODEL_BUFFERS	16

static void books_agree_with_a_model(struct kunit *test)
{
	struct buffer *bufs = kunit_kcalloc(test, MODEL_BUFFERS, sizeof(*bufs),
					    GFP_KERNEL);
	struct fixture *f = test->priv;
	size_t live = 0;
	struct rnd_state rnd;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, bufs);
	prandom_seed_state(&rnd, 5);
	for (i = 0; i < MODEL_ROUNDS; i++) {
		u32 random = prandom_u32_state(&rnd);
		struct buffer *buf = &bufs[random % MODEL_BUFFERS];
		size_t size = (1 + (random >> 8) % 200) * PAGE_SIZE;

		if (buf->size) {
			live -= buf->size;
			give(test, buf);
		} else if (!take(test, buf, size)) {
			live += size;
		}
		if (!(random >> 28))
			scrub_all(test);
		if (random >> 28 == 1)
			drain_since(test, jiffies);
		f->fake->limits.bytes = (random >> 16 & 0xff) * PAGE_SIZE;
		expect_sums(test, live);
	}
	KUNIT_EXPECT_GT(test, books_of(f).hits, 0);
	KUNIT_EXPECT_GT(test, books_of(f).scrubbed, 0);
	for (i = 0; i < MODEL_BUFFERS; i++)
		if (bufs[i].size)
			give(test, &bufs[i]);
	drain_since(test, jiffies);
	KUNIT_EXPECT_EQ(test, f->fake->pages, 0);
}

static struct kunit_case region_cases[] = {
	KUNIT_CASE(first_buffer_lends_it_whole),
	KUNIT_CASE(one_buffer_that_comes_and_goes),
	KUNIT_CASE(idle_region_goes_back),
	KUNIT_CASE(retired_region_goes_with_its_last_buffer),
	KUNIT_CASE(only_clean_memory_is_free),
	KUNIT_CASE(full_region_scrubs_for_the_buffer),
	KUNIT_CASE(no_room_is_enomem),
	KUNIT_CASE(failed_scrub_quarantines_a_part),
	KUNIT_CASE(quarantined_part_goes_with_the_region),
	KUNIT_CASE(failed_unlend_quarantines_it),
	KUNIT_CASE(half_lent_is_quarantined),
	KUNIT_CASE(lost_lender_is_not_trusted),
	KUNIT_CASE(shrinker_takes_it_whole),
	KUNIT_CASE(books_agree_with_a_model),
	{}
};

static struct kunit_suite region_suite = {
	.name = "restricted_lent_region",
	.init = region_test_init,
	.test_cases = region_cases,
};

kunit_test_suite(region_suite);
