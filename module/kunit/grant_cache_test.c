// SPDX-License-Identifier: GPL-2.0
/*
 * Grants that are kept, over a service made of ordinary pages that does what a
 * test tells it. No worker runs by itself: the tests let them.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../tee/grant_cache.h"

#define AREA_SIZE	SZ_1M
#define GRANULE		SZ_64K
#define GRANULES	(AREA_SIZE / GRANULE)
#define DIRT		0xa5

/**
 * struct fake_service - a service with an area
 * @cache:	the cache over it
 * @delays:	of the cache
 * @pages:	the area
 * @taken:	a bit a granule
 * @take_result: what take returns instead
 * @give_result: what give returns instead
 * @scrub_result: what scrub returns instead
 * @takes:	calls of take
 * @gives:	calls of give
 * @scrubs:	calls of scrub
 */
struct fake_service {
	struct grant_cache cache;
	struct keeper_delays delays;
	struct page *pages;
	unsigned long taken;
	int take_result;
	int give_result;
	int scrub_result;
	unsigned int takes;
	unsigned int gives;
	unsigned int scrubs;
};

static unsigned long granules_at(const struct fake_service *fake,
				 phys_addr_t pa, size_t size)
{
	unsigned int first = (pa - page_to_phys(fake->pages)) / GRANULE;

	return GENMASK(first + size / GRANULE - 1, first);
}

static int fake_take(void *priv, size_t size, struct memsvc_grant *memory)
{
	struct fake_service *fake = priv;
	phys_addr_t pa = page_to_phys(fake->pages);
	unsigned int i;

	fake->takes++;
	if (fake->take_result)
		return fake->take_result;

	for (i = 0; i + size / GRANULE <= GRANULES; i++, pa += GRANULE) {
		if (fake->taken & granules_at(fake, pa, size))
			continue;
		fake->taken |= granules_at(fake, pa, size);
		memset(phys_to_virt(pa), 0, size);
		memory->handle = i + 1;
		memory->base = pa;
		memory->count = 1;
		memory->taken = size;
		return 0;
	}

	return -ENOMEM;
}

static int fake_give(void *priv, const struct grant *grant)
{
	struct fake_service *fake = priv;

	fake->gives++;
	if (!fake->give_result)
		fake->taken &= ~granules_at(fake, grant->memory.base,
					    grant->size);

	return fake->give_result;
}

static int fake_scrub(void *priv, struct sg_table *sgt)
{
	struct fake_service *fake = priv;
	struct scatterlist *sg;
	unsigned int i;

	fake->scrubs++;
	if (fake->scrub_result)
		return fake->scrub_result;
	for_each_sgtable_sg(sgt, sg, i)
		memset(sg_virt(sg), 0, sg->length);

	return 0;
}

static unsigned long fake_area_pages(void *priv)
{
	struct fake_service *fake = priv;

	return fake->taken ? AREA_SIZE >> PAGE_SHIFT : 0;
}

static const struct grant_ops fake_ops = {
	.take = fake_take,
	.give = fake_give,
	.scrub = fake_scrub,
	.area_pages = fake_area_pages,
};

static int grant_cache_test_init(struct kunit *test)
{
	struct fake_service *fake;

	fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake);
	fake->delays.scrub_ms = KEEPER_MS_MAX;
	fake->delays.drain_ms = KEEPER_MS_MAX;
	fake->pages = alloc_pages(GFP_KERNEL | __GFP_ZERO,
				  get_order(AREA_SIZE));
	KUNIT_ASSERT_NOT_NULL(test, fake->pages);
	KUNIT_ASSERT_EQ(test, 0,
			grant_cache_init(&fake->cache, "restricted_kunit",
					 &fake_ops, fake, &fake->delays));
	test->priv = fake;

	return 0;
}

static void grant_cache_test_exit(struct kunit *test)
{
	struct fake_service *fake = test->priv;

	if (!fake)
		return;
	grant_cache_destroy(&fake->cache);
	__free_pages(fake->pages, get_order(AREA_SIZE));
}

/*
 * As the heap does, which checks new ones; and dirties it as a user does. NULL
 * if the area is full.
 */
static struct grant *try_to_take(struct kunit *test, size_t size)
{
	struct fake_service *fake = test->priv;
	struct grant *grant = grant_cache_take(&fake->cache, size);
	void *vaddr;

	if (IS_ERR(grant)) {
		KUNIT_EXPECT_EQ(test, PTR_ERR(grant), -ENOMEM);
		return NULL;
	}
	vaddr = phys_to_virt(grant->memory.base);
	KUNIT_EXPECT_NULL(test, memchr_inv(vaddr, 0, size));
	memset(vaddr, DIRT, size);
	grant->keep = true;

	return grant;
}

static struct grant *take(struct kunit *test, size_t size)
{
	struct grant *grant = try_to_take(test, size);

	KUNIT_ASSERT_NOT_NULL(test, grant);

	return grant;
}

static void let_scrub(struct fake_service *fake)
{
	mod_delayed_work(fake->cache.keeper.wq, &fake->cache.keeper.scrub_work,
			 0);
	flush_delayed_work(&fake->cache.keeper.scrub_work);
}

static void let_drain(struct fake_service *fake)
{
	keeper_look_now(&fake->cache.keeper);
	flush_delayed_work(&fake->cache.keeper.drain_work);
}

static struct grant_books books(struct fake_service *fake)
{
	struct grant_books books;

	grant_cache_read(&fake->cache, &books);

	return books;
}

static void next_user_needs_no_call(struct kunit *test)
{
	struct fake_service *fake = test->priv;
	struct grant *grant = take(test, SZ_128K);
	phys_addr_t pa = grant->memory.base;
	unsigned int i;

	for (i = 0; i < 5; i++) {
		grant_cache_give(&fake->cache, grant);
		let_scrub(fake);
		grant = take(test, SZ_128K);
		KUNIT_EXPECT_EQ(test, grant->memory.base, pa);
	}
	KUNIT_EXPECT_EQ(test, fake->takes, 1);
	KUNIT_EXPECT_EQ(test, fake->gives, 0);
	KUNIT_EXPECT_EQ(test, fake->scrubs, 5);
	KUNIT_EXPECT_EQ(test, books(fake).hits, 5);
	KUNIT_EXPECT_EQ(test, books(fake).misses, 1);
	KUNIT_EXPECT_EQ(test, books(fake).live, SZ_128K);
	KUNIT_EXPECT_EQ(test, books(fake).kept, 0);
	grant_cache_give(&fake->cache, grant);
	KUNIT_EXPECT_EQ(test, books(fake).live, 0);
	KUNIT_EXPECT_EQ(test, books(fake).kept, SZ_128K);
}

static void dirty_grant_is_nobodys(struct kunit *test)
{
	struct fake_service *fake = test->priv;
	struct grant *old = take(test, SZ_64K), *new;

	grant_cache_give(&fake->cache, old);
	new = take(test, SZ_64K);
	KUNIT_EXPECT_PTR_NE(test, old, new);
	KUNIT_EXPECT_EQ(test, fake->takes, 2);
	grant_cache_give(&fake->cache, new);
}

static void only_the_size_fits(struct kunit *test)
{
	struct fake_service *fake = test->priv;
	struct grant *a, *b;

	grant_cache_give(&fake->cache, take(test, SZ_128K));
	let_scrub(fake);
	a = take(test, SZ_64K);
	b = take(test, SZ_256K);
	KUNIT_EXPECT_EQ(test, books(fake).hits, 0);
	grant_cache_give(&fake->cache, a);
	grant_cache_give(&fake->cache, b);
}

static void neighbours_are_scrubbed_in_one_call(struct kunit *test)
{
	struct fake_service *fake = test->priv;
	struct grant *grant[4];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(grant); i++)
		grant[i] = take(test, SZ_64K);
	for (i = 0; i < ARRAY_SIZE(grant); i++)
		grant_cache_give(&fake->cache, grant[i ^ 2]);
	let_scrub(fake);
	KUNIT_EXPECT_EQ(test, fake->scrubs, 1);
	for (i = 0; i < ARRAY_SIZE(grant); i++)
		grant[i] = take(test, SZ_64K);
	KUNIT_EXPECT_EQ(test, books(fake).hits, 4);
	for (i = 0; i < ARRAY_SIZE(grant); i++)
		grant_cache_give(&fake->cache, grant[i]);
}

/* Not even by the next scrub, which works */
static void what_cannot_be_scrubbed_is_given_back(struct kunit *test)
{
	struct fake_service *fake = test->priv;
	struct grant *grant = take(test, SZ_64K);

	fake->scrub_result = -EIO;
	grant_cache_give(&fake->cache, grant);
	let_scrub(fake);
	flush_delayed_work(&fake->cache.keeper.drain_work);
	fake->scrub_result = 0;
	let_scrub(fake);
	KUNIT_EXPECT_EQ(test, fake->gives, 1);
	KUNIT_EXPECT_EQ(test, fake->taken, 0);
	KUNIT_EXPECT_EQ(test, books(fake).kept, 0);

	grant = take(test, SZ_64K);
	KUNIT_EXPECT_EQ(test, books(fake).hits, 0);
	grant_cache_give(&fake->cache, grant);
}

static void what_cannot_be_kept_is_given_back(struct kunit *test)
{
	struct fake_service *fake = test->priv;
	struct grant *grant = take(test, SZ_64K);

	grant->keep = false;
	grant_cache_give(&fake->cache, grant);
	flush_delayed_work(&fake->cache.keeper.drain_work);
	KUNIT_EXPECT_EQ(test, fake->scrubs, 0);
	KUNIT_EXPECT_EQ(test, fake->taken, 0);
}

static void what_cannot_be_given_back_is_quarantined(struct kunit *test)
{
	struct fake_service *fake = test->priv;
	struct grant *grant = take(test, SZ_64K);

	fake->give_result = -EIO;
	fake->scrub_result = -EIO;
	grant_cache_give(&fake->cache, grant);
	let_scrub(fake);
	flush_delayed_work(&fake->cache.keeper.drain_work);
	KUNIT_EXPECT_EQ(test, books(fake).quarantined, SZ_64K);
	KUNIT_EXPECT_EQ(test, books(fake).kept, 0);
	/* The area cannot go back as long as a part of it cannot */
	KUNIT_EXPECT_EQ(test, 0,
			fake->cache.keeper.ops->count(&fake->cache.keeper));

	grant_cache_retry(&fake->cache);
	KUNIT_EXPECT_EQ(test, books(fake).quarantined, SZ_64K);
	fake->give_result = 0;
	grant_cache_retry(&fake->cache);
	KUNIT_EXPECT_EQ(test, books(fake).quarantined, 0);
	KUNIT_EXPECT_EQ(test, fake->taken, 0);
}

static void full_area_gives_up_what_is_kept(struct kunit *test)
{
	struct fake_service *fake = test->priv;
	struct grant *small[GRANULES], *large;
	unsigned int i;

	for (i = 0; i < GRANULES; i++)
		small[i] = take(test, GRANULE);
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			PTR_ERR_OR_ZERO(grant_cache_take(&fake->cache,
							 GRANULE)));
	KUNIT_EXPECT_EQ(test, books(fake).misses, GRANULES);
	for (i = 0; i < GRANULES / 2; i++)
		grant_cache_give(&fake->cache, small[i]);
	let_scrub(fake);

	large = take(test, AREA_SIZE / 2);
	KUNIT_EXPECT_EQ(test, books(fake).kept, 0);
	KUNIT_EXPECT_EQ(test, books(fake).live, AREA_SIZE);
	grant_cache_give(&fake->cache, large);
	for (i = GRANULES / 2; i < GRANULES; i++)
		grant_cache_give(&fake->cache, small[i]);
}

static void failed_take_leaves_nothing(struct kunit *test)
{
	struct fake_service *fake = test->priv;
	struct grant *grant;

	fake->take_result = -ENODEV;
	grant = grant_cache_take(&fake->cache, SZ_64K);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(grant), -ENODEV);
	KUNIT_EXPECT_EQ(test, fake->takes, 1);
	KUNIT_EXPECT_EQ(test, books(fake).live, 0);
	KUNIT_EXPECT_EQ(test, books(fake).misses, 0);
}

static void limit_is_kept(struct kunit *test)
{
	struct fake_service *fake = test->priv;
	struct grant *grant[4];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(grant); i++)
		grant[i] = take(test, SZ_64K);
	for (i = 0; i < ARRAY_SIZE(grant); i++)
		grant_cache_give(&fake->cache, grant[i]);
	let_drain(fake);
	KUNIT_EXPECT_EQ(test, books(fake).kept, SZ_256K);

	grant_cache_set_limit(&fake->cache, SZ_128K);
	flush_delayed_work(&fake->cache.keeper.drain_work);
	KUNIT_EXPECT_EQ(test, books(fake).kept, SZ_128K);

	grant[0] = take(test, SZ_64K);
	grant_cache_set_limit(&fake->cache, 0);
	grant_cache_give(&fake->cache, grant[0]);
	flush_delayed_work(&fake->cache.keeper.drain_work);
	flush_delayed_work(&fake->cache.keeper.drain_work);
	KUNIT_EXPECT_EQ(test, books(fake).kept, 0);
	KUNIT_EXPECT_EQ(test, fake->taken, 0);
}

static void idle_grants_are_given_back(struct kunit *test)
{
	struct fake_service *fake = test->priv;
	struct grant *live = take(test, SZ_64K);

	grant_cache_give(&fake->cache, take(test, SZ_128K));
	let_scrub(fake);
	let_drain(fake);
	KUNIT_EXPECT_EQ(test, books(fake).kept, SZ_128K);

	fake->delays.drain_ms = 0;
	let_drain(fake);
	KUNIT_EXPECT_EQ(test, books(fake).kept, 0);
	KUNIT_EXPECT_EQ(test, books(fake).live, SZ_64K);
	grant_cache_give(&fake->cache, live);
}

static void kernel_gets_all_or_nothing(struct kunit *test)
{
	struct fake_service *fake = test->priv;
	struct keeper *keeper = &fake->cache.keeper;
	struct grant *live = take(test, SZ_64K);

	KUNIT_EXPECT_EQ(test, keeper->ops->count(keeper), 0);
	grant_cache_give(&fake->cache, take(test, SZ_128K));
	KUNIT_EXPECT_EQ(test, keeper->ops->count(keeper), 0);
	KUNIT_EXPECT_EQ(test, keeper->ops->shrink(keeper, 1), 0);
	KUNIT_EXPECT_EQ(test, books(fake).kept, SZ_128K);

	grant_cache_give(&fake->cache, live);
	KUNIT_EXPECT_EQ(test, keeper->ops->count(keeper),
			AREA_SIZE >> PAGE_SHIFT);
	KUNIT_EXPECT_EQ(test, keeper->ops->shrink(keeper, 1),
			AREA_SIZE >> PAGE_SHIFT);
	KUNIT_EXPECT_EQ(test, fake->taken, 0);
	KUNIT_EXPECT_EQ(test, keeper->ops->count(keeper), 0);
}

static void lost_tees_grants_are_nobodys(struct kunit *test)
{
	struct fake_service *fake = test->priv;
	struct grant *dirty = take(test, SZ_64K), *live = take(test, SZ_64K);

	grant_cache_give(&fake->cache, take(test, SZ_128K));
	let_scrub(fake);
	grant_cache_give(&fake->cache, dirty);
	grant_cache_lose(&fake->cache);
	KUNIT_EXPECT_EQ(test, books(fake).kept, 0);
	KUNIT_EXPECT_EQ(test, books(fake).quarantined, SZ_64K + SZ_128K);
	let_scrub(fake);
	KUNIT_EXPECT_EQ(test, fake->scrubs, 1);

	grant_cache_retry(&fake->cache);
	KUNIT_EXPECT_EQ(test, books(fake).quarantined, 0);
	KUNIT_EXPECT_EQ(test, fake->gives, 2);
	grant_cache_give(&fake->cache, live);
}

/* The worker is in the middle of it: the TEE goes before the call is over. */
static int scrub_and_lose(void *priv, struct sg_table *sgt)
{
	struct fake_service *fake = priv;

	grant_cache_lose(&fake->cache);

	return fake_scrub(priv, sgt);
}

static void scrub_of_an_earlier_life_is_void(struct kunit *test)
{
	struct fake_service *fake = test->priv;
	struct grant_ops ops = fake_ops;

	ops.scrub = scrub_and_lose;
	fake->cache.ops = &ops;
	grant_cache_give(&fake->cache, take(test, SZ_64K));
	let_scrub(fake);
	fake->cache.ops = &fake_ops;
	KUNIT_EXPECT_EQ(test, fake->scrubs, 1);
	KUNIT_EXPECT_EQ(test, books(fake).quarantined, SZ_64K);
	KUNIT_EXPECT_EQ(test, books(fake).kept, 0);
}

static void expect_books(struct kunit *test)
{
	struct fake_service *fake = test->priv;
	struct grant_books now = books(fake);

	KUNIT_ASSERT_EQ(test, now.live + now.kept + now.quarantined,
			hweight_long(fake->taken) * (size_t)GRANULE);
}

static int now_and_then(struct rnd_state *rnd)
{
	return prandom_u32_state(rnd) % 8 ? 0 : -EIO;
}

/* What is taken is looked at: it has to be zero. */
static void nothing_is_lost_whatever_fails(struct kunit *test)
{
	struct fake_service *fake = test->priv;
	struct grant *held[GRANULES] = {};
	struct rnd_state rnd;
	unsigned int i, slot;

	prandom_seed_state(&rnd, 1);
	for (i = 0; i < 5000; i++) {
		slot = prandom_u32_state(&rnd) % GRANULES;
		fake->give_result = now_and_then(&rnd);
		fake->scrub_result = now_and_then(&rnd);
		if (held[slot]) {
			grant_cache_give(&fake->cache, held[slot]);
			held[slot] = NULL;
		} else {
			held[slot] = try_to_take(test,
						 GRANULE * (1 + slot % 3));
		}
		if (!(prandom_u32_state(&rnd) % 4))
			let_scrub(fake);
		if (!(prandom_u32_state(&rnd) % 16))
			grant_cache_lose(&fake->cache);
		if (!(prandom_u32_state(&rnd) % 8))
			grant_cache_retry(&fake->cache);
		flush_delayed_work(&fake->cache.keeper.drain_work);
		expect_books(test);
	}
	fake->give_result = 0;
	for (slot = 0; slot < GRANULES; slot++)
		if (held[slot])
			grant_cache_give(&fake->cache, held[slot]);
	grant_cache_lose(&fake->cache);
	grant_cache_retry(&fake->cache);
	KUNIT_EXPECT_EQ(test, fake->taken, 0);
	KUNIT_EXPECT_GT(test, books(fake).hits, 100);
}

static struct kunit_case grant_cache_cases[] = {
	KUNIT_CASE(next_user_needs_no_call),
	KUNIT_CASE(dirty_grant_is_nobodys),
	KUNIT_CASE(only_the_size_fits),
	KUNIT_CASE(neighbours_are_scrubbed_in_one_call),
	KUNIT_CASE(what_cannot_be_scrubbed_is_given_back),
	KUNIT_CASE(what_cannot_be_kept_is_given_back),
	KUNIT_CASE(what_cannot_be_given_back_is_quarantined),
	KUNIT_CASE(full_area_gives_up_what_is_kept),
	KUNIT_CASE(failed_take_leaves_nothing),
	KUNIT_CASE(limit_is_kept),
	KUNIT_CASE(idle_grants_are_given_back),
	KUNIT_CASE(kernel_gets_all_or_nothing),
	KUNIT_CASE(lost_tees_grants_are_nobodys),
	KUNIT_CASE(scrub_of_an_earlier_life_is_void),
	KUNIT_CASE(nothing_is_lost_whatever_fails),
	{}
};

static struct kunit_suite grant_cache_suite = {
	.name = "restricted_grant_cache",
	.init = grant_cache_test_init,
	.exit = grant_cache_test_exit,
	.test_cases = grant_cache_cases,
};

kunit_test_suite(grant_cache_suite);
