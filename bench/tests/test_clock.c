// SPDX-License-Identifier: GPL-2.0
/* The clock never goes back, and counts what it says it counts. */
#include "check.h"

#include <errno.h>
#include <time.h>

#include "clock.h"

static void wall_never_goes_back(void **state)
{
	uint64_t last;

	(void)state;
	assert_int_equal(clock_check(CLOCK_WALL), 0);
	assert_string_equal(clock_unit(CLOCK_WALL), "ns");
	last = clock_now();
	for (int i = 0; i < 100000; i++) {
		uint64_t now = clock_now();

		assert_true(now >= last);
		last = now;
	}
}

static void wall_counts_nanoseconds(void **state)
{
	const struct timespec nap = { .tv_nsec = 20 * 1000 * 1000 };
	uint64_t begin;

	(void)state;
	assert_int_equal(clock_check(CLOCK_WALL), 0);
	begin = clock_now();
	assert_int_equal(nanosleep(&nap, NULL), 0);
	assert_true(clock_now() - begin >= (uint64_t)nap.tv_nsec);
}

static void only_arm64_counts_instructions(void **state)
{
	(void)state;
#ifdef __aarch64__
	assert_int_equal(clock_check(CLOCK_ICOUNT), 0);
#else
	assert_int_equal(clock_check(CLOCK_ICOUNT), -ENOTSUP);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wall_never_goes_back),
		cmocka_unit_test(wall_counts_nanoseconds),
		cmocka_unit_test(only_arm64_counts_instructions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
