// SPDX-License-Identifier: GPL-2.0
/*
 * The bug ledger, the posted restricted_heap series: ledger_<n>_... can fail
 * only where our code has the series' defect n. results/ledger.md lists them.
 */
#include <kunit/static_stub.h>
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sizes.h>

#include "../core/core.h"
#include "../memory/page_set.h"
#include "fake_heap.h"
#include "heap_stat.h"
#include "race.h"
#include "tee_service.h"
#include "usage.h"

static void expect_error(struct kunit *test, struct fake_heap *fake,
			 int expected)
{
	struct restricted_buffer *buf =
		restricted_buffer_alloc(&fake->heap, PAGE_SIZE);

	/* Not PTR_ERR() alone: what is no errno is a buffer */
	KUNIT_EXPECT_TRUE(test, IS_ERR(buf));
	KUNIT_EXPECT_EQ(test, PTR_ERR(buf), expected);
}

static void expect_buffer(struct kunit *test, struct fake_heap *fake)
{
	struct restricted_buffer *buf =
		restricted_buffer_alloc(&fake->heap, PAGE_SIZE);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	restricted_buffer_free(buf);
}

/* A first allocation that failed poisoned every later one. */
static void ledger_01_failed_session_leaves_no_poison(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);

	fake->init_result = -ENODEV;
	expect_error(test, fake, -ENODEV);
	expect_error(test, fake, -ENODEV);
	fake->init_result = 0;
	expect_buffer(test, fake);

	KUNIT_EXPECT_STREQ(test, fake->log, "IIIARUF");
}

static int first_allocation(void *data)
{
	struct fake_heap *fake = data;
	struct restricted_buffer *buf;

	buf = restricted_buffer_alloc(&fake->heap, PAGE_SIZE);
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	restricted_buffer_free(buf);

	return 0;
}

/* Nothing kept two first allocations from opening a session each. */
static void ledger_02_first_allocations_open_one_session(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);

	race(test, first_allocation, fake);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->inits), 1);
	KUNIT_EXPECT_EQ(test, atomic64_read(&fake->heap.stats.allocs), RACERS);
}

static const struct memsvc_request one_page = {
	.size = SZ_4K,
	.type = MEMSVC_TYPE_STATIC,
};

/* An ERR_PTR for shared memory was looked at with "!", and then used. */
static void ledger_03_error_for_shared_memory_is_an_error(struct kunit *test)
{
	struct memsvc *svc = tee_service_open(test);
	struct memsvc_grant grant;
	struct memsvc_range range;

	KUNIT_ASSERT_EQ(test, memsvc_zalloc(svc, &one_page, &grant), 0);
	/* The TEE's driver has no shared memory of 0 bytes */
	KUNIT_EXPECT_EQ(test, -EINVAL,
			memsvc_retrieve(svc, grant.handle, &range, 0));
	KUNIT_EXPECT_EQ(test, memsvc_retrieve(svc, grant.handle, &range, 1), 0);
	KUNIT_EXPECT_EQ(test, memsvc_free(svc, grant.handle), 0);
}

/* Error paths with ret == 0 returned the buffer they had freed. */
static void ledger_04_failed_step_never_gives_a_buffer(struct kunit *test)
{
	static const struct {
		int said, expected;
	} results[] = {
		{ -ENOMEM, -ENOMEM },
		{ -EIO, -EIO },
		/* These are no errno, and may be a provider's slip */
		{ 1, -EIO },
		{ -MAX_ERRNO - 1, -EIO },
	};
	struct fake_heap *fake;
	int i, step;

	for (i = 0; i < ARRAY_SIZE(results); i++) {
		for (step = 0; step < 3; step++) {
			int *result;

			fake = fake_heap_create(test, &fake_ops);
			result = step == 0 ? &fake->init_result :
				 step == 1 ? &fake->alloc_result :
					     &fake->restrict_result;
			*result = results[i].said;
			expect_error(test, fake, results[i].expected);
			*result = 0;
			expect_buffer(test, fake);
			KUNIT_EXPECT_EQ(test, 1,
					atomic64_read(&fake->heap.stats.failures));
		}
	}
}

/* FREE that did not reach the TEE was taken for one that did. */
static void ledger_05_free_that_never_arrived_is_told(struct kunit *test)
{
	struct memsvc *svc = tee_service_open(test);
	struct memsvc elsewhere = *svc;
	struct memsvc_grant grant;

	KUNIT_ASSERT_EQ(test, memsvc_zalloc(svc, &one_page, &grant), 0);
	/* Refused by the TEE's driver; the TEE never hears of it */
	elsewhere.session = ~svc->session;
	KUNIT_EXPECT_LT(test, memsvc_free(&elsewhere, grant.handle), 0);
	KUNIT_EXPECT_EQ(test, memsvc_free(svc, grant.handle), 0);
}

/* And then memory was freed that may have been restricted still. */
static void ledger_05_memory_stays_when_free_fails(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	struct restricted_buffer *buf;

	buf = restricted_buffer_alloc(&fake->heap, PAGE_SIZE);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	fake->unrestrict_result = -ENODEV;
	restricted_buffer_free(buf);
	KUNIT_EXPECT_STREQ(test, fake->log, "IARU");

	fake->unrestrict_result = 0;
	KUNIT_EXPECT_EQ(test, restricted_heap_retry_quarantine(&fake->heap), 1);
	KUNIT_EXPECT_STREQ(test, fake->log, "IARUUF");
}

/* Books summed what was asked for, not what was taken. */
static void ledger_06_books_tell_what_was_taken(struct kunit *test)
{
	static const struct lend_limits limits = { .entries = 1 };
	struct lender *lender = tee_service_lender(test);
	struct sg_table sgt;

	/* A table that has chunks of 64 KiB only */
	KUNIT_ASSERT_EQ(test, 0, page_set_alloc(&sgt, SZ_4K, 0xff04, BIT(4)));
	KUNIT_EXPECT_EQ(test, lender_restrict(lender, &sgt, &limits), 0);
	KUNIT_EXPECT_EQ(test, lender->bytes, SZ_64K);
	KUNIT_EXPECT_EQ(test, lender_unrestrict(lender, &sgt, &limits), 0);
	KUNIT_EXPECT_EQ(test, lender->bytes, 0);

	page_set_free(&sgt);
	sg_free_table(&sgt);
}

/* A heap whose TEE takes more than it was asked for, if it works here */
static struct restricted_heap *find_area_heap(struct kunit *test)
{
	struct restricted_heap *heap = restricted_heap_find("restricted_mtk_cma");
	struct restricted_buffer *buf;

	if (!heap)
		kunit_skip(test, "restricted_mtk_cma is not here");
	buf = restricted_buffer_alloc(heap, PAGE_SIZE);
	if (PTR_ERR_OR_ZERO(buf) == -ENODEV)
		kunit_skip(test, "no TEE here offers the memory service");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	restricted_buffer_free(buf);

	return heap;
}

#define AREA_BUFFERS_MAX	4096

/* Full when the TEE's area is, and not before, and told as any full heap. */
static void ledger_06_area_is_full_when_the_tee_says(struct kunit *test)
{
	struct restricted_heap *heap = find_area_heap(test);
	s64 before = heap_stat(test, heap, "taken_bytes");
	s64 fit = heap_stat(test, heap, "pool_free") / MEMSVC_CMA_GRANULE;
	struct restricted_buffer **held;
	long error = 0;
	s64 n;

	held = kunit_kcalloc(test, AREA_BUFFERS_MAX, sizeof(*held), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, held);
	for (n = 0; n < AREA_BUFFERS_MAX; n++) {
		held[n] = restricted_buffer_alloc(heap, PAGE_SIZE);
		error = PTR_ERR_OR_ZERO(held[n]);
		if (error)
			break;
	}
	KUNIT_EXPECT_EQ(test, error, -ENOMEM);
	KUNIT_EXPECT_EQ(test, n, fit);
	KUNIT_EXPECT_EQ(test, heap_stat(test, heap, "taken_bytes"),
			before + n * MEMSVC_CMA_GRANULE);
	while (n)
		restricted_buffer_free(held[--n]);
	KUNIT_EXPECT_EQ(test, heap_stat(test, heap, "taken_bytes"), before);
}

/* And where no more was to be had it was -EINVAL. */
static void ledger_06_no_room_is_no_memory(struct kunit *test)
{
	static const struct lend_limits limits = { .entries = 1 };
	struct lender *lender = tee_service_lender(test);
	struct sg_table sgt;

	KUNIT_ASSERT_EQ(test, 0, page_set_alloc(&sgt, SZ_4K, 0xff04, BIT(4)));
	lender->limit = SZ_4K;
	KUNIT_EXPECT_EQ(test, lender_restrict(lender, &sgt, &limits), -ENOMEM);
	KUNIT_EXPECT_EQ(test, lender->bytes, 0);

	page_set_free(&sgt);
	sg_free_table(&sgt);
}

/* In place of making it known to user space. */
static int look_at_it(struct restricted_heap *heap)
{
	struct fake_heap *fake = container_of(heap, struct fake_heap, heap);

	fake->usable = heap->kobj && heap->quarantine.next &&
		       mutex_trylock(&heap->lock);
	if (fake->usable)
		mutex_unlock(&heap->lock);

	return fake->add_result;
}

static struct fake_heap *create_raw_heap(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);

	/* As it comes from a provider, or worse */
	memset(&fake->heap.lock, 0xff, sizeof(fake->heap.lock));
	memset(&fake->heap.quarantine, 0, sizeof(fake->heap.quarantine));

	return fake;
}

/* The lock was initialised when the heap could be in use already. */
static void ledger_07_heap_is_whole_before_it_is_known(struct kunit *test)
{
	struct fake_heap *fake = create_raw_heap(test);

	kunit_activate_static_stub(test, restricted_dmabuf_add_heap,
				   look_at_it);
	fake->add_result = -EBUSY;
	KUNIT_EXPECT_EQ(test, restricted_heap_add(&fake->heap), -EBUSY);
	KUNIT_EXPECT_TRUE(test, fake->usable);
}

/* Only the first entry of a buffer's table was marked. */
static void ledger_08_every_range_is_in_the_table(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	struct restricted_buffer *buf;
	struct scatterlist *sg;
	phys_addr_t pa;
	int i;

	fake->ranges = 4;
	buf = restricted_buffer_alloc(&fake->heap, 4 * PAGE_SIZE);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	KUNIT_EXPECT_EQ(test, buf->sgt.orig_nents, 4);
	pa = sg_phys(buf->sgt.sgl);
	for_each_sgtable_sg(&buf->sgt, sg, i) {
		KUNIT_EXPECT_EQ(test, sg_phys(sg), pa + i * PAGE_SIZE);
		KUNIT_EXPECT_EQ(test, sg->length, PAGE_SIZE);
	}
	restricted_buffer_free(buf);
}

#define FAR_RANGES	8

/* Every second page of some, so that no two are neighbours. */
static void set_far_ranges(struct sg_table *sgt, struct scatterlist *sg,
			   struct page *pages)
{
	int i;

	sg_init_table(sg, FAR_RANGES);
	for (i = 0; i < FAR_RANGES; i++)
		sg_set_page(&sg[i], pages + 2 * i, PAGE_SIZE, 0);
	*sgt = (struct sg_table){
		.sgl = sg,
		.nents = FAR_RANGES,
		.orig_nents = FAR_RANGES,
	};
}

static void ledger_08_every_range_reaches_the_tee(struct kunit *test)
{
	static const struct lend_limits limits = { .entries = 3 };
	struct lender *lender = tee_service_lender(test);
	struct scatterlist sg[FAR_RANGES];
	struct sg_table all, one;
	struct page *pages;
	int i;

	pages = alloc_pages(GFP_KERNEL, get_order(2 * FAR_RANGES * PAGE_SIZE));
	KUNIT_ASSERT_NOT_NULL(test, pages);
	set_far_ranges(&all, sg, pages);
	KUNIT_EXPECT_EQ(test, lender_restrict(lender, &all, &limits), 0);
	/* Each is refused alone as restricted already, and only as that */
	for (i = 0; i < FAR_RANGES; i++) {
		one = (struct sg_table){
			.sgl = &sg[i],
			.nents = 1,
			.orig_nents = 1,
		};
		sg_mark_end(&sg[i]);
		KUNIT_EXPECT_NE(test, lender_restrict(lender, &one, &limits),
				0);
		KUNIT_EXPECT_EQ(test, lender_unrestrict(lender, &one, &limits),
				0);
	}
	KUNIT_EXPECT_EQ(test, lender->bytes, 0);
	__free_pages(pages, get_order(2 * FAR_RANGES * PAGE_SIZE));
}

#define MANY	8192

static void expect_no_tables_left(struct kunit *test, int alloc_result,
				  int restrict_result)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	struct restricted_buffer *buf;
	unsigned long before;
	int i;

	fake->ranges = 4;
	fake->late_alloc_result = alloc_result;
	fake->restrict_result = restrict_result;
	before = usage_begin(test);
	for (i = 0; i < MANY; i++) {
		buf = restricted_buffer_alloc(&fake->heap, 4 * PAGE_SIZE);
		if (!IS_ERR(buf))
			restricted_buffer_free(buf);
	}
	usage_expect_same(test, before);
	KUNIT_EXPECT_FALSE(test, fake->table_gone);
}

/* A table was freed by the provider, by the framework, by both or by none. */
static void ledger_09_core_frees_each_table_once(struct kunit *test)
{
	expect_no_tables_left(test, 0, 0);
	expect_no_tables_left(test, -ENOMEM, 0);
	expect_no_tables_left(test, 0, -EIO);
}

static struct kunit_case ledger_cases[] = {
	KUNIT_CASE(ledger_01_failed_session_leaves_no_poison),
	KUNIT_CASE(ledger_02_first_allocations_open_one_session),
	KUNIT_CASE(ledger_03_error_for_shared_memory_is_an_error),
	KUNIT_CASE(ledger_04_failed_step_never_gives_a_buffer),
	KUNIT_CASE(ledger_05_free_that_never_arrived_is_told),
	KUNIT_CASE(ledger_05_memory_stays_when_free_fails),
	KUNIT_CASE(ledger_06_books_tell_what_was_taken),
	KUNIT_CASE(ledger_06_no_room_is_no_memory),
	KUNIT_CASE_SLOW(ledger_06_area_is_full_when_the_tee_says),
	KUNIT_CASE(ledger_07_heap_is_whole_before_it_is_known),
	KUNIT_CASE(ledger_08_every_range_is_in_the_table),
	KUNIT_CASE(ledger_08_every_range_reaches_the_tee),
	KUNIT_CASE_SLOW(ledger_09_core_frees_each_table_once),
	{}
};

static struct kunit_suite ledger_suite = {
	.name = "restricted_ledger",
	.test_cases = ledger_cases,
};

kunit_test_suite(ledger_suite);

MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
