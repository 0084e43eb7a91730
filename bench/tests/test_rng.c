// SPDX-License-Identifier: GPL-2.0
/* The same seed gives the same numbers; orders are complete. */
#include "check.h"

#include "rng.h"

static void a_seed_gives_its_own_stream(void **state)
{
	struct rng a = { .state = 1 }, b = { .state = 1 }, c = { .state = 2 };
	int same = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		uint64_t v = rng_next(&a);

		assert_int_equal(v, rng_next(&b));
		same += v == rng_next(&c);
	}
	assert_int_equal(same, 0);
}

/* The first numbers of the published generator for seed 0 */
static void the_stream_is_that_of_splitmix64(void **state)
{
	struct rng rng = { .state = 0 };

	(void)state;
	assert_int_equal(rng_next(&rng), UINT64_C(0xe220a8397b1dcdaf));
	assert_int_equal(rng_next(&rng), UINT64_C(0x6e789e6aa1b965f4));
}

static void numbers_stay_below_the_limit(void **state)
{
	struct rng rng = { .state = 1 };
	int seen[6] = { 0 };

	(void)state;
	for (int i = 0; i < 6000; i++)
		seen[rng_below(&rng, 6)]++;
	for (int i = 0; i < 6; i++)
		assert_in_range(seen[i], 800, 1200);
	assert_int_equal(rng_below(&rng, 1), 0);
}

static void a_shuffle_keeps_every_index(void **state)
{
	struct rng rng = { .state = 1 };
	size_t index[16];
	unsigned int seen = 0;

	(void)state;
	for (size_t i = 0; i < 16; i++)
		index[i] = i;
	rng_shuffle(&rng, index, 16);
	for (size_t i = 0; i < 16; i++)
		seen |= 1u << index[i];
	assert_int_equal(seen, 0xffff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_seed_gives_its_own_stream),
		cmocka_unit_test(the_stream_is_that_of_splitmix64),
		cmocka_unit_test(numbers_stay_below_the_limit),
		cmocka_unit_test(a_shuffle_keeps_every_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
