// SPDX-License-Identifier: GPL-2.0
/* The core: order of the steps, books, errors, initialisation, quarantine. */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/mm.h>

#include "fake_heap.h"

static void expect_books(struct kunit *test, struct fake_heap *fake,
			 s64 allocs, s64 frees, s64 failures)
{
	struct restricted_heap_stats *stats = &fake->heap.stats;

	KUNIT_EXPECT_EQ(test, atomic64_read(&stats->allocs), allocs);
	KUNIT_EXPECT_EQ(test, atomic64_read(&stats->frees), frees);
	KUNIT_EXPECT_EQ(test, atomic64_read(&stats->failures), failures);
}

static void steps_come_in_order(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	struct restricted_buffer *buf;

	buf = restricted_buffer_alloc(&fake->heap, PAGE_SIZE);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	expect_books(test, fake, 1, 0, 0);
	restricted_buffer_free(buf);

	KUNIT_EXPECT_STREQ(test, fake->log, "IARUF");
	expect_books(test, fake, 1, 1, 0);
}

static void restrict_is_optional(struct kunit *test)
{
	struct fake_heap *fake =
		fake_heap_create(test, &fake_born_restricted_ops);
	struct restricted_buffer *buf;

	buf = restricted_buffer_alloc(&fake->heap, PAGE_SIZE);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	restricted_buffer_free(buf);

	KUNIT_EXPECT_STREQ(test, fake->log, "AF");
}

static void sizes_are_checked(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	struct restricted_buffer *buf;

	KUNIT_EXPECT_EQ(test, -EINVAL,
			PTR_ERR(restricted_buffer_alloc(&fake->heap, 0)));
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			PTR_ERR(restricted_buffer_alloc(&fake->heap, SZ_4G)));
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			PTR_ERR(restricted_buffer_alloc(&fake->heap,
							SIZE_MAX - SZ_4K)));
	/* Would be 0 in whole pages */
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			PTR_ERR(restricted_buffer_alloc(&fake->heap,
							SIZE_MAX)));
	KUNIT_EXPECT_STREQ(test, fake->log, "");

	buf = restricted_buffer_alloc(&fake->heap, 1);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	KUNIT_EXPECT_EQ(test, buf->size, PAGE_SIZE);
	restricted_buffer_free(buf);
}

static void failed_alloc_leaves_nothing(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);

	fake->alloc_result = -ENOMEM;
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			PTR_ERR(restricted_buffer_alloc(&fake->heap,
							PAGE_SIZE)));
	KUNIT_EXPECT_STREQ(test, fake->log, "IA");
	expect_books(test, fake, 0, 0, 1);
}

static void failed_restrict_frees_the_memory(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);

	/* In ranges, so that there is a table to free */
	fake->ranges = 4;
	fake->restrict_result = -EIO;
	KUNIT_EXPECT_EQ(test, -EIO,
			PTR_ERR(restricted_buffer_alloc(&fake->heap,
							4 * PAGE_SIZE)));
	KUNIT_EXPECT_STREQ(test, fake->log, "IARF");
	expect_books(test, fake, 0, 0, 1);
}

/* Some of it may be restricted, and nobody can tell what. */
static void half_restricted_is_quarantined(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	struct restricted_heap_stats *stats = &fake->heap.stats;

	fake->restrict_result = -ENOTRECOVERABLE;
	KUNIT_EXPECT_EQ(test, -EIO,
			PTR_ERR(restricted_buffer_alloc(&fake->heap,
							PAGE_SIZE)));
	KUNIT_EXPECT_STREQ(test, fake->log, "IAR");
	expect_books(test, fake, 0, 0, 1);
	KUNIT_EXPECT_EQ(test, atomic64_read(&stats->quarantined_buffers), 1);

	KUNIT_EXPECT_EQ(test, restricted_heap_retry_quarantine(&fake->heap), 1);
	KUNIT_EXPECT_STREQ(test, fake->log, "IARUF");
	expect_books(test, fake, 0, 0, 1);
}

static void failed_unrestrict_quarantines(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	struct restricted_heap_stats *stats = &fake->heap.stats;
	struct restricted_buffer *buf;

	buf = restricted_buffer_alloc(&fake->heap, 2 * PAGE_SIZE);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	fake->unrestrict_result = -EIO;
	restricted_buffer_free(buf);

	KUNIT_EXPECT_STREQ(test, fake->log, "IARU");
	KUNIT_EXPECT_EQ(test, atomic64_read(&stats->quarantined_buffers), 1);
	KUNIT_EXPECT_EQ(test, atomic64_read(&stats->quarantined_bytes),
			2 * PAGE_SIZE);
	KUNIT_ASSERT_FALSE(test, list_empty(&fake->heap.quarantine));
	KUNIT_EXPECT_PTR_EQ(test, buf,
			    list_first_entry(&fake->heap.quarantine,
					     struct restricted_buffer, node));

	/* Still not to be had: it stays, whole */
	KUNIT_EXPECT_EQ(test, restricted_heap_retry_quarantine(&fake->heap), 0);
	KUNIT_EXPECT_STREQ(test, fake->log, "IARUU");
	KUNIT_EXPECT_EQ(test, atomic64_read(&stats->quarantined_buffers), 1);
	KUNIT_EXPECT_FALSE(test, list_empty(&fake->heap.quarantine));

	fake->unrestrict_result = 0;
	KUNIT_EXPECT_EQ(test, restricted_heap_retry_quarantine(&fake->heap), 1);
	KUNIT_EXPECT_STREQ(test, fake->log, "IARUUUF");
	KUNIT_EXPECT_EQ(test, atomic64_read(&stats->quarantined_buffers), 0);
	KUNIT_EXPECT_EQ(test, atomic64_read(&stats->quarantined_bytes), 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&fake->heap.quarantine));
	expect_books(test, fake, 1, 1, 0);
}

/* Ledger (1): a failed first allocation poisons every later one. */
static void failed_init_is_tried_again(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	struct restricted_buffer *buf;

	fake->init_result = -ENODEV;
	KUNIT_EXPECT_EQ(test, -ENODEV,
			PTR_ERR(restricted_buffer_alloc(&fake->heap,
							PAGE_SIZE)));
	KUNIT_EXPECT_EQ(test, -ENODEV,
			PTR_ERR(restricted_buffer_alloc(&fake->heap,
							PAGE_SIZE)));
	fake->init_result = 0;
	buf = restricted_buffer_alloc(&fake->heap, PAGE_SIZE);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	restricted_buffer_free(buf);

	KUNIT_EXPECT_STREQ(test, fake->log, "IIIARUF");
	expect_books(test, fake, 1, 1, 2);
}

#define RACERS 4

struct racer {
	struct fake_heap *fake;
	struct completion *start;
	struct completion done;
	int result;
};

static int race_first_alloc(void *data)
{
	struct racer *racer = data;
	struct restricted_buffer *buf;

	wait_for_completion(racer->start);
	buf = restricted_buffer_alloc(&racer->fake->heap, PAGE_SIZE);
	racer->result = PTR_ERR_OR_ZERO(buf);
	if (!IS_ERR(buf))
		restricted_buffer_free(buf);
	complete(&racer->done);

	return 0;
}

/* Ledger (2): two concurrent first allocations open two sessions. */
static void init_happens_once(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	struct racer *racers = kunit_kcalloc(test, RACERS, sizeof(*racers),
					     GFP_KERNEL);
	DECLARE_COMPLETION_ONSTACK(start);
	struct task_struct *task;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, racers);
	for (i = 0; i < RACERS; i++) {
		racers[i].fake = fake;
		racers[i].start = &start;
		init_completion(&racers[i].done);
		task = kthread_run(race_first_alloc, &racers[i], "racer%d", i);
		/* Those that did start still wait: let them end */
		if (IS_ERR(task)) {
			racers[i].result = PTR_ERR(task);
			complete(&racers[i].done);
		}
	}
	complete_all(&start);
	for (i = 0; i < RACERS; i++) {
		wait_for_completion(&racers[i].done);
		KUNIT_EXPECT_EQ(test, racers[i].result, 0);
	}

	KUNIT_EXPECT_EQ(test, atomic_read(&fake->inits), 1);
	expect_books(test, fake, RACERS, RACERS, 0);
}

/* Ledger (8): only the first entry of the table was marked. */
static void scattered_buffer_keeps_every_range(struct kunit *test)
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

static void setup_refuses_a_broken_provider(struct kunit *test)
{
	struct restricted_heap_ops ops = fake_ops;
	struct restricted_heap heap = {
		.name = "restricted_fake",
		.ops = &ops,
		.semantics = &fake_semantics,
	};

	KUNIT_EXPECT_EQ(test, restricted_heap_setup(&heap), 0);

	heap.name = "";
	KUNIT_EXPECT_EQ(test, restricted_heap_setup(&heap), -EINVAL);
	heap.name = "restricted_fake";

	heap.semantics = NULL;
	KUNIT_EXPECT_EQ(test, restricted_heap_setup(&heap), -EINVAL);
	heap.semantics = &fake_semantics;

	ops.memory_unrestrict = NULL;
	KUNIT_EXPECT_EQ(test, restricted_heap_setup(&heap), -EINVAL);
	ops = fake_ops;
	ops.memory_restrict = NULL;
	KUNIT_EXPECT_EQ(test, restricted_heap_setup(&heap), -EINVAL);
	ops = fake_ops;
	ops.memory_alloc = NULL;
	KUNIT_EXPECT_EQ(test, restricted_heap_setup(&heap), -EINVAL);
	ops = fake_ops;
	ops.memory_free = NULL;
	KUNIT_EXPECT_EQ(test, restricted_heap_setup(&heap), -EINVAL);
}

static struct kunit_case core_cases[] = {
	KUNIT_CASE(steps_come_in_order),
	KUNIT_CASE(restrict_is_optional),
	KUNIT_CASE(sizes_are_checked),
	KUNIT_CASE(failed_alloc_leaves_nothing),
	KUNIT_CASE(failed_restrict_frees_the_memory),
	KUNIT_CASE(half_restricted_is_quarantined),
	KUNIT_CASE(failed_unrestrict_quarantines),
	KUNIT_CASE(failed_init_is_tried_again),
	KUNIT_CASE(init_happens_once),
	KUNIT_CASE(scattered_buffer_keeps_every_range),
	KUNIT_CASE(setup_refuses_a_broken_provider),
	{}
};

static struct kunit_suite core_suite = {
	.name = "restricted_core",
	.test_cases = core_cases,
};

kunit_test_suite(core_suite);
