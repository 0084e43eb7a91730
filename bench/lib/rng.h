/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Seeded random numbers: the same seed gives the same run on any machine.
 * The generator is SplitMix64 (Steele, Lea, Flood 2014). Not for secrets.
 */
#ifndef RHEAP_RNG_H
#define RHEAP_RNG_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct rng - a stream of random numbers
 * @state: set it to the seed to begin the stream
 */
struct rng {
	uint64_t state;
};

/**
 * rng_next - the next number
 * @rng: the stream
 */
static inline uint64_t rng_next(struct rng *rng)
{
	uint64_t z = rng->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/**
 * rng_below - a number from 0 to @limit - 1, each as likely but for 2^-32
 * @rng: the stream
 * @limit: 1 to 2^32
 */
static inline uint64_t rng_below(struct rng *rng, uint64_t limit)
{
	return ((rng_next(rng) >> 32) * limit) >> 32;
}

/**
 * rng_shuffle - put indices into random order, each order as likely
 * @rng: the stream
 * @index: the indices
 * @n: how many
 */
static inline void rng_shuffle(struct rng *rng, size_t *index, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = rng_below(rng, i);
		size_t swap = index[i - 1];

		index[i - 1] = index[j];
		index[j] = swap;
	}
}

#endif /* RHEAP_RNG_H */
