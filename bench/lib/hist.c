// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "hist.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The smallest value of a bucket: hist_index_bits() undone. */
static uint64_t bucket_lo(uint64_t index, unsigned int bits)
{
	uint64_t half = UINT64_C(1) << (bits - 1);
	uint64_t shift = index >> (bits - 1);

	if (shift <= 1)
		return index;
	shift--;
	return ((index & (half - 1)) | half) << shift;
}

static uint64_t bucket_hi(uint64_t index, unsigned int bits)
{
	uint64_t shift = index >> (bits - 1);
	uint64_t width = shift <= 1 ? 1 : UINT64_C(1) << (shift - 1);

	return bucket_lo(index, bits) + (width - 1);
}

struct hist *hist_new(void)
{
	struct hist *h = mmap(NULL, sizeof(*h), PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
			      -1, 0);

	if (h == MAP_FAILED)
		return NULL;
	hist_reset(h);
	return h;
}

void hist_free(struct hist *h)
{
	if (h)
		munmap(h, sizeof(*h));
}

void hist_reset(struct hist *h)
{
	memset(h, 0, sizeof(*h));
	h->min = UINT64_MAX;
}

/*
 * This is most of what a sample costs, see the baseline "record": the sums are
 * in registers, and eight values share a turn of the loop.
 */
static void sort_in(struct hist *h)
{
	const size_t end = h->fill;
	uint64_t *bucket = h->bucket;
	uint64_t min = h->min;
	uint64_t max = h->max;
	hist_sum sum = h->sum;

#pragma GCC unroll 8
	for (size_t i = h->sorted_in; i < end; i++) {
		uint64_t value = h->raw[i];

		bucket[hist_index_bits(value, HIST_BITS)]++;
		sum += value;
		min = value < min ? value : min;
		max = value > max ? value : max;
	}
	h->n += end - h->sorted_in;
	h->sum = sum;
	h->min = min;
	h->max = max;
	h->sorted_in = end;
}

void hist_make_room(struct hist *h)
{
	sort_in(h);
	h->fill = 0;
	h->sorted_in = 0;
	h->overrun = true;
}

uint64_t hist_count(const struct hist *h)
{
	return h->n + (h->fill - h->sorted_in);
}

uint64_t hist_min(struct hist *h)
{
	sort_in(h);
	return h->min;
}

uint64_t hist_max(struct hist *h)
{
	sort_in(h);
	return h->max;
}

double hist_mean(struct hist *h)
{
	sort_in(h);
	/* In two parts: a double cannot hold every 128-bit sum */
	return (double)(h->sum / h->n) + (double)(h->sum % h->n) / (double)h->n;
}

/* ceil(n * num / den), at least 1, where the product may pass 2^64 */
static uint64_t nearest_rank(uint64_t n, uint64_t num, uint64_t den)
{
	uint64_t rank = (uint64_t)(((hist_sum)n * num + den - 1) / den);

	return rank ? rank : 1;
}

static int compare_values(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static uint64_t bucket_quantile(const struct hist *h, uint64_t rank)
{
	uint64_t lo, hi, value, seen = 0;
	size_t i;

	for (i = 0; i < HIST_BUCKETS - 1; i++) {
		seen += h->bucket[i];
		if (seen >= rank)
			break;
	}
	lo = bucket_lo(i, HIST_BITS);
	hi = bucket_hi(i, HIST_BITS);
	value = lo + (hi - lo) / 2;
	if (value < h->min)
		return h->min;
	return value > h->max ? h->max : value;
}

uint64_t hist_quantile(struct hist *h, uint64_t num, uint64_t den)
{
	uint64_t rank = nearest_rank(hist_count(h), num, den);

	sort_in(h);
	if (h->overrun)
		return bucket_quantile(h, rank);
	/* Their order means nothing once they are in the buckets */
	qsort(h->raw, h->fill, sizeof(*h->raw), compare_values);
	h->shuffled = true;
	return h->raw[rank - 1];
}

bool hist_blocks(struct hist *h, uint64_t median[HIST_BLOCKS])
{
	if (h->overrun || h->shuffled ||
	    h->fill < (size_t)HIST_BLOCKS * HIST_BLOCK_MIN)
		return false;
	/* Their place means nothing once they are in the buckets */
	sort_in(h);
	h->shuffled = true;
	for (size_t i = 0; i < HIST_BLOCKS; i++) {
		size_t begin = i * h->fill / HIST_BLOCKS;
		size_t n = (i + 1) * h->fill / HIST_BLOCKS - begin;

		qsort(h->raw + begin, n, sizeof(*h->raw), compare_values);
		median[i] = h->raw[begin + nearest_rank(n, 1, 2) - 1];
	}
	return true;
}

/* Fill @out with at most @max lines. Return how many it would need. */
static size_t coarse_at(const struct hist *h, unsigned int bits,
			struct hist_range *out, size_t max)
{
	uint64_t last = UINT64_MAX;
	size_t n = 0;

	for (size_t i = 0; i < HIST_BUCKETS; i++) {
		uint64_t at;

		if (!h->bucket[i])
			continue;
		at = hist_index_bits(bucket_lo(i, HIST_BITS), bits);
		if (at != last) {
			if (++n > max)
				return n;
			out[n - 1].lo = bucket_lo(at, bits);
			out[n - 1].hi = bucket_hi(at, bits);
			out[n - 1].count = 0;
			last = at;
		}
		out[n - 1].count += h->bucket[i];
	}
	return n;
}

size_t hist_coarse(struct hist *h, struct hist_range out[HIST_COARSE_MAX])
{
	sort_in(h);
	/* With one bit: 0, 1 and 63 octaves, which always fit */
	for (unsigned int bits = HIST_BITS; bits > 1; bits--) {
		size_t n = coarse_at(h, bits, out, HIST_COARSE_MAX);

		if (n <= HIST_COARSE_MAX)
			return n;
	}
	return coarse_at(h, 1, out, HIST_COARSE_MAX);
}
