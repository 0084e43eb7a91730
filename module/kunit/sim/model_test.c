// SPDX-License-Identifier: GPL-2.0
/* What a call costs, and what it may carry. */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/math64.h>
#include <linux/sizes.h>

#include "../../sim/clock.h"
#include "../../sim/fault.h"
#include "../../sim/model.h"
#include "client.h"

static void costs_add_up(struct kunit *test)
{
	static const struct sim_model model = {
		.call_ns = 1000,
		.entry_ns = 100,
		.protect_page_ns = 10,
		.scrub_page_ns = 1,
		.jitter_ns = 1000000,
	};
	static const struct sim_work none, some = {
		.entries = 2, .protect_pages = 3, .scrub_pages = 4,
	};

	KUNIT_EXPECT_EQ(test, sim_cost_ns(&model, &none), 1000);
	KUNIT_EXPECT_EQ(test, sim_cost_ns(&model, &some), 1234);
}

/* The dearest call that the parameters allow, of all pages there can be */
static void costs_do_not_overflow(struct kunit *test)
{
	static const struct sim_model model = {
		.call_ns = 1000000000,
		.entry_ns = 1000000000,
		.protect_page_ns = 1000000000,
		.scrub_page_ns = 1000000000,
	};
	static const struct sim_work work = {
		.entries = MEMSVC_BATCH_ENTRIES,
		.protect_pages = U32_MAX,
		.scrub_pages = U32_MAX,
	};

	KUNIT_EXPECT_EQ(test, sim_cost_ns(&model, &work),
			1000000000ull * (1 + MEMSVC_BATCH_ENTRIES +
					 2ull * U32_MAX));
}

static void jitter_is_bounded_and_comes_again(struct kunit *test)
{
	static const struct sim_model model = { .jitter_ns = 9 };
	u32 first[200];
	u32 seen = 0;
	int i;

	sim_model_seed(7);
	for (i = 0; i < ARRAY_SIZE(first); i++) {
		first[i] = sim_model_jitter(&model);
		KUNIT_ASSERT_LE(test, first[i], 9);
		seen |= BIT(first[i]);
	}
	/* Each value that there can be */
	KUNIT_EXPECT_EQ(test, seen, GENMASK(9, 0));

	sim_model_seed(7);
	for (i = 0; i < ARRAY_SIZE(first); i++)
		KUNIT_ASSERT_EQ(test, sim_model_jitter(&model), first[i]);
	sim_model_seed(1);
}

struct preset_case {
	const char *name;
	u32 entries;
	u32 bytes;
	u32 least_ns;
	u32 most_ns;
};

/* The figures of the field notes, in their units */
static const struct preset_case preset_cases[] = {
	{ "free", MEMSVC_BATCH_ENTRIES },
	{ "qcom-assign", 32, SZ_2M - SZ_4K },
	{ "mtk-page", 1024 },
	{ "samsung", MEMSVC_BATCH_ENTRIES },
	{ "xring", 255 },
	{ "tfa-a53", MEMSVC_BATCH_ENTRIES, 0, 2900, 3100 },
	{ "tfa-a57", MEMSVC_BATCH_ENTRIES, 0, 520, 720 },
};

static void presets_are_what_they_model(struct kunit *test)
{
	const struct preset_case *want;
	struct sim_model model;

	for (want = preset_cases; want < preset_cases + ARRAY_SIZE(preset_cases);
	     want++) {
		KUNIT_EXPECT_EQ(test, 0, sim_model_preset(want->name));
		sim_model_get(&model);
		KUNIT_EXPECT_EQ(test, model.max_entries, want->entries);
		KUNIT_EXPECT_EQ(test, model.max_pages, want->bytes / SZ_4K);
		KUNIT_EXPECT_EQ(test, model.call_ns, want->least_ns);
		KUNIT_EXPECT_EQ(test, model.call_ns + model.jitter_ns,
				want->most_ns);
		/* Nobody tells what these cost */
		KUNIT_EXPECT_EQ(test, model.entry_ns, 0);
		KUNIT_EXPECT_EQ(test, model.protect_page_ns, 0);
		KUNIT_EXPECT_EQ(test, model.scrub_page_ns, 0);
	}
	KUNIT_EXPECT_EQ(test, -EINVAL, sim_model_preset("custom"));
	KUNIT_EXPECT_EQ(test, -EINVAL, sim_model_preset("nonesuch"));
}

static void limits_are_told_and_kept(struct kunit *test)
{
	static const struct sim_model model = {
		.max_entries = 4, .max_pages = 6,
	};
	struct tee_param told = {
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT,
	};
	struct sim_client *client = test->priv;

	sim_model_set(&model);
	EXPECT_OK(test, client_call(client, MEMSVC_CMD_LIMITS, &told, 1));
	KUNIT_EXPECT_EQ(test, told.u.value.a, 4);
	KUNIT_EXPECT_EQ(test, told.u.value.b, 6);

	EXPECT_RESULT(test, client_list(client, MEMSVC_CMD_RESTRICT, 5, 1),
		      TEE_ERROR_BAD_PARAMETERS);
	EXPECT_RESULT(test, client_list(client, MEMSVC_CMD_RESTRICT, 1, 7),
		      TEE_ERROR_BAD_PARAMETERS);
	EXPECT_RESULT(test, client_list(client, MEMSVC_CMD_RESTRICT, 4, 2),
		      TEE_ERROR_BAD_PARAMETERS);
	KUNIT_EXPECT_EQ(test, client_lent(client), client->lent);

	EXPECT_OK(test, client_list(client, MEMSVC_CMD_RESTRICT, 4, 1));
	EXPECT_OK(test, client_list(client, MEMSVC_CMD_UNRESTRICT, 4, 1));
	EXPECT_OK(test, client_list(client, MEMSVC_CMD_RESTRICT, 1, 6));
	EXPECT_OK(test, client_list(client, MEMSVC_CMD_UNRESTRICT, 1, 6));
}

static u64 ticks(u64 ns)
{
	return mul_u64_u32_div(ns, sim_clock_khz(), KHZ_PER_GHZ);
}

/* That it takes not much longer is for a clock that counts instructions to say */
static void a_call_takes_its_time(struct kunit *test)
{
	static const struct sim_model model = {
		.call_ns = 100000,
		.entry_ns = 20000,
		.protect_page_ns = 3000,
		.scrub_page_ns = 500,
		.max_entries = MEMSVC_BATCH_ENTRIES,
	};
	struct sim_client *client = test->priv;
	u64 begin;

	sim_model_set(&model);
	begin = sim_clock();
	EXPECT_OK(test, client_nop(client));
	KUNIT_EXPECT_GE(test, sim_clock() - begin, ticks(100000));

	begin = sim_clock();
	EXPECT_OK(test, client_list(client, MEMSVC_CMD_RESTRICT, 2, 4));
	KUNIT_EXPECT_GE(test, sim_clock() - begin,
			ticks(100000 + 2 * 20000 + 8 * 3000));

	begin = sim_clock();
	EXPECT_OK(test, client_list(client, MEMSVC_CMD_UNRESTRICT, 2, 4));
	KUNIT_EXPECT_GE(test, sim_clock() - begin,
			ticks(100000 + 2 * 20000 + 8 * 3000 + 8 * 500));
}

/* A second call, from another thread */
struct other {
	struct sim_client *client;
	struct sim_reply reply;
	struct completion begun;
	struct completion done;
};

static int make_other_call(void *data)
{
	struct other *other = data;

	complete(&other->begun);
	other->reply = client_nop(other->client);
	complete(&other->done);

	return 0;
}

/* It sleeps inside for a while; ours comes meanwhile */
static bool other_was_waited_for(struct kunit *test, u32 threads)
{
	const struct sim_model model = {
		.threads = threads, .max_entries = MEMSVC_BATCH_ENTRIES,
	};
	struct other other = { .client = test->priv };
	struct task_struct *task;
	bool waited;

	init_completion(&other.begun);
	init_completion(&other.done);
	sim_model_set(&model);
	KUNIT_ASSERT_EQ(test, 0, sim_fault_write("timeout ms=2000 cmd=nop"));
	task = kthread_run(make_other_call, &other, "tee_sim_other");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	wait_for_completion(&other.begun);
	while (!sim_fault_injected(SIM_FAULT_TIMEOUT))
		cond_resched();

	EXPECT_OK(test, client_nop(test->priv));
	waited = completion_done(&other.done);
	wait_for_completion(&other.done);
	expect_reply(test, other.reply, -ETIMEDOUT, 0);

	return waited;
}

static void calls_are_served_at_a_time(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, other_was_waited_for(test, 1));
	KUNIT_EXPECT_FALSE(test, other_was_waited_for(test, 0));
	KUNIT_EXPECT_FALSE(test, other_was_waited_for(test, 2));
}

static struct kunit_case model_cases[] = {
	KUNIT_CASE(costs_add_up),
	KUNIT_CASE(costs_do_not_overflow),
	KUNIT_CASE(jitter_is_bounded_and_comes_again),
	KUNIT_CASE(presets_are_what_they_model),
	KUNIT_CASE(limits_are_told_and_kept),
	KUNIT_CASE(a_call_takes_its_time),
	KUNIT_CASE(calls_are_served_at_a_time),
	{}
};

static struct kunit_suite model_suite = {
	.name = "tee_sim_model",
	.init = sim_test_init,
	.exit = sim_test_exit,
	.test_cases = model_cases,
};

kunit_test_suite(model_suite);
