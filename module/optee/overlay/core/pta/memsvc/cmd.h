/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the files of commands take from each other. restricted_tee.h tells what
 * each command does, and what it returns.
 */
#ifndef MEMSVC_CMD_H
#define MEMSVC_CMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tee_api_defines.h>
#include <tee_api_types.h>
#include <types_ext.h>

#include "bitmap.h"

/* The one type word a command accepts, as in PARAMS(VALUE_INPUT, NONE, ...) */
#define PARAMS(a, b, c, d)	TEE_PARAM_TYPES(TEE_PARAM_TYPE_##a, \
						TEE_PARAM_TYPE_##b, \
						TEE_PARAM_TYPE_##c, \
						TEE_PARAM_TYPE_##d)

/* A command: as service.c calls it, once it was found to be allowed */
typedef TEE_Result memsvc_command(uint32_t types,
				  TEE_Param params[TEE_NUM_PARAMS]);

/* cmd_grant.c */
memsvc_command memsvc_cmd_zalloc;
memsvc_command memsvc_cmd_free;
memsvc_command memsvc_cmd_retrieve_sg;
memsvc_command memsvc_cmd_stats;
memsvc_command memsvc_cmd_table;

/* cmd_lent.c */
memsvc_command memsvc_cmd_restrict;
memsvc_command memsvc_cmd_unrestrict;
memsvc_command memsvc_cmd_scrub;
memsvc_command memsvc_cmd_limits;
memsvc_command memsvc_cmd_lent;
memsvc_command memsvc_cmd_lent_table;

/**
 * memsvc_grant_setup() - find and scrub the service's own memory
 *
 * To be called once at boot, before any command.
 */
void memsvc_grant_setup(void);

/**
 * memsvc_lent_setup() - find the normal world's RAM; no page is restricted
 *
 * To be called once at boot, before any command.
 */
void memsvc_lent_setup(void);

/**
 * memsvc_lent_begin_area() - restrict an area as a whole
 * @pa: its address, a multiple of the page size
 * @size: in bytes, a multiple of the page size, not 0
 *
 * May be called in any context.
 *
 * Return: TEE_SUCCESS; TEE_ERROR_BAD_PARAMETERS when it is not of the normal
 * world's RAM, TEE_ERROR_ACCESS_CONFLICT when a page of it is restricted
 * already, TEE_ERROR_OUT_OF_MEMORY when there are too many areas.
 */
TEE_Result memsvc_lent_begin_area(paddr_t pa, size_t size);

/**
 * memsvc_lent_end_area() - give an area back to the normal world as it is
 * @pa: as it was restricted
 * @size: as it was restricted
 *
 * May be called in any context.
 *
 * Return: TEE_SUCCESS; TEE_ERROR_ITEM_NOT_FOUND when there is no such area.
 */
TEE_Result memsvc_lent_end_area(paddr_t pa, size_t size);

/**
 * memsvc_lent_scrub() - leave nothing of what was written to restricted pages
 * @base: page number (address divided by the page size) that @runs count from
 * @runs: pages of an area; nobody else may use them meanwhile
 * @count: entries in @runs
 */
void memsvc_lent_scrub(uint64_t base, const struct memsvc_run *runs,
		       uint32_t count);

/**
 * memsvc_claim_memref() - ask for room in memory of the caller's
 * @param: a memref; its size becomes @need
 * @need: in bytes
 *
 * Return: false when it was smaller: the caller is told TEE_ERROR_SHORT_BUFFER.
 */
static inline bool memsvc_claim_memref(TEE_Param *param, size_t need)
{
	bool fits = param->memref.size >= need;

	param->memref.size = need;
	return fits;
}

#endif /* MEMSVC_CMD_H */
