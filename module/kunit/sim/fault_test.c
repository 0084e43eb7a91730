// SPDX-License-Identifier: GPL-2.0
/* What goes wrong on purpose goes wrong when it was told to, and only then. */
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../../sim/fault.h"
#include "client.h"

static void arm(struct kunit *test, const char *words)
{
	KUNIT_ASSERT_EQ(test, 0, sim_fault_write(words));
}

static void nth_call_fails(struct kunit *test)
{
	struct sim_client *client = test->priv;

	arm(test, "fail nth=3");
	EXPECT_OK(test, client_nop(client));
	EXPECT_OK(test, client_nop(client));
	EXPECT_RESULT(test, client_nop(client), TEE_ERROR_GENERIC);
	EXPECT_OK(test, client_nop(client));
	KUNIT_EXPECT_EQ(test, sim_fault_injected(SIM_FAULT_FAIL), 1);
}

static void calls_fail_as_often_as_told(struct kunit *test)
{
	struct sim_client *client = test->priv;

	arm(test, "fail nth=2 times=2 result=0xffff000c");
	EXPECT_OK(test, client_nop(client));
	EXPECT_RESULT(test, client_nop(client), TEE_ERROR_OUT_OF_MEMORY);
	EXPECT_RESULT(test, client_nop(client), TEE_ERROR_OUT_OF_MEMORY);
	EXPECT_OK(test, client_nop(client));

	arm(test, "fail times=0 result=-5");
	expect_reply(test, client_nop(client), -EIO, 0);
	expect_reply(test, client_nop(client), -EIO, 0);
	arm(test, "fail off");
	EXPECT_OK(test, client_nop(client));
	/* The counter stays to be read */
	KUNIT_EXPECT_EQ(test, sim_fault_injected(SIM_FAULT_FAIL), 2);
}

static void other_commands_are_spared(struct kunit *test)
{
	struct sim_client *client = test->priv;

	arm(test, "fail cmd=restrict");
	EXPECT_OK(test, client_nop(client));
	EXPECT_RESULT(test, client_list(client, MEMSVC_CMD_RESTRICT, 2, 1),
		      TEE_ERROR_GENERIC);
	KUNIT_EXPECT_EQ(test, client_lent(client), client->lent);
	EXPECT_OK(test, client_list(client, MEMSVC_CMD_RESTRICT, 2, 1));
	EXPECT_OK(test, client_list(client, MEMSVC_CMD_UNRESTRICT, 2, 1));
}

static unsigned int failures_of_1000(struct sim_client *client)
{
	unsigned int failed = 0;
	int i;

	for (i = 0; i < 1000; i++)
		failed += !!client_nop(client).result;

	return failed;
}

static void seed_decides_at_random(struct kunit *test)
{
	struct sim_client *client = test->priv;
	unsigned int first;

	arm(test, "fail permille=100 seed=5");
	first = failures_of_1000(client);
	KUNIT_EXPECT_GT(test, first, 50);
	KUNIT_EXPECT_LT(test, first, 200);
	KUNIT_EXPECT_EQ(test, sim_fault_injected(SIM_FAULT_FAIL), first);

	arm(test, "fail permille=100 seed=5");
	KUNIT_EXPECT_EQ(test, failures_of_1000(client), first);
	arm(test, "fail permille=1000");
	KUNIT_EXPECT_EQ(test, failures_of_1000(client), 1000);
	arm(test, "fail permille=1000 times=3");
	KUNIT_EXPECT_EQ(test, failures_of_1000(client), 3);
}

/* The first session that fails must not poison the next */
static void opening_fails_when_it_is_named(struct kunit *test)
{
	struct sim_client *client = test->priv;
	u32 session;

	arm(test, "fail cmd=open result=0xffff000c");
	EXPECT_OK(test, client_nop(client));
	EXPECT_RESULT(test, client_login(client, TEE_IOCTL_LOGIN_REE_KERNEL,
					 &session),
		      TEE_ERROR_OUT_OF_MEMORY);
	client_login_again(client);
	EXPECT_OK(test, client_nop(client));
}

static void user_space_is_spared(struct kunit *test)
{
	struct sim_client *client = test->priv;
	u32 kernels = client->session;

	EXPECT_OK(test, client_login(client, TEE_IOCTL_LOGIN_PUBLIC,
				     &client->session));
	arm(test, "fail times=0");
	EXPECT_OK(test, client_nop(client));
	arm(test, "fail times=0 who=any");
	EXPECT_RESULT(test, client_nop(client), TEE_ERROR_GENERIC);
	arm(test, "off");
	/* What would change protection is not for it */
	EXPECT_RESULT(test, client_list(client, MEMSVC_CMD_RESTRICT, 1, 1),
		      TEE_ERROR_ACCESS_DENIED);

	tee_client_close_session(client->ctx, client->session);
	client->session = kernels;
}

static void timeout_blocks_and_does_nothing(struct kunit *test)
{
	struct sim_client *client = test->priv;
	unsigned long begin = jiffies;

	arm(test, "timeout ms=200 cmd=restrict");
	expect_reply(test, client_list(client, MEMSVC_CMD_RESTRICT, 2, 1),
		     -ETIMEDOUT, 0);
	KUNIT_EXPECT_GE(test, jiffies - begin, msecs_to_jiffies(200));
	KUNIT_EXPECT_EQ(test, client_lent(client), client->lent);
}

static void unrestrict_is_refused_until_told(struct kunit *test)
{
	struct sim_client *client = test->priv;
	int i;

	EXPECT_OK(test, client_list(client, MEMSVC_CMD_RESTRICT, 3, 1));
	arm(test, "refuse_unrestrict");
	for (i = 0; i < 3; i++)
		EXPECT_RESULT(test,
			      client_list(client, MEMSVC_CMD_UNRESTRICT, 3, 1),
			      TEE_ERROR_ACCESS_DENIED);
	KUNIT_EXPECT_EQ(test, client_lent(client), client->lent + 3);
	EXPECT_OK(test, client_list(client, MEMSVC_CMD_SCRUB, 3, 1));
	arm(test, "refuse_unrestrict off");
	EXPECT_OK(test, client_list(client, MEMSVC_CMD_UNRESTRICT, 3, 1));
}

static void scrub_is_refused_until_told(struct kunit *test)
{
	struct sim_client *client = test->priv;
	u8 *bytes = page_address(client->pages);

	EXPECT_OK(test, client_list(client, MEMSVC_CMD_RESTRICT, 1, 1));
	memset(bytes, 0x5a, PAGE_SIZE);
	arm(test, "refuse_scrub");
	EXPECT_RESULT(test, client_list(client, MEMSVC_CMD_SCRUB, 1, 1),
		      TEE_ERROR_ACCESS_DENIED);
	KUNIT_EXPECT_EQ(test, bytes[0], 0x5a);
	arm(test, "refuse_scrub off");
	EXPECT_OK(test, client_list(client, MEMSVC_CMD_SCRUB, 1, 1));
	KUNIT_EXPECT_NULL(test, memchr_inv(bytes, 0, PAGE_SIZE));
	EXPECT_OK(test, client_list(client, MEMSVC_CMD_UNRESTRICT, 1, 1));
}

static void lie_does_the_first_half(struct kunit *test)
{
	struct sim_client *client = test->priv;

	arm(test, "lie");
	EXPECT_RESULT(test, client_list(client, MEMSVC_CMD_RESTRICT, 5, 1),
		      TEE_ERROR_GENERIC);
	KUNIT_EXPECT_EQ(test, client_lent(client), client->lent + 3);
	/* All of the list is not there to be given back; what was done is */
	EXPECT_RESULT(test, client_list(client, MEMSVC_CMD_UNRESTRICT, 5, 1),
		      TEE_ERROR_ITEM_NOT_FOUND);
	arm(test, "lie cmd=unrestrict");
	EXPECT_RESULT(test, client_list(client, MEMSVC_CMD_UNRESTRICT, 3, 1),
		      TEE_ERROR_GENERIC);
	KUNIT_EXPECT_EQ(test, client_lent(client), client->lent + 1);
	EXPECT_RESULT(test, client_list(client, MEMSVC_CMD_RESTRICT, 3, 1),
		      TEE_ERROR_ACCESS_CONFLICT);
	EXPECT_OK(test, client_list(client, MEMSVC_CMD_RESTRICT, 2, 1));
	EXPECT_OK(test, client_list(client, MEMSVC_CMD_UNRESTRICT, 3, 1));
}

static void zalloc_answers_wrong(struct kunit *test)
{
	struct sim_client *client = test->priv;
	u32 used = client_used(client, MEMSVC_TYPE_STATIC);
	struct client_grant right, wrong;

	EXPECT_OK(test, client_zalloc(client, SZ_64K, &right));
	KUNIT_EXPECT_EQ(test, right.bytes, SZ_64K);
	EXPECT_OK(test, client_free(client, right.handle));

	arm(test, "corrupt field=count xor=2");
	EXPECT_OK(test, client_zalloc(client, SZ_64K, &wrong));
	KUNIT_EXPECT_EQ(test, wrong.count, 3);
	EXPECT_OK(test, client_free(client, wrong.handle));

	arm(test, "corrupt field=base");
	EXPECT_OK(test, client_zalloc(client, SZ_64K, &wrong));
	KUNIT_EXPECT_EQ(test, wrong.base, ~right.base);
	EXPECT_OK(test, client_free(client, wrong.handle));

	arm(test, "corrupt field=bytes xor=1");
	EXPECT_OK(test, client_zalloc(client, SZ_64K, &wrong));
	KUNIT_EXPECT_EQ(test, wrong.bytes, SZ_64K + 1);
	EXPECT_OK(test, client_free(client, wrong.handle));

	arm(test, "corrupt field=handle");
	EXPECT_OK(test, client_zalloc(client, SZ_64K, &wrong));
	EXPECT_RESULT(test, client_free(client, wrong.handle),
		      TEE_ERROR_ITEM_NOT_FOUND);
	EXPECT_OK(test, client_free(client, ~wrong.handle));
	KUNIT_EXPECT_EQ(test, client_used(client, MEMSVC_TYPE_STATIC), used);
}

static void retrieve_answers_wrong(struct kunit *test)
{
	struct sim_client *client = test->priv;
	struct memsvc_range range;
	struct client_grant grant;
	size_t size;

	EXPECT_OK(test, client_zalloc(client, SZ_64K, &grant));
	arm(test, "corrupt field=length xor=0x1000");
	EXPECT_OK(test, client_retrieve(client, grant.handle, &size, &range));
	KUNIT_EXPECT_EQ(test, range.pa, grant.base);
	KUNIT_EXPECT_EQ(test, range.length, SZ_64K ^ 0x1000);
	KUNIT_EXPECT_EQ(test, size, sizeof(range));

	arm(test, "corrupt field=size xor=0x10");
	EXPECT_OK(test, client_retrieve(client, grant.handle, &size, &range));
	KUNIT_EXPECT_EQ(test, size, sizeof(range) ^ 0x10);
	KUNIT_EXPECT_EQ(test, sim_fault_injected(SIM_FAULT_CORRUPT), 1);

	EXPECT_OK(test, client_retrieve(client, grant.handle, &size, &range));
	KUNIT_EXPECT_EQ(test, size, sizeof(range));
	EXPECT_OK(test, client_free(client, grant.handle));
}

/* An answer that is an error has nothing to be wrong in */
static void errors_are_not_corrupted(struct kunit *test)
{
	struct sim_client *client = test->priv;
	struct client_grant grant;

	arm(test, "corrupt field=handle");
	EXPECT_RESULT(test, client_zalloc(client, 1, &grant),
		      TEE_ERROR_BAD_PARAMETERS);
	KUNIT_EXPECT_EQ(test, sim_fault_injected(SIM_FAULT_CORRUPT), 0);
}

/* Never right, and never more than one part of the answer */
static void answers_are_garbled(struct kunit *test)
{
	struct sim_client *client = test->priv;
	struct memsvc_range range, right;
	struct client_grant grant;
	struct sim_reply reply;
	unsigned int i, wrong;
	size_t size;

	arm(test, "garble cmd=nop");
	KUNIT_EXPECT_NE(test, client_nop(client).result, 0);
	EXPECT_OK(test, client_zalloc(client, SZ_64K, &grant));
	EXPECT_OK(test, client_retrieve(client, grant.handle, &size, &right));

	arm(test, "garble permille=1000 seed=3 cmd=retrieve_sg");
	for (i = 0; i < 64; i++) {
		reply = client_retrieve(client, grant.handle, &size, &range);
		wrong = !!reply.result + (size != sizeof(range)) +
			!!memcmp(&range, &right, sizeof(range));
		KUNIT_EXPECT_EQ(test, reply.error, 0);
		KUNIT_EXPECT_EQ(test, wrong, 1);
	}
	KUNIT_EXPECT_EQ(test, sim_fault_injected(SIM_FAULT_GARBLE), 64);

	arm(test, "off");
	EXPECT_OK(test, client_free(client, grant.handle));
}

static const char * const bad_words[] = {
	"", " ", "nonesuch", "off now", "fail off now", "fail nth", "fail nth=",
	"fail nth=0", "fail nth=-1", "fail nth=4294967296", "fail nth=1x",
	"fail nth=1 permille=1", "fail permille=0", "fail permille=1001",
	"fail times=x", "fail seed=", "fail who=me", "fail cmd=nonesuch",
	"fail result=0", "fail result=-0", "fail result=-4096", "fail result=x",
	"fail ms=1", "fail field=count", "fail xor=1", "timeout ms=3600001",
	"refuse_unrestrict cmd=nop", "refuse_scrub ms=1", "lie cmd=nop",
	"lie cmd=any", "corrupt", "corrupt field=none", "corrupt field=x",
	"corrupt field=size xor=0", "corrupt field=size cmd=nop",
	"corrupt field=size result=1", "garble result=1", "die ms=1",
	"fail  nth=1  times=1 x",
};

static void bad_words_change_nothing(struct kunit *test)
{
	struct sim_client *client = test->priv;
	struct sim_reply before;
	int i;

	arm(test, "fail times=0 cmd=nop result=0xffff000c");
	before = client_nop(client);
	for (i = 0; i < ARRAY_SIZE(bad_words); i++)
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    sim_fault_write(bad_words[i]), "'%s'",
				    bad_words[i]);
	KUNIT_EXPECT_EQ(test, sim_fault_injected(SIM_FAULT_FAIL), 1);
	expect_reply(test, client_nop(client), before.error, before.result);
	EXPECT_OK(test, client_list(client, MEMSVC_CMD_RESTRICT, 1, 1));
	EXPECT_OK(test, client_list(client, MEMSVC_CMD_UNRESTRICT, 1, 1));
}

static struct kunit_case fault_cases[] = {
	KUNIT_CASE(nth_call_fails),
	KUNIT_CASE(calls_fail_as_often_as_told),
	KUNIT_CASE(other_commands_are_spared),
	KUNIT_CASE(seed_decides_at_random),
	KUNIT_CASE(opening_fails_when_it_is_named),
	KUNIT_CASE(user_space_is_spared),
	KUNIT_CASE(timeout_blocks_and_does_nothing),
	KUNIT_CASE(unrestrict_is_refused_until_told),
	KUNIT_CASE(scrub_is_refused_until_told),
	KUNIT_CASE(lie_does_the_first_half),
	KUNIT_CASE(zalloc_answers_wrong),
	KUNIT_CASE(retrieve_answers_wrong),
	KUNIT_CASE(errors_are_not_corrupted),
	KUNIT_CASE(answers_are_garbled),
	KUNIT_CASE(bad_words_change_nothing),
	{}
};

static struct kunit_suite fault_suite = {
	.name = "tee_sim_fault",
	.init = sim_test_init,
	.exit = sim_test_exit,
	.test_cases = fault_cases,
};

kunit_test_suite(fault_suite);
