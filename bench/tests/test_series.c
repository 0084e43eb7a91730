// SPDX-License-Identifier: GPL-2.0
/* A series made thin is short, and still has its peaks and its end. */
#include "check.h"

#include "rng.h"
#include "series.h"

static void what_is_beyond_the_room_is_lost(void **state)
{
	struct series s;

	(void)state;
	assert_int_equal(series_new(&s, 2), 0);
	for (uint64_t i = 0; i < 3; i++)
		series_add(&s, i, 10 + i);
	assert_int_equal(s.n, 2);
	assert_int_equal(s.point[1].value, 11);
	series_free(&s);
}

static void few_points_stay_as_they_are(void **state)
{
	struct series s;

	(void)state;
	assert_int_equal(series_new(&s, 4), 0);
	series_thin(&s, 4);
	assert_int_equal(s.n, 0);
	for (uint64_t i = 0; i < 4; i++)
		series_add(&s, 100 * i, i % 2);
	series_thin(&s, 4);
	assert_int_equal(s.n, 4);
	series_free(&s);
}

/* Up and down at one place: the peak and where it ended */
static void one_place_is_two_points_at_most(void **state)
{
	static const uint64_t up_and_down[] = { 1, 2, 9, 4, 3 };
	struct series s;

	(void)state;
	assert_int_equal(series_new(&s, 8), 0);
	for (size_t i = 0; i < ARRAY_SIZE(up_and_down); i++)
		series_add(&s, 7, up_and_down[i]);
	series_add(&s, 8, 5);
	series_add(&s, 8, 6);
	series_thin(&s, 8);
	assert_int_equal(s.n, 3);
	assert_int_equal(s.point[0].value, 9);
	assert_int_equal(s.point[1].value, 3);
	assert_int_equal(s.point[2].value, 6);
	assert_int_equal(s.point[2].at, 8);
	series_free(&s);
}

static void many_points_become_few(void **state)
{
	static const size_t most[] = { 4, 5, 100, 1000 };

	(void)state;
	for (size_t m = 0; m < ARRAY_SIZE(most); m++) {
		struct rng rng = { .state = m };
		uint64_t at = 0, high = 0, last = 0, seen = 0;
		struct series s;

		assert_int_equal(series_new(&s, 10000), 0);
		for (int i = 0; i < 10000; i++) {
			at += rng_below(&rng, 1000);
			last = rng_below(&rng, 1000000);
			high = last > high ? last : high;
			series_add(&s, at, last);
		}
		series_thin(&s, most[m]);
		assert_true(s.n <= most[m] && s.n >= most[m] / 4);
		for (size_t i = 0; i < s.n; i++) {
			assert_true(!i || s.point[i].at >= s.point[i - 1].at);
			seen = s.point[i].value > seen ? s.point[i].value :
							 seen;
		}
		assert_int_equal(seen, high);
		assert_int_equal(s.point[s.n - 1].value, last);
		series_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_beyond_the_room_is_lost),
		cmocka_unit_test(few_points_stay_as_they_are),
		cmocka_unit_test(one_place_is_two_points_at_most),
		cmocka_unit_test(many_points_become_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
