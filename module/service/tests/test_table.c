// SPDX-License-Identifier: GPL-2.0
/* The table alone: handles live once, and runs stay in order. */
#include "check.h"

#include "table.h"

#define PAGES	16

static struct memsvc_node nodes[PAGES];
static struct memsvc_slot slots[PAGES];
static struct memsvc_table table;

static int setup(void **state)
{
	(void)state;
	memsvc_table_init(&table, nodes, slots, PAGES);
	return 0;
}

static uint32_t add(uint32_t first, uint32_t pages)
{
	struct memsvc_run run = { first, pages };

	return memsvc_table_add(&table, &run, 1);
}

static void drop(uint32_t handle)
{
	uint32_t page = memsvc_table_leave(&table, handle);

	assert_int_not_equal(page, MEMSVC_TABLE_NONE);
	memsvc_table_remove(&table, page);
}

static void test_runs_in_order(void **state)
{
	const struct memsvc_run in[] = { { 9, 2 }, { 1, 3 }, { 15, 1 } };
	struct memsvc_run out;
	uint32_t handle;
	uint32_t page;
	uint32_t i;

	(void)state;
	handle = memsvc_table_add(&table, in, 3);
	assert_int_not_equal(handle, 0);
	page = memsvc_table_find(&table, handle);
	for (i = 0; i < 3; i++) {
		assert_int_equal(memsvc_table_handle(&table, page), handle);
		page = memsvc_table_run(&table, page, &out);
		assert_memory_equal(&out, in + i, sizeof(out));
	}
	assert_int_equal(page, MEMSVC_TABLE_NONE);
	assert_int_equal(table.buffers, 1);
	assert_int_equal(table.runs, 3);
	drop(handle);
	assert_int_equal(table.buffers, 0);
	assert_int_equal(table.runs, 0);
	assert_int_equal(table.added, 1);
	assert_int_equal(table.removed, 1);
}

static void test_refuses_unknown_handles(void **state)
{
	const uint32_t handle = add(0, 1);
	uint64_t guess;

	(void)state;
	for (guess = 0; guess <= UINT32_MAX; guess += 0xffff)
		if (guess != handle)
			assert_int_equal(memsvc_table_find(&table, guess),
					 MEMSVC_TABLE_NONE);
	for (guess = 0; guess <= 0x20000; guess++)
		if (guess != handle)
			assert_int_equal(memsvc_table_leave(&table, guess),
					 MEMSVC_TABLE_NONE);
	assert_int_equal(memsvc_table_find(&table, handle), 0);
}

static void test_double_free(void **state)
{
	uint32_t handle = add(4, 2);
	uint32_t page = memsvc_table_leave(&table, handle);

	(void)state;
	/* Leaving: refused already, in the books still */
	assert_int_equal(page, 4);
	assert_int_equal(memsvc_table_leave(&table, handle), MEMSVC_TABLE_NONE);
	assert_int_equal(memsvc_table_find(&table, handle), MEMSVC_TABLE_NONE);
	assert_int_equal(memsvc_table_handle(&table, page), handle);
	assert_int_equal(table.buffers, 1);
	memsvc_table_remove(&table, page);
	assert_int_equal(memsvc_table_leave(&table, handle), MEMSVC_TABLE_NONE);
	assert_int_equal(table.buffers, 0);
}

static void test_stale_handle(void **state)
{
	uint32_t stale = add(0, 1);
	uint32_t i;

	(void)state;
	drop(stale);
	/* One short of the first repetition: all slots, all generations */
	for (i = 1; i < PAGES * 65536u; i++) {
		uint32_t handle = add(0, 1);

		assert_int_not_equal(handle, 0);
		assert_int_not_equal(handle, stale);
		assert_int_equal(memsvc_table_find(&table, stale),
				 MEMSVC_TABLE_NONE);
		drop(handle);
	}
}

static void test_one_handle_a_page(void **state)
{
	uint32_t handles[PAGES];
	uint32_t i;

	(void)state;
	for (i = 0; i < PAGES; i++) {
		handles[i] = add(i, 1);
		assert_int_not_equal(handles[i], 0);
	}
	assert_int_equal(add(0, 1), 0);
	assert_int_equal(table.added, PAGES);
	drop(handles[7]);
	assert_int_not_equal(add(7, 1), 0);
}

/* What was added and left at once is nobody else's until it stays */
static void test_stay(void **state)
{
	uint32_t handle = add(3, 2);
	uint32_t page = memsvc_table_leave(&table, handle);

	(void)state;
	assert_int_equal(memsvc_table_find(&table, handle), MEMSVC_TABLE_NONE);
	memsvc_table_stay(&table, page);
	assert_int_equal(memsvc_table_find(&table, handle), 3);
	assert_int_equal(table.buffers, 1);
	drop(handle);
	assert_int_equal(table.buffers, 0);
}

/* The last table whose slots fit, and the first: no handle is in both */
static void test_first_slot(void **state)
{
	static struct memsvc_node other_nodes[PAGES];
	static struct memsvc_slot other_slots[PAGES];
	struct memsvc_table other;
	uint32_t i;

	(void)state;
	memsvc_table_init(&other, other_nodes, other_slots, PAGES);
	other.first_slot = MEMSVC_TABLE_MAX_PAGES - PAGES;
	for (i = 0; i < PAGES; i++) {
		const struct memsvc_run run = { i, 1 };
		uint32_t theirs = memsvc_table_add(&other, &run, 1);
		uint32_t ours = add(i, 1);

		assert_int_not_equal(theirs, 0);
		assert_int_equal(memsvc_table_find(&other, theirs), i);
		assert_int_equal(memsvc_table_find(&table, theirs),
				 MEMSVC_TABLE_NONE);
		assert_int_equal(memsvc_table_find(&table, ours), i);
		assert_int_equal(memsvc_table_find(&other, ours),
				 MEMSVC_TABLE_NONE);
	}
	assert_int_equal(memsvc_table_find(&other, 0), MEMSVC_TABLE_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_runs_in_order, setup),
		cmocka_unit_test_setup(test_refuses_unknown_handles, setup),
		cmocka_unit_test_setup(test_double_free, setup),
		cmocka_unit_test_setup(test_stale_handle, setup),
		cmocka_unit_test_setup(test_one_handle_a_page, setup),
		cmocka_unit_test_setup(test_stay, setup),
		cmocka_unit_test_setup(test_first_slot, setup),
	};

	return cmocka_run_group_tests_name("memsvc table", tests, NULL, NULL);
}
