// SPDX-License-Identifier: GPL-2.0
/*
 * Pool and table together, as the service uses them, against a model that has
 * one owner a page and searches it page by page.
 */
#include "check.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "pool.h"
#include "table.h"

#define PAGES		500
#define MAX		16
#define STEPS		10000
#define LIVE_MAX	128

static uint64_t bitmap[MEMSVC_POOL_WORDS(PAGES)];
static struct memsvc_pool pool;
static struct memsvc_node nodes[PAGES];
static struct memsvc_slot slots[PAGES];
static struct memsvc_table table;

/* The model: the handle that owns a page, 0 when it is free */
static uint32_t owner[PAGES];
static uint32_t live[LIVE_MAX];
static uint32_t lives;

static uint32_t model_free(void)
{
	uint32_t pages = 0;
	uint32_t i;

	for (i = 0; i < PAGES; i++)
		pages += !owner[i];
	return pages;
}

static int longer(const void *a, const void *b)
{
	return *(const uint32_t *)b > *(const uint32_t *)a ? 1 : -1;
}

/* Pages in the MAX longest free runs of the model */
static uint32_t model_gatherable(void)
{
	uint32_t lengths[PAGES + 1] = { 0 };
	uint32_t pages = 0;
	uint32_t runs = 0;
	uint32_t i;

	for (i = 0; i < PAGES; i++) {
		if (!owner[i])
			lengths[runs]++;
		else if (lengths[runs])
			runs++;
	}
	qsort(lengths, runs + 1, sizeof(lengths[0]), longer);
	for (i = 0; i < MAX && i <= runs; i++)
		pages += lengths[i];
	return pages;
}

static void model_own(const struct memsvc_run *run, uint32_t from, uint32_t to)
{
	uint32_t i;

	assert_true(run->pages && run->first + run->pages <= PAGES);
	for (i = 0; i < run->pages; i++) {
		assert_int_equal(owner[run->first + i], from);
		owner[run->first + i] = to;
	}
}

/* The table in the order of addresses tells what the model tells */
static void compare(void)
{
	struct memsvc_run run;
	uint32_t buffers = 0;
	uint32_t runs = 0;
	uint32_t page;
	uint32_t at = 0;

	for (page = memsvc_pool_next_taken(&pool, 0); page < PAGES;
	     page = memsvc_pool_next_taken(&pool, page + run.pages)) {
		for (; at < page; at++)
			assert_int_equal(owner[at], 0);
		memsvc_table_run(&table, page, &run);
		for (; at < page + run.pages; at++)
			assert_int_equal(owner[at],
					 memsvc_table_handle(&table, page));
		runs++;
	}
	for (; at < PAGES; at++)
		assert_int_equal(owner[at], 0);

	for (page = 0; page < PAGES; page++)
		buffers += slots[page].state != MEMSVC_SLOT_FREE;
	assert_int_equal(table.runs, runs);
	assert_int_equal(table.buffers, buffers);
	assert_int_equal(table.buffers, lives);
	assert_int_equal(table.added - table.removed, lives);
	assert_int_equal(pool.free, model_free());
}

static void alloc(uint32_t pages, uint32_t align)
{
	struct memsvc_run runs[MAX];
	uint32_t gatherable = model_gatherable();
	uint32_t total = 0;
	uint32_t handle;
	uint32_t count;
	uint32_t i;

	count = memsvc_pool_take(&pool, pages, align, runs, MAX);
	if (!count) {
		/* Without alignment, only for lack of pages in reach */
		assert_true(align > 1 || !pages || gatherable < pages);
		return;
	}
	assert_in_range(count, 1, MAX);
	handle = memsvc_table_add(&table, runs, count);
	assert_int_not_equal(handle, 0);
	for (i = 0; i < count; i++) {
		model_own(runs + i, 0, handle);
		assert_int_equal((pool.base + runs[i].first) % align, 0);
		assert_true(i == count - 1 || !(runs[i].pages % align));
		total += runs[i].pages;
	}
	assert_int_equal(total, pages);
	live[lives++] = handle;
}

static void release(uint32_t index)
{
	uint32_t handle = live[index];
	uint32_t page = memsvc_table_leave(&table, handle);
	struct memsvc_run run;
	uint32_t next;

	assert_int_not_equal(page, MEMSVC_TABLE_NONE);
	for (next = page; next != MEMSVC_TABLE_NONE;) {
		next = memsvc_table_run(&table, next, &run);
		model_own(&run, handle, 0);
		memsvc_pool_give(&pool, &run);
	}
	memsvc_table_remove(&table, page);
	assert_int_equal(memsvc_table_leave(&table, handle),
			 MEMSVC_TABLE_NONE);
	live[index] = live[--lives];
}

static uint32_t random_pages(void)
{
	switch (rand() % 8) {
	case 0:
		return rand() % (PAGES + 2);
	case 1:
	case 2:
		return rand() % 64;
	default:
		return rand() % 6;
	}
}

static void storm(unsigned int seed, uint64_t base)
{
	uint32_t step;

	memsvc_pool_init(&pool, bitmap, base, PAGES);
	memsvc_table_init(&table, nodes, slots, PAGES);
	memset(owner, 0, sizeof(owner));
	lives = 0;
	srand(seed);

	for (step = 0; step < STEPS; step++) {
		bool full = lives == LIVE_MAX;

		if (lives && (full || rand() % 9 < 4))
			release(rand() % lives);
		else
			alloc(random_pages(),
			      rand() % 4 ? 1 : 1u << (rand() % 5));
		compare();
	}
	while (lives)
		release(lives - 1);
	compare();
	assert_int_equal(pool.free, PAGES);
}

static void test_storm(void **state)
{
	unsigned int seed;

	(void)state;
	for (seed = 1; seed <= 4; seed++)
		storm(seed, seed * 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_storm),
	};

	return cmocka_run_group_tests_name("memsvc books", tests, NULL, NULL);
}
