/* SPDX-License-Identifier: GPL-2.0 */
/* What buffers of one size cost, and what they are made of. */
#ifndef ORDERS_PRICE_H
#define ORDERS_PRICE_H

#include <stdint.h>

#include "heap.h"
#include "hist.h"
#include "memsvc.h"
#include "options.h"
#include "pair.h"

/**
 * enum price_metric - what is counted of each buffer, beside times
 * @PRICE_ALLOC_CALLS: calls into the TEE of its allocation
 * @PRICE_ALLOC_RANGES: ranges that they carried
 * @PRICE_FREE_CALLS: of its free
 * @PRICE_FREE_RANGES: ranges that these carried
 * @PRICE_ENTRIES: of its scatterlist
 * @PRICE_OVER: bytes that it has beyond what was asked for
 * @PRICE_TLB: entries of an IOMMU's TLB that it takes
 * @PRICE_REACH: bytes that one of these covers, on the average
 * @PRICE_METRICS: how many there are
 */
enum price_metric {
	PRICE_ALLOC_CALLS,
	PRICE_ALLOC_RANGES,
	PRICE_FREE_CALLS,
	PRICE_FREE_RANGES,
	PRICE_ENTRIES,
	PRICE_OVER,
	PRICE_TLB,
	PRICE_REACH,
	PRICE_METRICS,
};

/**
 * struct price - what was found
 * @pair: times
 * @count: of each metric, empty where it could not be seen
 * @failures: allocations that failed after one that did not
 */
struct price {
	struct pair pair;
	struct hist *count[PRICE_METRICS];
	uint64_t failures;
};

/**
 * struct pricing - how it is to be found
 * @heap: the page heap, set as it shall be
 * @svc: the memory service
 * @layout: room for what it tells of a buffer
 * @size: of a buffer
 * @warmup: buffers before those that count
 * @samples: buffers that are timed
 * @looks: buffers whose layout is looked at, beside these; 0 where other
 *	memory is lent, too
 * @kept: memory is kept: before each buffer it is waited until it is clean
 * @page: sizes of an IOMMU's pages
 */
struct pricing {
	const struct heap *heap;
	const struct memsvc *svc;
	struct memsvc_layout *layout;
	uint64_t size;
	uint64_t warmup;
	uint64_t samples;
	uint64_t looks;
	bool kept;
	const struct opt_sizes *page;
};

/**
 * price_new - make the histograms
 * @p: filled; to be given to price_free(), also after an error
 *
 * Return: 0, or -ENOMEM.
 */
int price_new(struct price *p);

/**
 * price_free - give the histograms back
 * @p: from price_new()
 */
void price_free(struct price *p);

/**
 * price_find - take samples
 * @p: from price_new(); what it held is forgotten
 * @how: see there
 *
 * Return: 0; -ENOMEM and the like when the first buffer already cannot be had;
 * -EPROTO when the TEE's table is not that of the buffer; else a negative errno.
 */
int price_find(struct price *p, const struct pricing *how);

#endif /* ORDERS_PRICE_H */
