/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What service.c takes from the other files of commands. restricted_tee.h tells
 * what each command does, and what it returns.
 */
#ifndef MEMSVC_CMD_H
#define MEMSVC_CMD_H

#include <stdint.h>
#include <tee_api_defines.h>
#include <tee_api_types.h>

/* The one type word a command accepts, as in PARAMS(VALUE_INPUT, NONE, ...) */
#define PARAMS(a, b, c, d)	TEE_PARAM_TYPES(TEE_PARAM_TYPE_##a, \
						TEE_PARAM_TYPE_##b, \
						TEE_PARAM_TYPE_##c, \
						TEE_PARAM_TYPE_##d)

/**
 * memsvc_lent_setup() - find the normal world's RAM; no page is restricted
 *
 * To be called once at boot, before any command.
 */
void memsvc_lent_setup(void);

/** memsvc_cmd_restrict() - MEMSVC_CMD_RESTRICT */
TEE_Result memsvc_cmd_restrict(uint32_t types,
			       TEE_Param params[TEE_NUM_PARAMS]);

/** memsvc_cmd_unrestrict() - MEMSVC_CMD_UNRESTRICT */
TEE_Result memsvc_cmd_unrestrict(uint32_t types,
				 TEE_Param params[TEE_NUM_PARAMS]);

/** memsvc_cmd_lent() - MEMSVC_CMD_LENT */
TEE_Result memsvc_cmd_lent(uint32_t types, TEE_Param params[TEE_NUM_PARAMS]);

#endif /* MEMSVC_CMD_H */
