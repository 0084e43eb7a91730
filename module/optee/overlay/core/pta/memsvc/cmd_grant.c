// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The commands on memory that the service hands out: of its own, and of an area
 * that the normal world lends as a whole.
 *
 * A page of the service's own that is free is zero: the regions are scrubbed at
 * boot, and a buffer when it is given back, before its pages are free. So
 * nothing is zeroed when memory is handed out, and nothing of a buffer outlives
 * it. Of an area the same holds from a granule's first buffer on; what was in it
 * before is scrubbed when it is handed out first.
 */
#include <assert.h>
#include <kernel/mutex.h>
#include <tee_api_defines_extensions.h>
#include <util.h>

#include "area.h"
#include "cmd.h"
#include "region.h"
#include "restricted_tee.h"

/* The largest area; bounds its books */
#define AREA_MAX	(CFG_MEMSVC_NSEC_SIZE < CFG_MEMSVC_CMA_MAX ? \
			 CFG_MEMSVC_NSEC_SIZE : CFG_MEMSVC_CMA_MAX)
#define AREA_GRANULES	((uint32_t)(AREA_MAX / MEMSVC_CMA_GRANULE))

#define GRANULE_PAGES	(MEMSVC_CMA_GRANULE / SMALL_PAGE_SIZE)

static_assert(AREA_GRANULES);
static_assert(MEMSVC_REGION_SLOTS + AREA_GRANULES <= MEMSVC_TABLE_MAX_PAGES);

/*
 * Protects all stores, the area and scratch. Never held while memory is
 * scrubbed: a buffer that leaves the table, or is not yet live in it, is its
 * caller's alone. Taken before the locks of cmd_lent.c.
 */
static struct mutex lock = MUTEX_INITIALIZER;

static uint64_t area_taken[MEMSVC_POOL_WORDS(AREA_GRANULES)];
static uint64_t area_unknown[MEMSVC_BITMAP_WORDS(AREA_GRANULES)];
static struct memsvc_node area_nodes[AREA_GRANULES];
static struct memsvc_slot area_slots[AREA_GRANULES];
static struct memsvc_area area;
static struct memsvc_run scratch[MEMSVC_MAX_RANGES];

/* Stores in the order in which a handle is looked for */
static struct memsvc_store *stores[3];

static TEE_Result find_store(uint32_t type, struct memsvc_store **store)
{
	if (type < MEMSVC_TYPE_STATIC || type > MEMSVC_TYPE_SECURE)
		return TEE_ERROR_BAD_PARAMETERS;

	*store = type == MEMSVC_TYPE_CMA ? &area.store :
					   memsvc_region_store(type);
	return *store ? TEE_SUCCESS : TEE_ERROR_NOT_SUPPORTED;
}

static TEE_Result check_zalloc(const TEE_Param params[TEE_NUM_PARAMS],
			       struct memsvc_store **store)
{
	uint32_t size = params[0].value.a;
	uint32_t align = params[0].value.b;

	if (!size || size % SMALL_PAGE_SIZE || (align & (align - 1)))
		return TEE_ERROR_BAD_PARAMETERS;
	return find_store(params[1].value.a, store);
}

/* Of the area, but for the first buffer: its own place */
static TEE_Result take(struct memsvc_store *store,
		       const TEE_Param params[TEE_NUM_PARAMS], uint32_t *count)
{
	bool first = store == &area.store && !memsvc_area_in_use(&area);
	uint32_t base = params[2].value.a;
	uint32_t size = params[2].value.b;

	if (store == &area.store && !memsvc_area_place(&area, base, size))
		return TEE_ERROR_BAD_PARAMETERS;

	*count = memsvc_store_take(store, params[0].value.a, params[0].value.b,
				   scratch, ARRAY_SIZE(scratch));
	if (!*count)
		return TEE_ERROR_OUT_OF_MEMORY;
	/* Refused, it is placed anew by the next call: nothing is taken */
	return first ? memsvc_lent_begin_area(base, size) : TEE_SUCCESS;
}

static uint32_t scratch_bytes(const struct memsvc_store *store, uint32_t count)
{
	uint32_t units = 0;
	uint32_t i = 0;

	for (i = 0; i < count; i++)
		units += scratch[i].pages;
	return memsvc_store_bytes(store, units);
}

/* The granules are a buffer's that nobody else can find */
static void scrub_granules(const struct memsvc_run *granules)
{
	struct memsvc_run pages = {
		.first = granules->first * GRANULE_PAGES,
		.pages = granules->pages * GRANULE_PAGES,
	};

	memsvc_lent_scrub(area.store.pa / SMALL_PAGE_SIZE, &pages, 1);
}

static void scrub_unknown(const struct memsvc_run *run)
{
	struct memsvc_run found = { };
	bool more = true;

	while (true) {
		mutex_lock(&lock);
		more = memsvc_area_next_unknown(&area, run, &found);
		mutex_unlock(&lock);
		if (!more)
			break;
		scrub_granules(&found);
	}
}

/* A buffer of the area's that was added, and is not live yet */
static void prepare(uint32_t unit)
{
	struct memsvc_run run = { };
	uint32_t next = unit;

	while (next != MEMSVC_TABLE_NONE) {
		next = memsvc_table_run(&area.store.table, next, &run);
		scrub_unknown(&run);
	}
	mutex_lock(&lock);
	memsvc_table_stay(&area.store.table, unit);
	mutex_unlock(&lock);
}

TEE_Result memsvc_cmd_zalloc(uint32_t types, TEE_Param params[TEE_NUM_PARAMS])
{
	uint32_t unit = MEMSVC_TABLE_NONE;
	struct memsvc_store *store = NULL;
	TEE_Result res = TEE_SUCCESS;
	uint32_t handle = 0;
	uint32_t count = 0;

	if (types != PARAMS(VALUE_INPUT, VALUE_INPUT, VALUE_INOUT,
			    VALUE_OUTPUT))
		return TEE_ERROR_BAD_PARAMETERS;
	res = check_zalloc(params, &store);
	if (res)
		return res;

	mutex_lock(&lock);
	res = take(store, params, &count);
	if (res)
		goto out;
	handle = memsvc_table_add(&store->table, scratch, count);
	/* There is a slot for each unit, and these units were free */
	assert(handle);
	if (store == &area.store)
		unit = memsvc_table_leave(&store->table, handle);

	params[2].value.a = count;
	params[2].value.b = memsvc_store_pa(store, scratch[0].first);
	params[3].value.a = handle;
	params[3].value.b = scratch_bytes(store, count);
out:
	mutex_unlock(&lock);
	if (unit != MEMSVC_TABLE_NONE)
		prepare(unit);
	return res;
}

/* The first unit of the buffer that a handle names, or MEMSVC_TABLE_NONE */
static uint32_t find_buffer(uint32_t handle, struct memsvc_store **store)
{
	uint32_t unit = MEMSVC_TABLE_NONE;
	size_t i = 0;

	for (i = 0; i < ARRAY_SIZE(stores) && stores[i]; i++) {
		*store = stores[i];
		unit = memsvc_table_find(&stores[i]->table, handle);
		if (unit != MEMSVC_TABLE_NONE)
			break;
	}
	return unit;
}

static void scrub_buffer(const struct memsvc_store *store, uint32_t unit)
{
	struct memsvc_run run = { };

	while (unit != MEMSVC_TABLE_NONE) {
		unit = memsvc_table_run(&store->table, unit, &run);
		if (store == &area.store)
			scrub_granules(&run);
		else
			memsvc_region_scrub(store, &run);
	}
}

static void release_area_buffer(uint32_t unit)
{
	const struct memsvc_store *store = &area.store;
	TEE_Result res = TEE_SUCCESS;

	memsvc_area_give(&area, unit);
	if (memsvc_area_in_use(&area))
		return;
	res = memsvc_lent_end_area(store->pa,
				   memsvc_store_bytes(store,
						      store->pool.pages));
	assert(!res);
}

static void release_buffer(struct memsvc_store *store, uint32_t unit)
{
	mutex_lock(&lock);
	if (store == &area.store)
		release_area_buffer(unit);
	else
		memsvc_store_give(store, unit);
	mutex_unlock(&lock);
}

TEE_Result memsvc_cmd_free(uint32_t types, TEE_Param params[TEE_NUM_PARAMS])
{
	struct memsvc_store *store = NULL;
	TEE_Result res = TEE_SUCCESS;
	uint32_t unit = 0;

	if (types != PARAMS(VALUE_INPUT, VALUE_OUTPUT, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	mutex_lock(&lock);
	unit = find_buffer(params[0].value.a, &store);
	if (unit != MEMSVC_TABLE_NONE)
		memsvc_table_leave(&store->table, params[0].value.a);
	mutex_unlock(&lock);

	if (unit == MEMSVC_TABLE_NONE) {
		res = TEE_ERROR_ITEM_NOT_FOUND;
	} else {
		scrub_buffer(store, unit);
		release_buffer(store, unit);
	}
	params[1].value.a = res;
	params[1].value.b = 0;
	return res;
}

TEE_Result memsvc_cmd_retrieve_sg(uint32_t types,
				  TEE_Param params[TEE_NUM_PARAMS])
{
	struct memsvc_store *store = NULL;
	TEE_Result res = TEE_SUCCESS;
	uint32_t unit = 0;

	if (types != PARAMS(VALUE_INPUT, MEMREF_INOUT, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	mutex_lock(&lock);
	unit = find_buffer(params[0].value.a, &store);
	if (unit == MEMSVC_TABLE_NONE)
		res = TEE_ERROR_ITEM_NOT_FOUND;
	else if (!memsvc_claim_memref(params + 1,
				      memsvc_store_runs(store, unit) *
				      sizeof(struct memsvc_range)))
		res = TEE_ERROR_SHORT_BUFFER;
	else
		memsvc_store_write_ranges(store, unit,
					  params[1].memref.buffer);
	mutex_unlock(&lock);
	return res;
}

/* In bytes. The area is one as long as it is in use */
static uint32_t bytes_of(const struct memsvc_store *store, uint32_t units)
{
	if (store == &area.store && !memsvc_area_in_use(&area))
		return 0;
	return memsvc_store_bytes(store, units);
}

TEE_Result memsvc_cmd_stats(uint32_t types, TEE_Param params[TEE_NUM_PARAMS])
{
	struct memsvc_store *store = NULL;
	uint32_t type = MEMSVC_TYPE_STATIC;
	TEE_Result res = TEE_SUCCESS;

	if (types == PARAMS(VALUE_OUTPUT, VALUE_OUTPUT, VALUE_OUTPUT,
			    VALUE_INPUT))
		type = params[3].value.a;
	else if (types != PARAMS(VALUE_OUTPUT, VALUE_OUTPUT, VALUE_OUTPUT,
				 NONE))
		return TEE_ERROR_BAD_PARAMETERS;
	res = find_store(type, &store);
	if (res)
		return res;

	mutex_lock(&lock);
	params[0].value.a = bytes_of(store, store->pool.pages);
	params[0].value.b = bytes_of(store, store->pool.free);
	params[1].value.a = store->table.buffers;
	params[1].value.b = store->table.runs;
	params[2].value.a = store->table.added;
	params[2].value.b = store->table.removed;
	mutex_unlock(&lock);
	return TEE_SUCCESS;
}

TEE_Result memsvc_cmd_table(uint32_t types, TEE_Param params[TEE_NUM_PARAMS])
{
	struct memsvc_store *store = NULL;
	uint32_t type = MEMSVC_TYPE_STATIC;
	TEE_Result res = TEE_SUCCESS;

	if (types == PARAMS(MEMREF_INOUT, VALUE_INPUT, NONE, NONE))
		type = params[1].value.a;
	else if (types != PARAMS(MEMREF_INOUT, NONE, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;
	res = find_store(type, &store);
	if (res)
		return res;

	mutex_lock(&lock);
	if (memsvc_claim_memref(params, store->table.runs *
					sizeof(struct memsvc_entry)))
		memsvc_store_write_entries(store, params[0].memref.buffer);
	else
		res = TEE_ERROR_SHORT_BUFFER;
	mutex_unlock(&lock);
	return res;
}

void memsvc_grant_setup(void)
{
	const struct memsvc_store_room room = {
		.taken = area_taken, .nodes = area_nodes, .slots = area_slots,
		.units = AREA_GRANULES,
	};
	struct memsvc_store *secure = NULL;
	size_t count = 0;

	memsvc_region_init();
	memsvc_area_init(&area, &room, area_unknown, MEMSVC_REGION_SLOTS);
	stores[count++] = memsvc_region_store(MEMSVC_TYPE_STATIC);
	stores[count++] = &area.store;
	secure = memsvc_region_store(MEMSVC_TYPE_SECURE);
	if (secure)
		stores[count++] = secure;
}
