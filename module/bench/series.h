/* SPDX-License-Identifier: GPL-2.0 */
/* The samples of one measurement, and what they amount to. */
#ifndef RESTRICTED_BENCH_SERIES_H
#define RESTRICTED_BENCH_SERIES_H

#include <linux/types.h>

/* As many as user space's instruments keep as they are */
#define BENCH_MAX_SAMPLES	16384

/* The most buckets of a histogram, and how fine its finest cut is */
#define BENCH_MAX_BUCKETS	65
#define BENCH_HIST_BITS		12

/**
 * struct bench_series - samples
 * @values:	the samples, in the order they came until they are sorted
 * @n:		their number
 * @max:	room in @values
 */
struct bench_series {
	u64 *values;
	unsigned int n;
	unsigned int max;
};

/**
 * struct bench_bucket - one line of a histogram
 * @lo:		smallest value it stands for
 * @hi:		largest value it stands for
 * @count:	samples in it, never 0
 */
struct bench_bucket {
	u64 lo;
	u64 hi;
	unsigned int count;
};

/**
 * bench_series_add() - keep one sample
 * @series:	the series
 * @value:	the sample; forgotten where there is no room for it
 */
static inline void bench_series_add(struct bench_series *series, u64 value)
{
	if (series->n < series->max)
		series->values[series->n++] = value;
}

int bench_series_init(struct bench_series *series, unsigned int max);
void bench_series_destroy(struct bench_series *series);
void bench_series_sort(struct bench_series *series);
u64 bench_series_quantile(const struct bench_series *series, u32 num, u32 den);
u64 bench_series_sum(const struct bench_series *series);
unsigned int bench_series_hist(const struct bench_series *series,
			       struct bench_bucket *out);

#endif /* RESTRICTED_BENCH_SERIES_H */
