// SPDX-License-Identifier: GPL-2.0
/*
 * The books of lent pages: which lists are refused, and, against a model that
 * looks at each page and each pair of entries, what the others do.
 */
#include "check.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lent.h"

#define PAGE		4096ull
#define BASE		0x40000ull
#define PAGES		320
#define MAX		12
#define STEPS		60000

/* The RAM in the window: [10, 100), [130, 131) and [140, 320) */
#define HOLE_1		100
#define LONE		130
#define HOLE_2		131
#define AREA_3		140

static uint64_t bitmap[MEMSVC_BITMAP_WORDS(PAGES)];
static struct memsvc_lent lent;
static struct memsvc_lent_entry list[MAX];
static struct memsvc_run runs[MAX];

/* The model: a page is RAM, and restricted */
static bool ram[PAGES];
static bool restricted[PAGES];

static uint64_t pa(uint64_t page)
{
	return (BASE + page) * PAGE;
}

static void add_area(uint64_t first, uint64_t end)
{
	uint64_t page;

	assert_true(memsvc_lent_add_area(&lent, pa(first),
					 (end - first) * PAGE));
	for (page = first; page < end && page < PAGES; page++)
		ram[page] = true;
}

static int setup(void **state)
{
	(void)state;
	memset(bitmap, 0xff, sizeof(bitmap));
	memset(ram, 0, sizeof(ram));
	memset(restricted, 0, sizeof(restricted));
	memsvc_lent_init(&lent, bitmap, BASE, PAGES);
	add_area(10, 60);
	add_area(60, HOLE_1);
	add_area(LONE, HOLE_2);
	add_area(AREA_3, PAGES + 50);
	assert_int_equal(lent.area_count, 3);
	return 0;
}

static bool check_one(uint64_t address, uint32_t length)
{
	list[0].range.pa = address;
	list[0].range.length = length;
	return memsvc_lent_check(&lent, list, 1, runs);
}

static bool check_two(uint64_t page_1, uint32_t pages_1, uint64_t page_2,
		      uint32_t pages_2)
{
	list[0].range.pa = pa(page_1);
	list[0].range.length = pages_1 * PAGE;
	list[1].range.pa = pa(page_2);
	list[1].range.length = pages_2 * PAGE;
	return memsvc_lent_check(&lent, list, 2, runs);
}

static void test_one_range(void **state)
{
	(void)state;
	assert_true(check_one(pa(10), PAGE));
	assert_int_equal(runs[0].first, 10);
	assert_int_equal(runs[0].pages, 1);
	assert_true(check_one(pa(10), 90 * PAGE));
	assert_true(check_one(pa(LONE), PAGE));
	assert_true(check_one(pa(PAGES - 1), PAGE));

	assert_false(memsvc_lent_check(&lent, list, 0, runs));
	assert_false(check_one(pa(10), 0));
	assert_false(check_one(pa(10), PAGE - 1));
	assert_false(check_one(pa(10), PAGE + 1));
	assert_false(check_one(pa(10) + 1, PAGE));
	assert_false(check_one(pa(10) + PAGE / 2, PAGE / 2));
}

static void test_outside(void **state)
{
	(void)state;
	assert_false(check_one(0, PAGE));
	assert_false(check_one(pa(0) - PAGE, PAGE));
	assert_false(check_one(pa(9), PAGE));
	assert_false(check_one(pa(9), 2 * PAGE));
	assert_false(check_one(pa(10), 91 * PAGE));
	assert_false(check_one(pa(HOLE_1), PAGE));
	assert_false(check_one(pa(LONE - 1), 2 * PAGE));
	assert_false(check_one(pa(LONE), 2 * PAGE));
	assert_false(check_one(pa(10), 200 * PAGE));
	assert_false(check_one(pa(PAGES), PAGE));
	assert_false(check_one(pa(PAGES - 1), 2 * PAGE));
	assert_false(check_one(pa(10) + (1ull << 32) * PAGE, PAGE));
	assert_false(check_one(pa(10) + (1ull << 63), PAGE));
	assert_false(check_one(UINT64_MAX - PAGE + 1, PAGE));
	assert_false(check_one(UINT64_MAX - PAGE + 1, UINT32_MAX - PAGE + 1));
	assert_false(check_one(pa(10), UINT32_MAX - PAGE + 1));
	assert_false(check_one(0, UINT32_MAX - PAGE + 1));
}

static void test_order(void **state)
{
	(void)state;
	assert_true(check_two(10, 2, 12, 1));
	assert_true(check_two(10, 2, 13, 1));
	assert_true(check_two(10, 90, LONE, 1));
	assert_true(check_two(99, 1, AREA_3, 1));
	assert_false(check_two(10, 2, 11, 1));
	assert_false(check_two(10, 1, 10, 1));
	assert_false(check_two(11, 1, 10, 1));
	assert_false(check_two(AREA_3, 1, 10, 1));
	assert_false(check_two(LONE, 1, HOLE_1 - 1, 1));
	assert_false(check_two(10, 90, 99, 2));
}

static void test_areas(void **state)
{
	uint32_t i;

	(void)state;
	memsvc_lent_init(&lent, bitmap, BASE, PAGES);
	assert_false(check_one(pa(10), PAGE));

	/* Outside the window, or without a whole page: none */
	assert_true(memsvc_lent_add_area(&lent, 0, pa(0)));
	assert_true(memsvc_lent_add_area(&lent, pa(5) + 1, 2 * PAGE - 2));
	assert_true(memsvc_lent_add_area(&lent, pa(5), 0));
	assert_int_equal(lent.area_count, 0);

	/* Rounded inwards */
	assert_true(memsvc_lent_add_area(&lent, pa(5) + 1, 3 * PAGE));
	assert_false(check_one(pa(5), PAGE));
	assert_true(check_one(pa(6), 2 * PAGE));
	assert_false(check_one(pa(6), 3 * PAGE));

	for (i = 1; i < MEMSVC_LENT_AREAS; i++)
		assert_true(memsvc_lent_add_area(&lent, pa(10 + 2 * i), PAGE));
	assert_false(memsvc_lent_add_area(&lent, pa(200), PAGE));
	assert_false(check_one(pa(200), PAGE));
	/* Inside the last, and next to it */
	assert_true(memsvc_lent_add_area(&lent, pa(40), PAGE));
	assert_true(memsvc_lent_add_area(&lent, pa(41), 2 * PAGE));
	assert_true(check_one(pa(40), 3 * PAGE));

	/* Larger than any window, up to the last address */
	memsvc_lent_init(&lent, bitmap, BASE, PAGES);
	assert_true(memsvc_lent_add_area(&lent, 1, UINT64_MAX));
	assert_true(check_one(pa(0), PAGES * PAGE));
}

static bool model_valid(uint32_t count)
{
	uint64_t end = 0;
	uint64_t at;
	uint32_t i;

	for (i = 0; i < count; i++) {
		uint64_t address = list[i].range.pa;
		uint64_t length = list[i].range.length;

		if (!length || address % PAGE || length % PAGE || address < end)
			return false;
		end = address + length;
		for (at = address; at < end; at += PAGE)
			if (at < pa(0) || at >= pa(PAGES) ||
			    !ram[at / PAGE - BASE])
				return false;
	}
	return count;
}

static bool model_all(uint32_t count, bool state)
{
	uint32_t i;
	uint32_t j;

	for (i = 0; i < count; i++)
		for (j = 0; j < list[i].range.length / PAGE; j++)
			if (restricted[list[i].range.pa / PAGE - BASE + j] !=
			    state)
				return false;
	return true;
}

static void model_set(uint32_t count, bool state)
{
	uint32_t i;
	uint32_t j;

	for (i = 0; i < count; i++)
		for (j = 0; j < list[i].range.length / PAGE; j++)
			restricted[list[i].range.pa / PAGE - BASE + j] = state;
}

/* Found run by run, the restricted pages are the model's */
static void compare_runs(void)
{
	struct memsvc_run run = { 0 };
	uint32_t page = 0;

	while (memsvc_lent_next(&lent, run.first + run.pages, &run)) {
		assert_true(run.pages);
		for (; page < run.first; page++)
			assert_false(restricted[page]);
		for (; page < run.first + run.pages; page++)
			assert_true(restricted[page]);
		/* Whole: what follows is none */
		assert_true(page == PAGES || !restricted[page]);
	}
	for (; page < PAGES; page++)
		assert_false(restricted[page]);
}

static void compare(uint32_t taken, uint32_t given)
{
	uint32_t pages = 0;
	uint32_t i;

	for (i = 0; i < PAGES; i++) {
		assert_int_equal(memsvc_lent_has(&lent, pa(i) + i),
				 restricted[i]);
		pages += restricted[i];
	}
	assert_false(memsvc_lent_has(&lent, pa(0) - 1));
	assert_false(memsvc_lent_has(&lent, pa(PAGES)));
	assert_int_equal(lent.lent, pages);
	assert_int_equal(lent.taken, taken);
	assert_int_equal(lent.given, given);
	compare_runs();
}

/* Mostly in order; now and then spoilt in one place */
static uint32_t random_list(void)
{
	uint32_t count = rand() % (MAX + 1);
	uint64_t page = rand() % 20;
	uint32_t i;

	for (i = 0; i < count; i++) {
		page += rand() % 40;
		list[i].range.pa = pa(page);
		list[i].range.length = (1 + rand() % 6) * PAGE;
		page += list[i].range.length / PAGE;
	}
	if (count && !(rand() % 4))
		list[rand() % count].range.pa -= rand() % 64 * PAGE / 2;
	if (count && !(rand() % 8))
		list[rand() % count].range.length ^= 1u << (rand() % 16);
	return count;
}

static void storm(unsigned int seed)
{
	uint32_t valid_lists = 0;
	uint32_t taken = 0;
	uint32_t given = 0;
	uint32_t step;

	srand(seed);
	for (step = 0; step < STEPS; step++) {
		uint32_t count = random_list();
		bool valid = memsvc_lent_check(&lent, list, count, runs);
		bool take = rand() % 2;
		bool all;

		assert_int_equal(valid, model_valid(count));
		if (!valid)
			continue;
		valid_lists++;
		all = memsvc_lent_all(&lent, runs, count, !take);
		assert_int_equal(all, model_all(count, !take));
		if (!all)
			continue;
		model_set(count, take);
		if (take) {
			memsvc_lent_mark(&lent, runs, count);
			taken += count;
		} else {
			memsvc_lent_unmark(&lent, runs, count);
			given += count;
		}
		compare(taken, given);
	}
	assert_true(valid_lists > STEPS / 100);
	assert_true(taken && given);
}

static void test_storm(void **state)
{
	unsigned int seed;

	for (seed = 1; seed <= 4; seed++) {
		setup(state);
		storm(seed);
	}
}

static struct memsvc_run run_of(uint32_t first, uint32_t pages)
{
	struct memsvc_run run = { first, pages };

	return run;
}

/* Whether pages are held, one range alone and as the last of a list */
static bool held(uint32_t first, uint32_t pages)
{
	struct memsvc_run both[2] = { { 10, 1 }, { first, pages } };
	bool alone = memsvc_lent_is_held(&lent, both + 1, 1);

	assert_int_equal(memsvc_lent_is_held(&lent, both, 2), alone);
	return alone;
}

static void test_held(void **state)
{
	struct memsvc_run area = run_of(150, 20);
	struct memsvc_run part = run_of(150, 19);
	struct memsvc_run other = run_of(20, 5);

	(void)state;
	assert_false(held(11, 300));
	assert_true(memsvc_lent_hold(&lent, &area));
	assert_true(memsvc_lent_hold(&lent, &other));
	assert_int_equal(lent.lent, 25);
	assert_true(memsvc_lent_all(&lent, &area, 1, true));

	assert_true(held(150, 1));
	assert_true(held(169, 1));
	assert_true(held(149, 2));
	assert_true(held(169, 2));
	assert_true(held(140, 100));
	assert_true(held(24, 1));
	assert_false(held(149, 1));
	assert_false(held(170, 1));
	assert_false(held(25, 1));
	assert_false(held(19, 1));

	/* As a whole or not at all */
	assert_false(memsvc_lent_drop(&lent, &part));
	assert_int_equal(lent.lent, 25);
	assert_true(memsvc_lent_drop(&lent, &area));
	assert_false(memsvc_lent_drop(&lent, &area));
	assert_true(memsvc_lent_all(&lent, &area, 1, false));
	assert_false(held(150, 20));
	assert_true(held(20, 5));
	assert_int_equal(lent.lent, 5);
	assert_int_equal(lent.taken, 2);
	assert_int_equal(lent.given, 1);
}

static void test_held_is_bounded(void **state)
{
	struct memsvc_run run;
	uint32_t i;

	(void)state;
	for (i = 0; i < MEMSVC_LENT_HELD; i++) {
		run = run_of(150 + 2 * i, 1);
		assert_true(memsvc_lent_hold(&lent, &run));
	}
	run = run_of(200, 1);
	assert_false(memsvc_lent_hold(&lent, &run));
	assert_int_equal(lent.lent, MEMSVC_LENT_HELD);
	assert_true(memsvc_lent_all(&lent, &run, 1, false));
}

static uint64_t large_bits[MEMSVC_BITMAP_WORDS(3 * (MEMSVC_LENT_RUN_MAX + 1))];

/* A run whose bytes do not fit 32 bits is told in parts */
static void test_long_run(void **state)
{
	const uint32_t pages = 3 * (MEMSVC_LENT_RUN_MAX + 1);
	struct memsvc_run run = { 1, pages - 2 };
	uint32_t next = 1;

	(void)state;
	memsvc_lent_init(&lent, large_bits, BASE, pages);
	memsvc_lent_mark(&lent, &run, 1);
	for (run.first = run.pages = 0;
	     memsvc_lent_next(&lent, run.first + run.pages, &run);
	     next += run.pages) {
		assert_int_equal(run.first, next);
		assert_in_range(run.pages, 1, UINT32_MAX >> MEMSVC_PAGE_SHIFT);
	}
	assert_int_equal(next, pages - 1);
	assert_false(memsvc_lent_next(&lent, pages, &run));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_one_range, setup),
		cmocka_unit_test_setup(test_outside, setup),
		cmocka_unit_test_setup(test_order, setup),
		cmocka_unit_test_setup(test_areas, setup),
		cmocka_unit_test(test_storm),
		cmocka_unit_test_setup(test_held, setup),
		cmocka_unit_test_setup(test_held_is_bounded, setup),
		cmocka_unit_test(test_long_run),
	};

	return cmocka_run_group_tests_name("memsvc lent", tests, NULL, NULL);
}
