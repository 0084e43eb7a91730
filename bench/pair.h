/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Record keeping of one alloc and free; its own cost is measured by the
 * baseline "record".
 */
#ifndef PAIR_H
#define PAIR_H

#include "hist.h"

/**
 * enum pair_op - what is timed
 * @PAIR_ALLOC: the allocation
 * @PAIR_FREE: the free
 * @PAIR_CYCLE: both, of the same buffer
 * @PAIR_OPS: how many there are
 */
enum pair_op {
	PAIR_ALLOC,
	PAIR_FREE,
	PAIR_CYCLE,
	PAIR_OPS,
};

/* A pair is two operations; the third histogram only joins them. */
#define PAIR_OPERATIONS 2

/**
 * struct pair - the times of many pairs
 * @hist: one for each enum pair_op
 */
struct pair {
	struct hist *hist[PAIR_OPS];
};

/**
 * pair_record - count one pair
 * @pair: where
 * @begin: before the allocation
 * @middle: between the two
 * @end: after the free
 */
static inline void pair_record(const struct pair *pair, uint64_t begin,
			       uint64_t middle, uint64_t end)
{
	uint64_t alloc = middle - begin;
	uint64_t free = end - middle;

	hist_record(pair->hist[PAIR_ALLOC], alloc);
	hist_record(pair->hist[PAIR_FREE], free);
	hist_record(pair->hist[PAIR_CYCLE], alloc + free);
}

/**
 * pair_new - make the histograms
 * @pair: filled
 *
 * Return: 0, the pair to be given to pair_free(); -ENOMEM.
 */
int pair_new(struct pair *pair);

/**
 * pair_free - give the histograms back
 * @pair: from pair_new()
 */
void pair_free(struct pair *pair);

/**
 * pair_reset - forget all times
 * @pair: from pair_new()
 */
void pair_reset(const struct pair *pair);

#endif /* PAIR_H */
