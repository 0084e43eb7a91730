// SPDX-License-Identifier: GPL-2.0
/*
 * An area: which are taken, and, against a model that writes into memory,
 * that nobody is handed what another left there.
 */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "area.h"

#define MOST		90
#define MAX		8
#define STEPS		20000
#define LIVE_MAX	16

#define GRANULE		((uint64_t)MEMSVC_CMA_GRANULE)
#define PA		(7 * GRANULE)

static uint64_t taken[MEMSVC_POOL_WORDS(MOST)];
static uint64_t unknown[MEMSVC_BITMAP_WORDS(MOST)];
static struct memsvc_node nodes[MOST];
static struct memsvc_slot slots[MOST];
static struct memsvc_run runs[MAX];
static struct memsvc_area area;

/* The model: what is in a granule; 0 when it was scrubbed */
static uint32_t contents[MOST];
static uint32_t live[LIVE_MAX];
static uint32_t lives;

static int setup(void **state)
{
	const struct memsvc_store_room room = { taken, nodes, slots, MOST };

	(void)state;
	memsvc_area_init(&area, &room, unknown, 100);
	lives = 0;
	return 0;
}

static void test_which_areas(void **state)
{
	const uint32_t size = MOST * GRANULE;
	const uint64_t end = 1ull << 32;

	(void)state;
	assert_true(memsvc_area_place(&area, PA, GRANULE));
	assert_true(memsvc_area_place(&area, 0, size));
	assert_true(memsvc_area_place(&area, end - GRANULE, GRANULE));
	assert_true(memsvc_area_place(&area, PA, size));
	assert_int_equal(area.store.pool.free, MOST);

	assert_false(memsvc_area_place(&area, PA, 0));
	assert_false(memsvc_area_place(&area, PA + 4096, GRANULE));
	assert_false(memsvc_area_place(&area, PA, GRANULE + 4096));
	assert_false(memsvc_area_place(&area, PA, size + GRANULE));
	assert_false(memsvc_area_place(&area, end - GRANULE, 2 * GRANULE));
	assert_false(memsvc_area_place(&area, end, GRANULE));
	assert_false(memsvc_area_place(&area, 0, UINT32_MAX));
	assert_false(memsvc_area_place(&area, UINT64_MAX - GRANULE + 1,
				       GRANULE));
	/* Refused, it is the old one still */
	assert_int_equal(area.store.pool.pages, MOST);
	assert_int_equal(area.store.pa, PA);
}

static void test_one_area_at_a_time(void **state)
{
	uint32_t handle;

	(void)state;
	assert_true(memsvc_area_place(&area, PA, 4 * GRANULE));
	assert_false(memsvc_area_in_use(&area));
	assert_int_equal(memsvc_store_take(&area.store, GRANULE, 0, runs, MAX),
			 1);
	handle = memsvc_table_add(&area.store.table, runs, 1);
	assert_true(memsvc_area_in_use(&area));

	assert_true(memsvc_area_place(&area, PA, 4 * GRANULE));
	assert_int_equal(area.store.pool.free, 3);
	assert_false(memsvc_area_place(&area, PA, 5 * GRANULE));
	assert_false(memsvc_area_place(&area, PA, 4 * GRANULE + 1));
	assert_false(memsvc_area_place(&area, PA + GRANULE, 4 * GRANULE));

	memsvc_area_give(&area, memsvc_table_leave(&area.store.table, handle));
	assert_false(memsvc_area_in_use(&area));
	assert_true(memsvc_area_place(&area, PA + GRANULE, 5 * GRANULE));
}

static void model_scrub(const struct memsvc_run *run)
{
	memset(contents + run->first, 0, run->pages * sizeof(contents[0]));
}

/* As the service does: only what is unknown is scrubbed */
static void take(uint32_t size, uint32_t mark)
{
	uint32_t count = memsvc_store_take(&area.store, size, 0, runs, MAX);
	uint32_t i;
	uint32_t j;

	if (!count)
		return;
	live[lives++] = memsvc_table_add(&area.store.table, runs, count);
	for (i = 0; i < count; i++) {
		struct memsvc_run found = { 0 };

		while (memsvc_area_next_unknown(&area, runs + i, &found)) {
			assert_true(found.pages &&
				    found.first >= runs[i].first &&
				    found.first + found.pages <=
				    runs[i].first + runs[i].pages);
			/* Nothing is scrubbed that was before */
			for (j = 0; j < found.pages; j++)
				assert_int_equal(contents[found.first + j],
						 UINT32_MAX);
			model_scrub(&found);
		}
		for (j = 0; j < runs[i].pages; j++) {
			assert_int_equal(contents[runs[i].first + j], 0);
			contents[runs[i].first + j] = mark;
		}
	}
}

static void give(uint32_t index)
{
	struct memsvc_store *store = &area.store;
	uint32_t unit = memsvc_table_leave(&store->table, live[index]);
	struct memsvc_run run;
	uint32_t next = unit;

	assert_int_not_equal(unit, MEMSVC_TABLE_NONE);
	while (next != MEMSVC_TABLE_NONE) {
		next = memsvc_table_run(&store->table, next, &run);
		model_scrub(&run);
	}
	memsvc_area_give(&area, unit);
	live[index] = live[--lives];
}

static void test_storm(void **state)
{
	uint32_t areas = 0;
	uint32_t step;

	(void)state;
	srand(5);
	for (step = 1; step <= STEPS; step++) {
		if (!lives) {
			/* Lent: there may be anything in it */
			memset(contents, 0xff, sizeof(contents));
			assert_true(memsvc_area_place(&area, PA,
						      (1 + rand() % MOST) *
						      GRANULE));
			areas++;
		}
		if (lives && (lives == LIVE_MAX || rand() % 2))
			give(rand() % lives);
		else
			take((1 + rand() % (20 * 16)) * 4096, step);
		assert_int_equal(memsvc_area_in_use(&area), lives > 0);
	}
	assert_true(areas > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_which_areas, setup),
		cmocka_unit_test_setup(test_one_area_at_a_time, setup),
		cmocka_unit_test_setup(test_storm, setup),
	};

	return cmocka_run_group_tests_name("memsvc area", tests, NULL, NULL);
}
