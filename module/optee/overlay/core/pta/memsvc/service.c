// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The memory service: a pseudo-TA that owns restricted memory and hands parts of
 * it to the kernel, and keeps the books of what the kernel restricts of its own.
 * restricted_tee.h tells what each call does.
 */
#include <crypto/crypto.h>
#include <initcall.h>
#include <kernel/pseudo_ta.h>
#include <kernel/tee_ta_manager.h>
#include <kernel/ts_manager.h>
#include <stdbool.h>
#include <stdint.h>
#include <tee_api_defines_extensions.h>

#include "cmd.h"
#include "restricted_tee.h"

/* What a session carries: whether the kernel opened it */
static const bool from_kernel = true;
static const bool from_user;

static TEE_Result cmd_swap(uint32_t types, TEE_Param params[TEE_NUM_PARAMS])
{
	uint32_t a = params[0].value.a;

	if (types != PARAMS(VALUE_INOUT, NONE, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	params[0].value.a = params[0].value.b;
	params[0].value.b = a;
	return TEE_SUCCESS;
}

/* Anew with each boot, as the books are */
static uint32_t books[2];

static TEE_Result cmd_books(uint32_t types, TEE_Param params[TEE_NUM_PARAMS])
{
	if (types != PARAMS(VALUE_OUTPUT, NONE, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	params[0].value.a = books[0];
	params[0].value.b = books[1];
	return TEE_SUCCESS;
}

static TEE_Result open_session(uint32_t types __unused,
			       TEE_Param params[TEE_NUM_PARAMS] __unused,
			       void **context)
{
	struct tee_ta_session *session =
		to_ta_session(ts_get_current_session());

	switch (session->clnt_id.login) {
	case TEE_LOGIN_REE_KERNEL:
		*context = (void *)&from_kernel;
		return TEE_SUCCESS;
	case TEE_LOGIN_TRUSTED_APP:
		/* Its memory references would be user mappings */
		return TEE_ERROR_ACCESS_DENIED;
	default:
		*context = (void *)&from_user;
		return TEE_SUCCESS;
	}
}

static TEE_Result invoke_command(void *context, uint32_t cmd, uint32_t types,
				 TEE_Param params[TEE_NUM_PARAMS])
{
	const bool *privileged = context;

	if (cmd <= MEMSVC_CMD_LAST_PRIVILEGED && !*privileged)
		return TEE_ERROR_ACCESS_DENIED;

	switch (cmd) {
	case MEMSVC_CMD_ZALLOC:
		return memsvc_cmd_zalloc(types, params);
	case MEMSVC_CMD_FREE:
		return memsvc_cmd_free(types, params);
	case MEMSVC_CMD_RETRIEVE_SG:
		return memsvc_cmd_retrieve_sg(types, params);
	case MEMSVC_CMD_RESTRICT:
		return memsvc_cmd_restrict(types, params);
	case MEMSVC_CMD_UNRESTRICT:
		return memsvc_cmd_unrestrict(types, params);
	case MEMSVC_CMD_SCRUB:
		return memsvc_cmd_scrub(types, params);
	case MEMSVC_CMD_NOP:
		return TEE_SUCCESS;
	case MEMSVC_CMD_SWAP:
		return cmd_swap(types, params);
	case MEMSVC_CMD_STATS:
		return memsvc_cmd_stats(types, params);
	case MEMSVC_CMD_TABLE:
		return memsvc_cmd_table(types, params);
	case MEMSVC_CMD_LENT:
		return memsvc_cmd_lent(types, params);
	case MEMSVC_CMD_LIMITS:
		return memsvc_cmd_limits(types, params);
	case MEMSVC_CMD_LENT_TABLE:
		return memsvc_cmd_lent_table(types, params);
	case MEMSVC_CMD_BOOKS:
		return cmd_books(types, params);
	default:
		return TEE_ERROR_NOT_SUPPORTED;
	}
}

static TEE_Result init(void)
{
	memsvc_grant_setup();
	memsvc_lent_setup();
	return crypto_rng_read(books, sizeof(books));
}

service_init(init);

pseudo_ta_register(.uuid = MEMSVC_UUID, .name = "memsvc.pta",
		   .flags = PTA_DEFAULT_FLAGS | TA_FLAG_CONCURRENT |
			    TA_FLAG_DEVICE_ENUM,
		   .open_session_entry_point = open_session,
		   .invoke_command_entry_point = invoke_command);
