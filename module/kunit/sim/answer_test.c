// SPDX-License-Identifier: GPL-2.0
/* What the TEE answers is understood, and a wrong answer is never a buffer. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "../../restricted_heap.h"
#include "../../sim/fault.h"
#include "../../tee/lend.h"
#include "../../tee/memsvc.h"
#include "client.h"

#define PIECE_SIZE	SZ_1M
/* More than the service's pool has room for */
#define PIECES		256

/**
 * struct answer_case - a result, and what it is to the kernel
 * @result:	the TEE's
 * @err:	ours
 */
struct answer_case {
	u32 result;
	int err;
};

static const struct answer_case answer_cases[] = {
	{ 0xffff0000, -EIO },
	{ 0xffff0001, -EACCES },
	{ 0xffff0003, -EBUSY },
	{ 0xffff0006, -EINVAL },
	{ 0xffff0008, -ENOENT },
	{ 0xffff000a, -EOPNOTSUPP },
	{ 0xffff000c, -ENOMEM },
	{ 0xffff000e, -ENODEV },
	{ 0xffff0010, -EOVERFLOW },
	{ 0xffff3024, -ENODEV },
};

static void describe(const struct answer_case *c, char *text)
{
	snprintf(text, KUNIT_PARAM_DESC_SIZE, "%#x", c->result);
}

KUNIT_ARRAY_PARAM(answer, answer_cases, describe);

static void result_has_its_errno(struct kunit *test)
{
	struct memsvc *svc = kunit_kzalloc(test, sizeof(*svc), GFP_KERNEL);
	const struct answer_case *c = test->param_value;
	char words[40];

	KUNIT_ASSERT_NOT_NULL(test, svc);
	KUNIT_ASSERT_EQ(test, memsvc_open(svc), 0);
	snprintf(words, sizeof(words), "fail cmd=nop result=%#x", c->result);
	KUNIT_EXPECT_EQ(test, sim_fault_write(words), 0);
	KUNIT_EXPECT_EQ(test, memsvc_invoke(svc, MEMSVC_CMD_NOP, NULL, 0),
			c->err);
	memsvc_close(svc);
}

/* What was said before may be void: there is no session without an answer. */
static void session_needs_its_books(struct kunit *test)
{
	struct memsvc *svc = kunit_kzalloc(test, sizeof(*svc), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, svc);
	KUNIT_ASSERT_EQ(test, sim_fault_write("fail cmd=books result=-5"), 0);
	KUNIT_EXPECT_EQ(test, memsvc_open(svc), -EIO);
	KUNIT_EXPECT_EQ(test, memsvc_invoke(svc, MEMSVC_CMD_NOP, NULL, 0),
			-ENODEV);
	KUNIT_ASSERT_EQ(test, memsvc_open(svc), 0);
	KUNIT_EXPECT_EQ(test, memsvc_invoke(svc, MEMSVC_CMD_NOP, NULL, 0), 0);
	memsvc_close(svc);
}

static void service_need_not_have_limits(struct kunit *test)
{
	struct lender *lender = kunit_kzalloc(test, sizeof(*lender), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, lender);
	KUNIT_ASSERT_EQ(test, 0,
			sim_fault_write("fail cmd=limits result=0xffff000a"));
	KUNIT_ASSERT_EQ(test, lender_open(lender), 0);
	KUNIT_EXPECT_EQ(test, lender->most.entries, MEMSVC_BATCH_ENTRIES);
	KUNIT_EXPECT_EQ(test, lender->most.bytes, 0);
	lender_close(lender);
}

static unsigned int fill(struct restricted_heap *heap,
			 struct restricted_buffer **pieces)
{
	unsigned int count;

	for (count = 0; count < PIECES; count++) {
		pieces[count] = restricted_buffer_alloc(heap, PIECE_SIZE);
		if (IS_ERR(pieces[count]))
			break;
	}

	return count;
}

static void refuse(struct kunit *test, struct restricted_heap *heap,
		   const char *words)
{
	u32 used = client_used(test->priv, MEMSVC_TYPE_STATIC);
	struct restricted_buffer *buf;

	KUNIT_EXPECT_EQ(test, sim_fault_write(words), 0);
	buf = restricted_buffer_alloc(heap, 2 * PIECE_SIZE);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(buf), -EIO);
	if (!IS_ERR(buf))
		restricted_buffer_free(buf);
	KUNIT_EXPECT_EQ(test, sim_fault_write("off"), 0);
	KUNIT_EXPECT_EQ(test, client_used(test->priv, MEMSVC_TYPE_STATIC), used);
}

/* With two holes in a full pool, what is as large as both has two ranges */
static void wrong_range_is_never_a_buffer(struct kunit *test)
{
	struct restricted_heap *heap = restricted_heap_find("restricted_mtk_cm");
	struct restricted_buffer **pieces, *buf;
	unsigned int count;

	if (!heap)
		kunit_skip(test, "restricted_mtk_cm is not here");
	pieces = kunit_kcalloc(test, PIECES, sizeof(*pieces), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pieces);
	count = fill(heap, pieces);
	KUNIT_EXPECT_GT(test, count, 3);
	KUNIT_EXPECT_LT(test, count, PIECES);
	if (count <= 3)
		goto out_free;
	restricted_buffer_free(pieces[0]);
	restricted_buffer_free(pieces[2]);

	/* Half of it; and what is another's, too */
	refuse(test, heap, "corrupt field=length xor=0x180000");
	refuse(test, heap, "corrupt field=length xor=0x300000");
	buf = restricted_buffer_alloc(heap, 2 * PIECE_SIZE);
	KUNIT_EXPECT_FALSE(test, IS_ERR(buf));
	if (!IS_ERR(buf)) {
		KUNIT_EXPECT_EQ(test, buf->sgt.orig_nents, 2);
		restricted_buffer_free(buf);
	}
	pieces[0] = pieces[--count];
	pieces[2] = pieces[--count];
out_free:
	while (count--)
		restricted_buffer_free(pieces[count]);
}

static void answer_test_exit(struct kunit *test)
{
	sim_fault_write("off");
	sim_test_exit(test);
}

static struct kunit_case answer_test_cases[] = {
	KUNIT_CASE_PARAM(result_has_its_errno, answer_gen_params),
	KUNIT_CASE(session_needs_its_books),
	KUNIT_CASE(service_need_not_have_limits),
	KUNIT_CASE(wrong_range_is_never_a_buffer),
	{}
};

static struct kunit_suite answer_suite = {
	.name = "tee_sim_answer",
	.init = sim_test_init,
	.exit = answer_test_exit,
	.test_cases = answer_test_cases,
};

kunit_test_suite(answer_suite);
