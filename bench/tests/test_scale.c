// SPDX-License-Identifier: GPL-2.0
/* The parts of scale that need no heap: loads, shares, and waits made of events. */
#include "check.h"

#include <stdint.h>
#include <string.h>

#include "hist.h"
#include "load.h"
#include "waits.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

static void test_jain(void **state)
{
	const uint64_t same[] = { 5, 5, 5, 5 }, one[] = { 20, 0, 0, 0 };
	const uint64_t some[] = { 1, 3 };

	(void)state;
	assert_true(load_jain(same, 4) == 1);
	assert_true(load_jain(one, 4) == 0.25);
	/* 4^2 / (2 * (1 + 9)) */
	assert_true(load_jain(some, 2) == 0.8);
}

static void test_arrivals(void **state)
{
	static uint64_t due[20000], again[20000];
	struct rng rng = { .state = 7 }, same = { .state = 7 };
	double mean;

	(void)state;
	load_arrivals(&rng, due, ARRAY_SIZE(due), 1000);
	load_arrivals(&same, again, ARRAY_SIZE(again), 1000);
	assert_memory_equal(due, again, sizeof(due));
	for (size_t i = 1; i < ARRAY_SIZE(due); i++)
		assert_true(due[i] >= due[i - 1]);
	/* The mean of 20000 exponential gaps is off by 0.7 % at one sigma */
	mean = (double)due[ARRAY_SIZE(due) - 1] / ARRAY_SIZE(due);
	assert_true(mean > 970 && mean < 1030);
}

static void test_sizes(void **state)
{
	const uint64_t of[] = { 4096, 65536 };
	struct rng rng = { .state = 3 };
	uint64_t size[1000], small = 0;

	(void)state;
	load_sizes(&rng, size, ARRAY_SIZE(size), of, 2);
	for (size_t i = 0; i < ARRAY_SIZE(size); i++) {
		assert_true(size[i] == of[0] || size[i] == of[1]);
		small += size[i] == of[0];
	}
	assert_true(small > 400 && small < 600);
}

static struct wait_event begins(uint64_t time, int32_t thread, uint64_t lock)
{
	return (struct wait_event){ time, lock, thread, false };
}

static struct wait_event ends(uint64_t time, int32_t thread, uint64_t lock)
{
	return (struct wait_event){ time, lock, thread, true };
}

/*
 * Threads 1 and 2 wait for lock A; 1 has it at 20 and 2 at 50: so 1 kept it for
 * 30. Thread 3 begins twice for lock B, as a mutex does, and once for nothing.
 */
static void test_waits(void **state)
{
	struct wait_event event[] = {
		ends(50, 2, 'A'), begins(10, 1, 'A'), begins(15, 2, 'A'),
		ends(20, 1, 'A'), begins(30, 3, 'B'), begins(32, 3, 'B'),
		ends(40, 3, 'B'), begins(60, 3, 'C'), ends(70, 4, 'D'),
	};
	struct wait_times times = { hist_new(), hist_new() };

	(void)state;
	assert_int_equal(waits_sum_up(event, ARRAY_SIZE(event), &times), 0);
	assert_int_equal(hist_count(times.wait), 3);
	/* 20 - 10, 40 - 30, 50 - 15 */
	assert_int_equal(hist_min(times.wait), 10);
	assert_int_equal(hist_max(times.wait), 35);
	assert_int_equal(hist_count(times.hold), 1);
	assert_int_equal(hist_max(times.hold), 30);
	hist_free(times.wait);
	hist_free(times.hold);
}

static void test_no_waits(void **state)
{
	struct wait_times times = { hist_new(), hist_new() };

	(void)state;
	assert_int_equal(waits_sum_up(NULL, 0, &times), 0);
	assert_int_equal(hist_count(times.wait), 0);
	hist_free(times.wait);
	hist_free(times.hold);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jain),
		cmocka_unit_test(test_arrivals),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_no_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
