// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The commands on memory that is the normal world's: it lends pages, and gets
 * them back scrubbed.
 */
#include <assert.h>
#include <kernel/mutex.h>
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
 * Protects the books, the copy of a list and what restricting makes of it.
 * Never held while memory is scrubbed.
 */
static struct mutex lock = MUTEX_INITIALIZER;

static uint64_t bitmap[MEMSVC_BITMAP_WORDS(LENT_PAGES)];
static struct memsvc_lent lent;
static struct memsvc_lent_entry list[MEMSVC_BATCH_ENTRIES] __aligned(8);
static struct memsvc_run taking[MEMSVC_BATCH_ENTRIES];

/*
 * Protects the pages that leave, and the window. Held by one UNRESTRICT from
 * end to end, so pages being scrubbed, whose bits are still set, can neither be
 * restricted nor be given back by anyone else. Taken before the other lock.
 */
static struct mutex leave_lock = MUTEX_INITIALIZER;

static struct memsvc_run leaving[MEMSVC_BATCH_ENTRIES];

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
	uint32_t count = 0;

	if (types != PARAMS(MEMREF_INPUT, NONE, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	mutex_lock(&lock);
	count = read_list(params, taking);
	if (!count)
		res = TEE_ERROR_BAD_PARAMETERS;
	else if (!memsvc_lent_all(&lent, taking, count, false))
		res = TEE_ERROR_ACCESS_CONFLICT;
	else
		memsvc_lent_mark(&lent, taking, count);
	mutex_unlock(&lock);
	return res;
}

static TEE_Result begin_leaving(const TEE_Param *param, uint32_t *count)
{
	TEE_Result res = TEE_SUCCESS;

	mutex_lock(&lock);
	*count = read_list(param, leaving);
	if (!*count)
		res = TEE_ERROR_BAD_PARAMETERS;
	else if (!memsvc_lent_all(&lent, leaving, *count, true))
		res = TEE_ERROR_ITEM_NOT_FOUND;
	mutex_unlock(&lock);
	return res;
}

static void finish_leaving(uint32_t count)
{
	mutex_lock(&lock);
	memsvc_lent_unmark(&lent, leaving, count);
	mutex_unlock(&lock);
}

TEE_Result memsvc_cmd_unrestrict(uint32_t types,
				 TEE_Param params[TEE_NUM_PARAMS])
{
	TEE_Result res = TEE_SUCCESS;
	uint32_t count = 0;

	if (types != PARAMS(MEMREF_INPUT, NONE, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	mutex_lock(&leave_lock);
	res = begin_leaving(params, &count);
	if (!res) {
		memsvc_window_scrub(LENT_BASE, leaving, count);
		finish_leaving(count);
	}
	mutex_unlock(&leave_lock);
	return res;
}

TEE_Result memsvc_cmd_lent(uint32_t types, TEE_Param params[TEE_NUM_PARAMS])
{
	if (types != PARAMS(VALUE_OUTPUT, VALUE_OUTPUT, NONE, NONE))
		return TEE_ERROR_BAD_PARAMETERS;

	mutex_lock(&lock);
	params[0].value.a = lent.lent * SMALL_PAGE_SIZE;
	params[0].value.b = lent.lent;
	params[1].value.a = lent.taken;
	params[1].value.b = lent.given;
	mutex_unlock(&lock);
	return TEE_SUCCESS;
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
