// SPDX-License-Identifier: GPL-2.0
#include "load.h"

#include <math.h>

/* Above 0, up to 1 */
static double chance(struct rng *rng)
{
	return (double)((rng_next(rng) >> 11) + 1) * 0x1p-53;
}

void load_arrivals(struct rng *rng, uint64_t *due, size_t n, uint64_t gap)
{
	double at = 0;

	for (size_t i = 0; i < n; i++) {
		at -= log(chance(rng)) * (double)gap;
		due[i] = (uint64_t)at;
	}
}

void load_sizes(struct rng *rng, uint64_t *size, size_t n, const uint64_t *of,
		size_t nr_of)
{
	for (size_t i = 0; i < n; i++)
		size[i] = of[rng_below(rng, nr_of)];
}

double load_jain(const uint64_t *share, size_t n)
{
	double sum = 0, squares = 0;

	for (size_t i = 0; i < n; i++) {
		sum += (double)share[i];
		squares += (double)share[i] * (double)share[i];
	}
	return sum * sum / ((double)n * squares);
}
