/* SPDX-License-Identifier: GPL-2.0 */
/* Does a series rise or fall, or does it only jump? */
#ifndef RHEAP_SLOPE_H
#define RHEAP_SLOPE_H

#include <stddef.h>

#define SLOPE_POINTS_MAX	256

/* Fewer do not tell a slope from chance */
#define SLOPE_POINTS_MIN	8

/**
 * struct slope - what a series does
 * @z: Mann-Kendall's statistic, normally distributed around 0 where there is no
 *	trend; ties are taken into account
 * @step: by how much it rises from one point to the next: the median of the
 *	slopes of all pairs (Theil-Sen)
 */
struct slope {
	double z;
	double step;
};

/**
 * slope_of - test a series for a trend
 * @y: the points, at equal distances
 * @n: how many, SLOPE_POINTS_MIN to SLOPE_POINTS_MAX
 * @slope: filled
 *
 * Return: 0, or -EINVAL for too few or too many.
 */
int slope_of(const double *y, size_t n, struct slope *slope);

#endif /* RHEAP_SLOPE_H */
