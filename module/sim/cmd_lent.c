// SPDX-License-Identifier: GPL-2.0
/* The commands on memory that the kernel lends, and gets back scrubbed. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/build_bug.h>
#include <linux/ioport.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../service/lent.h"
#include "cmd.h"
#include "memory.h"

static struct memsvc_lent lent;
static u64 *bits;

static struct memsvc_lent_entry list[MEMSVC_BATCH_ENTRIES];
static struct memsvc_run taking[MEMSVC_BATCH_ENTRIES];
/* Protects all above. Never held while memory is scrubbed */
static DEFINE_MUTEX(lent_lock);

static struct memsvc_run scrubbing[MEMSVC_BATCH_ENTRIES];
/*
 * Protects the runs above: held by one UNRESTRICT or SCRUB from end to end, so
 * that pages being scrubbed, whose bits are set, can neither be restricted nor
 * be given back by anyone else. Taken before lent_lock.
 */
static DEFINE_MUTEX(scrub_lock);

/* The caller holds lent_lock. Return: 0 if the list is not to be believed */
static u32 read_list(struct sim_call *call, struct memsvc_run *runs)
{
	const struct sim_param *param = call->params;
	size_t size = param->memref.size;
	u32 count = size / sizeof(*list);

	static_assert(sizeof(*list) == sizeof(struct memsvc_range));

	if (size > sizeof(list) || size % sizeof(*list))
		return 0;
	memcpy(list, param->memref.buffer, size);
	if (!memsvc_lent_check(&lent, list, count, runs) ||
	    !sim_model_allows(&call->model, count, sim_pages_in(runs, count)))
		return 0;

	return count;
}

static void mark(struct sim_call *call, const struct memsvc_run *runs,
		 u32 count)
{
	u32 before = lent.lent;

	memsvc_lent_mark(&lent, runs, count);
	sim_keep_module(before, lent.lent);
	call->work.entries = count;
	call->work.protect_pages = lent.lent - before;
}

static void unmark(struct sim_call *call, const struct memsvc_run *runs,
		   u32 count)
{
	u32 before = lent.lent;

	memsvc_lent_unmark(&lent, runs, count);
	sim_keep_module(before, lent.lent);
	call->work.entries = count;
	call->work.protect_pages = before - lent.lent;
}

/* MEMSVC_CMD_RESTRICT */
u32 sim_cmd_restrict(struct sim_call *call)
{
	u32 result = 0;
	u32 count;

	if (call->types != PARAMS(MEMREF_INPUT, NONE, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	mutex_lock(&lent_lock);
	count = read_list(call, taking);
	if (!count)
		result = TEE_ERROR_BAD_PARAMETERS;
	else if (!memsvc_lent_all(&lent, taking, count, false))
		result = TEE_ERROR_ACCESS_CONFLICT;
	else
		mark(call, taking, count);
	mutex_unlock(&lent_lock);

	return result;
}

/* @leave: whether the pages are to be given back */
static u32 begin_scrubbing(struct sim_call *call, bool leave, u32 *count)
{
	u32 result = 0;

	mutex_lock(&lent_lock);
	*count = read_list(call, scrubbing);
	if (!*count)
		result = TEE_ERROR_BAD_PARAMETERS;
	else if (!memsvc_lent_all(&lent, scrubbing, *count, true))
		result = TEE_ERROR_ITEM_NOT_FOUND;
	else if (leave && memsvc_lent_is_held(&lent, scrubbing, *count))
		result = TEE_ERROR_ACCESS_CONFLICT;
	mutex_unlock(&lent_lock);

	return result;
}

static u32 scrub_list(struct sim_call *call, bool then_leave)
{
	u32 count, result;

	if (call->types != PARAMS(MEMREF_INPUT, NONE, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	mutex_lock(&scrub_lock);
	result = begin_scrubbing(call, then_leave, &count);
	if (result)
		goto out_unlock;

	sim_ram_scrub(lent.base, scrubbing, count);
	call->work.entries = count;
	call->work.scrub_pages = sim_pages_in(scrubbing, count);
	if (then_leave) {
		mutex_lock(&lent_lock);
		unmark(call, scrubbing, count);
		mutex_unlock(&lent_lock);
	}
out_unlock:
	mutex_unlock(&scrub_lock);

	return result;
}

/* MEMSVC_CMD_UNRESTRICT */
u32 sim_cmd_unrestrict(struct sim_call *call)
{
	return scrub_list(call, true);
}

/* MEMSVC_CMD_SCRUB */
u32 sim_cmd_scrub(struct sim_call *call)
{
	return scrub_list(call, false);
}

/* MEMSVC_CMD_LIMITS */
u32 sim_cmd_limits(struct sim_call *call)
{
	if (call->types != PARAMS(VALUE_OUTPUT, NONE, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	call->params[0].value.a = call->model.max_entries;
	call->params[0].value.b = call->model.max_pages;

	return 0;
}

/* MEMSVC_CMD_LENT */
u32 sim_cmd_lent(struct sim_call *call)
{
	struct sim_param *params = call->params;

	if (call->types != PARAMS(VALUE_OUTPUT, VALUE_OUTPUT, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	mutex_lock(&lent_lock);
	params[0].value.a = lent.lent << SIM_PAGE_SHIFT;
	params[0].value.b = lent.lent;
	params[1].value.a = lent.taken;
	params[1].value.b = lent.given;
	mutex_unlock(&lent_lock);

	return 0;
}

/* As far as @max of them. Return: how many there are */
static u32 write_runs(u8 *out, size_t max)
{
	struct memsvc_run run = {};
	struct memsvc_range range;
	u32 count = 0;

	for (; memsvc_lent_next(&lent, run.first + run.pages, &run); count++) {
		if (count >= max)
			continue;
		range.pa = (lent.base + run.first) << SIM_PAGE_SHIFT;
		range.length = run.pages << SIM_PAGE_SHIFT;
		memcpy(out + count * sizeof(range), &range, sizeof(range));
	}

	return count;
}

/* MEMSVC_CMD_LENT_TABLE */
u32 sim_cmd_lent_table(struct sim_call *call)
{
	struct sim_param *param = call->params;
	size_t max = param->memref.size / sizeof(struct memsvc_range);
	u32 count;

	if (call->types != PARAMS(MEMREF_INOUT, NONE, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	mutex_lock(&lent_lock);
	count = write_runs(param->memref.buffer, max);
	mutex_unlock(&lent_lock);
	call->work.entries = count;

	return sim_claim_memref(param, count * sizeof(struct memsvc_range)) ?
	       0 : TEE_ERROR_SHORT_BUFFER;
}

/* As pages of the window; false when it is not all of the kernel's RAM */
static bool area_run(u64 pa, u32 size, struct memsvc_run *run)
{
	struct memsvc_lent_entry entry = { .range = {
		.pa = pa,
		.length = size,
	} };

	return memsvc_lent_check(&lent, &entry, 1, run);
}

/**
 * sim_lent_begin_area() - restrict an area as a whole
 * @call:	that asks for it
 * @pa:		its address
 * @size:	in bytes
 *
 * Return: 0, TEE_ERROR_BAD_PARAMETERS (not of the kernel's RAM),
 * TEE_ERROR_ACCESS_CONFLICT (a page of it is restricted) or
 * TEE_ERROR_OUT_OF_MEMORY (too many areas).
 */
u32 sim_lent_begin_area(struct sim_call *call, u64 pa, u32 size)
{
	struct memsvc_run run;
	u32 result = 0;
	u32 before;

	if (!area_run(pa, size, &run))
		return TEE_ERROR_BAD_PARAMETERS;

	mutex_lock(&lent_lock);
	before = lent.lent;
	if (!memsvc_lent_all(&lent, &run, 1, false))
		result = TEE_ERROR_ACCESS_CONFLICT;
	else if (!memsvc_lent_hold(&lent, &run))
		result = TEE_ERROR_OUT_OF_MEMORY;
	sim_keep_module(before, lent.lent);
	mutex_unlock(&lent_lock);
	if (!result)
		call->work.protect_pages += run.pages;

	return result;
}

/**
 * sim_lent_end_area() - give an area back as it is
 * @call:	that asks for it
 * @pa:		as it was restricted
 * @size:	as it was restricted
 *
 * Return: 0, or TEE_ERROR_ITEM_NOT_FOUND (there is no such area).
 */
u32 sim_lent_end_area(struct sim_call *call, u64 pa, u32 size)
{
	struct memsvc_run run;
	u32 result = 0;
	u32 before;

	if (!area_run(pa, size, &run))
		return TEE_ERROR_ITEM_NOT_FOUND;

	mutex_lock(&lent_lock);
	before = lent.lent;
	if (!memsvc_lent_drop(&lent, &run))
		result = TEE_ERROR_ITEM_NOT_FOUND;
	sim_keep_module(before, lent.lent);
	mutex_unlock(&lent_lock);
	if (!result)
		call->work.protect_pages += run.pages;

	return result;
}

/* From the first page of RAM to the end of the last */
struct span {
	u64 begin;
	u64 end;
};

static int widen(struct resource *area, void *data)
{
	struct span *span = data;

	span->begin = min(span->begin, area->start >> SIM_PAGE_SHIFT);
	span->end = max(span->end, (area->end + 1) >> SIM_PAGE_SHIFT);

	return 0;
}

static int add_area(struct resource *area, void *unused)
{
	return memsvc_lent_add_area(&lent, area->start, resource_size(area)) ?
	       0 : -ENOSPC;
}

static int walk_ram(void *data, int (*fn)(struct resource *, void *))
{
	return walk_iomem_res_desc(IORES_DESC_NONE,
				   IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY,
				   0, U64_MAX, data, fn);
}

/**
 * sim_lent_setup() - find the kernel's RAM; no page is restricted
 *
 * Return: 0, -ENODEV (there is none that the books can hold) or -ENOMEM.
 */
int sim_lent_setup(void)
{
	struct span span = { .begin = U64_MAX };
	u64 pages;

	walk_ram(&span, widen);
	pages = span.end - span.begin;
	if (span.begin >= span.end || pages > U32_MAX - 64)
		return -ENODEV;

	bits = kvcalloc(MEMSVC_BITMAP_WORDS(pages), sizeof(*bits), GFP_KERNEL);
	if (!bits)
		return -ENOMEM;
	memsvc_lent_init(&lent, bits, span.begin, pages);
	/* What is no area cannot be restricted: a list with it is refused */
	if (walk_ram(NULL, add_area))
		pr_warn("only the first %d areas of RAM can be restricted\n",
			MEMSVC_LENT_AREAS);

	return 0;
}

/**
 * sim_lent_leave() - undo sim_lent_setup()
 */
void sim_lent_leave(void)
{
	kvfree(bits);
}

/**
 * sim_lent_forget() - as if no page were restricted
 *
 * The sums of what ever was begin at 0, too.
 */
void sim_lent_forget(void)
{
	mutex_lock(&lent_lock);
	sim_keep_module(lent.lent, 0);
	memsvc_lent_init(&lent, bits, lent.base, lent.pages);
	walk_ram(NULL, add_area);
	mutex_unlock(&lent_lock);
}
