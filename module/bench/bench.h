/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of restricted_bench.ko know of each other. */
#ifndef RESTRICTED_BENCH_H
#define RESTRICTED_BENCH_H

#include <linux/bits.h>
#include <linux/mm_types.h>

#include "record.h"

#define BENCH_CLOCK	BIT(0)
#define BENCH_KNOWN	BIT(1)
#define BENCH_DISPATCH	BIT(2)
#define BENCH_PHASES	BIT(3)
#define BENCH_ALL	(BENCH_CLOCK | BENCH_KNOWN | BENCH_DISPATCH | BENCH_PHASES)

#define BENCH_MAX_HEAPS		8
#define BENCH_MAX_SIZES		16
#define BENCH_MAX_COUNTS	8
#define BENCH_NAME_SIZE		64

#define BENCH_MAX_BATCH		1000000
#define BENCH_MAX_WARMUP	1000000
#define BENCH_MAX_INSTRUCTIONS	10000000

/**
 * struct bench_config - what to do, as the module parameters said at its start
 * @mask:	BENCH_...
 * @heaps:	names
 * @nr_heaps:	their number; 0 for all heaps and twins that are here
 * @sizes:	of buffers, in bytes
 * @nr_sizes:	their number
 * @instructions: of the loops of known cost, even
 * @nr_instructions: their number
 * @samples:	of each case
 * @warmup:	samples before those that count
 * @batch:	calls in one sample of a dispatch
 * @icount:	see bench_clock_choose()
 */
struct bench_config {
	unsigned long mask;
	char heaps[BENCH_MAX_HEAPS][BENCH_NAME_SIZE];
	unsigned int nr_heaps;
	unsigned long sizes[BENCH_MAX_SIZES];
	unsigned int nr_sizes;
	unsigned int instructions[BENCH_MAX_COUNTS];
	unsigned int nr_instructions;
	unsigned int samples;
	unsigned int warmup;
	unsigned int batch;
	bool icount;
};

int bench_run_clock(const struct bench_config *config,
		    struct bench_results *results);
int bench_run_known(const struct bench_config *config,
		    struct bench_results *results);
int bench_run_dispatch(const struct bench_config *config,
		       struct bench_results *results);
int bench_run_phases(const struct bench_config *config,
		     struct bench_results *results);

#endif /* RESTRICTED_BENCH_H */
