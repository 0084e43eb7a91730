// SPDX-License-Identifier: GPL-2.0
/*
 * The heaps over a service that fails: whatever happens, the service and the
 * heap count the same memory afterwards.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../../restricted_heap.h"
#include "../../sim/fault.h"
#include "../../sim/life.h"
#include "../../sim/model.h"
#include "../heap_stat.h"
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

static const struct heap_case heap_cases[] = {
	{ "restricted_pages", "off" },
	{ "restricted_pages", "fail nth=1 cmd=restrict" },
	{ "restricted_pages", "fail nth=3 cmd=restrict" },
	{ "restricted_pages", "fail nth=4 cmd=restrict result=-5" },
	{ "restricted_pages", "fail nth=1 cmd=unrestrict" },
	{ "restricted_pages", "fail nth=3 cmd=unrestrict" },
	{ "restricted_pages", "fail nth=3 times=2" },
	{ "restricted_pages", "fail permille=100 seed=3" },
	{ "restricted_pages", "timeout nth=2 ms=20 cmd=restrict" },
	{ "restricted_pages", "timeout nth=2 ms=20 cmd=unrestrict" },
	{ "restricted_pages", "refuse_unrestrict" },
	/* Half of a call's pages, and the answer says none */
	{ "restricted_pages", "lie nth=3 cmd=unrestrict" },
	{ "restricted_pages", "lie permille=300 seed=5 cmd=unrestrict" },
	/* All of them, and half of the answers say none */
	{ "restricted_pages", "garble permille=500 seed=5 cmd=unrestrict" },
	{ "restricted_pages", "die nth=3 cmd=restrict" },
	{ "restricted_pages", "die nth=1 cmd=unrestrict" },
	{ "restricted_pages", "die nth=3 cmd=unrestrict result=-19" },
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
	{ "restricted_mtk_cma", "off" },
	{ "restricted_mtk_cma", "fail nth=2 cmd=zalloc" },
	{ "restricted_mtk_cma", "fail nth=1 cmd=scrub" },
	{ "restricted_mtk_cma", "fail permille=200 seed=3" },
	{ "restricted_mtk_cma", "timeout nth=2 ms=20 cmd=zalloc" },
	{ "restricted_mtk_cma", "refuse_scrub" },
	{ "restricted_mtk_cma", "corrupt nth=2 field=count" },
	{ "restricted_mtk_cma", "corrupt nth=2 field=base" },
	{ "restricted_mtk_cma", "corrupt nth=2 field=bytes" },
	{ "restricted_mtk_cma", "die nth=2 cmd=zalloc" },
	{ "restricted_mtk_cma", "die nth=1 cmd=scrub" },
	/* Nobody knows any more how it is called */
	{ "restricted_mtk_cm", "corrupt nth=2 field=handle", true },
};

static void describe(const struct heap_case *c, char *text)
{
	snprintf(text, KUNIT_PARAM_DESC_SIZE, "%s: %s", c->heap, c->words);
}

KUNIT_ARRAY_PARAM(heap, heap_cases, describe);

/**
 * struct heap_books - where the same memory is counted twice
 * @heap:	whose buffers it is
 * @type:	of the service's memory; 0: that is lent page by page
 * @lines:	of the heap's ``stats``, the sum of which is what the service has
 */
struct heap_books {
	const char *heap;
	u32 type;
	const char *lines[4];
};

static const struct heap_books heap_books[] = {
	{ "restricted_pages", 0,
	  { "live_bytes", "kept_bytes", "quarantined_bytes" } },
	{ "restricted_mtk_cm", MEMSVC_TYPE_STATIC, { "live_bytes" } },
	{ "restricted_mtk_cma", MEMSVC_TYPE_CMA,
	  { "taken_bytes", "kept_bytes", "stuck_bytes" } },
};

static const struct heap_books *books_of(const struct restricted_heap *heap)
{
	const struct heap_books *books = heap_books;

	while (strcmp(books->heap, heap->name))
		books++;

	return books;
}

static s64 quarantined(struct restricted_heap *heap)
{
	return atomic64_read(&heap->stats.quarantined_bytes);
}

/* What the heap has of the service's memory, as it tells user space */
static s64 heap_bytes(struct kunit *test, struct restricted_heap *heap)
{
	const char * const *line;
	s64 bytes = 0;

	for (line = books_of(heap)->lines; *line; line++)
		bytes += strcmp(*line, "quarantined_bytes") ?
			 heap_stat(test, heap, *line) : quarantined(heap);

	return bytes;
}

static s64 service_bytes(struct kunit *test, struct restricted_heap *heap)
{
	u32 type = books_of(heap)->type;

	return type ? client_used(test->priv, type) :
		      (s64)client_lent(test->priv) * SZ_4K;
}

/* How many bytes the heap tells more of than the service */
static s64 difference(struct kunit *test, struct restricted_heap *heap)
{
	return heap_bytes(test, heap) - service_bytes(test, heap);
}

/* What a heap keeps for a while may be given back between two looks */
static void expect_difference(struct kunit *test, struct restricted_heap *heap,
			      s64 want)
{
	int i;

	for (i = 0; i < 10 && difference(test, heap) != want; i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, difference(test, heap), want);
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

static unsigned int injected(void)
{
	unsigned int sum = 0;
	int kind;

	for (kind = 0; kind < SIM_FAULT_KINDS; kind++)
		sum += sim_fault_injected(kind);

	return sum;
}

/* Some calls are made off the caller's path: has one of them gone wrong yet? */
static bool went_wrong(unsigned int faults)
{
	int i;

	for (i = 0; i < 10 && injected() == faults; i++)
		msleep(20);

	return injected() != faults;
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
	unsigned int faults;
	s64 before, more;

	if (!heap)
		kunit_skip(test, "%s is not here", c->heap);
	/* The session is opened by the first allocation: now */
	use(test, heap);
	before = quarantined(heap);
	/* Of what stays, the service may have had a part back */
	more = difference(test, heap);
	KUNIT_ASSERT_GE(test, more, 0);

	KUNIT_ASSERT_EQ(test, 0, sim_fault_write(c->words));
	faults = injected();
	use(test, heap);
	KUNIT_EXPECT_EQ(test, went_wrong(faults), !!strcmp(c->words, "off"));
	KUNIT_ASSERT_EQ(test, 0, sim_fault_write("off"));
	come_anew(test);
	/* Nothing is restricted that the heap does not know of */
	KUNIT_EXPECT_GE(test, difference(test, heap), more);

	wait_for_quarantine(heap, before);
	KUNIT_EXPECT_EQ(test, quarantined(heap) > before, c->stays);
	if (!c->stays)
		expect_difference(test, heap, more);
	/* And it works on */
	more = difference(test, heap);
	use(test, heap);
	expect_difference(test, heap, more);
}

static void lose_all(struct kunit *test)
{
	sim_life_end((struct sim_reply){ .error = -ENODEV });
	sim_life_settle();
	KUNIT_EXPECT_EQ(test, 0, sim_life_begin(true));
	sim_life_settle();
	client_login_again(test->priv);
}

static bool overlap(const struct restricted_buffer *a,
		    const struct restricted_buffer *b)
{
	phys_addr_t pa = sg_phys(a->sgt.sgl), pb = sg_phys(b->sgt.sgl);

	return pa < pb + b->size && pb < pa + a->size;
}

/* Until the old buffers are gone, the service may have nothing but their memory */
static void take_new(struct kunit *test, struct restricted_heap *heap,
		     struct restricted_buffer **old,
		     struct restricted_buffer **new)
{
	int i, j;

	for (i = 0; i < ROUNDS; i++) {
		new[i] = restricted_buffer_alloc(heap, BUFFER_SIZE);
		if (IS_ERR(new[i])) {
			KUNIT_EXPECT_EQ(test, PTR_ERR(new[i]), -EIO);
			continue;
		}
		for (j = 0; j < ROUNDS; j++)
			KUNIT_EXPECT_FALSE(test, overlap(new[i], old[j]));
	}
}

static void free_all(struct restricted_buffer **buffers)
{
	int i;

	for (i = 0; i < ROUNDS; i++)
		if (!IS_ERR(buffers[i]))
			restricted_buffer_free(buffers[i]);
}

/*
 * A service that has forgotten all hands the same memory out again, under the
 * same handles: nobody gets memory that somebody has, and an old buffer's end is
 * not that of a new one.
 */
static void forgotten_buffers_harm_nobody(struct kunit *test,
					  const char *name)
{
	struct restricted_heap *heap = restricted_heap_find(name);
	struct restricted_buffer *old[ROUNDS], *new[ROUNDS];
	s64 before;
	int i;

	if (!heap)
		kunit_skip(test, "%s is not here", name);
	before = quarantined(heap);
	for (i = 0; i < ROUNDS; i++) {
		old[i] = restricted_buffer_alloc(heap, BUFFER_SIZE);
		KUNIT_ASSERT_FALSE(test, IS_ERR(old[i]));
	}
	/* So that the service, which gives what is free first, gives others' next */
	restricted_buffer_free(old[0]);
	old[0] = old[1];
	lose_all(test);

	take_new(test, heap, old, new);
	for (i = 1; i < ROUNDS; i++)
		restricted_buffer_free(old[i]);
	expect_difference(test, heap, 0);
	KUNIT_EXPECT_EQ(test, quarantined(heap), before);

	free_all(new);
	for (i = 0; i < ROUNDS; i++) {
		new[i] = restricted_buffer_alloc(heap, BUFFER_SIZE);
		KUNIT_EXPECT_FALSE(test, IS_ERR(new[i]));
	}
	free_all(new);
	expect_difference(test, heap, 0);
}

static void pool_is_forgotten(struct kunit *test)
{
	forgotten_buffers_harm_nobody(test, "restricted_mtk_cm");
}

static void area_is_forgotten(struct kunit *test)
{
	forgotten_buffers_harm_nobody(test, "restricted_mtk_cma");
}

/*
 * What the service knows of no more is lent anew before anybody gets it: it may be
 * protected still, and holds its last owner's bytes.
 */
static void pages_are_forgotten(struct kunit *test)
{
	struct restricted_heap *heap = restricted_heap_find("restricted_pages");
	struct restricted_buffer *old[ROUNDS], *new[ROUNDS];
	s64 before, more;
	int i;

	if (!heap)
		kunit_skip(test, "restricted_pages is not here");
	use(test, heap);
	before = quarantined(heap);
	more = difference(test, heap);
	for (i = 0; i < ROUNDS; i++) {
		old[i] = restricted_buffer_alloc(heap, BUFFER_SIZE);
		KUNIT_ASSERT_FALSE(test, IS_ERR(old[i]));
	}
	lose_all(test);
	take_new(test, heap, old, new);
	free_all(old);
	free_all(new);

	wait_for_quarantine(heap, before);
	KUNIT_EXPECT_EQ(test, quarantined(heap), before);
	expect_difference(test, heap, more);
}

/* Nor when what it is counted of cannot be given back */
static void nonsense_is_not_counted(struct kunit *test)
{
	const size_t size = 2 * BUFFER_SIZE;
	struct restricted_heap *heap = restricted_heap_find("restricted_mtk_cma");
	struct restricted_buffer *buf;
	s64 stuck, more;
	int i;

	if (!heap)
		kunit_skip(test, "restricted_mtk_cma is not here");
	use(test, heap);
	more = difference(test, heap);
	stuck = heap_stat(test, heap, "stuck_bytes");

	KUNIT_ASSERT_EQ(test, 0, sim_fault_write("corrupt field=bytes"));
	KUNIT_ASSERT_EQ(test, 0, sim_fault_write("fail cmd=free times=0"));
	buf = restricted_buffer_alloc(heap, size);
	KUNIT_EXPECT_EQ(test, -EIO, PTR_ERR_OR_ZERO(buf));
	for (i = 0; i < 50 && heap_stat(test, heap, "stuck_bytes") == stuck; i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, heap_stat(test, heap, "stuck_bytes"),
			stuck + (s64)size);
	KUNIT_EXPECT_GE(test, heap_stat(test, heap, "pool_free"), 0);

	KUNIT_ASSERT_EQ(test, 0, sim_fault_write("off"));
	come_anew(test);
	wait_for_quarantine(heap, 0);
	expect_difference(test, heap, more);
}

static struct kunit_case heap_test_cases[] = {
	KUNIT_CASE(pool_is_forgotten),
	KUNIT_CASE(area_is_forgotten),
	KUNIT_CASE(pages_are_forgotten),
	KUNIT_CASE(nonsense_is_not_counted),
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
