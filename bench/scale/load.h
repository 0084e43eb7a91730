/* SPDX-License-Identifier: GPL-2.0 */
/* What a crew is asked for: sizes and times by chance, and who did how much. */
#ifndef SCALE_LOAD_H
#define SCALE_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "rng.h"

/**
 * load_arrivals - when an open load begins each of its buffers
 * @rng: where chance comes from
 * @due: filled with times after the start, rising
 * @n: how many
 * @gap: mean time between two, at least 1
 *
 * Times between are exponential: what many users ask for who do not know of
 * each other, and do not wait for each other.
 */
void load_arrivals(struct rng *rng, uint64_t *due, size_t n, uint64_t gap);

/**
 * load_sizes - a size for each buffer, each as likely
 * @rng: where chance comes from
 * @size: filled
 * @n: how many
 * @of: the sizes to choose from
 * @nr_of: how many, at least 1
 */
void load_sizes(struct rng *rng, uint64_t *size, size_t n, const uint64_t *of,
		size_t nr_of);

/**
 * load_jain - how equally something was shared out
 * @share: what each got
 * @n: how many they are, at least 1; they got something in sum
 *
 * Jain's index (Jain, Chiu, Hawe 1984): the square of the sum over @n times the
 * sum of the squares.
 *
 * Return: 1 when all got the same, 1 / @n when one got everything.
 */
double load_jain(const uint64_t *share, size_t n);

#endif /* SCALE_LOAD_H */
