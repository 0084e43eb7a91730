// SPDX-License-Identifier: GPL-2.0
/* The interval of a median: ranks of published tables, and what it holds. */
#include "check.h"

#include <errno.h>
#include <math.h>

#include "interval.h"
#include "rng.h"

/* Sums of binomial coefficients over 2^n; the ranks are those of tables. */
static void ranks_are_those_of_tables(void **state)
{
	static const struct {
		size_t n;
		double level;
		size_t rank;
		double coverage;
	} table[] = {
		/* 1 - 2 * (1/64) */
		{ 6, 0.95, 1, 0.96875 },
		/* 1 - 2 * 11/1024 */
		{ 10, 0.95, 2, 0.978515625 },
		{ 20, 0.95, 6, 0.958610534667968750 },
		{ 100, 0.95, 40, 0.964799799782295 },
		{ 1000, 0.95, 469, 0.953708802639502 },
		{ 8, 0.99, 1, 0.9921875 },
		{ 30, 0.99, 8, 0.994777120649815 },
		{ 16384, 0.95, 8067, 0.950116996788376 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		double coverage;
		size_t rank = interval_rank(table[i].n, table[i].level,
					    &coverage);

		assert_int_equal(rank, table[i].rank);
		assert_true(coverage >= table[i].level);
		assert_true(fabs(coverage - table[i].coverage) < 1e-9);
	}
}

static void too_few_samples_cannot_tell(void **state)
{
	struct interval interval;
	int64_t values[7] = { 0 };
	double coverage;

	(void)state;
	assert_int_equal(interval_rank(1, 0.5, &coverage), 0);
	assert_int_equal(interval_rank(7, 0.99, &coverage), 0);
	assert_int_equal(interval_rank(8, 0.99, &coverage), 1);
	assert_int_equal(interval_of(values, 7, 0.99, &interval), -ERANGE);
}

static void an_interval_is_of_samples(void **state)
{
	int64_t values[10] = { 5, -3, 9, 1, 1, 7, -8, 4, 2, 0 };
	struct interval interval;

	(void)state;
	assert_int_equal(interval_of(values, 10, 0.95, &interval), 0);
	/* Sorted: -8 -3 0 1 1 2 4 5 7 9; the ends are the 2nd and the 9th */
	assert_int_equal(interval.n, 10);
	assert_int_equal(interval.value, 1);
	assert_int_equal(interval.low, -3);
	assert_int_equal(interval.high, 7);
	assert_true(interval.level == 0.95);
}

static void equal_samples_leave_nothing_open(void **state)
{
	struct interval interval;
	int64_t values[100];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		values[i] = i < 70 ? 48 : 60000;
	assert_int_equal(interval_of(values, ARRAY_SIZE(values), 0.99,
				     &interval), 0);
	assert_int_equal(interval.low, 48);
	assert_int_equal(interval.value, 48);
	assert_int_equal(interval.high, 48);
}

/*
 * The promise itself: of many intervals of a skewed distribution with a known
 * median, those that miss it are no more than promised (three standard
 * deviations allowed).
 */
static void intervals_hold_the_median(void **state)
{
	enum { TRIALS = 4000, N = 51 };
	struct rng rng = { .state = 1 };
	unsigned int missed = 0;

	(void)state;
	for (int t = 0; t < TRIALS; t++) {
		struct interval interval;
		int64_t values[N];

		/* Cubes of 1 to 999: the median is 500 cubed */
		for (int i = 0; i < N; i++) {
			int64_t x = (int64_t)rng_below(&rng, 999) + 1;

			values[i] = x * x * x;
		}
		assert_int_equal(interval_of(values, N, 0.95, &interval), 0);
		missed += interval.low > 125000000 ||
			  interval.high < 125000000;
	}
	assert_true(missed <= TRIALS * 0.05 +
		    3 * sqrt(TRIALS * 0.05 * 0.95));
	/* Nor is it so wide that it says nothing */
	assert_true(missed >= TRIALS * 0.01);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranks_are_those_of_tables),
		cmocka_unit_test(too_few_samples_cannot_tell),
		cmocka_unit_test(an_interval_is_of_samples),
		cmocka_unit_test(equal_samples_leave_nothing_open),
		cmocka_unit_test(intervals_hold_the_median),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
