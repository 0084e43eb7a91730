// SPDX-License-Identifier: GPL-2.0
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/wordpart.h>

#include "../include/uapi/restricted_tee.h"
#include "cmd.h"
#include "service.h"

/**
 * sim_keep_module() - keep the module loaded while its books are needed
 * @was_needed:	whether they were before they were changed
 * @is_needed:	whether they are now
 *
 * Memory that is restricted must not be forgotten with the module. Called under
 * the lock of the books, during a call, so that the module is in use anyway.
 */
void sim_keep_module(bool was_needed, bool is_needed)
{
	if (!was_needed && is_needed)
		__module_get(THIS_MODULE);
	if (was_needed && !is_needed)
		module_put(THIS_MODULE);
}

static u32 cmd_swap(struct sim_call *call)
{
	if (call->types != PARAMS(VALUE_INOUT, NONE, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	swap(call->params[0].value.a, call->params[0].value.b);

	return 0;
}

/* Written while no call is under way */
static u64 books;

static u32 cmd_books(struct sim_call *call)
{
	if (call->types != PARAMS(VALUE_OUTPUT, NONE, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	call->params[0].value.a = lower_32_bits(books);
	call->params[0].value.b = upper_32_bits(books);

	return 0;
}

/**
 * sim_service() - do what a call asks for
 * @call:	the call; its work is set
 *
 * Return: 0 or a TEE_ERROR code.
 */
u32 sim_service(struct sim_call *call)
{
	if (call->cmd <= MEMSVC_CMD_LAST_PRIVILEGED && !call->kernel)
		return TEE_ERROR_ACCESS_DENIED;

	switch (call->cmd) {
	case MEMSVC_CMD_ZALLOC:
		return sim_cmd_zalloc(call);
	case MEMSVC_CMD_FREE:
		return sim_cmd_free(call);
	case MEMSVC_CMD_RETRIEVE_SG:
		return sim_cmd_retrieve_sg(call);
	case MEMSVC_CMD_RESTRICT:
		return sim_cmd_restrict(call);
	case MEMSVC_CMD_UNRESTRICT:
		return sim_cmd_unrestrict(call);
	case MEMSVC_CMD_SCRUB:
		return sim_cmd_scrub(call);
	case MEMSVC_CMD_NOP:
		return 0;
	case MEMSVC_CMD_SWAP:
		return cmd_swap(call);
	case MEMSVC_CMD_STATS:
		return sim_cmd_stats(call);
	case MEMSVC_CMD_TABLE:
		return sim_cmd_table(call);
	case MEMSVC_CMD_LENT:
		return sim_cmd_lent(call);
	case MEMSVC_CMD_LIMITS:
		return sim_cmd_limits(call);
	case MEMSVC_CMD_LENT_TABLE:
		return sim_cmd_lent_table(call);
	case MEMSVC_CMD_BOOKS:
		return cmd_books(call);
	default:
		return TEE_ERROR_NOT_SUPPORTED;
	}
}

/**
 * sim_service_setup() - begin with a pool that is free, and nothing restricted
 * @pool_size:	in bytes, where the device tree does not tell
 *
 * Return: 0 or a negative errno.
 */
int sim_service_setup(size_t pool_size)
{
	int ret;

	books = get_random_u64();
	ret = sim_lent_setup();
	if (ret)
		return ret;
	ret = sim_grant_setup(pool_size);
	if (ret)
		sim_lent_leave();

	return ret;
}

/**
 * sim_service_leave() - undo sim_service_setup()
 */
void sim_service_leave(void)
{
	sim_grant_leave();
	sim_lent_leave();
}

/**
 * sim_service_forget() - lose all books, as a secure world that was reset
 *
 * No call may be under way.
 */
void sim_service_forget(void)
{
	books++;
	sim_grant_forget();
	sim_lent_forget();
}
