// SPDX-License-Identifier: GPL-2.0
/*
 * The bug ledger, Linux 7.2's own protected heap: ledger_<x>_... can fail only
 * where our code has mainline's defect x. results/ledger.md lists them, with
 * what was seen of mainline's.
 */
#include <kunit/static_stub.h>
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/tee_core.h>

#include "../core/core.h"
#include "../memory/carveout_pool.h"
#include "fake_heap.h"
#include "heap_stat.h"
#include "race.h"
#include "tee_service.h"
#include "usage.h"

static const char * const our_heaps[] = {
	"restricted_carveout",
	"restricted_mtk_cm",
	"restricted_mtk_cma",
	"restricted_pages",
	"restricted_secure_ram",
};

/* A heap of the machine's that gives buffers now, or NULL */
static struct restricted_heap *find_working_heap(const char *name)
{
	struct restricted_heap *heap = restricted_heap_find(name);
	struct restricted_buffer *buf;

	if (!heap)
		return NULL;
	buf = restricted_buffer_alloc(heap, PAGE_SIZE);
	/* No TEE, or one that has no such memory */
	if (PTR_ERR_OR_ZERO(buf) == -ENODEV ||
	    PTR_ERR_OR_ZERO(buf) == -EOPNOTSUPP)
		return NULL;
	if (!IS_ERR(buf))
		restricted_buffer_free(buf);

	return heap;
}

static void on_each_heap(struct kunit *test,
			 void (*run)(struct kunit *test,
				     struct restricted_heap *heap))
{
	struct restricted_heap *heap;
	unsigned int tried = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(our_heaps); i++) {
		heap = find_working_heap(our_heaps[i]);
		if (heap) {
			kunit_info(test, "%s", heap->name);
			run(test, heap);
			tried++;
		}
	}
	if (!tried)
		kunit_skip(test, "none of our heaps works here");
}

#define LONE_ROUNDS	500

/* Each free may be the last of all, each allocation the first. */
static int alloc_and_free(void *data)
{
	struct restricted_buffer *buf;
	int i;

	for (i = 0; i < LONE_ROUNDS; i++) {
		buf = restricted_buffer_alloc(data, PAGE_SIZE);
		if (IS_ERR(buf))
			return PTR_ERR(buf);
		usleep_range(10, 20);
		restricted_buffer_free(buf);
		if (i % 2)
			usleep_range(10, 20);
	}

	return 0;
}

static void race_on(struct kunit *test, struct restricted_heap *heap)
{
	struct restricted_heap_stats *stats = &heap->stats;
	s64 allocs = atomic64_read(&stats->allocs);
	s64 frees = atomic64_read(&stats->frees);

	race(test, alloc_and_free, heap);
	KUNIT_EXPECT_EQ(test, atomic64_read(&stats->allocs),
			allocs + RACERS * LONE_ROUNDS);
	KUNIT_EXPECT_EQ(test, atomic64_read(&stats->frees),
			frees + RACERS * LONE_ROUNDS);
	KUNIT_EXPECT_EQ(test, atomic64_read(&stats->quarantined_buffers), 0);
}

/* The count fell to 0 outside the lock, and a racing get took it up from there. */
static void ledger_a_last_free_may_meet_first_alloc(struct kunit *test)
{
	on_each_heap(test, race_on);
}

/* Whether reclaiming had worked was not looked at: lent pages were freed. */
static void ledger_b_failed_reclaim_keeps_the_memory(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	struct restricted_buffer *buf;
	struct page *page;

	buf = restricted_buffer_alloc(&fake->heap, PAGE_SIZE);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	page = sg_page(buf->sgt.sgl);
	/* Ours, too, so that it cannot be anybody else's meanwhile */
	get_page(page);
	fake->unrestrict_result = -EIO;
	restricted_buffer_free(buf);
	KUNIT_EXPECT_EQ(test, page_count(page), 2);

	fake->unrestrict_result = 0;
	KUNIT_EXPECT_EQ(test, restricted_heap_retry_quarantine(&fake->heap), 1);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	put_page(page);
}

#define POOL_CYCLES	8192
#define LENDER_CYCLES	1024

/*
 * In the first half of the cycles the kernel fills what it keeps for later (its
 * caches, addresses that it frees together); the second is looked at.
 */
static void expect_no_leak(struct kunit *test, int cycles,
			   void (*cycle)(struct kunit *test, void *data),
			   void *data)
{
	unsigned long before;
	int i;

	for (i = 0; i < cycles; i++)
		cycle(test, data);
	before = usage_begin(test);
	for (i = 0; i < cycles; i++)
		cycle(test, data);
	usage_expect_same(test, before);
}

static void cycle_pool(struct kunit *test, void *pool)
{
	KUNIT_ASSERT_EQ(test, 0, carveout_pool_init(pool, "restricted-kunit"));
	carveout_pool_destroy(pool);
}

/* What the TEE had told of a pool was lost when the pool was destroyed. */
static void ledger_c_closed_pool_leaves_nothing(struct kunit *test)
{
	struct carveout_pool pool;

	if (carveout_pool_init(&pool, "restricted-kunit") == -ENODEV)
		kunit_skip(test, "no restricted-kunit node in the device tree");
	carveout_pool_destroy(&pool);
	expect_no_leak(test, POOL_CYCLES, cycle_pool, &pool);
}

static void cycle_lender(struct kunit *test, void *data)
{
	struct lender *lender = data;

	memset(lender, 0, sizeof(*lender));
	KUNIT_ASSERT_EQ(test, lender_open(lender), 0);
	lender_close(lender);
}

static void ledger_c_closed_lender_leaves_nothing(struct kunit *test)
{
	struct lender *lender = kunit_kzalloc(test, sizeof(*lender),
					      GFP_KERNEL);
	struct tee_device *teedev;
	size_t users;

	KUNIT_ASSERT_NOT_NULL(test, lender);
	teedev = tee_service_open(test)->ctx->teedev;
	/* Each context and each piece of shared memory is a user */
	users = teedev->num_users;
	expect_no_leak(test, LENDER_CYCLES, cycle_lender, lender);
	KUNIT_EXPECT_EQ(test, teedev->num_users, users);
}

/* In place of making it known to user space. */
static int refuse_heap(struct restricted_heap *heap)
{
	return container_of(heap, struct fake_heap, heap)->add_result;
}

/* EEXIST and ENOMEM were inverted, and a reservation was left. */
static void ledger_e_failed_add_tells_why_and_leaves_nothing(struct kunit *test)
{
	static const int results[] = { -EEXIST, -ENOMEM, -EEXIST, -EBUSY };
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	int i;

	kunit_activate_static_stub(test, restricted_dmabuf_add_heap,
				   refuse_heap);
	for (i = 0; i < ARRAY_SIZE(results); i++) {
		fake->add_result = results[i];
		KUNIT_EXPECT_EQ(test, restricted_heap_add(&fake->heap),
				results[i]);
		KUNIT_EXPECT_NULL(test, fake->heap.kobj);
		KUNIT_EXPECT_NULL(test, restricted_heap_find(fake->heap.name));
	}
}

static void ledger_e_second_add_is_eexist(struct kunit *test)
{
	struct restricted_heap *heap = restricted_heap_find(our_heaps[0]);

	if (!heap)
		kunit_skip(test, "%s is not here", our_heaps[0]);
	KUNIT_EXPECT_EQ(test, restricted_heap_add(heap), -EEXIST);
	KUNIT_EXPECT_PTR_EQ(test, restricted_heap_find(our_heaps[0]), heap);
}

static void expect_refused_whole(struct kunit *test,
				 struct restricted_heap *heap)
{
	/* The last would be 0 in whole pages, the second 4 KiB in 32 bits */
	static const size_t sizes[] = {
		SZ_4G, SZ_4G + SZ_4K, 2 * SZ_4G, 3 * SZ_4G + SZ_64K,
		SIZE_MAX - SZ_4K, SIZE_MAX,
	};
	struct restricted_heap_stats *stats = &heap->stats;
	s64 allocs = atomic64_read(&stats->allocs);
	s64 frees = atomic64_read(&stats->frees);
	int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		KUNIT_EXPECT_EQ(test, -ENOMEM,
				PTR_ERR(restricted_buffer_alloc(heap,
								sizes[i])));
	KUNIT_EXPECT_EQ(test, atomic64_read(&stats->allocs), allocs);
	KUNIT_EXPECT_EQ(test, atomic64_read(&stats->frees), frees);
}

/* A length of 4 GiB and over lost its upper half in the table. */
static void ledger_f_4_gib_is_refused_whole(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);

	expect_refused_whole(test, &fake->heap);
	/* Not even asked */
	KUNIT_EXPECT_STREQ(test, fake->log, "");
	on_each_heap(test, expect_refused_whole);
}

#define PING_PONGS	32

/* With each lone buffer the whole pool was lent and taken back. */
static void ledger_g_lone_buffers_lend_the_region_once(struct kunit *test)
{
	struct restricted_heap *heap = find_working_heap("restricted_mtk_cma");
	s64 lends, reclaims;
	int i;

	if (!heap)
		kunit_skip(test, "restricted_mtk_cma does not work here");
	lends = heap_stat(test, heap, "lends");
	reclaims = heap_stat(test, heap, "reclaims");
	for (i = 0; i < PING_PONGS; i++) {
		struct restricted_buffer *buf =
			restricted_buffer_alloc(heap, PAGE_SIZE);

		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
		restricted_buffer_free(buf);
	}
	KUNIT_EXPECT_LE(test, heap_stat(test, heap, "lends"), lends + 1);
	KUNIT_EXPECT_LE(test, heap_stat(test, heap, "reclaims"), reclaims + 1);
}

static struct kunit_case ledger_mainline_cases[] = {
	KUNIT_CASE_SLOW(ledger_a_last_free_may_meet_first_alloc),
	KUNIT_CASE(ledger_b_failed_reclaim_keeps_the_memory),
	KUNIT_CASE_SLOW(ledger_c_closed_pool_leaves_nothing),
	KUNIT_CASE_SLOW(ledger_c_closed_lender_leaves_nothing),
	KUNIT_CASE(ledger_e_failed_add_tells_why_and_leaves_nothing),
	KUNIT_CASE(ledger_e_second_add_is_eexist),
	KUNIT_CASE(ledger_f_4_gib_is_refused_whole),
	KUNIT_CASE(ledger_g_lone_buffers_lend_the_region_once),
	{}
};

static struct kunit_suite ledger_mainline_suite = {
	.name = "restricted_ledger_mainline",
	.test_cases = ledger_mainline_cases,
};

kunit_test_suite(ledger_mainline_suite);
