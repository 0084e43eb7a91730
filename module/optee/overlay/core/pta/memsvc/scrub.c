// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <arm.h>
#include <kernel/cache_helpers.h>
#include <stdint.h>
#include <string.h>
#include <util.h>

#include "scrub.h"

#ifdef ARM64
DEFINE_U64_REG_READ_FUNC(dczid_el0)

#define DCZID_BS_MASK	0xf
#define DCZID_DZP	BIT(4)

/* Zero whole blocks; a block is the same size or smaller than a page */
static void zero(uint8_t *va, size_t size)
{
	uint64_t dczid = read_dczid_el0();
	size_t block = SHIFT_U32(sizeof(uint32_t), dczid & DCZID_BS_MASK);
	uint8_t *end = va + size;

	if (dczid & DCZID_DZP) {
		memset(va, 0, size);
		return;
	}
	for (; va < end; va += block)
		asm volatile ("dc zva, %0" : : "r" (va) : "memory");
}
#else
static void zero(uint8_t *va, size_t size)
{
	memset(va, 0, size);
}
#endif

void memsvc_scrub(void *va, size_t size)
{
	zero(va, size);
	dcache_cleaninv_range(va, size);
}
