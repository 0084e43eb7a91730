// SPDX-License-Identifier: GPL-2.0
/* A storm's sizes, and when they must fit. */
#include "check.h"

#include "storm.h"

static void sizes_stay_within_their_limits(void **state)
{
	static const struct storm limits[] = {
		{ .min = 4 << 10, .max = 4 << 10 },
		{ .min = 4 << 10, .max = 256 << 10 },
		{ .min = 12 << 10, .max = 100 << 10 },
		{ .min = 8 << 10, .max = 12 << 10 },
		{ .min = 1 << 20, .max = UINT64_C(1) << 33 },
	};

	(void)state;
	for (size_t l = 0; l < ARRAY_SIZE(limits); l++) {
		struct rng rng = { .state = 1 };

		for (int i = 0; i < 100000; i++) {
			uint64_t size = storm_size(&limits[l], &rng);

			assert_true(size >= limits[l].min);
			assert_true(size <= limits[l].max);
			assert_int_equal(size % 4096, 0);
		}
	}
}

static void both_limits_are_reached(void **state)
{
	const struct storm storm = { .min = 4 << 10, .max = 28 << 10 };
	bool seen[8] = { false };
	struct rng rng = { .state = 1 };

	(void)state;
	for (int i = 0; i < 10000; i++)
		seen[storm_size(&storm, &rng) >> 12] = true;
	for (int pages = 1; pages <= 7; pages++)
		assert_true(seen[pages]);
}

static void small_sizes_are_as_likely_as_large(void **state)
{
	const struct storm storm = { .min = 4 << 10, .max = 1020 << 10 };
	struct rng rng = { .state = 1 };
	int one_page = 0;

	(void)state;
	for (int i = 0; i < 80000; i++)
		one_page += storm_size(&storm, &rng) == 4096;
	assert_in_range(one_page, 9500, 10500);
}

static void equal_sizes_fit_to_the_last_byte(void **state)
{
	const struct storm storm = { .min = 64 << 10, .max = 64 << 10 };

	(void)state;
	assert_true(storm_fits(&storm, 1 << 20, 1 << 20));
	assert_false(storm_fits(&storm, (1 << 20) + 1, 1 << 20));
}

/* Sizes 1 to 64: the bound is peak * (6 + 1). */
static void mixed_sizes_need_room(void **state)
{
	const struct storm storm = { .min = 4 << 10, .max = 256 << 10 };

	(void)state;
	assert_true(storm_fits(&storm, 1000, 7000));
	assert_false(storm_fits(&storm, 1001, 7000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_stay_within_their_limits),
		cmocka_unit_test(both_limits_are_reached),
		cmocka_unit_test(small_sizes_are_as_likely_as_large),
		cmocka_unit_test(equal_sizes_fit_to_the_last_byte),
		cmocka_unit_test(mixed_sizes_need_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
