// SPDX-License-Identifier: GPL-2.0
/*
 * The bug ledger, where it takes a TEE that fails: ledger_<n>_... can fail only
 * where our code has the posted series' or mainline's defect n, as in
 * ../ledger_test.c and ../ledger_mainline_test.c.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#include "../../restricted_heap.h"
#include "../../sim/fault.h"
#include "../../tee/memsvc.h"
#include "client.h"

static struct restricted_heap *find_heap(struct kunit *test, const char *name)
{
	struct restricted_heap *heap = restricted_heap_find(name);
	struct restricted_buffer *buf;

	if (!heap)
		kunit_skip(test, "%s is not here", name);
	/* Its session is open, and what it keeps it has */
	buf = restricted_buffer_alloc(heap, SZ_64K);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	restricted_buffer_free(buf);

	return heap;
}

static u32 static_used(struct sim_client *client)
{
	return client_used(client, MEMSVC_TYPE_STATIC);
}

static void arm(struct kunit *test, const char *words)
{
	KUNIT_ASSERT_EQ(test, 0, sim_fault_write("off"));
	KUNIT_ASSERT_EQ(test, 0, sim_fault_write(words));
}

/* The pointer to the TEE was left dangling when the session failed. */
static void ledger_01_refused_session_can_be_opened_again(struct kunit *test)
{
	struct memsvc *svc = kunit_kzalloc(test, sizeof(*svc), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, svc);
	arm(test, "fail nth=1 times=2 cmd=open result=0xffff000c");
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, memsvc_open(svc), -ENOMEM);
		KUNIT_EXPECT_NULL(test, svc->ctx);
		KUNIT_EXPECT_EQ(test, -ENODEV,
				memsvc_invoke(svc, MEMSVC_CMD_NOP, NULL, 0));
	}
	KUNIT_ASSERT_EQ(test, memsvc_open(svc), 0);
	KUNIT_EXPECT_EQ(test, memsvc_invoke(svc, MEMSVC_CMD_NOP, NULL, 0), 0);
	memsvc_close(svc);
}

/* The call had succeeded, so ret was 0 when its answer was found to be bad. */
static void ledger_04_bad_answer_is_never_a_buffer(struct kunit *test)
{
	static const char * const fields[] = { "base", "count" };
	struct restricted_heap *heap = find_heap(test, "restricted_mtk_cm");
	u32 used = static_used(test->priv);
	int i;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		struct restricted_buffer *buf;
		char words[40];

		snprintf(words, sizeof(words), "corrupt nth=1 field=%s",
			 fields[i]);
		arm(test, words);
		buf = restricted_buffer_alloc(heap, SZ_64K);
		KUNIT_EXPECT_TRUE(test, IS_ERR(buf));
		if (!IS_ERR(buf))
			restricted_buffer_free(buf);
		KUNIT_EXPECT_EQ(test, static_used(test->priv), used);
	}
}

static s64 quarantined(struct restricted_heap *heap)
{
	return atomic64_read(&heap->stats.quarantined_bytes);
}

/* Another test may have left something there for good. */
static void expect_kept_while(struct kunit *test, struct restricted_heap *heap,
			      const char *words, u32 (*held)(struct sim_client *),
			      u32 size)
{
	s64 before = quarantined(heap);
	u32 theirs = held(test->priv);
	struct restricted_buffer *buf;

	buf = restricted_buffer_alloc(heap, SZ_64K);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	arm(test, words);
	restricted_buffer_free(buf);
	KUNIT_EXPECT_EQ(test, quarantined(heap), before + SZ_64K);
	KUNIT_EXPECT_EQ(test, held(test->priv), theirs + size);

	arm(test, "off");
	KUNIT_EXPECT_EQ(test, restricted_heap_retry_quarantine(heap), 1);
	KUNIT_EXPECT_EQ(test, quarantined(heap), before);
	KUNIT_EXPECT_EQ(test, held(test->priv), theirs);
}

/* That FREE did not arrive was not looked at. */
static void ledger_05_lost_free_leaves_the_memory_taken(struct kunit *test)
{
	static const char * const losses[] = {
		"fail nth=1 cmd=free result=-5",
		"fail nth=1 cmd=free result=0xffff000e",
		"timeout nth=1 cmd=free ms=1",
	};
	struct restricted_heap *heap = find_heap(test, "restricted_mtk_cm");
	int i;

	for (i = 0; i < ARRAY_SIZE(losses); i++)
		expect_kept_while(test, heap, losses[i], static_used, SZ_64K);
}

/* Pages that the TEE did not give back were freed. */
static void ledger_b_refused_pages_stay_ours(struct kunit *test)
{
	expect_kept_while(test, find_heap(test, "restricted_pages"),
			  "refuse_unrestrict", client_lent,
			  SZ_64K >> PAGE_SHIFT);
}

static struct kunit_case sim_ledger_cases[] = {
	KUNIT_CASE(ledger_01_refused_session_can_be_opened_again),
	KUNIT_CASE(ledger_04_bad_answer_is_never_a_buffer),
	KUNIT_CASE(ledger_05_lost_free_leaves_the_memory_taken),
	KUNIT_CASE(ledger_b_refused_pages_stay_ours),
	{}
};

static struct kunit_suite sim_ledger_suite = {
	.name = "tee_sim_ledger",
	.init = sim_test_init,
	.exit = sim_test_exit,
	.test_cases = sim_ledger_cases,
};

kunit_test_suite(sim_ledger_suite);
