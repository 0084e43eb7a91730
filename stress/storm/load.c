// SPDX-License-Identifier: GPL-2.0
/* How large buffers are, and when they must fit. */
#include "storm.h"

#define PAGE_BYTES	4096

static unsigned int log2_floor(uint64_t value)
{
	return 63 - (unsigned int)__builtin_clzll(value | 1);
}

uint64_t storm_size(const struct storm *storm, struct rng *rng)
{
	uint64_t lo = storm->min / PAGE_BYTES, hi = storm->max / PAGE_BYTES;
	uint64_t octaves = log2_floor(hi / lo) + 1;
	uint64_t from = lo << rng_below(rng, octaves);
	uint64_t to = 2 * from - 1 < hi ? 2 * from - 1 : hi;

	return (from + rng_below(rng, to - from + 1)) * PAGE_BYTES;
}

bool storm_fits(const struct storm *storm, uint64_t peak, uint64_t pool)
{
	uint64_t octaves = log2_floor((storm->max - 1) / storm->min) + 1;

	if (storm->max == storm->min)
		octaves = 0;
	return peak <= pool / (octaves + 1);
}
