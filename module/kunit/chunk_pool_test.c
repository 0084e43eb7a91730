// SPDX-License-Identifier: GPL-2.0
/*
 * The pool of lent chunks, with a fake lender: what makes a call and what does
 * not, which chunks are taken, what happens when a call fails, and the books.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/shrinker.h>
#include <linux/sizes.h>

#include "../memory/orders.h"
#include "../memory/page_set.h"
#include "../tee/chunk_pool.h"
#include "fake_lender.h"

#define ORDERS_840	ORDERS_DEFAULT
#define ORDERS_40	0xff0004ULL
#define ORDERS_4	0xff04ULL
#define ORDERS_0	0xff00ULL

/* Its workers come in the time of no test, unless that is changed */
struct fixture {
	struct chunk_pool pool;
	struct keeper_delays delays;
	struct fake_lender *fake;
};

static void destroy_pool(void *data)
{
	struct fixture *f = data;

	fake_lender_let_go(f->fake);
	chunk_pool_retry(&f->pool);
	chunk_pool_destroy(&f->pool);
}

static int pool_test_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->fake = fake_lender_create(test);
	f->delays.scrub_ms = KEEPER_MS_MAX;
	f->delays.drain_ms = KEEPER_MS_MAX;
	KUNIT_ASSERT_EQ(test, 0,
			chunk_pool_init(&f->pool, "kunit_chunk_pool",
					&fake_lend_ops, f->fake, &f->delays));
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, destroy_pool, f));
	chunk_pool_set_limit(&f->pool, SZ_64M);
	test->priv = f;

	return 0;
}

static struct kept_books books_of(struct fixture *f)
{
	struct kept_books books;

	chunk_pool_hold(&f->pool, &books);
	chunk_pool_unhold(&f->pool);

	return books;
}

static size_t quarantined_bytes(struct fixture *f)
{
	struct page *page;
	size_t sum = 0;

	list_for_each_entry(page, &f->pool.quarantine, lru)
		sum += page_size(page);

	return sum;
}

/* That the sums are those of the lists, and of whom it is lent to */
static void expect_sums(struct kunit *test, size_t live)
{
	struct fixture *f = test->priv;
	struct kept_books books = books_of(f);

	KUNIT_EXPECT_EQ(test, books.live, live);
	KUNIT_EXPECT_EQ(test, books.kept,
			f->pool.clean.bytes + f->pool.dirty.bytes);
	KUNIT_EXPECT_EQ(test, books.quarantined, quarantined_bytes(f));
	KUNIT_EXPECT_EQ(test, books.live + books.kept + books.quarantined,
			f->fake->pages << PAGE_SHIFT);
	KUNIT_EXPECT_EQ(test, f->fake->wrong, 0);
}

static int take(struct kunit *test, struct sg_table *sgt, size_t size,
		u64 orders)
{
	struct fixture *f = test->priv;
	int ret = chunk_pool_alloc(&f->pool, sgt, size, orders, BIT(0));

	if (!ret) {
		KUNIT_EXPECT_TRUE(test, fake_lender_is_zero(sgt));
		fake_lender_use(sgt);
	}

	return ret;
}

static void give(struct kunit *test, struct sg_table *sgt)
{
	struct fixture *f = test->priv;

	chunk_pool_free(&f->pool, sgt);
	sg_free_table(sgt);
}

/* What the worker does, now */
static void scrub_all(struct kunit *test)
{
	struct keeper *keeper = &((struct fixture *)test->priv)->pool.keeper;

	while (keeper->ops->scrub(keeper))
		;
}

static unsigned int drain_since(struct kunit *test, unsigned long idle_since)
{
	struct keeper *keeper = &((struct fixture *)test->priv)->pool.keeper;
	unsigned int rounds = 0;

	while (keeper->ops->drain(keeper, idle_since))
		rounds++;

	return rounds;
}

/* Have the pool keep @size bytes, clean, in chunks of one order */
static void keep(struct kunit *test, size_t size, u64 orders)
{
	struct sg_table sgt;

	KUNIT_ASSERT_EQ(test, take(test, &sgt, size, orders), 0);
	give(test, &sgt);
	scrub_all(test);
}

static void first_buffer_is_lent_in_one_call(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sg_table sgt;

	KUNIT_ASSERT_EQ(test, take(test, &sgt, SZ_1M, ORDERS_840), 0);
	KUNIT_EXPECT_EQ(test, f->fake->lends, 1);
	KUNIT_EXPECT_EQ(test, books_of(f).misses, 1);
	expect_sums(test, SZ_1M);
	give(test, &sgt);
	KUNIT_EXPECT_EQ(test, f->fake->scrubs + f->fake->unlends, 0);
	KUNIT_EXPECT_EQ(test, f->pool.dirty.bytes, SZ_1M);
	expect_sums(test, 0);
}

static void clean_chunks_need_no_call(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sg_table sgt;
	unsigned int calls;

	keep(test, SZ_8M + SZ_64K + SZ_8K, ORDERS_840);
	KUNIT_EXPECT_EQ(test, books_of(f).scrubbed, SZ_8M + SZ_64K + SZ_8K);
	KUNIT_EXPECT_EQ(test, books_of(f).clean, SZ_8M + SZ_64K + SZ_8K);
	calls = f->fake->lends + f->fake->scrubs + f->fake->unlends;

	KUNIT_ASSERT_EQ(test, 0, take(test, &sgt, SZ_8M + SZ_64K + SZ_4K,
				      ORDERS_840));
	KUNIT_EXPECT_EQ(test, calls,
			f->fake->lends + f->fake->scrubs + f->fake->unlends);
	KUNIT_EXPECT_EQ(test, books_of(f).hits, 1);
	expect_sums(test, SZ_8M + SZ_64K + SZ_4K);
	give(test, &sgt);
	expect_sums(test, 0);
}

static void dirty_chunks_are_not_handed_out(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sg_table a, b;

	KUNIT_ASSERT_EQ(test, take(test, &a, SZ_64K, ORDERS_4), 0);
	give(test, &a);
	/* take() looks for zeroes */
	KUNIT_ASSERT_EQ(test, take(test, &b, SZ_64K, ORDERS_4), 0);
	KUNIT_EXPECT_EQ(test, f->fake->lends, 2);
	KUNIT_EXPECT_EQ(test, f->pool.dirty.bytes, SZ_64K);
	give(test, &b);
}

/* A buffer of large ones is worth a call; without new memory they will do. */
static void smaller_chunks_stand_in(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sg_table sgt;

	keep(test, SZ_1M, ORDERS_4);
	KUNIT_ASSERT_EQ(test, take(test, &sgt, SZ_1M, ORDERS_840), 0);
	KUNIT_EXPECT_EQ(test, sgt.orig_nents, 1);
	KUNIT_EXPECT_EQ(test, f->fake->lends, 2);
	KUNIT_EXPECT_EQ(test, books_of(f).clean, SZ_1M);
	give(test, &sgt);
	drain_since(test, jiffies);

	f->fake->room = SZ_1M >> PAGE_SHIFT;
	keep(test, SZ_1M, ORDERS_4);
	f->fake->lends = 0;
	KUNIT_ASSERT_EQ(test, take(test, &sgt, SZ_1M, ORDERS_840), 0);
	KUNIT_EXPECT_EQ(test, f->fake->lends, 0);
	KUNIT_EXPECT_EQ(test, books_of(f).hits, 1);
	expect_sums(test, SZ_1M);
	give(test, &sgt);
}

/* A small chunk that is clean does not make a large buffer a patchwork. */
static void small_chunks_wait_for_small_buffers(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sg_table sgt;

	keep(test, SZ_4K, ORDERS_840);
	keep(test, SZ_1M, ORDERS_840);
	KUNIT_ASSERT_EQ(test, take(test, &sgt, 2 * SZ_1M, ORDERS_840), 0);
	KUNIT_EXPECT_LE(test, sgt.orig_nents, 2);
	KUNIT_EXPECT_EQ(test, books_of(f).clean, SZ_4K);
	expect_sums(test, 2 * SZ_1M);
	give(test, &sgt);
}

/* Not all of a chunk would be the buffer's. */
static void larger_chunks_do_not(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sg_table sgt;

	keep(test, SZ_64K, ORDERS_4);
	KUNIT_ASSERT_EQ(test, take(test, &sgt, SZ_4K, ORDERS_40), 0);
	KUNIT_EXPECT_EQ(test, books_of(f).hits, 0);
	KUNIT_EXPECT_EQ(test, books_of(f).clean, SZ_64K);
	expect_sums(test, SZ_4K);
	give(test, &sgt);
}

static void table_without_0_rounds_up(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sg_table sgt;

	keep(test, SZ_128K, ORDERS_4);
	KUNIT_ASSERT_EQ(test, take(test, &sgt, SZ_64K + SZ_4K, ORDERS_4), 0);
	KUNIT_EXPECT_EQ(test, books_of(f).hits, 1);
	expect_sums(test, SZ_128K);
	give(test, &sgt);
}

static void what_is_missing_is_lent(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct scatterlist *sg;
	phys_addr_t end = 0;
	struct sg_table sgt;
	int i;

	keep(test, SZ_64K, ORDERS_4);
	f->fake->lends = 0;
	f->fake->ranges = 0;
	KUNIT_ASSERT_EQ(test, take(test, &sgt, SZ_256K, ORDERS_4), 0);
	KUNIT_EXPECT_EQ(test, f->fake->lends, 1);
	KUNIT_EXPECT_LE(test, f->fake->ranges, 3);
	KUNIT_EXPECT_EQ(test, books_of(f).clean, 0);
	expect_sums(test, SZ_256K);
	/* Old and new together in the order of addresses */
	for_each_sgtable_sg(&sgt, sg, i) {
		KUNIT_EXPECT_GT(test, sg_phys(sg), end);
		end = sg_phys(sg) + sg->length;
	}
	give(test, &sgt);
	expect_sums(test, 0);
}

static void failed_lend_leaves_all_as_before(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sg_table sgt;

	keep(test, SZ_64K, ORDERS_4);
	f->fake->fail_lend = -EIO;
	KUNIT_EXPECT_EQ(test, take(test, &sgt, SZ_256K, ORDERS_4), -EIO);
	KUNIT_EXPECT_EQ(test, books_of(f).clean, SZ_64K);
	expect_sums(test, 0);
	f->fake->fail_lend = 0;
	/* And those that were taken for it are as clean as they were */
	KUNIT_ASSERT_EQ(test, take(test, &sgt, SZ_64K, ORDERS_4), 0);
	KUNIT_EXPECT_EQ(test, books_of(f).hits, 1);
	give(test, &sgt);
}

static void half_lent_is_quarantined(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sg_table sgt;

	keep(test, SZ_64K, ORDERS_4);
	f->fake->fail_lend = -ENOTRECOVERABLE;
	KUNIT_EXPECT_EQ(test, take(test, &sgt, SZ_256K, ORDERS_4), -EIO);
	KUNIT_EXPECT_EQ(test, books_of(f).quarantined, SZ_256K - SZ_64K);
	KUNIT_EXPECT_EQ(test, books_of(f).clean, SZ_64K);
	expect_sums(test, 0);
}

static void failed_scrub_quarantines(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sg_table sgt;

	KUNIT_ASSERT_EQ(test, take(test, &sgt, SZ_64K, ORDERS_4), 0);
	give(test, &sgt);
	f->fake->fail_scrub = -EIO;
	scrub_all(test);
	KUNIT_EXPECT_EQ(test, books_of(f).quarantined, SZ_64K);
	KUNIT_EXPECT_EQ(test, books_of(f).scrubbed, 0);
	expect_sums(test, 0);
	/* For ever: neither idleness nor a buffer gets it */
	drain_since(test, jiffies);
	KUNIT_ASSERT_EQ(test, take(test, &sgt, SZ_64K, ORDERS_4), 0);
	KUNIT_EXPECT_EQ(test, books_of(f).quarantined, SZ_64K);
	give(test, &sgt);

	/* Until somebody tries again */
	f->fake->fail_scrub = 0;
	chunk_pool_retry(&f->pool);
	KUNIT_EXPECT_EQ(test, books_of(f).quarantined, 0);
	KUNIT_EXPECT_EQ(test, books_of(f).drained, SZ_64K);
	scrub_all(test);
	KUNIT_EXPECT_EQ(test, books_of(f).clean, SZ_64K);
	expect_sums(test, 0);
}

/* Each call for itself: the second of four fails */
static void one_failed_call_is_not_all(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sg_table sgt;

	KUNIT_ASSERT_EQ(test, take(test, &sgt, SZ_256K, ORDERS_4), 0);
	give(test, &sgt);
	f->fake->limits.bytes = SZ_64K;
	f->fake->fail_scrub = -EIO;
	f->fake->fail_after = 1;
	scrub_all(test);
	KUNIT_EXPECT_EQ(test, f->fake->scrubs, 4);
	KUNIT_EXPECT_EQ(test, books_of(f).clean, SZ_64K);
	KUNIT_EXPECT_EQ(test, books_of(f).quarantined, SZ_256K - SZ_64K);
	expect_sums(test, 0);
}

static void failed_unlend_quarantines(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sg_table sgt;
	struct page *page;

	KUNIT_ASSERT_EQ(test, take(test, &sgt, SZ_64K, ORDERS_4), 0);
	page = sg_page(sgt.sgl);
	give(test, &sgt);
	f->fake->fail_unlend = -ENODEV;
	drain_since(test, jiffies);
	KUNIT_EXPECT_EQ(test, books_of(f).quarantined, SZ_64K);
	KUNIT_EXPECT_EQ(test, books_of(f).drained, 0);
	KUNIT_EXPECT_TRUE(test, fake_lender_has(f->fake, page));
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	expect_sums(test, 0);

	f->fake->fail_unlend = 0;
	chunk_pool_retry(&f->pool);
	KUNIT_EXPECT_EQ(test, books_of(f).quarantined, 0);
	KUNIT_EXPECT_EQ(test, books_of(f).drained, SZ_64K);
	KUNIT_EXPECT_EQ(test, f->fake->pages, 0);
}

static void batches_are_merged(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sg_table sgt;
	unsigned int ranges;

	KUNIT_ASSERT_EQ(test, take(test, &sgt, SZ_1M, ORDERS_0), 0);
	ranges = sgt.orig_nents;
	give(test, &sgt);
	f->fake->ranges = 0;
	scrub_all(test);
	KUNIT_EXPECT_EQ(test, f->fake->scrubs, 1);
	KUNIT_EXPECT_EQ(test, f->fake->ranges, ranges);
}

static void idle_chunks_go_back(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long before = jiffies - 1;

	keep(test, SZ_64K, ORDERS_4);
	KUNIT_EXPECT_EQ(test, drain_since(test, before), 0);
	KUNIT_EXPECT_EQ(test, books_of(f).kept, SZ_64K);
	KUNIT_EXPECT_GT(test, drain_since(test, jiffies), 0);
	KUNIT_EXPECT_EQ(test, books_of(f).kept, 0);
	KUNIT_EXPECT_EQ(test, books_of(f).drained, SZ_64K);
	KUNIT_EXPECT_EQ(test, f->fake->pages, 0);
	expect_sums(test, 0);
}

/* What is used again and again stays; what was needed once only does not. */
static void only_what_is_idle_goes_back(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long between;
	struct sg_table sgt;

	keep(test, SZ_256K, ORDERS_4);
	msleep(30);
	between = jiffies;
	msleep(30);
	KUNIT_ASSERT_EQ(test, take(test, &sgt, SZ_64K, ORDERS_4), 0);
	give(test, &sgt);
	drain_since(test, between);
	KUNIT_EXPECT_EQ(test, books_of(f).kept, SZ_64K);
	expect_sums(test, 0);
}

static void surplus_goes_back_and_dirty_goes_first(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sg_table a, b;

	KUNIT_ASSERT_EQ(test, take(test, &a, SZ_64K, ORDERS_4), 0);
	KUNIT_ASSERT_EQ(test, take(test, &b, SZ_64K, ORDERS_4), 0);
	give(test, &a);
	scrub_all(test);
	give(test, &b);
	chunk_pool_set_limit(&f->pool, SZ_64K);
	flush_delayed_work(&f->pool.keeper.drain_work);
	KUNIT_EXPECT_EQ(test, books_of(f).kept, SZ_64K);
	KUNIT_EXPECT_EQ(test, books_of(f).clean, SZ_64K);
	expect_sums(test, 0);

	chunk_pool_set_limit(&f->pool, 0);
	flush_delayed_work(&f->pool.keeper.drain_work);
	KUNIT_EXPECT_EQ(test, f->fake->pages, 0);
}

/* Nobody scrubs for the bin: beyond the limit chunks are given back instead. */
static void surplus_is_not_scrubbed(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sg_table sgt;

	KUNIT_ASSERT_EQ(test, take(test, &sgt, SZ_256K, ORDERS_4), 0);
	f->pool.limit = SZ_64K;
	give(test, &sgt);
	scrub_all(test);
	KUNIT_EXPECT_LE(test, books_of(f).scrubbed, SZ_64K);
	drain_since(test, jiffies - KEEPER_MS_MAX);
	KUNIT_EXPECT_LE(test, books_of(f).kept, SZ_64K);
	expect_sums(test, 0);
}

/* The pool keeps what it may and it is dirty: it does not grow beyond that. */
static void full_pool_scrubs_for_the_buffer(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sg_table sgt;

	f->pool.limit = SZ_64K;
	KUNIT_ASSERT_EQ(test, take(test, &sgt, SZ_64K, ORDERS_4), 0);
	give(test, &sgt);
	KUNIT_ASSERT_EQ(test, take(test, &sgt, SZ_64K, ORDERS_4), 0);
	KUNIT_EXPECT_EQ(test, f->fake->lends, 1);
	KUNIT_EXPECT_EQ(test, f->fake->scrubs, 1);
	expect_sums(test, SZ_64K);
	give(test, &sgt);
}

/* All that may be lent is kept, in chunks of the wrong size */
static void last_resort_gives_back(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sg_table a, b;

	f->fake->room = 32;
	keep(test, SZ_128K, ORDERS_4);
	KUNIT_ASSERT_EQ(test, take(test, &a, SZ_4K, ORDERS_40), 0);
	KUNIT_EXPECT_EQ(test, books_of(f).drained, SZ_64K);
	expect_sums(test, SZ_4K);
	KUNIT_EXPECT_EQ(test, take(test, &b, SZ_128K, ORDERS_40), -ENOMEM);
	expect_sums(test, SZ_4K);
	KUNIT_ASSERT_EQ(test, take(test, &b, SZ_128K - SZ_4K, ORDERS_40), 0);
	expect_sums(test, SZ_128K);
	give(test, &a);
	give(test, &b);
}

/* What cannot be scrubbed is no surplus any more, so there is room to grow. */
static void failed_own_scrub_is_made_up_for(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sg_table sgt;

	KUNIT_ASSERT_EQ(test, take(test, &sgt, SZ_64K, ORDERS_4), 0);
	give(test, &sgt);
	f->pool.limit = SZ_64K;
	f->fake->fail_scrub = -EIO;
	KUNIT_ASSERT_EQ(test, take(test, &sgt, SZ_64K, ORDERS_4), 0);
	KUNIT_EXPECT_EQ(test, f->fake->scrubs, 1);
	KUNIT_EXPECT_EQ(test, f->fake->lends, 2);
	KUNIT_EXPECT_EQ(test, books_of(f).quarantined, SZ_64K);
	expect_sums(test, SZ_64K);
	give(test, &sgt);
	expect_sums(test, 0);
}

/* Who returns may be another: nothing is taken for clean, or for lent. */
static void lost_lender_is_not_trusted(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sg_table sgt;

	keep(test, SZ_128K, ORDERS_4);
	chunk_pool_distrust(&f->pool);
	KUNIT_EXPECT_EQ(test, f->pool.clean.bytes, 0);
	expect_sums(test, 0);
	/* It was the same one */
	scrub_all(test);
	KUNIT_EXPECT_EQ(test, f->pool.clean.bytes, SZ_128K);

	chunk_pool_distrust(&f->pool);
	fake_lender_forget(f->fake);
	chunk_pool_retry(&f->pool);
	scrub_all(test);
	KUNIT_EXPECT_EQ(test, f->pool.clean.bytes, 0);
	KUNIT_EXPECT_EQ(test, books_of(f).quarantined, SZ_128K);
	KUNIT_ASSERT_EQ(test, take(test, &sgt, SZ_64K, ORDERS_4), 0);
	KUNIT_EXPECT_TRUE(test, fake_lender_has(f->fake, sg_page(sgt.sgl)));
	give(test, &sgt);

	/* What it knows of no more is given back all the same */
	f->fake->fail_unlend = -ENODEV;
	chunk_pool_retry(&f->pool);
	KUNIT_EXPECT_EQ(test, books_of(f).quarantined, SZ_128K);
	f->fake->fail_unlend = 0;
	chunk_pool_retry(&f->pool);
	KUNIT_EXPECT_EQ(test, books_of(f).quarantined, 0);
	expect_sums(test, 0);
}

static unsigned long shrink(struct fixture *f, gfp_t gfp, unsigned long pages)
{
	struct shrink_control sc = { .gfp_mask = gfp, .nr_to_scan = pages };
	struct shrinker *shrinker = f->pool.keeper.shrinker;

	return shrinker->scan_objects(shrinker, &sc);
}

static void shrinker_counts_and_gives_back(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct shrinker *shrinker = f->pool.keeper.shrinker;
	struct shrink_control sc = { .gfp_mask = GFP_KERNEL };

	KUNIT_EXPECT_EQ(test, shrinker->count_objects(shrinker, &sc), 0);
	keep(test, SZ_1M, ORDERS_4);
	KUNIT_EXPECT_EQ(test, shrinker->count_objects(shrinker, &sc), 256);
	KUNIT_EXPECT_EQ(test, shrink(f, GFP_KERNEL, 20), 32);
	KUNIT_EXPECT_EQ(test, shrinker->count_objects(shrinker, &sc), 224);
	expect_sums(test, 0);
	/* Whoever allocates below a call of ours would wait for himself */
	KUNIT_EXPECT_EQ(test, shrink(f, GFP_NOIO, 20), SHRINK_STOP);
	KUNIT_EXPECT_EQ(test, shrinker->count_objects(shrinker, &sc), 224);
	KUNIT_EXPECT_EQ(test, shrink(f, GFP_KERNEL, 1000), 224);
	KUNIT_EXPECT_EQ(test, shrink(f, GFP_KERNEL, 1000), SHRINK_STOP);
	KUNIT_EXPECT_EQ(test, f->fake->pages, 0);
}

/* A call takes for ever: whoever needs memory does not wait as long. */
static void shrinker_waits_but_not_for_ever(struct kunit *test)
{
	struct fixture *f = test->priv;

	keep(test, SZ_64K, ORDERS_4);
	mutex_lock(&f->fake->lock);
	KUNIT_EXPECT_EQ(test, shrink(f, GFP_KERNEL, 1), SHRINK_STOP);
	mutex_unlock(&f->fake->lock);
	flush_work(&f->pool.keeper.shrink_work);
	expect_sums(test, 0);
	KUNIT_EXPECT_EQ(test, f->fake->pages, 0);
}

static void shrinker_gives_nothing_without_tee(struct kunit *test)
{
	struct fixture *f = test->priv;

	keep(test, SZ_64K, ORDERS_4);
	f->fake->fail_unlend = -ENODEV;
	KUNIT_EXPECT_EQ(test, shrink(f, GFP_KERNEL, 16), SHRINK_STOP);
	KUNIT_EXPECT_EQ(test, f->fake->pages, 16);
	expect_sums(test, 0);
}

static void wait_until(struct kunit *test, const size_t *bytes, size_t value)
{
	int tries = 500;

	while (READ_ONCE(*bytes) != value && tries--)
		msleep(20);
	KUNIT_EXPECT_EQ(test, READ_ONCE(*bytes), value);
}

static void workers_come_by_themselves(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sg_table sgt;

	f->delays.scrub_ms = 0;
	KUNIT_ASSERT_EQ(test, take(test, &sgt, SZ_1M, ORDERS_840), 0);
	give(test, &sgt);
	wait_until(test, &f->pool.clean.bytes, SZ_1M);

	f->delays.drain_ms = 20;
	KUNIT_ASSERT_EQ(test, take(test, &sgt, SZ_1M, ORDERS_840), 0);
	cancel_delayed_work_sync(&f->pool.keeper.drain_work);
	give(test, &sgt);
	wait_until(test, &f->pool.books.kept, 0);
	KUNIT_EXPECT_EQ(test, f->fake->pages, 0);
}

/* Its worker gives a chunk back while a buffer that cannot use it looks at it. */
static void given_back_meanwhile_is_no_reason(struct kunit *test)
{
	static const u64 tables[] = { ORDERS_4, ORDERS_0 };
	struct fixture *f = test->priv;
	struct sg_table sgt;
	int i;

	f->delays.drain_ms = 0;
	f->pool.limit = 0;
	for (i = 0; i < 2000; i++) {
		KUNIT_ASSERT_EQ(test, 0, take(test, &sgt, SZ_64K, tables[i % 2]));
		give(test, &sgt);
	}
}

#define MODEL_ROUNDS	2000
#define MODEL_BUFFERS	16

struct model {
	struct sg_table sgt[MODEL_BUFFERS];
	size_t size[MODEL_BUFFERS];
	size_t live;
};

static void model_step(struct kunit *test, struct model *m, u32 random)
{
	static const u64 tables[] = { ORDERS_840, ORDERS_40, ORDERS_0 };
	struct fixture *f = test->priv;
	unsigned int i = random % MODEL_BUFFERS;
	size_t size = (1 + (random >> 8) % 600) * PAGE_SIZE;
	int ret;

	if (m->size[i]) {
		give(test, &m->sgt[i]);
		m->live -= m->size[i];
		m->size[i] = 0;
		return;
	}
	ret = take(test, &m->sgt[i], size, tables[(random >> 24) % 3]);
	if (!ret) {
		m->size[i] = size;
		m->live += size;
		return;
	}
	/* With the limit of the lender, a reason has to be seen */
	if (ret == -ENOMEM)
		KUNIT_ASSERT_GT(test, m->live + size,
				f->fake->room << PAGE_SHIFT);
	else
		KUNIT_ASSERT_EQ(test, ret, -EIO);
}

static void model_disturb(struct kunit *test, u32 random)
{
	struct fixture *f = test->priv;

	switch (random % 16) {
	case 0:
		scrub_all(test);
		break;
	case 1:
		drain_since(test, jiffies);
		break;
	case 2:
		shrink(f, GFP_KERNEL, random >> 8 & 0xff);
		break;
	case 3:
		f->pool.limit = (random >> 8 & 0x7ff) * PAGE_SIZE;
		break;
	case 4:
		f->fake->limits.bytes = (random >> 8 & 0x1ff) * PAGE_SIZE;
		f->fake->limits.entries = 1 + (random >> 24);
		break;
	}
}

/* Whatever comes: the books are those of the buffers, and of the lender. */
static void books_agree_with_a_model(struct kunit *test)
{
	struct model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	struct fixture *f = test->priv;
	struct rnd_state rnd;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, m);
	f->fake->room = SZ_16M >> PAGE_SHIFT;
	prandom_seed_state(&rnd, 3);
	for (i = 0; i < MODEL_ROUNDS; i++) {
		model_step(test, m, prandom_u32_state(&rnd));
		model_disturb(test, prandom_u32_state(&rnd));
		expect_sums(test, m->live);
	}
	KUNIT_EXPECT_GT(test, books_of(f).hits, 0);
	KUNIT_EXPECT_GT(test, books_of(f).scrubbed, 0);
	KUNIT_EXPECT_GT(test, books_of(f).drained, 0);
	for (i = 0; i < MODEL_BUFFERS; i++)
		if (m->size[i])
			give(test, &m->sgt[i]);
	expect_sums(test, 0);
	chunk_pool_set_limit(&f->pool, 0);
	drain_since(test, jiffies);
	KUNIT_EXPECT_EQ(test, f->fake->pages, 0);
}

static struct kunit_case pool_cases[] = {
	KUNIT_CASE(first_buffer_is_lent_in_one_call),
	KUNIT_CASE(clean_chunks_need_no_call),
	KUNIT_CASE(dirty_chunks_are_not_handed_out),
	KUNIT_CASE(smaller_chunks_stand_in),
	KUNIT_CASE(small_chunks_wait_for_small_buffers),
	KUNIT_CASE(larger_chunks_do_not),
	KUNIT_CASE(table_without_0_rounds_up),
	KUNIT_CASE(what_is_missing_is_lent),
	KUNIT_CASE(failed_lend_leaves_all_as_before),
	KUNIT_CASE(half_lent_is_quarantined),
	KUNIT_CASE(failed_scrub_quarantines),
	KUNIT_CASE(one_failed_call_is_not_all),
	KUNIT_CASE(failed_unlend_quarantines),
	KUNIT_CASE(batches_are_merged),
	KUNIT_CASE(idle_chunks_go_back),
	KUNIT_CASE(only_what_is_idle_goes_back),
	KUNIT_CASE(surplus_goes_back_and_dirty_goes_first),
	KUNIT_CASE(surplus_is_not_scrubbed),
	KUNIT_CASE(full_pool_scrubs_for_the_buffer),
	KUNIT_CASE(last_resort_gives_back),
	KUNIT_CASE(failed_own_scrub_is_made_up_for),
	KUNIT_CASE(lost_lender_is_not_trusted),
	KUNIT_CASE(shrinker_counts_and_gives_back),
	KUNIT_CASE(shrinker_waits_but_not_for_ever),
	KUNIT_CASE(shrinker_gives_nothing_without_tee),
	KUNIT_CASE(workers_come_by_themselves),
	KUNIT_CASE(given_back_meanwhile_is_no_reason),
	KUNIT_CASE(books_agree_with_a_model),
	{}
};

static struct kunit_suite pool_suite = {
	.name = "restricted_chunk_pool",
	.init = pool_test_init,
	.test_cases = pool_cases,
};

kunit_test_suite(pool_suite);
