// SPDX-License-Identifier: GPL-2.0
/* The pool alone: where its runs lie, and when it refuses. */
#include "check.h"

#include "pool.h"

#define PAGES	200
#define MAX	8

static uint64_t bitmap[MEMSVC_POOL_WORDS(PAGES)];
static struct memsvc_pool pool;
static struct memsvc_run runs[MAX];

static int setup(void **state)
{
	(void)state;
	memsvc_pool_init(&pool, bitmap, 0, PAGES);
	return 0;
}

static void give(uint32_t first, uint32_t pages)
{
	struct memsvc_run run = { first, pages };

	memsvc_pool_give(&pool, &run);
}

static void take_all(void)
{
	assert_int_equal(memsvc_pool_take(&pool, PAGES, 1, runs, MAX), 1);
	assert_int_equal(pool.free, 0);
}

static void assert_run(uint32_t i, uint32_t first, uint32_t pages)
{
	assert_int_equal(runs[i].first, first);
	assert_int_equal(runs[i].pages, pages);
}

static void test_first_fit(void **state)
{
	(void)state;
	assert_int_equal(memsvc_pool_take(&pool, 3, 1, runs, MAX), 1);
	assert_run(0, 0, 3);
	assert_int_equal(memsvc_pool_take(&pool, 70, 1, runs, MAX), 1);
	assert_run(0, 3, 70);
	give(0, 3);
	assert_int_equal(memsvc_pool_take(&pool, 4, 1, runs, MAX), 1);
	assert_run(0, 73, 4);
	assert_int_equal(memsvc_pool_take(&pool, 2, 1, runs, MAX), 1);
	assert_run(0, 0, 2);
	assert_int_equal(pool.free, PAGES - 70 - 4 - 2);
}

static void test_refuses(void **state)
{
	(void)state;
	assert_int_equal(memsvc_pool_take(&pool, 0, 1, runs, MAX), 0);
	assert_int_equal(memsvc_pool_take(&pool, PAGES + 1, 1, runs, MAX), 0);
	assert_int_equal(memsvc_pool_take(&pool, UINT32_MAX, 1, runs, MAX), 0);
	assert_int_equal(pool.free, PAGES);
	take_all();
	assert_int_equal(memsvc_pool_take(&pool, 1, 1, runs, MAX), 0);
	give(PAGES - 1, 1);
	assert_int_equal(memsvc_pool_take(&pool, 1, 1, runs, MAX), 1);
	assert_run(0, PAGES - 1, 1);
}

static void test_gathers_longest_first(void **state)
{
	(void)state;
	take_all();
	give(10, 2);
	give(60, 9);
	give(100, 5);
	give(150, 5);
	assert_int_equal(memsvc_pool_take(&pool, 20, 1, runs, MAX), 4);
	assert_run(0, 60, 9);
	assert_run(1, 100, 5);
	assert_run(2, 150, 5);
	assert_run(3, 10, 1);
	assert_int_equal(pool.free, 1);
}

static void test_bounded_runs(void **state)
{
	uint32_t i;

	(void)state;
	take_all();
	for (i = 0; i < PAGES; i += 2)
		give(i, 1);
	assert_int_equal(memsvc_pool_take(&pool, MAX + 1, 1, runs, MAX), 0);
	assert_int_equal(pool.free, PAGES / 2);
	assert_int_equal(memsvc_pool_take(&pool, MAX, 1, runs, MAX), MAX);
	for (i = 0; i < MAX; i++)
		assert_run(i, i * 2, 1);

	/* The bound keeps the longest, wherever they lie */
	give(151, 1);
	assert_int_equal(memsvc_pool_take(&pool, 3 + MAX - 1, 1, runs, MAX),
			 MAX);
	assert_run(0, 150, 3);
}

static void test_alignment(void **state)
{
	(void)state;
	memsvc_pool_init(&pool, bitmap, 5, PAGES);
	assert_int_equal(memsvc_pool_take(&pool, 3, 8, runs, MAX), 1);
	assert_run(0, 3, 3);
	assert_int_equal(memsvc_pool_take(&pool, 1, 64, runs, MAX), 1);
	assert_run(0, 59, 1);
	assert_int_equal(memsvc_pool_take(&pool, 1, 1u << 31, runs, MAX), 0);
	assert_int_equal(memsvc_pool_take(&pool, PAGES - 4, 8, runs, MAX), 0);
	assert_int_equal(pool.free, PAGES - 4);
}

static void test_gathers_aligned(void **state)
{
	(void)state;
	take_all();
	give(3, 14);
	give(65, 3);
	give(100, 10);
	assert_int_equal(memsvc_pool_take(&pool, 16, 4, runs, MAX), 2);
	assert_run(0, 4, 12);
	assert_run(1, 100, 4);
	assert_int_equal(pool.free, 14 + 3 + 10 - 16);
}

static void test_next_taken(void **state)
{
	(void)state;
	assert_int_equal(memsvc_pool_next_taken(&pool, 0), PAGES);
	take_all();
	give(0, 130);
	give(131, PAGES - 131);
	assert_int_equal(memsvc_pool_next_taken(&pool, 0), 130);
	assert_int_equal(memsvc_pool_next_taken(&pool, 130), 130);
	assert_int_equal(memsvc_pool_next_taken(&pool, 131), PAGES);
	assert_int_equal(memsvc_pool_next_taken(&pool, PAGES), PAGES);
}

static void test_whole_words(void **state)
{
	static uint64_t words[2];

	(void)state;
	memsvc_pool_init(&pool, words, 0, 128);
	assert_int_equal(memsvc_pool_take(&pool, 128, 1, runs, MAX), 1);
	assert_run(0, 0, 128);
	assert_int_equal(memsvc_pool_take(&pool, 1, 1, runs, MAX), 0);
	assert_int_equal(memsvc_pool_next_taken(&pool, 128), 128);
	give(64, 64);
	assert_int_equal(memsvc_pool_take(&pool, 64, 1, runs, MAX), 1);
	assert_run(0, 64, 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_first_fit, setup),
		cmocka_unit_test_setup(test_refuses, setup),
		cmocka_unit_test_setup(test_gathers_longest_first, setup),
		cmocka_unit_test_setup(test_bounded_runs, setup),
		cmocka_unit_test_setup(test_alignment, setup),
		cmocka_unit_test_setup(test_gathers_aligned, setup),
		cmocka_unit_test_setup(test_next_taken, setup),
		cmocka_unit_test_setup(test_whole_words, setup),
	};

	return cmocka_run_group_tests_name("memsvc pool", tests, NULL, NULL);
}
