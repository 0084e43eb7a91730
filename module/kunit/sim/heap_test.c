// SPDX-License-Identifier: GPL-2.0
/*
 * The heaps over a service that fails: whatever happens, the service and the
 * heap count the same memory afterwards.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../../restricted_heap.h"
#include "../../sim/fault.h"
#include "../../sim/life.h"
#include "../../sim/model.h"
#include "client.h"

#define ROUNDS		8
#define BUFFER_SIZE	SZ_64K

/* So that a buffer of restricted_pages takes four calls each way */
static const struct sim_model small_calls = {
	.max_entries = 2, .max_pages = 4,
};

/**
 * struct heap_case - one thing that goes wrong
 * @heap:	on this heap
 * @words:	what
 * @stays:	whether memory stays in quarantine for good, safe and lost
 */
struct heap_case {
	const char *heap;
	const char *words;
	bool stays;
};

/*
 * A buffer of restricted_pages that was given back in part stays: the calls that
 * went well are made again, and the service does not take them.
 */
static const struct heap_case heap_cases[] = {
	{ "restricted_pages", "off" },
	{ "restricted_pages", "fail nth=1 cmd=restrict" },
	{ "restricted_pages", "fail nth=3 cmd=restrict" },
	{ "restricted_pages", "fail nth=4 cmd=restrict result=-5" },
	{ "restricted_pages", "fail nth=1 cmd=unrestrict" },
	{ "restricted_pages", "fail nth=3 cmd=unrestrict", true },
	{ "restricted_pages", "fail nth=3 times=2", true },
	{ "restricted_pages", "fail permille=100 seed=3", true },
	{ "restricted_pages", "timeout nth=2 ms=20 cmd=restrict" },
	{ "restricted_pages", "timeout nth=2 ms=20 cmd=unrestrict", true },
	{ "restricted_pages", "refuse_unrestrict" },
	{ "restricted_pages", "die nth=3 cmd=restrict", true },
	{ "restricted_pages", "die nth=1 cmd=unrestrict" },
	{ "restricted_pages", "die nth=3 cmd=unrestrict result=-19", true },
	{ "restricted_mtk_cm", "off" },
	{ "restricted_mtk_cm", "fail nth=2 cmd=zalloc result=0xffff000c" },
	{ "restricted_mtk_cm", "fail nth=2 cmd=free" },
	{ "restricted_mtk_cm", "fail nth=2 cmd=free result=-5" },
	{ "restricted_mtk_cm", "fail permille=200 seed=3" },
	{ "restricted_mtk_cm", "timeout nth=2 ms=20 cmd=free" },
	{ "restricted_mtk_cm", "corrupt nth=2 field=count" },
	{ "restricted_mtk_cm", "corrupt nth=2 field=base" },
	{ "restricted_mtk_cm", "corrupt nth=2 field=bytes" },
	{ "restricted_mtk_cm", "die nth=2 cmd=zalloc" },
	{ "restricted_mtk_cm", "die nth=2 cmd=free result=-19" },
	/* Nobody knows any more how it is called */
	{ "restricted_mtk_cm", "corrupt nth=2 field=handle", true },
};

static void describe(const struct heap_case *c, char *text)
{
	snprintf(text, KUNIT_PARAM_DESC_SIZE, "%s: %s", c->heap, c->words);
}

KUNIT_ARRAY_PARAM(heap, heap_cases, describe);

/* What the provider says of the memory that is not free; that in quarantine, too */
static s64 told_live(struct kunit *test, struct restricted_heap *heap)
{
	char *text = (char *)get_zeroed_page(GFP_KERNEL);
	char *line, *rest = text;
	s64 bytes = -1;

	KUNIT_ASSERT_NOT_NULL(test, text);
	heap->ops->stats_show(heap, text, 0);
	while ((line = strsep(&rest, "\n")))
		if (sscanf(line, "live_bytes %lld", &bytes) == 1)
			break;
	free_page((unsigned long)text);

	return bytes;
}

static s64 quarantined(struct restricted_heap *heap)
{
	return atomic64_read(&heap->stats.quarantined_bytes);
}

/* How many bytes the heap tells more of than the service */
static s64 difference(struct kunit *test, struct restricted_heap *heap)
{
	struct sim_client *client = test->priv;
	s64 theirs = strcmp(heap->name, "restricted_pages") ?
		     client_used(client) : (s64)client_lent(client) * SZ_4K;

	return told_live(test, heap) - theirs;
}

/* What a client reads when it comes up: the service has to come anew */
static void come_anew(struct kunit *test)
{
	struct sim_client *client = test->priv;

	sim_life_end((struct sim_reply){ .error = -ENODEV });
	sim_life_settle();
	KUNIT_EXPECT_EQ(test, 0, sim_life_begin(false));
	sim_life_settle();
	client_login_again(client);
}

static int heap_test_init(struct kunit *test)
{
	sim_test_init(test);
	sim_model_set(&small_calls);
	come_anew(test);

	return 0;
}

static void heap_test_exit(struct kunit *test)
{
	struct sim_client *client = test->priv;

	sim_fault_write("off");
	sim_model_preset("free");
	come_anew(test);
	/* What stays in quarantine stays restricted */
	client->lent = client_lent(client);
	sim_test_exit(test);
}

static void use(struct kunit *test, struct restricted_heap *heap)
{
	struct restricted_buffer *held[ROUNDS];
	int i;

	for (i = 0; i < ROUNDS; i++)
		held[i] = restricted_buffer_alloc(heap, BUFFER_SIZE);
	for (i = 0; i < ROUNDS; i++)
		if (!IS_ERR(held[i]))
			restricted_buffer_free(held[i]);
}

/*
 * It is tried again when the service has come back, by a work item, perhaps at
 * the same time: what that has on its hands is counted until it is done.
 */
static void wait_for_quarantine(struct restricted_heap *heap, s64 bytes)
{
	int i;

	restricted_heap_retry_quarantine(heap);
	for (i = 0; i < 50 && quarantined(heap) > bytes; i++)
		msleep(20);
}

static void books_stay_equal(struct kunit *test)
{
	const struct heap_case *c = test->param_value;
	struct restricted_heap *heap = restricted_heap_find(c->heap);
	s64 before;

	if (!heap)
		kunit_skip(test, "%s is not here", c->heap);
	/* The session is opened by the first allocation: now */
	use(test, heap);
	before = quarantined(heap);
	KUNIT_ASSERT_EQ(test, difference(test, heap), 0);

	KUNIT_ASSERT_EQ(test, 0, sim_fault_write(c->words));
	use(test, heap);
	KUNIT_ASSERT_EQ(test, 0, sim_fault_write("off"));
	come_anew(test);
	KUNIT_EXPECT_EQ(test, difference(test, heap), 0);

	wait_for_quarantine(heap, before);
	KUNIT_EXPECT_EQ(test, difference(test, heap), 0);
	KUNIT_EXPECT_EQ(test, quarantined(heap) > before, c->stays);
	/* And it works on */
	use(test, heap);
	KUNIT_EXPECT_EQ(test, difference(test, heap), 0);
}

static struct kunit_case heap_test_cases[] = {
	KUNIT_CASE_PARAM(books_stay_equal, heap_gen_params),
	{}
};

static struct kunit_suite heap_suite = {
	.name = "tee_sim_heap",
	.init = heap_test_init,
	.exit = heap_test_exit,
	.test_cases = heap_test_cases,
};

kunit_test_suite(heap_suite);
