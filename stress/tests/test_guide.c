// SPDX-License-Identifier: GPL-2.0
/* What was reached is counted once, and who reached something new is kept. */
#include "check.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guide.h"

static int make(void **state)
{
	*state = guide_new();
	return *state ? 0 : -1;
}

static int drop(void **state)
{
	guide_free(*state);
	return 0;
}

static void a_place_counts_once(void **state)
{
	struct guide *guide = *state;
	bool fresh;

	for (uint64_t pc = 1; pc <= 5000; pc++) {
		uint32_t slot = pcset_add(&guide->seen, pc << 2, &fresh);

		assert_true(fresh);
		assert_int_equal(pcset_add(&guide->seen, pc << 2, &fresh), slot);
		assert_false(fresh);
	}
	assert_int_equal(guide->seen.n, 5000);
}

static void a_full_set_says_so(void **state)
{
	struct guide *guide = *state;
	bool fresh;

	for (uint64_t pc = 1; pc <= PCSET_SLOTS; pc++)
		pcset_add(&guide->seen, pc, &fresh);
	assert_true(fresh);
	assert_int_equal(pcset_add(&guide->seen, UINT64_MAX, &fresh), PCSET_FULL);
	assert_false(fresh);
	assert_int_equal(guide->seen.lost, 1);
	assert_int_not_equal(pcset_add(&guide->seen, 7, &fresh), PCSET_FULL);
}

/* Processes that add the same places find each one fresh once, all together. */
static void processes_share_a_set(void **state)
{
	struct guide *guide = *state;
	pid_t pid[4];

	for (int i = 0; i < 4; i++) {
		pid[i] = fork();
		assert_true(pid[i] >= 0);
		if (pid[i])
			continue;
		for (uint64_t pc = 1; pc <= 4000; pc++) {
			bool fresh;

			pcset_add(&guide->seen, pc, &fresh);
			if (fresh)
				atomic_fetch_add(&guide->programs, 1);
		}
		_exit(0);
	}
	for (int i = 0; i < 4; i++)
		waitpid(pid[i], NULL, 0);
	assert_int_equal(guide->programs, 4000);
	assert_int_equal(guide->seen.n, 4000);
}

/* Keep a program that is known by its seed, and that reached slots @from to @to. */
static void keep(struct guide *guide, uint64_t seed, uint32_t from, uint32_t to)
{
	struct reach reach = { { 0 } };
	struct program program;

	program.seed = seed;
	program.calls = 1;
	program.end[0] = 0;
	program.cut = false;
	while (from <= to)
		reach_add(&reach, from++);
	guide_keep(guide, &program, &reach);
}

static void what_adds_nothing_is_left_out(void **state)
{
	static const struct program *list[CORPUS_PROGRAMS_MAX];
	struct guide *guide = *state;

	keep(guide, 1, 0, 9);
	keep(guide, 2, 5, 100);
	keep(guide, 3, 20, 80);
	keep(guide, 4, 5, 9);
	keep(guide, 5, 16383, 16383);
	assert_int_equal(guide_distil(guide, list), 3);
	assert_int_equal(list[0]->seed, 2);
	assert_int_equal(list[1]->seed, 1);
	assert_int_equal(list[2]->seed, 5);
}

static void no_more_are_kept_than_fit(void **state)
{
	static const struct program *list[CORPUS_PROGRAMS_MAX];
	struct guide *guide = *state;
	struct rng rng = { .state = 1 };

	assert_null(guide_pick(guide, &rng));
	for (uint32_t i = 0; i < CORPUS_PROGRAMS_MAX + 10; i++)
		keep(guide, i, i, i);
	for (int i = 0; i < 10000; i++)
		assert_in_range(guide_pick(guide, &rng)->seed, 0,
				CORPUS_PROGRAMS_MAX - 1);
	assert_int_equal(guide_distil(guide, list), CORPUS_PROGRAMS_MAX);
}

static void a_program_that_was_cut_is_not_kept(void **state)
{
	static struct program cut = { .calls = 1, .cut = true }, none;
	struct guide *guide = *state;
	struct reach reach = { { 1 } };

	guide_keep(guide, &cut, &reach);
	guide_keep(guide, &none, &reach);
	assert_int_equal(guide->entries, 0);
}

static void the_first_suspects_are_remembered(void **state)
{
	static struct program program;
	struct guide *guide = *state;

	for (program.seed = 0; program.seed < GUIDE_SUSPECTS_MAX + 2;
	     program.seed++)
		guide_suspect(guide, &program);
	assert_int_equal(guide_suspects(guide), GUIDE_SUSPECTS_MAX);
	assert_int_equal(guide->suspect[GUIDE_SUSPECTS_MAX - 1].seed,
			 GUIDE_SUSPECTS_MAX - 1);
}

static void reach_is_told_at_powers_of_two(void **state)
{
	struct guide *guide = *state;

	for (uint64_t ops = 1; ops <= 9; ops++) {
		atomic_store(&guide->seen.n, 100 + ops);
		guide_within(guide, ops);
	}
	assert_int_equal(guide->within[0], 101);
	assert_int_equal(guide->within[1], 102);
	assert_int_equal(guide->within[2], 104);
	assert_int_equal(guide->within[3], 108);
	assert_int_equal(guide->within[4], 109);
	assert_int_equal(guide->within[5], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_place_counts_once, make, drop),
		cmocka_unit_test_setup_teardown(a_full_set_says_so, make, drop),
		cmocka_unit_test_setup_teardown(processes_share_a_set, make, drop),
		cmocka_unit_test_setup_teardown(what_adds_nothing_is_left_out, make,
						drop),
		cmocka_unit_test_setup_teardown(no_more_are_kept_than_fit, make,
						drop),
		cmocka_unit_test_setup_teardown(a_program_that_was_cut_is_not_kept,
						make, drop),
		cmocka_unit_test_setup_teardown(the_first_suspects_are_remembered,
						make, drop),
		cmocka_unit_test_setup_teardown(reach_is_told_at_powers_of_two,
						make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
