// SPDX-License-Identifier: GPL-2.0
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "../../sim/fault.h"
#include "../../sim/model.h"
#include "../../sim/tee_sim.h"
#include "../../tee/keeper.h"
#include "client.h"

static int match_sim(struct tee_ioctl_version_data *version, const void *data)
{
	return version->impl_id == TEE_IMPL_ID_SIM;
}

/* What is lent when the heaps have given back what they keep for a while */
static u32 lent_at_rest(struct sim_client *client)
{
	unsigned long end = jiffies + msecs_to_jiffies(2 * KEEPER_DRAIN_MS);
	u32 lent;

	while ((lent = client_lent(client)) && time_before(jiffies, end))
		msleep(20);

	return lent;
}

/**
 * sim_test_init() - a client with a session of the kernel's, and a free service
 * @test:	gets the client as its priv
 *
 * Return: 0.
 */
int sim_test_init(struct kunit *test)
{
	struct sim_client *client = kunit_kzalloc(test, sizeof(*client),
						  GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, client);
	client->test = test;
	client->ctx = tee_client_open_context(NULL, match_sim, NULL, NULL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, client->ctx);
	test->priv = client;
	KUNIT_ASSERT_EQ(test, 0, sim_model_preset("free"));
	client_login_again(client);
	client->shm = tee_shm_alloc_kernel_buf(client->ctx, PAGE_SIZE);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, client->shm);
	client->pages = alloc_pages(GFP_KERNEL, ilog2(CLIENT_PAGES));
	KUNIT_ASSERT_NOT_NULL(test, client->pages);
	client->lent = lent_at_rest(client);

	return 0;
}

/**
 * sim_test_exit() - all as before: nothing is armed, nothing costs, nothing is lent
 * @test:	after sim_test_init()
 */
void sim_test_exit(struct kunit *test)
{
	struct sim_client *client = test->priv;

	if (!client)
		return;
	sim_fault_write("off");
	sim_model_preset("free");
	if (client->pages) {
		KUNIT_EXPECT_EQ(test, client_lent(client), client->lent);
		__free_pages(client->pages, ilog2(CLIENT_PAGES));
	}
	if (!IS_ERR_OR_NULL(client->shm))
		tee_shm_free(client->shm);
	if (client->session)
		tee_client_close_session(client->ctx, client->session);
	tee_client_close_context(client->ctx);
}

/**
 * client_login() - open a session
 * @client:	with a context
 * @login:	TEE_IOCTL_LOGIN_...
 * @session:	to set
 *
 * Return: how that ended.
 */
struct sim_reply client_login(struct sim_client *client, u32 login,
			      u32 *session)
{
	static const u8 uuid[] = MEMSVC_UUID_BYTES;
	struct tee_ioctl_open_session_arg arg = { .clnt_login = login };
	struct sim_reply reply;

	memcpy(arg.uuid, uuid, sizeof(uuid));
	reply.error = tee_client_open_session(client->ctx, &arg, NULL);
	reply.result = reply.error ? 0 : arg.ret;
	*session = arg.session;

	return reply;
}

/**
 * client_login_again() - open a new session in place of the one that there is
 * @client:	with a context
 */
void client_login_again(struct sim_client *client)
{
	if (client->session)
		tee_client_close_session(client->ctx, client->session);
	client->session = 0;
	EXPECT_OK(client->test,
		  client_login(client, TEE_IOCTL_LOGIN_REE_KERNEL,
			       &client->session));
}

/**
 * client_call() - make a call
 * @client:	with a session
 * @cmd:	MEMSVC_CMD_...
 * @params:	see there
 * @count:	their number
 *
 * Return: how that ended.
 */
struct sim_reply client_call(struct sim_client *client, u32 cmd,
			     struct tee_param *params, unsigned int count)
{
	struct tee_ioctl_invoke_arg arg = {
		.func = cmd,
		.session = client->session,
		.num_params = count,
	};
	struct sim_reply reply;

	reply.error = tee_client_invoke_func(client->ctx, &arg, params);
	reply.result = reply.error ? 0 : arg.ret;

	return reply;
}

/**
 * client_nop() - make a call that does nothing
 * @client:	with a session
 *
 * Return: how that ended.
 */
struct sim_reply client_nop(struct sim_client *client)
{
	return client_call(client, MEMSVC_CMD_NOP, NULL, 0);
}

/**
 * client_list() - make a call that carries a list
 * @client:	with a session
 * @cmd:	MEMSVC_CMD_...
 * @count:	ranges
 * @pages:	of each; one after the other from the client's first page on
 *
 * Return: how that ended.
 */
struct sim_reply client_list(struct sim_client *client, u32 cmd,
			     unsigned int count, unsigned int pages)
{
	struct memsvc_range *list = tee_shm_get_va(client->shm, 0);
	struct tee_param param = {
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT,
		.u.memref.shm = client->shm,
		.u.memref.size = count * sizeof(*list),
	};
	unsigned int i;

	for (i = 0; i < count; i++) {
		list[i].pa = page_to_phys(client->pages + i * pages);
		list[i].length = pages * PAGE_SIZE;
	}

	return client_call(client, cmd, &param, 1);
}

/**
 * client_lent() - ask how much is restricted
 * @client:	with a session
 *
 * Return: pages of 4 KiB.
 */
u32 client_lent(struct sim_client *client)
{
	struct tee_param params[2] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
	};

	EXPECT_OK(client->test,
		  client_call(client, MEMSVC_CMD_LENT, params, 2));

	return params[0].u.value.b;
}

/**
 * client_zalloc() - take memory from the service's pool
 * @client:	with a session
 * @size:	in bytes
 * @grant:	to fill
 *
 * Return: how that ended.
 */
struct sim_reply client_zalloc(struct sim_client *client, u32 size,
			       struct client_grant *grant)
{
	struct tee_param params[4] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT,
		  .u.value.a = size },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT,
		  .u.value.a = MEMSVC_TYPE_STATIC },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
	};
	struct sim_reply reply = client_call(client, MEMSVC_CMD_ZALLOC, params,
					     4);

	grant->count = params[2].u.value.a;
	grant->base = params[2].u.value.b;
	grant->handle = params[3].u.value.a;
	grant->bytes = params[3].u.value.b;

	return reply;
}

/**
 * client_free() - give memory back to the service's pool
 * @client:	with a session
 * @handle:	of the memory
 *
 * Return: how that ended.
 */
struct sim_reply client_free(struct sim_client *client, u32 handle)
{
	struct tee_param params[2] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT,
		  .u.value.a = handle },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
	};

	return client_call(client, MEMSVC_CMD_FREE, params, 2);
}

/**
 * client_retrieve() - ask where memory of the pool lies
 * @client:	with a session
 * @handle:	of the memory
 * @size:	set to the size of the answer, in bytes
 * @first:	set to its first range
 *
 * Return: how that ended.
 */
struct sim_reply client_retrieve(struct sim_client *client, u32 handle,
				 size_t *size, struct memsvc_range *first)
{
	struct tee_param params[2] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT,
		  .u.value.a = handle },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT,
		  .u.memref.shm = client->shm,
		  .u.memref.size = PAGE_SIZE },
	};
	struct sim_reply reply = client_call(client, MEMSVC_CMD_RETRIEVE_SG,
					     params, 2);

	*size = params[1].u.memref.size;
	memcpy(first, tee_shm_get_va(client->shm, 0), sizeof(*first));

	return reply;
}

/**
 * client_used() - ask how much of a pool is handed out
 * @client:	with a session
 * @type:	of its memory
 *
 * Return: bytes.
 */
u32 client_used(struct sim_client *client, u32 type)
{
	struct tee_param params[4] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT,
		  .u.value.a = type },
	};

	EXPECT_OK(client->test,
		  client_call(client, MEMSVC_CMD_STATS, params, 4));

	return params[0].u.value.a - params[0].u.value.b;
}

/**
 * expect_reply() - check how a call ended
 * @test:	that expects
 * @reply:	how it ended
 * @error:	what is expected
 * @result:	what is expected
 */
void expect_reply(struct kunit *test, struct sim_reply reply, int error,
		  u32 result)
{
	KUNIT_EXPECT_EQ(test, reply.error, error);
	KUNIT_EXPECT_EQ(test, reply.result, result);
}
