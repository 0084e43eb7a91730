// SPDX-License-Identifier: GPL-2.0
/*
 * The commands on memory that the service hands out: of its own pool, and of an
 * area that the kernel lends as a whole.
 *
 * As in OP-TEE, what is free is zero: the pool is scrubbed at load, and a buffer
 * before its memory is free; of an area, what was in it before its first buffers.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "../service/area.h"
#include "cmd.h"
#include "memory.h"

/* The largest area; bounds its books */
#define AREA_GRANULES	(SZ_256M / MEMSVC_CMA_GRANULE)
#define POOL_PAGES_MAX	(MEMSVC_TABLE_MAX_PAGES - AREA_GRANULES)

#define GRANULE_PAGES	(MEMSVC_CMA_GRANULE / SIM_PAGE_SIZE)

static struct sim_pool pool;
static struct memsvc_store own;
static struct memsvc_store_room own_room;

static struct memsvc_area area;
static struct memsvc_store_room area_room;
static u64 *area_unknown;

static struct memsvc_run scratch[MEMSVC_MAX_RANGES];
/*
 * Protects all above. Never held while memory is scrubbed: a buffer that leaves
 * the table, or is not yet live in it, is its caller's alone. Taken before the
 * locks of cmd_lent.c.
 */
static DEFINE_MUTEX(grant_lock);

static u32 find_store(u32 type, struct memsvc_store **store)
{
	switch (type) {
	case MEMSVC_TYPE_STATIC:
		*store = &own;
		return 0;
	case MEMSVC_TYPE_CMA:
		*store = &area.store;
		return 0;
	case MEMSVC_TYPE_SECURE:
		/* No bus closes any RAM to the kernel here */
		return TEE_ERROR_NOT_SUPPORTED;
	default:
		return TEE_ERROR_BAD_PARAMETERS;
	}
}

/* The runs are a buffer's that nobody else can find */
static void scrub(struct sim_call *call, const struct memsvc_store *store,
		  const struct memsvc_run *run)
{
	struct memsvc_run pages = *run;

	if (store == &own) {
		sim_pool_scrub(&pool, run);
	} else {
		pages.first *= GRANULE_PAGES;
		pages.pages *= GRANULE_PAGES;
		sim_ram_scrub(store->pa >> SIM_PAGE_SHIFT, &pages, 1);
	}
	call->work.scrub_pages += pages.pages;
}

static u32 check_zalloc(const struct sim_param *params,
			struct memsvc_store **store)
{
	u32 size = params[0].value.a;
	u32 align = params[0].value.b;

	if (!size || size % SIM_PAGE_SIZE || (align & (align - 1)))
		return TEE_ERROR_BAD_PARAMETERS;

	return find_store(params[1].value.a, store);
}

/* Of the area: the first buffer restricts it */
static u32 take(struct sim_call *call, struct memsvc_store *store, u32 *count)
{
	const struct sim_param *params = call->params;
	bool first = store == &area.store && !memsvc_area_in_use(&area);
	u32 base = params[2].value.a;
	u32 size = params[2].value.b;

	if (store == &area.store && !memsvc_area_place(&area, base, size))
		return TEE_ERROR_BAD_PARAMETERS;

	*count = memsvc_store_take(store, params[0].value.a, params[0].value.b,
				   scratch, ARRAY_SIZE(scratch));
	if (!*count)
		return TEE_ERROR_OUT_OF_MEMORY;
	call->work.entries = *count;

	/* Refused, it is placed anew by the next call: nothing is taken */
	return first ? sim_lent_begin_area(call, base, size) : 0;
}

/* Of a buffer of the area, that was added and is not live yet */
static void scrub_unknown(struct sim_call *call, const struct memsvc_run *run)
{
	struct memsvc_run found = {};
	bool more;

	while (true) {
		mutex_lock(&grant_lock);
		more = memsvc_area_next_unknown(&area, run, &found);
		mutex_unlock(&grant_lock);
		if (!more)
			break;
		scrub(call, &area.store, &found);
	}
}

static void prepare(struct sim_call *call, u32 unit)
{
	struct memsvc_run run;
	u32 next = unit;

	while (next != MEMSVC_TABLE_NONE) {
		next = memsvc_table_run(&area.store.table, next, &run);
		scrub_unknown(call, &run);
	}
	mutex_lock(&grant_lock);
	memsvc_table_stay(&area.store.table, unit);
	mutex_unlock(&grant_lock);
}

/* The buffer in @scratch, in the table and in the answer */
static u32 add_buffer(struct sim_param *params, struct memsvc_store *store,
		      u32 count)
{
	u32 buffers = store->table.buffers;
	/* There is a slot for each unit, and these units were free */
	u32 handle = memsvc_table_add(&store->table, scratch, count);

	sim_keep_module(buffers, store->table.buffers);
	params[2].value.a = count;
	params[2].value.b = memsvc_store_pa(store, scratch[0].first);
	params[3].value.a = handle;
	params[3].value.b = memsvc_store_bytes(store,
					       sim_pages_in(scratch, count));

	return handle;
}

/* MEMSVC_CMD_ZALLOC */
u32 sim_cmd_zalloc(struct sim_call *call)
{
	u32 unit = MEMSVC_TABLE_NONE;
	struct memsvc_store *store;
	u32 count, handle, result;

	if (call->types != PARAMS(VALUE_INPUT, VALUE_INPUT, VALUE_INOUT,
				  VALUE_OUTPUT))
		return TEE_ERROR_BAD_PARAMETERS;
	result = check_zalloc(call->params, &store);
	if (result)
		return result;

	mutex_lock(&grant_lock);
	result = take(call, store, &count);
	if (!result) {
		handle = add_buffer(call->params, store, count);
		if (store == &area.store)
			unit = memsvc_table_leave(&store->table, handle);
	}
	mutex_unlock(&grant_lock);
	if (unit != MEMSVC_TABLE_NONE)
		prepare(call, unit);

	return result;
}

/* The first unit of the buffer that a handle names, or MEMSVC_TABLE_NONE */
static u32 find_buffer(u32 handle, struct memsvc_store **store)
{
	u32 unit;

	*store = &own;
	unit = memsvc_table_find(&own.table, handle);
	if (unit == MEMSVC_TABLE_NONE) {
		*store = &area.store;
		unit = memsvc_table_find(&area.store.table, handle);
	}

	return unit;
}

static void scrub_buffer(struct sim_call *call,
			 const struct memsvc_store *store, u32 unit)
{
	struct memsvc_run run;

	while (unit != MEMSVC_TABLE_NONE) {
		unit = memsvc_table_run(&store->table, unit, &run);
		scrub(call, store, &run);
		call->work.entries++;
	}
}

/* The area's last buffer gives it back */
static void release_buffer(struct sim_call *call, struct memsvc_store *store,
			   u32 unit)
{
	u32 buffers;

	mutex_lock(&grant_lock);
	buffers = store->table.buffers;
	if (store == &own)
		memsvc_store_give(store, unit);
	else
		memsvc_area_give(&area, unit);
	sim_keep_module(buffers, store->table.buffers);
	if (store == &area.store && !memsvc_area_in_use(&area))
		sim_lent_end_area(call, store->pa,
				  memsvc_store_bytes(store, store->pool.pages));
	mutex_unlock(&grant_lock);
}

/* MEMSVC_CMD_FREE */
u32 sim_cmd_free(struct sim_call *call)
{
	struct sim_param *params = call->params;
	struct memsvc_store *store;
	u32 result = 0;
	u32 unit;

	if (call->types != PARAMS(VALUE_INPUT, VALUE_OUTPUT, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	mutex_lock(&grant_lock);
	unit = find_buffer(params[0].value.a, &store);
	if (unit != MEMSVC_TABLE_NONE)
		memsvc_table_leave(&store->table, params[0].value.a);
	mutex_unlock(&grant_lock);

	if (unit == MEMSVC_TABLE_NONE) {
		result = TEE_ERROR_ITEM_NOT_FOUND;
	} else {
		scrub_buffer(call, store, unit);
		release_buffer(call, store, unit);
	}
	params[1].value.a = result;
	params[1].value.b = 0;

	return result;
}

/* MEMSVC_CMD_RETRIEVE_SG */
u32 sim_cmd_retrieve_sg(struct sim_call *call)
{
	struct sim_param *params = call->params;
	struct memsvc_store *store;
	u32 unit, count;

	if (call->types != PARAMS(VALUE_INPUT, MEMREF_INOUT, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	guard(mutex)(&grant_lock);
	unit = find_buffer(params[0].value.a, &store);
	if (unit == MEMSVC_TABLE_NONE)
		return TEE_ERROR_ITEM_NOT_FOUND;
	count = memsvc_store_runs(store, unit);
	if (!sim_claim_memref(&params[1],
			      count * sizeof(struct memsvc_range)))
		return TEE_ERROR_SHORT_BUFFER;
	memsvc_store_write_ranges(store, unit, params[1].memref.buffer);
	call->work.entries = count;

	return 0;
}

/* In bytes. The area is one as long as it is in use */
static u32 bytes_of(const struct memsvc_store *store, u32 units)
{
	if (store == &area.store && !memsvc_area_in_use(&area))
		return 0;

	return memsvc_store_bytes(store, units);
}

/* MEMSVC_CMD_STATS */
u32 sim_cmd_stats(struct sim_call *call)
{
	struct sim_param *params = call->params;
	u32 type = MEMSVC_TYPE_STATIC;
	struct memsvc_store *store;
	u32 result;

	if (call->types == PARAMS(VALUE_OUTPUT, VALUE_OUTPUT, VALUE_OUTPUT,
				  VALUE_INPUT))
		type = params[3].value.a;
	else if (call->types != PARAMS(VALUE_OUTPUT, VALUE_OUTPUT,
				       VALUE_OUTPUT, NONE))
		return TEE_ERROR_BAD_PARAMETERS;
	result = find_store(type, &store);
	if (result)
		return result;

	mutex_lock(&grant_lock);
	params[0].value.a = bytes_of(store, store->pool.pages);
	params[0].value.b = bytes_of(store, store->pool.free);
	params[1].value.a = store->table.buffers;
	params[1].value.b = store->table.runs;
	params[2].value.a = store->table.added;
	params[2].value.b = store->table.removed;
	mutex_unlock(&grant_lock);

	return 0;
}

/* MEMSVC_CMD_TABLE */
u32 sim_cmd_table(struct sim_call *call)
{
	struct sim_param *params = call->params;
	u32 type = MEMSVC_TYPE_STATIC;
	struct memsvc_store *store;
	u32 result;

	if (call->types == PARAMS(MEMREF_INOUT, VALUE_INPUT, NONE, NONE))
		type = params[1].value.a;
	else if (call->types != PARAMS(MEMREF_INOUT, NONE, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;
	result = find_store(type, &store);
	if (result)
		return result;

	guard(mutex)(&grant_lock);
	if (!sim_claim_memref(params, store->table.runs *
				      sizeof(struct memsvc_entry)))
		return TEE_ERROR_SHORT_BUFFER;
	memsvc_store_write_entries(store, params[0].memref.buffer);
	call->work.entries = store->table.runs;

	return 0;
}

static void free_room(struct memsvc_store_room *room)
{
	kvfree(room->taken);
	kvfree(room->nodes);
	kvfree(room->slots);
}

static int alloc_room(struct memsvc_store_room *room, u32 units)
{
	room->units = units;
	room->taken = kvcalloc(MEMSVC_POOL_WORDS(units), sizeof(*room->taken),
			       GFP_KERNEL);
	room->nodes = kvcalloc(units, sizeof(*room->nodes), GFP_KERNEL);
	room->slots = kvcalloc(units, sizeof(*room->slots), GFP_KERNEL);
	if (room->taken && room->nodes && room->slots)
		return 0;
	free_room(room);

	return -ENOMEM;
}

/* All of the pool is free, and so zero; there is no area */
static void begin(void)
{
	struct memsvc_run all = { .pages = own_room.units };

	sim_pool_scrub(&pool, &all);
	memsvc_store_init(&own, &own_room, SIM_PAGE_SHIFT, 0);
	memsvc_store_place(&own, pool.pa, own_room.units);
	memsvc_area_init(&area, &area_room, area_unknown, own_room.units);
}

/**
 * sim_grant_setup() - find the pool, all of it free
 * @pool_size:	in bytes, where the device tree does not tell
 *
 * Return: 0; -EINVAL (the region is too large); or as sim_pool_find().
 */
int sim_grant_setup(size_t pool_size)
{
	int ret;

	ret = sim_pool_find(&pool, pool_size);
	if (ret)
		return ret;
	if (pool.size >> SIM_PAGE_SHIFT > POOL_PAGES_MAX ||
	    pool.pa + pool.size > SZ_4G) {
		pr_err("the pool has to be of %u pages at most, below 4 GiB\n",
		       POOL_PAGES_MAX);
		ret = -EINVAL;
		goto err_leave_pool;
	}

	ret = alloc_room(&own_room, pool.size >> SIM_PAGE_SHIFT);
	if (ret)
		goto err_leave_pool;
	ret = alloc_room(&area_room, AREA_GRANULES);
	if (ret)
		goto err_free_own_room;
	area_unknown = kvcalloc(MEMSVC_BITMAP_WORDS(AREA_GRANULES),
				sizeof(*area_unknown), GFP_KERNEL);
	if (!area_unknown) {
		ret = -ENOMEM;
		goto err_free_area_room;
	}
	begin();

	return 0;

err_free_area_room:
	free_room(&area_room);
err_free_own_room:
	free_room(&own_room);
err_leave_pool:
	sim_pool_leave(&pool);

	return ret;
}

/**
 * sim_grant_leave() - undo sim_grant_setup()
 */
void sim_grant_leave(void)
{
	kvfree(area_unknown);
	free_room(&area_room);
	free_room(&own_room);
	sim_pool_leave(&pool);
}

/**
 * sim_grant_forget() - as if nothing had been handed out
 */
void sim_grant_forget(void)
{
	mutex_lock(&grant_lock);
	sim_keep_module(own.table.buffers, 0);
	sim_keep_module(area.store.table.buffers, 0);
	begin();
	mutex_unlock(&grant_lock);
}
