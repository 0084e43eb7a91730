// SPDX-License-Identifier: GPL-2.0
/* A store: sizes in bytes, and what is written of its buffers. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "store.h"

#define PAGE	4096u
#define UNITS	70
#define MAX	8
#define PA	0x74000000ull

static uint64_t taken[MEMSVC_POOL_WORDS(UNITS)];
static struct memsvc_node nodes[UNITS];
static struct memsvc_slot slots[UNITS];
static struct memsvc_run runs[MAX];
static struct memsvc_store store;

static void init(uint32_t shift)
{
	const struct memsvc_store_room room = { taken, nodes, slots, UNITS };

	memsvc_store_init(&store, &room, shift, 0);
}

static int setup(void **state)
{
	(void)state;
	init(MEMSVC_PAGE_SHIFT);
	memsvc_store_place(&store, PA, UNITS);
	return 0;
}

static uint32_t add(uint32_t size)
{
	uint32_t count = memsvc_store_take(&store, size, 0, runs, MAX);

	assert_int_not_equal(count, 0);
	return memsvc_table_add(&store.table, runs, count);
}

static void drop(uint32_t handle)
{
	uint32_t unit = memsvc_table_leave(&store.table, handle);

	assert_int_not_equal(unit, MEMSVC_TABLE_NONE);
	memsvc_store_give(&store, unit);
}

static void test_no_memory_at_first(void **state)
{
	(void)state;
	init(MEMSVC_PAGE_SHIFT);
	assert_int_equal(memsvc_store_take(&store, PAGE, 0, runs, MAX), 0);
	assert_int_equal(store.pool.pages, 0);
	memsvc_store_place(&store, PA, UNITS - 1);
	assert_int_equal(store.pool.free, UNITS - 1);
	assert_int_equal(memsvc_store_take(&store, UNITS * PAGE, 0, runs, MAX),
			 0);
	assert_int_equal(memsvc_store_take(&store, (UNITS - 1) * PAGE, 0, runs,
					   MAX), 1);
}

/* Whole units, on a boundary of the address */
static void test_units(void **state)
{
	const uint32_t unit = 1u << 16;

	(void)state;
	init(16);
	memsvc_store_place(&store, 3 * unit, UNITS);
	assert_int_equal(memsvc_store_take(&store, PAGE, 0, runs, MAX), 1);
	assert_int_equal(runs[0].first, 0);
	assert_int_equal(runs[0].pages, 1);
	assert_int_equal(memsvc_store_take(&store, unit + 1, PAGE, runs, MAX),
			 1);
	assert_int_equal(runs[0].pages, 2);
	assert_int_equal(memsvc_store_bytes(&store, 2), 2 * unit);
	assert_int_equal(memsvc_store_take(&store, unit, 4 * unit, runs, MAX),
			 1);
	assert_int_equal(memsvc_store_pa(&store, runs[0].first) % (4 * unit),
			 0);
	assert_int_equal(memsvc_store_take(&store, 0, 0, runs, MAX), 0);
	assert_int_equal(memsvc_store_take(&store, UINT32_MAX, 0, runs, MAX),
			 0);
}

/* At an odd address, and not a byte more than was asked about */
static void test_ranges(void **state)
{
	uint8_t out[1 + 2 * sizeof(struct memsvc_range) + 1];
	struct memsvc_range range;
	uint32_t handles[UNITS];
	uint32_t unit;
	uint32_t i;

	(void)state;
	for (i = 0; i < UNITS; i++)
		handles[i] = add(PAGE);
	drop(handles[9]);
	drop(handles[5]);
	unit = memsvc_table_find(&store.table, add(2 * PAGE));
	assert_int_equal(memsvc_store_runs(&store, unit), 2);

	memset(out, 0x5a, sizeof(out));
	memsvc_store_write_ranges(&store, unit, out + 1);
	memcpy(&range, out + 1, sizeof(range));
	assert_int_equal(range.pa, PA + 5 * PAGE);
	assert_int_equal(range.length, PAGE);
	memcpy(&range, out + 1 + sizeof(range), sizeof(range));
	assert_int_equal(range.pa, PA + 9 * PAGE);
	assert_int_equal(range.length, PAGE);
	assert_int_equal(out[0], 0x5a);
	assert_int_equal(out[sizeof(out) - 1], 0x5a);
}

static void test_entries(void **state)
{
	struct memsvc_entry out[3];
	uint32_t first = add(PAGE);
	uint32_t middle = add(3 * PAGE);
	uint32_t last = add(2 * PAGE);

	(void)state;
	drop(middle);
	assert_int_equal(store.table.runs, 2);
	memset(out, 0x5a, sizeof(out));
	memsvc_store_write_entries(&store, (uint8_t *)out);
	assert_int_equal(out[0].pa, PA);
	assert_int_equal(out[0].length, PAGE);
	assert_int_equal(out[0].handle, first);
	assert_int_equal(out[1].pa, PA + 4 * PAGE);
	assert_int_equal(out[1].length, 2 * PAGE);
	assert_int_equal(out[1].handle, last);
	assert_int_equal(out[2].handle, 0x5a5a5a5a);
}

/* Placed elsewhere, a store still knows which handles are stale */
static void test_handles_outlive_the_place(void **state)
{
	uint32_t stale = add(PAGE);
	uint32_t i;

	(void)state;
	drop(stale);
	memsvc_store_place(&store, 2 * PA, UNITS);
	assert_int_equal(store.pool.free, UNITS);
	for (i = 0; i < 10 * UNITS; i++) {
		uint32_t handle = add(PAGE);

		assert_int_not_equal(handle, stale);
		drop(handle);
	}
	assert_int_equal(memsvc_store_pa(&store, 3), 2 * PA + 3 * PAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_memory_at_first),
		cmocka_unit_test(test_units),
		cmocka_unit_test_setup(test_ranges, setup),
		cmocka_unit_test_setup(test_entries, setup),
		cmocka_unit_test_setup(test_handles_outlive_the_place, setup),
	};

	return cmocka_run_group_tests_name("memsvc store", tests, NULL, NULL);
}
