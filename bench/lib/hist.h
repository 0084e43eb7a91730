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
 *
 * The first HIST_RAW values are also kept as they are. While there are no more,
 * every quantile is exact: a difference of one instruction in a million shows.
 * Recording is only writing such a value down; they are sorted into buckets
 * when somebody reads, or when the room for them is full.
 */
#ifndef RHEAP_HIST_H
#define RHEAP_HIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HIST_BITS	12
#define HIST_EXACT	(UINT64_C(1) << HIST_BITS)

/* A group for each right shift, 0 to 64 - HIST_BITS; shift 0 fills two */
#define HIST_GROUP	(UINT64_C(1) << (HIST_BITS - 1))
#define HIST_BUCKETS	((64 - HIST_BITS + 2) * HIST_GROUP)

/* As many values as quantiles are exact for, and as are sorted in at a time */
#define HIST_RAW	16384

/* Into so many parts hist_blocks() cuts, each of so many values at least */
#define HIST_BLOCKS	20
#define HIST_BLOCK_MIN	3

/* The most entries that hist_coarse() gives */
#define HIST_COARSE_MAX	65

__extension__ typedef unsigned __int128 hist_sum;

/**
 * struct hist - a histogram; read it through the functions below
 * @fill: values in @raw
 * @sorted_in: how many of them, from the first, the members below contain
 * @overrun: @raw was full once: it does not hold all values any more
 * @shuffled: @raw was sorted: it does not tell the values' order any more
 * @raw: values as recorded
 * @n: values in @bucket
 * @min: smallest of them, UINT64_MAX when empty
 * @max: largest of them, 0 when empty
 * @sum: of all of them; 2^64 values of 2^64-1 fit
 * @bucket: how often each bucket was hit
 */
struct hist {
	size_t fill;
	size_t sorted_in;
	bool overrun;
	bool shuffled;
	uint64_t raw[HIST_RAW];
	uint64_t n;
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
 * hist_make_room - sort the raw values in and forget them as such
 * @h: the histogram
 *
 * For hist_record(); and for who wants to see the buckets' answers.
 */
void hist_make_room(struct hist *h);

/**
 * hist_record - count one value
 * @h: the histogram
 * @value: any
 *
 * Not safe against a second thread.
 */
static inline void hist_record(struct hist *h, uint64_t value)
{
	if (__builtin_expect(h->fill == HIST_RAW, 0))
		hist_make_room(h);
	h->raw[h->fill++] = value;
}

/**
 * hist_count - how many values were recorded
 * @h: the histogram
 */
uint64_t hist_count(const struct hist *h);

/**
 * hist_min - the smallest value
 * @h: the histogram, not empty
 */
uint64_t hist_min(struct hist *h);

/**
 * hist_max - the largest value
 * @h: the histogram, not empty
 */
uint64_t hist_max(struct hist *h);

/**
 * hist_mean - the exact mean, rounded once to a double
 * @h: the histogram, not empty
 */
double hist_mean(struct hist *h);

/**
 * hist_quantile - the value at a quantile, by nearest rank
 * @h: the histogram, not empty
 * @num: numerator of the quantile, 0 to @den
 * @den: denominator, 1 to 10^6
 *
 * With the values sorted, v(1) <= ... <= v(n), the answer stands for v(k),
 * k = max(1, ceil(n * num / den)): the smallest value that at least num/den
 * of all values do not exceed. It is one that was recorded, not a mean of
 * two: exactly so up to HIST_RAW values, and beyond up to the error bound at
 * the top of this file; never below the minimum or above the maximum.
 */
uint64_t hist_quantile(struct hist *h, uint64_t num, uint64_t den);

/**
 * hist_blocks - how the median went while values were recorded
 * @h: the histogram
 * @median: filled with the medians, by nearest rank, of HIST_BLOCKS parts of
 *	the values in the order of recording; the parts' sizes differ by one at
 *	most
 *
 * To be called before hist_quantile(), which forgets the order; so does this.
 *
 * Return: true; false where nothing was filled: there are less than
 * HIST_BLOCK_MIN values to a part, more than HIST_RAW in all, or their order is
 * forgotten.
 */
bool hist_blocks(struct hist *h, uint64_t median[HIST_BLOCKS]);

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
size_t hist_coarse(struct hist *h,
		   struct hist_range out[HIST_COARSE_MAX]);

#endif /* RHEAP_HIST_H */
