// SPDX-License-Identifier: GPL-2.0
#include <kunit/visibility.h>
#include <linux/bitops.h>
#include <linux/math64.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "series.h"

/**
 * bench_series_init() - make an empty series
 * @series:	to fill
 * @max:	room for so many samples
 *
 * Return: 0, or -ENOMEM.
 */
int bench_series_init(struct bench_series *series, unsigned int max)
{
	series->values = kvzalloc_objs(*series->values, max);
	if (!series->values)
		return -ENOMEM;
	series->n = 0;
	series->max = max;

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(bench_series_init);

/**
 * bench_series_destroy() - undo bench_series_init()
 * @series:	the series; or zeroes
 */
void bench_series_destroy(struct bench_series *series)
{
	kvfree(series->values);
	series->values = NULL;
}
EXPORT_SYMBOL_IF_KUNIT(bench_series_destroy);

static int compare_values(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

/**
 * bench_series_sort() - put the samples in rising order
 * @series:	the series
 */
void bench_series_sort(struct bench_series *series)
{
	sort(series->values, series->n, sizeof(*series->values), compare_values,
	     NULL);
}
EXPORT_SYMBOL_IF_KUNIT(bench_series_sort);

/**
 * bench_series_quantile() - the sample at a quantile, by nearest rank
 * @series:	sorted, not empty
 * @num:	numerator of the quantile, 0 to @den
 * @den:	denominator
 *
 * Return: the smallest sample that at least @num/@den of all do not exceed:
 * one that was taken, never a mean of two.
 */
u64 bench_series_quantile(const struct bench_series *series, u32 num, u32 den)
{
	u64 rank = div_u64((u64)series->n * num + den - 1, den);

	return series->values[rank ? rank - 1 : 0];
}
EXPORT_SYMBOL_IF_KUNIT(bench_series_quantile);

/**
 * bench_series_sum() - all samples together
 * @series:	the series
 *
 * Return: the sum; BENCH_MAX_SAMPLES of less than 2^50 each fit.
 */
u64 bench_series_sum(const struct bench_series *series)
{
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < series->n; i++)
		sum += series->values[i];

	return sum;
}
EXPORT_SYMBOL_IF_KUNIT(bench_series_sum);

/*
 * The bucket that holds @value where values below 2^bits have one each and
 * every octave above is cut into 2^(bits-1).
 */
static void find_bucket(u64 value, unsigned int bits,
			struct bench_bucket *bucket)
{
	unsigned int shift = 0;

	if (value >> bits)
		shift = fls64(value) - bits;
	bucket->lo = value >> shift << shift;
	bucket->hi = bucket->lo + (BIT_ULL(shift) - 1);
	bucket->count = 0;
}

/* Returns how many buckets there would be; fills as many as there is room for. */
static unsigned int cut(const struct bench_series *series, unsigned int bits,
			struct bench_bucket *out)
{
	struct bench_bucket bucket = {};
	unsigned int i, n = 0;

	for (i = 0; i < series->n && n <= BENCH_MAX_BUCKETS; i++) {
		if (!n || series->values[i] > bucket.hi) {
			find_bucket(series->values[i], bits, &bucket);
			if (++n <= BENCH_MAX_BUCKETS)
				out[n - 1] = bucket;
		}
		if (n <= BENCH_MAX_BUCKETS)
			out[n - 1].count++;
	}

	return n;
}

/**
 * bench_series_hist() - the samples as a log-linear histogram
 * @series:	sorted
 * @out:	to fill, room for BENCH_MAX_BUCKETS
 *
 * Takes the finest cut that fits: with one bit there are 65 buckets in all,
 * so one always does. Empty buckets are left out.
 *
 * Return: the number of buckets, 0 for an empty series.
 */
unsigned int bench_series_hist(const struct bench_series *series,
			       struct bench_bucket *out)
{
	unsigned int bits = BENCH_HIST_BITS;
	unsigned int n;

	do {
		n = cut(series, bits, out);
	} while (n > BENCH_MAX_BUCKETS && --bits);

	return n;
}
EXPORT_SYMBOL_IF_KUNIT(bench_series_hist);
