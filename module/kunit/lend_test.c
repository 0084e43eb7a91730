// SPDX-License-Identifier: GPL-2.0
/*
 * Lists for the TEE: 1,000 random tables and limits against the fewest calls
 * there can be, and the calls themselves where a TEE offers the service.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/sizes.h>
#include <linux/tee_drv.h>

#include "../memory/orders.h"
#include "../memory/page_set.h"
#include "../tee/lend.h"

#define ROUNDS		1000
#define MAX_RANGES	64
#define MAX_PAGES	16
#define NO_BYTES	(MAX_RANGES * MAX_PAGES + 1)

/*
 * The fewest calls for the pages from @page on, by trying every length of the
 * next call: the slow way, which knows nothing of how lend_next() goes about.
 * @room: pages a call may carry; @range: the range each page belongs to.
 */
static unsigned int fewest_calls(const u8 *range, unsigned int pages,
				 unsigned int entries, unsigned int room,
				 u16 *calls)
{
	unsigned int from, to, used;

	calls[pages] = 0;
	for (from = pages; from-- > 0;) {
		calls[from] = U16_MAX;
		used = 0;
		for (to = from; to < pages && to - from < room; to++) {
			used += to == from || range[to] != range[to - 1];
			if (used > entries)
				break;
			calls[from] = min(calls[from], calls[to + 1] + 1);
		}
	}

	return calls[0];
}

struct random_table {
	struct scatterlist sg[MAX_RANGES];
	u8 range[MAX_RANGES * MAX_PAGES];
	u16 calls[MAX_RANGES * MAX_PAGES + 1];
	struct memsvc_range out[MAX_RANGES * MAX_PAGES];
};

/* Only addresses are looked at; no memory stands behind them. */
static unsigned int make_table(struct random_table *table,
			       struct rnd_state *rnd)
{
	unsigned int ranges = 1 + prandom_u32_state(rnd) % MAX_RANGES;
	unsigned int pages = 0, i, n;
	unsigned long pfn = PHYS_PFN(SZ_1G);

	sg_init_table(table->sg, ranges);
	for (i = 0; i < ranges; i++) {
		n = 1 + prandom_u32_state(rnd) % MAX_PAGES;
		sg_set_page(&table->sg[i], pfn_to_page(pfn), n * PAGE_SIZE, 0);
		pfn += n + 1;
		memset(&table->range[pages], i, n);
		pages += n;
	}

	return pages;
}

static void expect_fewest(struct kunit *test, struct random_table *table,
			  unsigned int pages, unsigned int entries,
			  unsigned int room)
{
	struct lend_limits limits = {
		.entries = entries,
		.bytes = room == NO_BYTES ? 0 : room * PAGE_SIZE,
	};
	struct lend_cursor cursor = { .sg = table->sg };
	unsigned int calls = 0, covered = 0, n;
	size_t bytes;

	while ((n = lend_next(&cursor, &limits, table->out, &bytes))) {
		KUNIT_ASSERT_LE(test, n, entries);
		KUNIT_ASSERT_LE(test, bytes, room * PAGE_SIZE);
		covered += bytes / PAGE_SIZE;
		calls++;
	}
	KUNIT_ASSERT_EQ(test, covered, pages);
	KUNIT_ASSERT_EQ(test, calls,
			fewest_calls(table->range, pages, entries, room,
				     table->calls));
}

static void no_way_needs_fewer_calls(struct kunit *test)
{
	struct random_table *table;
	struct rnd_state rnd;
	unsigned int pages, entries, room;
	int i;

	table = kunit_kzalloc(test, sizeof(*table), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, table);
	prandom_seed_state(&rnd, 1);
	for (i = 0; i < ROUNDS; i++) {
		pages = make_table(table, &rnd);
		entries = 1 + prandom_u32_state(&rnd) % MAX_RANGES;
		room = prandom_u32_state(&rnd) % 4 ?
		       1 + prandom_u32_state(&rnd) % (4 * MAX_PAGES) : NO_BYTES;
		expect_fewest(test, table, pages, entries, room);
	}
}

/* Qualcomm's limits on single pages apart from each other: 64 calls for 8 MiB */
static void vendor_limits_give_the_known_calls(struct kunit *test)
{
	struct lend_limits limits = { .entries = 32, .bytes = SZ_2M - SZ_4K };
	struct memsvc_range out[32];
	struct lend_cursor cursor;
	struct scatterlist *sg;
	unsigned int calls = 0, i;
	size_t bytes;

	sg = kunit_kcalloc(test, 2048, sizeof(*sg), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, sg);
	sg_init_table(sg, 2048);
	for (i = 0; i < 2048; i++)
		sg_set_page(&sg[i], pfn_to_page(PHYS_PFN(SZ_1G) + 2 * i),
			    PAGE_SIZE, 0);
	cursor = (struct lend_cursor){ .sg = sg };
	while (lend_next(&cursor, &limits, out, &bytes))
		calls++;
	KUNIT_EXPECT_EQ(test, calls, 64);
}

static int open_lender(struct kunit *test, struct lender *lender)
{
	int ret = lender_open(lender);

	if (ret == -ENODEV)
		kunit_skip(test, "no TEE here offers the memory service");
	KUNIT_ASSERT_EQ(test, ret, 0);

	return ret;
}

static u32 lent_pages(struct kunit *test, struct lender *lender)
{
	struct tee_param params[2] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
	};

	KUNIT_ASSERT_EQ(test, 0,
			memsvc_invoke(&lender->svc, MEMSVC_CMD_LENT, params,
				      ARRAY_SIZE(params)));

	return params[0].u.value.b;
}

static void pages_go_and_come_back(struct kunit *test)
{
	static const struct lend_limits one = { .entries = 1, .bytes = SZ_16K };
	struct lender *lender = kunit_kzalloc(test, sizeof(*lender), GFP_KERNEL);
	struct sg_table sgt;
	u32 before;

	KUNIT_ASSERT_NOT_NULL(test, lender);
	open_lender(test, lender);
	before = lent_pages(test, lender);
	KUNIT_ASSERT_EQ(test, 0,
			page_set_alloc(&sgt, SZ_128K, ORDERS_DEFAULT, BIT(0)));

	KUNIT_EXPECT_EQ(test, lender_restrict(lender, &sgt, &one), 0);
	KUNIT_EXPECT_EQ(test, lent_pages(test, lender), before + 32);
	/* What is lent cannot be lent again, and trying changes nothing */
	KUNIT_EXPECT_NE(test, lender_restrict(lender, &sgt, &one), 0);
	KUNIT_EXPECT_EQ(test, lent_pages(test, lender), before + 32);
	KUNIT_EXPECT_EQ(test, lender_unrestrict(lender, &sgt, &one), 0);
	KUNIT_EXPECT_EQ(test, lent_pages(test, lender), before);
	KUNIT_EXPECT_NE(test, lender_unrestrict(lender, &sgt, &one), 0);

	page_set_free(&sgt);
	sg_free_table(&sgt);
	lender_close(lender);
}

/* The third of four calls fails: the first two are undone. */
static void failed_call_undoes_those_before(struct kunit *test)
{
	static const struct lend_limits one = { .entries = 1, .bytes = SZ_16K };
	struct lender *lender = kunit_kzalloc(test, sizeof(*lender), GFP_KERNEL);
	struct sg_table sgt, part;
	struct scatterlist sg;
	u32 before;

	KUNIT_ASSERT_NOT_NULL(test, lender);
	open_lender(test, lender);
	KUNIT_ASSERT_EQ(test, 0, page_set_alloc(&sgt, SZ_64K, 0xff04, BIT(4)));
	sg_init_table(&sg, 1);
	sg_set_page(&sg, sg_page(sgt.sgl) + 8, SZ_16K, 0);
	part = (struct sg_table){ .sgl = &sg, .nents = 1, .orig_nents = 1 };

	before = lent_pages(test, lender);
	KUNIT_EXPECT_EQ(test, lender_restrict(lender, &part, &one), 0);
	KUNIT_EXPECT_NE(test, lender_restrict(lender, &sgt, &one), 0);
	KUNIT_EXPECT_EQ(test, lent_pages(test, lender), before + 4);
	KUNIT_EXPECT_EQ(test, lender_unrestrict(lender, &part, &one), 0);
	KUNIT_EXPECT_EQ(test, lent_pages(test, lender), before);

	page_set_free(&sgt);
	sg_free_table(&sgt);
	lender_close(lender);
}

static struct page *page_at(struct sg_table *sgt, unsigned int at)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_sg(sgt, sg, i) {
		unsigned int pages = sg->length >> PAGE_SHIFT;

		if (at < pages)
			return sg_page(sg) + at;
		at -= pages;
	}

	return NULL;
}

/* The sixth of eight calls fails; it and the two after it are left to make. */
static void failed_unrestrict_is_tried_from_there(struct kunit *test)
{
	static const struct lend_limits one = { .entries = 1, .bytes = SZ_16K };
	struct lender *lender = kunit_kzalloc(test, sizeof(*lender), GFP_KERNEL);
	struct sg_table sgt, part;
	struct lent_span span;
	struct scatterlist sg;
	u32 before;

	KUNIT_ASSERT_NOT_NULL(test, lender);
	open_lender(test, lender);
	KUNIT_ASSERT_EQ(test, 0, page_set_alloc(&sgt, SZ_128K, 0xff04, BIT(4)));
	sg_init_table(&sg, 1);
	sg_set_page(&sg, page_at(&sgt, 20), SZ_16K, 0);
	part = (struct sg_table){ .sgl = &sg, .nents = 1, .orig_nents = 1 };

	before = lent_pages(test, lender);
	KUNIT_EXPECT_EQ(test, lender_restrict_span(lender, &sgt, &one, &span),
			0);
	KUNIT_EXPECT_EQ(test, lender_unrestrict(lender, &part, &one), 0);
	KUNIT_EXPECT_NE(test, lender_unrestrict_span(lender, &sgt, &one, &span),
			0);
	KUNIT_EXPECT_EQ(test, span.from, 20);
	KUNIT_EXPECT_EQ(test, lent_pages(test, lender), before + 8);
	KUNIT_EXPECT_EQ(test, lender_restrict(lender, &part, &one), 0);
	KUNIT_EXPECT_EQ(test, lender_unrestrict_span(lender, &sgt, &one, &span),
			0);
	KUNIT_EXPECT_EQ(test, lent_pages(test, lender), before);

	page_set_free(&sgt);
	sg_free_table(&sgt);
	lender_close(lender);
}

static struct kunit_case lend_cases[] = {
	KUNIT_CASE(no_way_needs_fewer_calls),
	KUNIT_CASE(vendor_limits_give_the_known_calls),
	KUNIT_CASE(pages_go_and_come_back),
	KUNIT_CASE(failed_call_undoes_those_before),
	KUNIT_CASE(failed_unrestrict_is_tried_from_there),
	{}
};

static struct kunit_suite lend_suite = {
	.name = "restricted_lend",
	.test_cases = lend_cases,
};

kunit_test_suite(lend_suite);
