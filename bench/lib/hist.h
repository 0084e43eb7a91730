/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A log-linear histogram of unsigned 64-bit values.
 *
 * Values below 2^HIST_BITS have a bucket each. Above, every octave
 * [2^m, 2^(m+1)) is cut into 2^(HIST_BITS-1) buckets of equal width
 *
 *	w = 2^(m - HIST_BITS + 1)
 *
 * A bucket is represented by its middle, (lo + hi) / 2, so a value v in it is
 * off by at most (w - 1) / 2, and v >= 2^m:
 *
 *	error   (w - 1) / 2   2^(m - HIST_BITS)
 *	----- < ----------- < ----------------- = 2^-HIST_BITS
 *	  v         2^m              2^m
 *
 * With HIST_BITS = 12 that is under 0.0245 %, and 0 below 4096. Two values
 * that fall into neighbouring buckets differ by w at most in what is reported,
 * 2^(1-HIST_BITS) or 0.0489 % of them.
 *
 * All of 0 to 2^64-1 has a bucket: nothing overflows or is clamped. n, min,
 * max and the sum are exact. Memory is fixed, touched when the histogram is
 * made, and never allocated while recording.
 */
#ifndef RHEAP_HIST_H
#define RHEAP_HIST_H

#include <stddef.h>
#include <stdint.h>

#define HIST_BITS	12
#define HIST_EXACT	(UINT64_C(1) << HIST_BITS)

/* A group for each right shift, 0 to 64 - HIST_BITS; shift 0 fills two */
#define HIST_GROUP	(UINT64_C(1) << (HIST_BITS - 1))
#define HIST_BUCKETS	((64 - HIST_BITS + 2) * HIST_GROUP)

/* The most entries that hist_coarse() gives */
#define HIST_COARSE_MAX	65

__extension__ typedef unsigned __int128 hist_sum;

/**
 * struct hist - a histogram; read it through the functions below
 * @min: smallest value, UINT64_MAX when empty
 * @max: largest value, 0 when empty
 * @sum: of all values; 2^64 values of 2^64-1 fit
 * @bucket: how often each bucket was hit
 */
struct hist {
	uint64_t min;
	uint64_t max;
	hist_sum sum;
	uint64_t bucket[HIST_BUCKETS];
};

/**
 * struct hist_range - one line of a coarse histogram
 * @lo: smallest value it stands for
 * @hi: largest value it stands for
 * @count: values recorded in it, never 0
 */
struct hist_range {
	uint64_t lo;
	uint64_t hi;
	uint64_t count;
};

/**
 * hist_new - make an empty histogram with all its memory present
 *
 * Return: the histogram, to be given to hist_free(), or NULL when there is no
 * memory.
 */
struct hist *hist_new(void);

/**
 * hist_free - give a histogram back
 * @h: from hist_new(), or NULL
 */
void hist_free(struct hist *h);

/**
 * hist_reset - make a histogram empty
 * @h: the histogram
 */
void hist_reset(struct hist *h);

/* The bucket of a value when 2^bits values have one each; bits 1 to 63. */
static inline uint64_t hist_index_bits(uint64_t value, unsigned int bits)
{
	uint64_t half = UINT64_C(1) << (bits - 1);
	unsigned int shift = 64 - bits - __builtin_clzll(value | half);

	return ((uint64_t)shift << (bits - 1)) + (value >> shift);
}

/**
 * hist_record - count one value
 * @h: the histogram
 * @value: any
 *
 * Not safe against a second thread: give each thread its own, and merge.
 */
static inline void hist_record(struct hist *h, uint64_t value)
{
	h->bucket[hist_index_bits(value, HIST_BITS)]++;
	h->sum += value;
	if (value < h->min)
		h->min = value;
	if (value > h->max)
		h->max = value;
}

/**
 * hist_merge - add one histogram's values to another
 * @to: gets the values
 * @from: is left as it was
 */
void hist_merge(struct hist *to, const struct hist *from);

/**
 * hist_count - how many values were recorded
 * @h: the histogram
 */
uint64_t hist_count(const struct hist *h);

/**
 * hist_mean - the exact mean, rounded once to a double
 * @h: the histogram, not empty
 */
double hist_mean(const struct hist *h);

/**
 * hist_quantile - the value at a quantile, by nearest rank
 * @h: the histogram, not empty
 * @num: numerator of the quantile, 0 to @den
 * @den: denominator, 1 to 10^6
 *
 * With the values sorted, v(1) <= ... <= v(n), the answer stands for v(k),
 * k = max(1, ceil(n * num / den)): the smallest value that at least num/den
 * of all values do not exceed. It is one that was recorded, not a mean of
 * two, up to the error bound at the top of this file; never below the
 * minimum or above the maximum.
 */
uint64_t hist_quantile(const struct hist *h, uint64_t num, uint64_t den);

/**
 * hist_coarse - the histogram in few lines, for people and files
 * @h: the histogram
 * @out: filled in rising order
 *
 * Takes the finest log-linear cut that needs at most HIST_COARSE_MAX lines;
 * empty ranges are left out. The counts add up to hist_count().
 *
 * Return: the number of lines filled, 0 for an empty histogram.
 */
size_t hist_coarse(const struct hist *h,
		   struct hist_range out[HIST_COARSE_MAX]);

#endif /* RHEAP_HIST_H */
