// SPDX-License-Identifier: GPL-2.0
#include "slope.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define PAIRS_MAX	(SLOPE_POINTS_MAX * (SLOPE_POINTS_MAX - 1) / 2)

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* What ties take from the variance of S */
static double tied(const double *y, size_t n)
{
	double sorted[SLOPE_POINTS_MAX], sum = 0;
	size_t run = 1;

	for (size_t i = 0; i < n; i++)
		sorted[i] = y[i];
	qsort(sorted, n, sizeof(*sorted), by_value);
	for (size_t i = 1; i <= n; i++) {
		double t = (double)run;

		if (i < n && sorted[i] == sorted[i - 1]) {
			run++;
			continue;
		}
		sum += t * (t - 1) * (2 * t + 5);
		run = 1;
	}
	return sum;
}

int slope_of(const double *y, size_t n, struct slope *slope)
{
	static double steps[PAIRS_MAX];
	double s = 0, variance, m = (double)n;
	size_t pairs = 0;

	if (n < SLOPE_POINTS_MIN || n > SLOPE_POINTS_MAX)
		return -EINVAL;
	for (size_t i = 0; i < n; i++) {
		for (size_t j = i + 1; j < n; j++) {
			s += (y[j] > y[i]) - (y[j] < y[i]);
			steps[pairs++] = (y[j] - y[i]) / (double)(j - i);
		}
	}
	qsort(steps, pairs, sizeof(*steps), by_value);
	slope->step = pairs % 2 ? steps[pairs / 2] :
		      (steps[pairs / 2 - 1] + steps[pairs / 2]) / 2;
	variance = (m * (m - 1) * (2 * m + 5) - tied(y, n)) / 18;
	/* All points are the same */
	if (variance <= 0)
		slope->z = 0;
	else
		slope->z = (s - (s > 0) + (s < 0)) / sqrt(variance);
	return 0;
}
