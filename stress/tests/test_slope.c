// SPDX-License-Identifier: GPL-2.0
/* What rises or falls is told from what only jumps. */
#include "check.h"

#include <errno.h>

#include "rng.h"
#include "slope.h"

#define N	20

static double noise(struct rng *rng)
{
	return (double)rng_below(rng, 1000) / 1000;
}

static struct slope of(double step, double spread)
{
	struct rng rng = { .state = 5 };
	struct slope slope;
	double y[N];

	for (int i = 0; i < N; i++)
		y[i] = 100 + step * i + spread * noise(&rng);
	assert_int_equal(slope_of(y, N, &slope), 0);
	return slope;
}

static void a_line_has_its_slope(void **state)
{
	struct slope slope = of(-2, 0);

	(void)state;
	assert_true(slope.step > -2.001 && slope.step < -1.999);
	/* All 190 pairs fall: (190 - 1) / sqrt(950) */
	assert_true(slope.z > -6.14 && slope.z < -6.12);
}

static void a_slope_in_noise_is_found(void **state)
{
	(void)state;
	assert_true(of(1, 5).z > 3.4);
	assert_true(of(-1, 5).z < -3.4);
}

static void noise_has_none(void **state)
{
	struct slope slope = of(0, 5);

	(void)state;
	assert_true(slope.z > -3.4 && slope.z < 3.4);
}

/* By hand: of 28 pairs 12 are ties of 4 and 4; S 16, its variance 48 */
static void ties_count(void **state)
{
	static const double y[8] = { 1, 1, 1, 1, 2, 2, 2, 2 };
	struct slope slope;

	(void)state;
	assert_int_equal(slope_of(y, 8, &slope), 0);
	assert_true(slope.z > 2.16 && slope.z < 2.18);
}

static void equal_points_have_none(void **state)
{
	static const double y[8];
	struct slope slope;

	(void)state;
	assert_int_equal(slope_of(y, 8, &slope), 0);
	assert_true(slope.z == 0 && slope.step == 0);
}

static void too_few_or_too_many_are_refused(void **state)
{
	static const double y[SLOPE_POINTS_MAX + 1];
	struct slope slope;

	(void)state;
	assert_int_equal(slope_of(y, SLOPE_POINTS_MIN - 1, &slope), -EINVAL);
	assert_int_equal(slope_of(y, SLOPE_POINTS_MAX + 1, &slope), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_its_slope),
		cmocka_unit_test(a_slope_in_noise_is_found),
		cmocka_unit_test(noise_has_none),
		cmocka_unit_test(ties_count),
		cmocka_unit_test(equal_points_have_none),
		cmocka_unit_test(too_few_or_too_many_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
