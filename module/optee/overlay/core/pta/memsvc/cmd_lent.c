// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The commands on memory that is the normal world's: it lends pages, and gets
 * them back scrubbed.
 */
#include <assert.h>
#include <kernel/mutex.h>
#include <kernel/spinlock.h>
#include <mm/core_mmu.h>
#include <mm/mobj.h>
#include <string.h>
#include <trace.h>
#include <types_ext.h>
#include <util.h>

#include "cmd.h"
#include "lent.h"
#include "restricted_tee.h"
#include "window.h"

#define LENT_BASE	((uint64_t)CFG_MEMSVC_NSEC_BASE / SMALL_PAGE_SIZE)
#define LENT_PAGES	((uint32_t)(CFG_MEMSVC_NSEC_SIZE / SMALL_PAGE_SIZE))

static_assert(CFG_MEMSVC_NSEC_SIZE);
static_assert(!(CFG_MEMSVC_NSEC_BASE % SMALL_PAGE_SIZE));
static_assert(!(CFG_MEMSVC_NSEC_SIZE % SMALL_PAGE_SIZE));
/* Bounds the bitmap: 64 GiB need 2 MiB of OP-TEE's own memory */
static_assert(CFG_MEMSVC_NSEC_SIZE / SMALL_PAGE_SIZE <= BIT(24));
static_assert(sizeof(struct memsvc_lent_entry) == sizeof(struct memsvc_range));

/*
 * Protects the books. A spin lock, for the core lends memory with one of its own
 * held. Nothing in it but looking at bits and writing them.
 */
static unsigned int books_lock = SPINLOCK_UNLOCK;

static uint64_t bitmap[MEMSVC_BITMAP_WORDS(LENT_PAGES)];
static struct memsvc_lent lent;

/*
 * Protects the copy of a list and what restricting makes of it. Never held while
 * memory is scrubbed. Taken before books_lock.
 */
static struct mutex list_lock = MUTEX_INITIALIZER;

static struct memsvc_lent_entry list[MEMSVC_BATCH_ENTRIES] __aligned(8);
static struct memsvc_run taking[MEMSVC_BATCH_ENTRIES];

/*
 * Protects the pages that are scrubbed, and the window. Held by one UNRESTRICT
 * or SCRUB from end to end, so pages being scrubbed, whose bits are still set,
 * can neither be restricted nor be given back by anyone else. Taken before the
 * other locks.
 */
static struct mutex scrub_lock = MUTEX_INITIALIZER;

static struct memsvc_run scrubbing[MEMSVC_BATCH_ENTRIES];

/*
 * Words as long as both ends allow: OP-TEE's memcpy, built for size, goes byte
 * by byte. Every byte of @from is read once; it may change at any time.
 */
static void copy_once(void *to, const void *from, size_t size)
{
	const volatile uint64_t *source = from;
	uint64_t *target = to;

	if (!((vaddr_t)from % sizeof(*source)))
		for (; size >= sizeof(*source); size -= sizeof(*source))
			*target++ = *source++;
	memcpy(target, (const void *)source, size);
}

/* Read the list once, from memory of the normal world, and check the copy */
static uint32_t read_list(const TEE_Param *param, struct memsvc_run *runs)
{
	size_t size = param->memref.size;
	uint32_t count = size / sizeof(*list);

	if (size > sizeof(list) || size % sizeof(*list))
		return 0;
	copy_once(list, param->memref.buffer, size);
	return memsvc_lent_check(&lent, list, count, runs) ? count : 0;
}

TEE_Result memsvc_cmd_restrict(uint32_t types, TEE_Param params[TEE_NUM_PARAMS])
{
	TEE_Result res = TEE_SUCCESS;
	uint32_t exceptions = 0;
	uint32_t count = 0;

	if (types != PARAMS(MEMREF_INPUT, NONE, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	mutex_lock(&list_lock);
	count = read_list(params, taking);
	if (!count) {
		res = TEE_ERROR_BAD_PARAMETERS;
	} else {
		exceptions = cpu_spin_lock_xsave(&books_lock);
		if (memsvc_lent_all(&lent, taking, count, false))
			memsvc_lent_mark(&lent, taking, count);
		else
			res = TEE_ERROR_ACCESS_CONFLICT;
		cpu_spin_unlock_xrestore(&books_lock, exceptions);
	}
	mutex_unlock(&list_lock);
	return res;
}

/* @leave: whether the pages are to be given back */
static TEE_Result begin_scrubbing(const TEE_Param *param, bool leave,
				  uint32_t *count)
{
	TEE_Result res = TEE_SUCCESS;
	uint32_t exceptions = 0;

	mutex_lock(&list_lock);
	*count = read_list(param, scrubbing);
	mutex_unlock(&list_lock);
	if (!*count)
		return TEE_ERROR_BAD_PARAMETERS;

	exceptions = cpu_spin_lock_xsave(&books_lock);
	if (!memsvc_lent_all(&lent, scrubbing, *count, true))
		res = TEE_ERROR_ITEM_NOT_FOUND;
	else if (leave && memsvc_lent_is_held(&lent, scrubbing, *count))
		res = TEE_ERROR_ACCESS_CONFLICT;
	cpu_spin_unlock_xrestore(&books_lock, exceptions);
	return res;
}

static void leave(uint32_t count)
{
	uint32_t exceptions = cpu_spin_lock_xsave(&books_lock);

	memsvc_lent_unmark(&lent, scrubbing, count);
	cpu_spin_unlock_xrestore(&books_lock, exceptions);
}

static TEE_Result scrub_list(uint32_t types, TEE_Param params[TEE_NUM_PARAMS],
			     bool then_leave)
{
	TEE_Result res = TEE_SUCCESS;
	uint32_t count = 0;

	if (types != PARAMS(MEMREF_INPUT, NONE, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	mutex_lock(&scrub_lock);
	res = begin_scrubbing(params, then_leave, &count);
	if (!res) {
		memsvc_window_scrub(LENT_BASE, scrubbing, count);
		if (then_leave)
			leave(count);
	}
	mutex_unlock(&scrub_lock);
	return res;
}

TEE_Result memsvc_cmd_unrestrict(uint32_t types,
				 TEE_Param params[TEE_NUM_PARAMS])
{
	return scrub_list(types, params, true);
}

TEE_Result memsvc_cmd_scrub(uint32_t types, TEE_Param params[TEE_NUM_PARAMS])
{
	return scrub_list(types, params, false);
}

TEE_Result memsvc_cmd_limits(uint32_t types, TEE_Param params[TEE_NUM_PARAMS])
{
	if (types != PARAMS(VALUE_OUTPUT, NONE, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	params[0].value.a = MEMSVC_BATCH_ENTRIES;
	params[0].value.b = 0;
	return TEE_SUCCESS;
}

TEE_Result memsvc_cmd_lent(uint32_t types, TEE_Param params[TEE_NUM_PARAMS])
{
	uint32_t exceptions = 0;

	if (types != PARAMS(VALUE_OUTPUT, VALUE_OUTPUT, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	exceptions = cpu_spin_lock_xsave(&books_lock);
	params[0].value.a = lent.lent * SMALL_PAGE_SIZE;
	params[0].value.b = lent.lent;
	params[1].value.a = lent.taken;
	params[1].value.b = lent.given;
	cpu_spin_unlock_xrestore(&books_lock, exceptions);
	return TEE_SUCCESS;
}

static bool next_run(uint32_t from, struct memsvc_run *run)
{
	uint32_t exceptions = cpu_spin_lock_xsave(&books_lock);
	bool found = memsvc_lent_next(&lent, from, run);

	cpu_spin_unlock_xrestore(&books_lock, exceptions);
	return found;
}

/*
 * Write the runs to memory of the normal world, never read, as far as @max of
 * them; the books may change meanwhile. Return: how many there were.
 */
static size_t write_runs(uint8_t *out, size_t max)
{
	struct memsvc_range range = { };
	struct memsvc_run run = { };
	size_t count = 0;

	for (; next_run(run.first + run.pages, &run); count++) {
		if (count >= max)
			continue;
		range.pa = (LENT_BASE + run.first) * SMALL_PAGE_SIZE;
		range.length = run.pages * SMALL_PAGE_SIZE;
		memcpy(out + count * sizeof(range), &range, sizeof(range));
	}
	return count;
}

TEE_Result memsvc_cmd_lent_table(uint32_t types,
				 TEE_Param params[TEE_NUM_PARAMS])
{
	size_t max = 0;
	size_t need = 0;

	if (types != PARAMS(MEMREF_INOUT, NONE, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	max = params[0].memref.size / sizeof(struct memsvc_range);
	need = write_runs(params[0].memref.buffer, max) *
	       sizeof(struct memsvc_range);
	return memsvc_claim_memref(params, need) ? TEE_SUCCESS :
						   TEE_ERROR_SHORT_BUFFER;
}

/* An area as pages of the window; false when it is not of the normal world's */
static bool area_run(paddr_t pa, size_t size, struct memsvc_run *run)
{
	struct memsvc_lent_entry entry = { .range = {
		.pa = pa, .length = size,
	} };

	return entry.range.length == size &&
	       memsvc_lent_check(&lent, &entry, 1, run);
}

TEE_Result memsvc_lent_begin_area(paddr_t pa, size_t size)
{
	TEE_Result res = TEE_SUCCESS;
	struct memsvc_run run = { };
	uint32_t exceptions = 0;

	if (!area_run(pa, size, &run))
		return TEE_ERROR_BAD_PARAMETERS;

	exceptions = cpu_spin_lock_xsave(&books_lock);
	if (!memsvc_lent_all(&lent, &run, 1, false))
		res = TEE_ERROR_ACCESS_CONFLICT;
	else if (!memsvc_lent_hold(&lent, &run))
		res = TEE_ERROR_OUT_OF_MEMORY;
	cpu_spin_unlock_xrestore(&books_lock, exceptions);
	return res;
}

TEE_Result memsvc_lent_end_area(paddr_t pa, size_t size)
{
	TEE_Result res = TEE_SUCCESS;
	struct memsvc_run run = { };
	uint32_t exceptions = 0;

	if (!area_run(pa, size, &run))
		return TEE_ERROR_ITEM_NOT_FOUND;

	exceptions = cpu_spin_lock_xsave(&books_lock);
	if (!memsvc_lent_drop(&lent, &run))
		res = TEE_ERROR_ITEM_NOT_FOUND;
	cpu_spin_unlock_xrestore(&books_lock, exceptions);
	return res;
}

void memsvc_lent_scrub(uint64_t base, const struct memsvc_run *runs,
		       uint32_t count)
{
	mutex_lock(&scrub_lock);
	memsvc_window_scrub(base, runs, count);
	mutex_unlock(&scrub_lock);
}

/*
 * Asked by the core for each page that is to become shared memory (patches/).
 * Without the lock: one bit of one word, right at some moment of the call.
 */
bool mobj_reg_shm_allows_page(paddr_t pa)
{
	return !memsvc_lent_has(&lent, pa);
}

static TEE_Result add_area(const struct core_mmu_phys_mem *mem,
			   void *unused __unused)
{
	return memsvc_lent_add_area(&lent, mem->addr, mem->size) ?
	       TEE_SUCCESS : TEE_ERROR_OVERFLOW;
}

void memsvc_lent_setup(void)
{
	memsvc_window_init();
	memsvc_lent_init(&lent, bitmap, LENT_BASE, LENT_PAGES);
	/* What is no area cannot be restricted: a list with it is refused */
	if (core_mmu_for_each_nsec_ddr(NULL, add_area))
		EMSG("memory service: not all of the normal world's RAM");
	IMSG("memory service: may restrict %" PRIu32 " areas of RAM",
	     lent.area_count);
}
