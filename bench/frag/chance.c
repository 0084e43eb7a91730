// SPDX-License-Identifier: GPL-2.0
#include "chance.h"

#include <stddef.h>

#define FRACTION_BITS	16
#define MANTISSA_BITS	30

/* ln 2, in units of 1 / CHANCE_ONE */
#define LN2		45426

/* Bit by bit: the square of a number has twice its logarithm. */
uint64_t chance_log2(uint64_t value)
{
	uint64_t whole = 63 - (uint64_t)__builtin_clzll(value);
	uint64_t m = value << (63 - whole) >> (63 - MANTISSA_BITS);
	uint64_t log = whole;

	for (int bit = 0; bit < FRACTION_BITS; bit++) {
		m = m * m >> MANTISSA_BITS;
		log <<= 1;
		if (m >> (MANTISSA_BITS + 1)) {
			m >>= 1;
			log |= 1;
		}
	}
	return log;
}

uint64_t chance_scale(uint64_t value, int64_t exponent)
{
	/* 2 to the power of 1/2, 1/4, ... 2^-16, times 2^30 */
	static const uint64_t root[FRACTION_BITS] = {
		1518500250, 1276901417, 1170923762, 1121280436, 1097253708,
		1085434106, 1079572136, 1076653033, 1075196443, 1074468888,
		1074105294, 1073923544, 1073832680, 1073787251, 1073764537,
		1073753181,
	};
	int64_t whole = exponent >> FRACTION_BITS;
	uint64_t fraction = (uint64_t)exponent & (CHANCE_ONE - 1);
	uint64_t m = UINT64_C(1) << MANTISSA_BITS;

	for (size_t i = 0; i < FRACTION_BITS; i++)
		if (fraction >> (FRACTION_BITS - 1 - i) & 1)
			m = m * root[i] >> MANTISSA_BITS;
	return value * m >> (MANTISSA_BITS - whole);
}

uint64_t chance_exponential(struct rng *rng, uint64_t mean)
{
	/* -log2 of a number between 0 and 1 */
	uint64_t log = 64 * CHANCE_ONE - chance_log2(rng_next(rng) | 1);

	return (mean * (log * LN2 >> FRACTION_BITS)) >> FRACTION_BITS;
}

uint64_t chance_lognormal(struct rng *rng, uint64_t median, uint64_t spread)
{
	int64_t normal = -6 * CHANCE_ONE;

	for (int i = 0; i < 12; i++)
		normal += (int64_t)rng_below(rng, CHANCE_ONE);
	return chance_scale(median, normal * (int64_t)spread / CHANCE_ONE);
}
