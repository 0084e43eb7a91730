/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page allocator's free memory, torn to order. Nearly all memory is taken
 * by pages of this process, whose places the kernel tells (/proc/self/pagemap);
 * then pages are given back one by one, so that what is free is as torn as asked
 * for: whole blocks, and blocks of which one page stays taken.
 */
#ifndef FRAG_BALLAST_H
#define FRAG_BALLAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rng.h"

/* The heap of CMA areas, which are filled */
#define BALLAST_CMA_HEAP	"default_cma_region"

struct ballast;

/**
 * struct tear - how torn memory is made
 * @permille: the unusable free index that is wanted, 1 to 999
 * @order: of blocks that this is about
 * @bytes: that are free afterwards
 * @movable: the kernel may move the pages that stay taken, and so mend it;
 *	else they are locked, and it is told not to move locked pages, and to
 *	mend nothing ahead of time
 */
struct tear {
	uint64_t permille;
	unsigned int order;
	uint64_t bytes;
	bool movable;
};

/**
 * ballast_new - take nearly all memory
 * @b: filled; to be given to ballast_free()
 * @tear: how it will be torn
 *
 * CMA areas are filled, too, from their heap, so that nothing else lies there.
 *
 * Return: 0; -ENOMEM when there is less to take than @tear wants free; -EACCES
 * for who may not see where pages lie; else a negative errno.
 */
int ballast_new(struct ballast **b, const struct tear *tear);

/**
 * ballast_tear - give back so much of it that what is free is torn as asked for
 * @b: fresh from ballast_new()
 * @rng: decides which pages stay
 * @permille: filled with the index that was reached
 *
 * Return: 0 when that is within 2 % of what is wanted; -ERANGE when it is not;
 * else a negative errno.
 */
int ballast_tear(struct ballast *b, struct rng *rng, uint64_t *permille);

/**
 * ballast_torn - ballast_new() and ballast_tear() for programs
 * @b: filled; to be given to ballast_free(), also after an error
 * @tear: how it will be torn
 * @rng: decides which pages stay
 * @permille: filled with the index that was reached
 *
 * Says on stderr how far it got, or what is wrong and what to do.
 *
 * Return: as the two.
 */
int ballast_torn(struct ballast **b, const struct tear *tear, struct rng *rng,
		 uint64_t *permille);

/**
 * ballast_free - give everything back
 * @b: from ballast_new(), or NULL
 */
void ballast_free(struct ballast *b);

#endif /* FRAG_BALLAST_H */
