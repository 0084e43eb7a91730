/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random numbers of other shapes, in whole numbers throughout: the same seed
 * gives the same load on any machine, whatever its C library's logarithm.
 */
#ifndef FRAG_CHANCE_H
#define FRAG_CHANCE_H

#include <stdint.h>

#include "rng.h"

/* 1 in fixed point */
#define CHANCE_ONE	65536

/**
 * chance_log2 - the binary logarithm, in units of 1 / CHANCE_ONE
 * @value: at least 1
 *
 * Off by less than 2 units.
 */
uint64_t chance_log2(uint64_t value);

/**
 * chance_scale - a value times a power of two
 * @value: up to 2^32
 * @exponent: in units of 1 / CHANCE_ONE, within 20 powers of two of 0
 *
 * Off by less than a thousandth, and by 1.
 */
uint64_t chance_scale(uint64_t value, int64_t exponent);

/**
 * chance_exponential - the time to the next of events that know nothing of each
 *	other
 * @rng: where chance comes from
 * @mean: up to 2^32
 */
uint64_t chance_exponential(struct rng *rng, uint64_t mean);

/**
 * chance_lognormal - a value whose logarithm is normally distributed
 * @rng: where chance comes from
 * @median: up to 2^32
 * @spread: the standard deviation of its binary logarithm, in units of 1 /
 *	CHANCE_ONE, up to 3
 *
 * The normal distribution is made of twelve uniform ones, so nothing is further
 * from the median than six standard deviations.
 */
uint64_t chance_lognormal(struct rng *rng, uint64_t median, uint64_t spread);

#endif /* FRAG_CHANCE_H */
