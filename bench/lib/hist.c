// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "hist.h"

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

void hist_merge(struct hist *to, const struct hist *from)
{
	for (size_t i = 0; i < HIST_BUCKETS; i++)
		to->bucket[i] += from->bucket[i];
	to->sum += from->sum;
	if (from->min < to->min)
		to->min = from->min;
	if (from->max > to->max)
		to->max = from->max;
}

uint64_t hist_count(const struct hist *h)
{
	uint64_t n = 0;

	for (size_t i = 0; i < HIST_BUCKETS; i++)
		n += h->bucket[i];
	return n;
}

double hist_mean(const struct hist *h)
{
	uint64_t n = hist_count(h);

	/* In two parts: a double cannot hold every 128-bit sum */
	return (double)(h->sum / n) + (double)(h->sum % n) / (double)n;
}

/* ceil(n * num / den), at least 1, where the product may pass 2^64 */
static uint64_t nearest_rank(uint64_t n, uint64_t num, uint64_t den)
{
	uint64_t rank = (uint64_t)(((hist_sum)n * num + den - 1) / den);

	return rank ? rank : 1;
}

uint64_t hist_quantile(const struct hist *h, uint64_t num, uint64_t den)
{
	uint64_t rank = nearest_rank(hist_count(h), num, den);
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

size_t hist_coarse(const struct hist *h, struct hist_range out[HIST_COARSE_MAX])
{
	/* With one bit: 0, 1 and 63 octaves, which always fit */
	for (unsigned int bits = HIST_BITS; bits > 1; bits--) {
		size_t n = coarse_at(h, bits, out, HIST_COARSE_MAX);

		if (n <= HIST_COARSE_MAX)
			return n;
	}
	return coarse_at(h, 1, out, HIST_COARSE_MAX);
}
