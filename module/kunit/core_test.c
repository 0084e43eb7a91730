// SPDX-License-Identifier: GPL-2.0
/* The core: order of the steps, books, errors, quarantine. */
#include <kunit/test.h>
#include <linux/err.h>
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

/* A buffer is undone by the ops that made it, whatever came after. */
static void buffers_remember_their_ops(struct kunit *test)
{
	struct fake_heap *fake =
		fake_heap_create(test, &fake_born_restricted_ops);
	static struct restricted_heap_ops ops;
	static struct restricted_semantics other;
	struct restricted_buffer *old, *new;

	ops = fake_ops;
	ops.heap_init = NULL;
	old = restricted_buffer_alloc(&fake->heap, PAGE_SIZE);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, old);
	restricted_heap_switch(&fake->heap, &ops, &other);
	KUNIT_EXPECT_PTR_EQ(test, fake->heap.semantics, &other);
	new = restricted_buffer_alloc(&fake->heap, PAGE_SIZE);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, new);
	restricted_buffer_free(old);
	KUNIT_EXPECT_STREQ(test, fake->log, "AARF");
	restricted_buffer_free(new);
	KUNIT_EXPECT_STREQ(test, fake->log, "AARFUF");
	expect_books(test, fake, 2, 2, 0);
}

/* Switched before the first allocation, a heap is still initialised. */
static void switch_leaves_init_to_the_first(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	static struct restricted_heap_ops ops;
	struct restricted_buffer *buf;

	ops = fake_ops;
	restricted_heap_switch(&fake->heap, &ops, &fake_semantics);
	buf = restricted_buffer_alloc(&fake->heap, PAGE_SIZE);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	KUNIT_EXPECT_PTR_EQ(test, buf->ops, &ops);
	restricted_buffer_free(buf);
	KUNIT_EXPECT_STREQ(test, fake->log, "IARUF");
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
	KUNIT_CASE(buffers_remember_their_ops),
	KUNIT_CASE(switch_leaves_init_to_the_first),
	KUNIT_CASE(setup_refuses_a_broken_provider),
	{}
};

static struct kunit_suite core_suite = {
	.name = "restricted_core",
	.test_cases = core_cases,
};

kunit_test_suite(core_suite);
