// SPDX-License-Identifier: GPL-2.0
/* The clock never goes back, and counts what it says it counts. */
#include "check.h"

#include <errno.h>
#include <time.h>

#include "clock.h"

static void wall_never_goes_back(void **state)
{
	struct clock_source clk;
	uint64_t last;

	(void)state;
	assert_int_equal(clock_open(&clk, CLOCK_WALL), 0);
	assert_string_equal(clock_unit(&clk), "ns");
	last = clock_now(&clk);
	for (int i = 0; i < 100000; i++) {
		uint64_t now = clock_now(&clk);

		assert_true(now >= last);
		last = now;
	}
}

static void wall_counts_nanoseconds(void **state)
{
	const struct timespec nap = { .tv_nsec = 20 * 1000 * 1000 };
	struct clock_source clk;
	uint64_t begin;

	(void)state;
	assert_int_equal(clock_open(&clk, CLOCK_WALL), 0);
	begin = clock_now(&clk);
	assert_int_equal(nanosleep(&nap, NULL), 0);
	/* 1 ms less for a raw clock that runs behind the one of nanosleep() */
	assert_true(clock_elapsed(&clk, begin, clock_now(&clk)) >=
		    19 * 1000 * 1000);
}

static void ticks_are_scaled_to_units(void **state)
{
	/* As clock_open() makes them for a counter of 1 GHz and of 62.5 MHz */
	struct clock_source ghz = { CLOCK_ICOUNT, UINT64_C(1) << 32 };
	struct clock_source slow = { CLOCK_ICOUNT, UINT64_C(16) << 32 };

	(void)state;
	assert_string_equal(clock_unit(&ghz), "insn");
	assert_int_equal(clock_elapsed(&ghz, 10, 17), 7);
	assert_int_equal(clock_elapsed(&slow, 10, 17), 7 * 16);
	assert_int_equal(clock_elapsed(&ghz, 0, UINT64_MAX), UINT64_MAX);
	/* Across the counter's end */
	assert_int_equal(clock_elapsed(&ghz, UINT64_MAX, 1), 2);
}

static void only_arm64_counts_instructions(void **state)
{
	struct clock_source clk;

	(void)state;
#ifdef __aarch64__
	assert_int_equal(clock_open(&clk, CLOCK_ICOUNT), 0);
#else
	assert_int_equal(clock_open(&clk, CLOCK_ICOUNT), -ENOTSUP);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wall_never_goes_back),
		cmocka_unit_test(wall_counts_nanoseconds),
		cmocka_unit_test(ticks_are_scaled_to_units),
		cmocka_unit_test(only_arm64_counts_instructions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
