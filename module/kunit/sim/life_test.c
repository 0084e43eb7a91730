// SPDX-License-Identifier: GPL-2.0
/* The service dies, and comes back with its books or without. */
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/kthread.h>
#include <linux/sizes.h>

#include "../../sim/bus.h"
#include "../../sim/fault.h"
#include "../../sim/life.h"
#include "client.h"

static const struct sim_reply dead = { .result = TEE_ERROR_TARGET_DEAD };

static bool is_on_bus(void)
{
	struct device *device = sim_bus_find_service();

	put_device(device);

	return device;
}

static void die(struct sim_reply reply)
{
	sim_life_end(reply);
	sim_life_settle();
}

static void come_back(struct kunit *test, bool amnesia)
{
	KUNIT_EXPECT_EQ(test, 0, sim_life_begin(amnesia));
	sim_life_settle();
}

static int life_test_init(struct kunit *test)
{
	KUNIT_ASSERT_TRUE(test, is_on_bus());

	return sim_test_init(test);
}

/* Whatever a case has left, the next finds the service alive */
static void life_test_exit(struct kunit *test)
{
	struct sim_client *client = test->priv;

	sim_life_begin(false);
	sim_life_settle();
	client_login_again(client);
	sim_test_exit(test);
}

static void all_is_dead(struct kunit *test)
{
	struct sim_client *client = test->priv;
	u32 session;

	die(dead);
	EXPECT_RESULT(test, client_nop(client), TEE_ERROR_TARGET_DEAD);
	EXPECT_RESULT(test, client_login(client, TEE_IOCTL_LOGIN_REE_KERNEL,
					 &session), TEE_ERROR_TARGET_DEAD);
	EXPECT_RESULT(test, client_login(client, TEE_IOCTL_LOGIN_PUBLIC,
					 &session), TEE_ERROR_TARGET_DEAD);
	KUNIT_EXPECT_FALSE(test, is_on_bus());
	come_back(test, false);
	KUNIT_EXPECT_TRUE(test, is_on_bus());
}

static void dead_has_the_chosen_answer(struct kunit *test)
{
	struct sim_client *client = test->priv;

	die((struct sim_reply){ .error = -ENODEV });
	expect_reply(test, client_nop(client), -ENODEV, 0);
	/* It dies once */
	die(dead);
	expect_reply(test, client_nop(client), -ENODEV, 0);
}

/* As of a secure world that was started again: none of its sessions was */
static void old_sessions_stay_dead(struct kunit *test)
{
	struct sim_client *client = test->priv;

	die(dead);
	come_back(test, false);
	EXPECT_RESULT(test, client_nop(client), TEE_ERROR_TARGET_DEAD);
	KUNIT_EXPECT_EQ(test, 0, tee_client_close_session(client->ctx,
							  client->session));
	client->session = 0;
	client_login_again(client);
	EXPECT_OK(test, client_nop(client));
}

static void only_the_dead_come_back(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, -EALREADY, sim_life_begin(false));
	KUNIT_EXPECT_EQ(test, -EALREADY, sim_life_begin(true));
}

static void books_are_kept(struct kunit *test)
{
	struct sim_client *client = test->priv;
	u32 used = client_used(client, MEMSVC_TYPE_STATIC);
	struct client_grant grant;

	EXPECT_OK(test, client_zalloc(client, SZ_64K, &grant));
	EXPECT_OK(test, client_list(client, MEMSVC_CMD_RESTRICT, 2, 1));
	die(dead);
	come_back(test, false);
	client_login_again(client);
	KUNIT_EXPECT_EQ(test, client_used(client, MEMSVC_TYPE_STATIC), used + SZ_64K);
	KUNIT_EXPECT_EQ(test, client_lent(client), client->lent + 2);
	EXPECT_OK(test, client_list(client, MEMSVC_CMD_UNRESTRICT, 2, 1));
	EXPECT_OK(test, client_free(client, grant.handle));
}

static void books_are_lost(struct kunit *test)
{
	struct sim_client *client = test->priv;
	struct client_grant grant;

	if (client->lent || client_used(client, MEMSVC_TYPE_STATIC))
		kunit_skip(test, "others have memory of the service's, which would be lost");
	EXPECT_OK(test, client_zalloc(client, SZ_64K, &grant));
	EXPECT_OK(test, client_list(client, MEMSVC_CMD_RESTRICT, 2, 1));
	die(dead);
	come_back(test, true);
	client_login_again(client);
	KUNIT_EXPECT_EQ(test, client_used(client, MEMSVC_TYPE_STATIC), 0);
	KUNIT_EXPECT_EQ(test, client_lent(client), 0);
	EXPECT_RESULT(test, client_list(client, MEMSVC_CMD_UNRESTRICT, 2, 1),
		      TEE_ERROR_ITEM_NOT_FOUND);
	EXPECT_RESULT(test, client_free(client, grant.handle),
		      TEE_ERROR_ITEM_NOT_FOUND);
}

static void nth_call_kills(struct kunit *test)
{
	struct sim_client *client = test->priv;

	KUNIT_ASSERT_EQ(test, 0, sim_fault_write("die nth=2 cmd=restrict"));
	EXPECT_OK(test, client_list(client, MEMSVC_CMD_RESTRICT, 1, 1));
	EXPECT_OK(test, client_list(client, MEMSVC_CMD_UNRESTRICT, 1, 1));
	EXPECT_RESULT(test, client_list(client, MEMSVC_CMD_RESTRICT, 1, 1),
		      TEE_ERROR_TARGET_DEAD);
	sim_life_settle();
	KUNIT_EXPECT_FALSE(test, is_on_bus());
	come_back(test, false);
	client_login_again(client);
	KUNIT_EXPECT_EQ(test, client_lent(client), client->lent);
}

/* A call that sleeps inside for an hour when the service dies */
struct sleeper {
	struct sim_client *client;
	struct sim_reply reply;
	struct completion done;
};

static int sleep_inside(void *data)
{
	struct sleeper *sleeper = data;

	sleeper->reply = client_nop(sleeper->client);
	complete(&sleeper->done);

	return 0;
}

static void death_wakes_who_sleeps_inside(struct kunit *test)
{
	struct sleeper sleeper = { .client = test->priv };
	struct task_struct *task;

	init_completion(&sleeper.done);
	KUNIT_ASSERT_EQ(test, 0, sim_fault_write("timeout ms=3600000 cmd=nop"));
	task = kthread_run(sleep_inside, &sleeper, "tee_sim_sleeper");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	while (!sim_fault_injected(SIM_FAULT_TIMEOUT))
		cond_resched();
	die(dead);
	wait_for_completion(&sleeper.done);
	expect_reply(test, sleeper.reply, -ETIMEDOUT, 0);
	come_back(test, false);
}

static struct kunit_case life_cases[] = {
	KUNIT_CASE(all_is_dead),
	KUNIT_CASE(dead_has_the_chosen_answer),
	KUNIT_CASE(old_sessions_stay_dead),
	KUNIT_CASE(only_the_dead_come_back),
	KUNIT_CASE(books_are_kept),
	KUNIT_CASE(books_are_lost),
	KUNIT_CASE(nth_call_kills),
	KUNIT_CASE(death_wakes_who_sleeps_inside),
	{}
};

static struct kunit_suite life_suite = {
	.name = "tee_sim_life",
	.init = life_test_init,
	.exit = life_test_exit,
	.test_cases = life_cases,
};

kunit_test_suite(life_suite);
