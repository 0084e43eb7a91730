// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The memory service: a pseudo-TA that owns a region of restricted memory and
 * hands parts of it to the kernel. restricted_tee.h tells what each call does.
 *
 * A page that is free is zero: the region is scrubbed at boot, and a buffer
 * when it is given back, before its pages are free. So nothing is zeroed when
 * memory is handed out, and nothing of a buffer outlives it in the pool.
 */
#include <assert.h>
#include <initcall.h>
#include <kernel/mutex.h>
#include <kernel/pseudo_ta.h>
#include <kernel/tee_ta_manager.h>
#include <kernel/ts_manager.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <tee_api_defines_extensions.h>
#include <util.h>

#include "cmd.h"
#include "pool.h"
#include "region.h"
#include "restricted_tee.h"
#include "table.h"

static_assert(MEMSVC_REGION_PAGES <= MEMSVC_TABLE_MAX_PAGES);

/*
 * Protects pool, table and scratch. Never held while memory is scrubbed: a
 * buffer that leaves the table is its caller's alone until it is removed.
 */
static struct mutex lock = MUTEX_INITIALIZER;

static uint64_t pool_bitmap[MEMSVC_POOL_WORDS(MEMSVC_REGION_PAGES)];
static struct memsvc_pool pool;
static struct memsvc_node table_nodes[MEMSVC_REGION_PAGES];
static struct memsvc_slot table_slots[MEMSVC_REGION_PAGES];
static struct memsvc_table table;
static struct memsvc_run scratch[MEMSVC_MAX_RANGES];

/* What a session carries: whether the kernel opened it */
static const bool from_kernel = true;
static const bool from_user;

/* Largest number of bytes in the region, so products below cannot overflow */
static uint32_t pages_to_bytes(uint32_t pages)
{
	return pages * SMALL_PAGE_SIZE;
}

static TEE_Result check_zalloc(const TEE_Param params[TEE_NUM_PARAMS])
{
	uint32_t size = params[0].value.a;
	uint32_t align = params[0].value.b;

	if (!size || size % SMALL_PAGE_SIZE || (align & (align - 1)))
		return TEE_ERROR_BAD_PARAMETERS;

	switch (params[1].value.a) {
	case MEMSVC_TYPE_STATIC:
		return TEE_SUCCESS;
	case MEMSVC_TYPE_CMA:
		return TEE_ERROR_NOT_SUPPORTED;
	default:
		return TEE_ERROR_BAD_PARAMETERS;
	}
}

static TEE_Result cmd_zalloc(uint32_t types, TEE_Param params[TEE_NUM_PARAMS])
{
	TEE_Result res = TEE_ERROR_OUT_OF_MEMORY;
	uint32_t handle = 0;
	uint32_t pages = 0;
	uint32_t align = 0;
	uint32_t count = 0;

	if (types != PARAMS(VALUE_INPUT, VALUE_INPUT, VALUE_INOUT,
			    VALUE_OUTPUT))
		return TEE_ERROR_BAD_PARAMETERS;
	res = check_zalloc(params);
	if (res)
		return res;
	pages = params[0].value.a / SMALL_PAGE_SIZE;
	align = MAX(params[0].value.b / SMALL_PAGE_SIZE, 1U);

	mutex_lock(&lock);
	count = memsvc_pool_take(&pool, pages, align, scratch,
				 ARRAY_SIZE(scratch));
	if (!count) {
		res = TEE_ERROR_OUT_OF_MEMORY;
		goto out;
	}
	handle = memsvc_table_add(&table, scratch, count);
	/* There is a slot for each page, and these pages were free */
	assert(handle);

	params[2].value.a = count;
	params[2].value.b = memsvc_region_pa(scratch[0].first);
	params[3].value.a = handle;
	params[3].value.b = 0;
out:
	mutex_unlock(&lock);
	return res;
}

static void scrub_buffer(uint32_t page)
{
	struct memsvc_run run = { };

	while (page != MEMSVC_TABLE_NONE) {
		page = memsvc_table_run(&table, page, &run);
		memsvc_region_scrub(&run);
	}
}

static void release_buffer(uint32_t page)
{
	struct memsvc_run run = { };
	uint32_t next = page;

	mutex_lock(&lock);
	while (next != MEMSVC_TABLE_NONE) {
		next = memsvc_table_run(&table, next, &run);
		memsvc_pool_give(&pool, &run);
	}
	memsvc_table_remove(&table, page);
	mutex_unlock(&lock);
}

static TEE_Result cmd_free(uint32_t types, TEE_Param params[TEE_NUM_PARAMS])
{
	TEE_Result res = TEE_SUCCESS;
	uint32_t page = 0;

	if (types != PARAMS(VALUE_INPUT, VALUE_OUTPUT, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	mutex_lock(&lock);
	page = memsvc_table_leave(&table, params[0].value.a);
	mutex_unlock(&lock);

	if (page == MEMSVC_TABLE_NONE) {
		res = TEE_ERROR_ITEM_NOT_FOUND;
	} else {
		scrub_buffer(page);
		release_buffer(page);
	}
	params[1].value.a = res;
	params[1].value.b = 0;
	return res;
}

/* Set @memref's size to @need; false, and so for the caller, if it was less */
static bool claim_memref(TEE_Param *param, size_t need)
{
	bool fits = param->memref.size >= need;

	param->memref.size = need;
	return fits;
}

static size_t count_runs(uint32_t page)
{
	struct memsvc_run run = { };
	size_t count = 0;

	for (; page != MEMSVC_TABLE_NONE; count++)
		page = memsvc_table_run(&table, page, &run);
	return count;
}

/* @out is memory of the normal world: written, never read */
static void write_ranges(uint8_t *out, uint32_t page)
{
	struct memsvc_range range = { };
	struct memsvc_run run = { };

	for (; page != MEMSVC_TABLE_NONE; out += sizeof(range)) {
		page = memsvc_table_run(&table, page, &run);
		range.pa = memsvc_region_pa(run.first);
		range.length = pages_to_bytes(run.pages);
		memcpy(out, &range, sizeof(range));
	}
}

static TEE_Result cmd_retrieve_sg(uint32_t types,
				  TEE_Param params[TEE_NUM_PARAMS])
{
	TEE_Result res = TEE_SUCCESS;
	uint32_t page = 0;

	if (types != PARAMS(VALUE_INPUT, MEMREF_INOUT, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	mutex_lock(&lock);
	page = memsvc_table_find(&table, params[0].value.a);
	if (page == MEMSVC_TABLE_NONE)
		res = TEE_ERROR_ITEM_NOT_FOUND;
	else if (!claim_memref(params + 1, count_runs(page) *
					   sizeof(struct memsvc_range)))
		res = TEE_ERROR_SHORT_BUFFER;
	else
		write_ranges(params[1].memref.buffer, page);
	mutex_unlock(&lock);
	return res;
}

static TEE_Result cmd_swap(uint32_t types, TEE_Param params[TEE_NUM_PARAMS])
{
	uint32_t a = params[0].value.a;

	if (types != PARAMS(VALUE_INOUT, NONE, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	params[0].value.a = params[0].value.b;
	params[0].value.b = a;
	return TEE_SUCCESS;
}

static TEE_Result cmd_stats(uint32_t types, TEE_Param params[TEE_NUM_PARAMS])
{
	if (types != PARAMS(VALUE_OUTPUT, VALUE_OUTPUT, VALUE_OUTPUT, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	mutex_lock(&lock);
	params[0].value.a = pages_to_bytes(pool.pages);
	params[0].value.b = pages_to_bytes(pool.free);
	params[1].value.a = table.buffers;
	params[1].value.b = table.runs;
	params[2].value.a = table.added;
	params[2].value.b = table.removed;
	mutex_unlock(&lock);
	return TEE_SUCCESS;
}

/* @out is memory of the normal world: written, never read */
static void write_entries(uint8_t *out)
{
	struct memsvc_entry entry = { };
	struct memsvc_run run = { };
	uint32_t page = 0;

	for (page = memsvc_pool_next_taken(&pool, 0); page < pool.pages;
	     page = memsvc_pool_next_taken(&pool, page + run.pages)) {
		memsvc_table_run(&table, page, &run);
		entry.pa = memsvc_region_pa(page);
		entry.length = pages_to_bytes(run.pages);
		entry.handle = memsvc_table_handle(&table, page);
		memcpy(out, &entry, sizeof(entry));
		out += sizeof(entry);
	}
}

static TEE_Result cmd_table(uint32_t types, TEE_Param params[TEE_NUM_PARAMS])
{
	TEE_Result res = TEE_SUCCESS;

	if (types != PARAMS(MEMREF_INOUT, NONE, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	mutex_lock(&lock);
	if (claim_memref(params, table.runs * sizeof(struct memsvc_entry)))
		write_entries(params[0].memref.buffer);
	else
		res = TEE_ERROR_SHORT_BUFFER;
	mutex_unlock(&lock);
	return res;
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
		return cmd_zalloc(types, params);
	case MEMSVC_CMD_FREE:
		return cmd_free(types, params);
	case MEMSVC_CMD_RETRIEVE_SG:
		return cmd_retrieve_sg(types, params);
	case MEMSVC_CMD_RESTRICT:
		return memsvc_cmd_restrict(types, params);
	case MEMSVC_CMD_UNRESTRICT:
		return memsvc_cmd_unrestrict(types, params);
	case MEMSVC_CMD_NOP:
		return TEE_SUCCESS;
	case MEMSVC_CMD_SWAP:
		return cmd_swap(types, params);
	case MEMSVC_CMD_STATS:
		return cmd_stats(types, params);
	case MEMSVC_CMD_TABLE:
		return cmd_table(types, params);
	case MEMSVC_CMD_LENT:
		return memsvc_cmd_lent(types, params);
	default:
		return TEE_ERROR_NOT_SUPPORTED;
	}
}

static TEE_Result init(void)
{
	memsvc_region_init();
	memsvc_pool_init(&pool, pool_bitmap, MEMSVC_REGION_BASE,
			 MEMSVC_REGION_PAGES);
	memsvc_table_init(&table, table_nodes, table_slots,
			  MEMSVC_REGION_PAGES);
	memsvc_lent_setup();
	IMSG("memory service: %" PRIu32 " pages at %#" PRIxPA,
	     MEMSVC_REGION_PAGES, memsvc_region_pa(0));
	return TEE_SUCCESS;
}

service_init(init);

pseudo_ta_register(.uuid = MEMSVC_UUID, .name = "memsvc.pta",
		   .flags = PTA_DEFAULT_FLAGS | TA_FLAG_CONCURRENT |
			    TA_FLAG_DEVICE_ENUM,
		   .open_session_entry_point = open_session,
		   .invoke_command_entry_point = invoke_command);
