// SPDX-License-Identifier: GPL-2.0
#include "interval.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* The probability that exactly @k of @n fall below their median. */
static double binomial_half(size_t n, size_t k)
{
	double size = (double)n, part = (double)k;

	return exp(lgamma(size + 1) - lgamma(part + 1) -
		   lgamma(size - part + 1) - size * log(2));
}

size_t interval_rank(size_t n, double level, double *coverage)
{
	double tail = 0;
	size_t rank = 0;

	/* Both tails together may be 1 - level */
	while (rank < n / 2 + n % 2) {
		double next = tail + binomial_half(n, rank);

		if (1 - 2 * next < level)
			break;
		tail = next;
		rank++;
	}
	*coverage = 1 - 2 * tail;
	return rank;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

int interval_of(int64_t *values, size_t n, double level,
		struct interval *interval)
{
	double coverage;
	size_t rank = interval_rank(n, level, &coverage);

	if (!rank)
		return -ERANGE;
	qsort(values, n, sizeof(*values), compare);
	interval->n = n;
	interval->value = values[(n + 1) / 2 - 1];
	interval->low = values[rank - 1];
	interval->high = values[n - rank];
	interval->level = level;
	return 0;
}
