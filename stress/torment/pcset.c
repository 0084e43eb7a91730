// SPDX-License-Identifier: GPL-2.0
#include "pcset.h"

/* Fibonacci hashing: the upper bits depend on all */
static uint32_t hash(uint64_t pc)
{
	return (uint32_t)(pc * UINT64_C(0x9e3779b97f4a7c15) >> 32) % PCSET_SLOTS;
}

uint32_t pcset_add(struct pcset *set, uint64_t pc, bool *fresh)
{
	uint32_t at = hash(pc);

	*fresh = false;
	for (uint32_t i = 0; i < PCSET_SLOTS; i++) {
		uint_fast64_t old = atomic_load(&set->slot[at]);

		if (!old && atomic_compare_exchange_strong(&set->slot[at], &old,
							   pc)) {
			atomic_fetch_add(&set->n, 1);
			*fresh = true;
			return at;
		}
		if (old == pc)
			return at;
		at = (at + 1) % PCSET_SLOTS;
	}
	atomic_fetch_add(&set->lost, 1);
	return PCSET_FULL;
}
