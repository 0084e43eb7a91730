// SPDX-License-Identifier: GPL-2.0
/* Choices are recorded, played again, and changed into others that can be played. */
#include "check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "choices.h"

/* Some calls: the first choice of each tells how many follow. */
static void call(struct choices *c, uint64_t *sum)
{
	uint64_t n = choose_below(c, 8);

	*sum = *sum * 31 + n;
	while (n--)
		*sum = *sum * 31 + (n % 2 ? choose_any(c) : choose_below(c, 100));
}

/* Return: what all choices add up to. */
static uint64_t play(const struct program *told, struct program *made)
{
	struct rng rng = { .state = told->seed };
	struct choices c = { .rng = &rng };
	uint64_t sum = 0;

	program_clear(made, told->seed);
	for (size_t i = 0; i < told->calls; i++) {
		choices_play(&c, told, i, made);
		call(&c, &sum);
	}
	return sum;
}

static void assert_same(const struct program *a, const struct program *b)
{
	assert_int_equal(a->seed, b->seed);
	assert_int_equal(a->calls, b->calls);
	assert_memory_equal(a->end, b->end, a->calls * sizeof(a->end[0]));
	assert_memory_equal(a->choice, b->choice,
			    program_begin(a, a->calls) * sizeof(a->choice[0]));
}

static void chance_alone_is_the_generator(void **state)
{
	struct rng a = { .state = 3 }, b = { .state = 3 };
	struct choices c = { .rng = &a };

	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_int_equal(choose_below(&c, 1 + (uint64_t)i),
				 rng_below(&b, 1 + (uint64_t)i));
		assert_int_equal(choose_any(&c), rng_next(&b));
	}
}

static void what_was_made_can_be_played(void **state)
{
	struct program fresh, made, again;
	struct rng rng = { .state = 1 };

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint64_t sum;

		program_fresh(&fresh, &rng);
		sum = play(&fresh, &made);
		assert_false(made.cut);
		assert_int_equal(play(&made, &again), sum);
		assert_same(&made, &again);
	}
}

/* Choices that are told need not be below the limit. */
static void any_choice_can_be_told(void **state)
{
	struct program told, made;

	(void)state;
	assert_int_equal(program_parse(&told, "5:ffffffffffffffff 64;"), 0);
	play(&told, &made);
	assert_int_equal(made.choice[0], 7);
	assert_int_equal(made.choice[1], 0);
	assert_int_equal(made.end[0], 8);
}

static void a_mutant_can_be_played(void **state)
{
	static struct program pool[16], told, made;
	struct rng rng = { .state = 2 };
	size_t differ = 0;

	(void)state;
	for (size_t i = 0; i < 16; i++) {
		program_fresh(&told, &rng);
		play(&told, &pool[i]);
	}
	for (int i = 0; i < 20000; i++) {
		struct program *from = &pool[rng_below(&rng, 16)];

		program_mutate(&told, from, &pool[rng_below(&rng, 16)], &rng);
		assert_in_range(told.calls, 1, PROGRAM_CALLS);
		play(&told, &made);
		assert_false(made.cut);
		differ += made.calls != from->calls ||
			  memcmp(made.choice, from->choice, sizeof(uint64_t));
		*from = made;
	}
	assert_true(differ > 5000);
}

static void calls_can_be_left_out(void **state)
{
	struct program p, less, want;

	(void)state;
	assert_int_equal(program_parse(&p, "1:1 2;3;4 5 6"), 0);
	assert_int_equal(program_parse(&want, "1:1 2;4 5 6"), 0);
	program_without(&less, &p, 1, 1);
	assert_same(&less, &want);
	program_without(&less, &p, 1, 7);
	assert_int_equal(program_parse(&want, "1:1 2"), 0);
	assert_same(&less, &want);
}

static void what_does_not_fit_is_told(void **state)
{
	static struct program p, full;

	(void)state;
	program_clear(&p, 0);
	assert_true(program_open(&p));
	for (int i = 0; i < PROGRAM_CHOICES; i++)
		program_note(&p, 1);
	assert_false(p.cut);
	full = p;
	program_note(&p, 1);
	assert_true(p.cut);
	assert_false(program_append(&full, &p, 0));
	assert_int_equal(full.calls, 1);
	for (int i = 1; i < PROGRAM_CALLS; i++)
		assert_true(program_open(&full));
	assert_false(program_open(&full));
}

static char *print(const struct program *p)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	program_print(p, out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void a_line_is_read_as_written(void **state)
{
	static const char *const lines[] = {
		"0:", "1:0", "ffffffffffffffff:1 2 3;4;5 ffffffffffffffff",
		"a:;;1;", "b:7 7;",
	};
	struct program p;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		char *text;

		assert_int_equal(program_parse(&p, lines[i]), 0);
		text = print(&p);
		assert_int_equal(strlen(text), strlen(lines[i]) + 1);
		assert_memory_equal(text, lines[i], strlen(lines[i]));
		free(text);
	}
}

static void a_bad_line_is_refused(void **state)
{
	static const char *const lines[] = {
		"", "1", ":1", "1:x", "1:1  2", "1:1 ", "1: 1", "1:1,2", "-1:1",
		"1:0x1", "1:A", "1:11111111111111111", "11111111111111111:1",
		"1:1; 2", "1:1\n",
	};
	char line[2 + PROGRAM_CALLS + 1];
	struct program p;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_int_equal(program_parse(&p, lines[i]), -EINVAL);
	memset(line, ';', sizeof(line));
	memcpy(line, "1:", 2);
	line[2 + PROGRAM_CALLS - 1] = '\0';
	assert_int_equal(program_parse(&p, line), 0);
	assert_int_equal(p.calls, PROGRAM_CALLS);
	memcpy(line + 2 + PROGRAM_CALLS - 1, ";", 2);
	assert_int_equal(program_parse(&p, line), -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chance_alone_is_the_generator),
		cmocka_unit_test(what_was_made_can_be_played),
		cmocka_unit_test(any_choice_can_be_told),
		cmocka_unit_test(a_mutant_can_be_played),
		cmocka_unit_test(calls_can_be_left_out),
		cmocka_unit_test(what_does_not_fit_is_told),
		cmocka_unit_test(a_line_is_read_as_written),
		cmocka_unit_test(a_bad_line_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
