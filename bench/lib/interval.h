/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How far a median can be trusted.
 *
 * The interval between two order statistics, which assumes nothing of the
 * distribution but that samples are independent and come from the same one: of
 * n samples the number below the true median is binomial with n and 1/2, so
 * the sorted samples v(r) and v(n + 1 - r) hold the median between them with the
 * probability that the number is from r to n - r, and at least that where
 * values are equal. (Conover, Practical Nonparametric Statistics, 3rd edition,
 * section 3.2; David and Nagaraja, Order Statistics, 3rd edition, section 7.1.)
 * Of paired differences it is the interval that belongs to the sign test.
 */
#ifndef RHEAP_INTERVAL_H
#define RHEAP_INTERVAL_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct interval - an estimate of a median
 * @n: samples it is made from
 * @value: the median, by nearest rank
 * @low: the interval's lower end, one of the samples
 * @high: its upper end, one of the samples
 * @level: at least this probability that the true median is in it
 */
struct interval {
	size_t n;
	int64_t value;
	int64_t low;
	int64_t high;
	double level;
};

/**
 * interval_rank - which order statistics are the ends
 * @n: samples, 1 to 10^6
 * @level: the probability wanted, above 0 and below 1
 * @coverage: set to the probability had, which is not less
 *
 * Return: r, as at the top of this file, the largest that will do, from 1 up;
 * or 0: so few samples cannot tell.
 */
size_t interval_rank(size_t n, double level, double *coverage);

/**
 * interval_of - estimate the median of samples
 * @values: the samples; sorted by this
 * @n: how many
 * @level: as for interval_rank()
 * @interval: filled
 *
 * Return: 0; -ERANGE: so few samples cannot tell.
 */
int interval_of(int64_t *values, size_t n, double level,
		struct interval *interval);

#endif /* RHEAP_INTERVAL_H */
