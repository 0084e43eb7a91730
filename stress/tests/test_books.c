// SPDX-License-Identifier: GPL-2.0
/* Books: reading a stats file, and telling what changed. */
#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "books.h"

static struct books read_text(const char *text)
{
	struct books books = { .n = 0 };

	assert_int_equal(books_parse(&books, text), 0);
	return books;
}

static int parse(const char *text)
{
	struct books books = { .n = 0 };

	return books_parse(&books, text);
}

static void lines_become_numbers(void **state)
{
	struct books books =
		read_text("allocs 12\nfrees 0\nlive -9223372036854775808\n");
	int64_t value;

	(void)state;
	assert_int_equal(books.n, 3);
	assert_true(books_get(&books, "allocs", &value));
	assert_int_equal(value, 12);
	assert_true(books_get(&books, "live", &value));
	assert_true(value == INT64_MIN);
	assert_false(books_get(&books, "alloc", &value));
	assert_false(books_get(&books, "allocss", &value));
}

static void other_lines_are_refused(void **state)
{
	static const char *const bad[] = {
		"allocs", "allocs 1", "allocs\n", "allocs \n", " 1\n", "\n",
		"allocs -\n", "allocs --1\n", "allocs +1\n", "allocs 1x\n", "allocs  1\n",
		"allocs 1 2\n", "allocs 0x1\n", "allocs 1\n\n",
		"allocs 9223372036854775808\n",
	};

	(void)state;
	assert_int_equal(parse(""), 0);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(parse(bad[i]), -EPROTO);
}

static void a_name_comes_once(void **state)
{
	(void)state;
	assert_int_equal(parse("a 1\nb 2\na 1\n"), -EEXIST);
}

static void what_is_too_long_is_refused(void **state)
{
	struct books books = { .n = 0 };
	char name[BOOKS_NAME_MAX + 1];

	(void)state;
	memset(name, 'a', BOOKS_NAME_MAX);
	name[BOOKS_NAME_MAX] = '\0';
	assert_int_equal(books_add(&books, name, 1), -E2BIG);
	assert_int_equal(books_add(&books, name + 1, 1), 0);
	for (int i = 1; i < BOOKS_MAX; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		assert_int_equal(books_add(&books, name, 1), 0);
	}
	assert_int_equal(books_add(&books, "one-more", 1), -E2BIG);
	assert_int_equal(parse("a-name-of-thirty-two-characters- 1\n"),
			 -E2BIG);
}

static void changes_are_told(void **state)
{
	struct books before = read_text("live_buffers 1\nlive_bytes 4\n");
	struct books after = read_text("live_buffers 2\nlive_bytes 3\n");
	char what[100];

	(void)state;
	assert_false(books_changed(&before, &before, books_standing, what,
				   sizeof(what)));
	assert_true(books_changed(&before, &after, books_standing, what,
				  sizeof(what)));
	assert_string_equal(what, "live_buffers 1 -> 2, live_bytes 4 -> 3");
	assert_true(books_changed(&before, &after, books_standing, what, 8));
	assert_string_equal(what, "live_bu");
}

static void a_digest_is_not_spelled_out(void **state)
{
	struct books before = read_text("tee.table 1\ntee.free 2\n");
	struct books after = read_text("tee.table 3\ntee.free 4\n");
	char what[100];

	(void)state;
	assert_true(books_changed(&before, &after, books_standing, what,
				  sizeof(what)));
	assert_string_equal(what, "tee.table changed, tee.free 2 -> 4");
}

static void only_what_concerns_is_compared(void **state)
{
	struct books before =
		read_text("allocs 1\nfailures 1\ntee_calls 5\nlive_buffers 1\n");
	struct books after =
		read_text("allocs 2\nfailures 2\ntee_calls 6\nlive_buffers 1\n");
	char what[100];

	(void)state;
	assert_false(books_changed(&before, &after, books_standing, what,
				   sizeof(what)));
	assert_true(books_changed(&before, &after, books_untouched, what,
				  sizeof(what)));
	assert_string_equal(what, "allocs 1 -> 2");
}

static void what_comes_or_goes_is_a_change(void **state)
{
	struct books some = read_text("tee.free 1\n");
	struct books none = { .n = 0 };
	char what[100];

	(void)state;
	assert_true(books_changed(&some, &none, books_standing, what,
				  sizeof(what)));
	assert_string_equal(what, "tee.free not there afterwards");
	assert_true(books_changed(&none, &some, books_standing, what,
				  sizeof(what)));
	assert_string_equal(what, "tee.free not there before");
}

static void moves_are_exact(void **state)
{
	struct books before = read_text("frees 5\npool_free 100\n");
	struct books after = read_text("frees 7\npool_free 60\n");
	char what[100];

	(void)state;
	assert_true(books_moved(&before, &after, "frees", 2, what, 100));
	assert_true(books_moved(&before, &after, "pool_free", -40, what, 100));
	assert_true(books_moved(&before, &after, "not-there", 9, what, 100));
	assert_false(books_moved(&before, &after, "frees", 1, what, 100));
	assert_string_equal(what, "frees 5 -> 7, expected 6");
}

static void the_tee_counts_in_32_bits(void **state)
{
	struct books before = read_text("tee.added 4294967295\nadded 4294967295\n");
	struct books after = read_text("tee.added 1\nadded 1\n");
	char what[100];

	(void)state;
	assert_true(books_moved(&before, &after, "tee.added", 2, what, 100));
	assert_false(books_moved(&before, &after, "added", 2, what, 100));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_become_numbers),
		cmocka_unit_test(other_lines_are_refused),
		cmocka_unit_test(a_name_comes_once),
		cmocka_unit_test(what_is_too_long_is_refused),
		cmocka_unit_test(changes_are_told),
		cmocka_unit_test(a_digest_is_not_spelled_out),
		cmocka_unit_test(only_what_concerns_is_compared),
		cmocka_unit_test(what_comes_or_goes_is_a_change),
		cmocka_unit_test(moves_are_exact),
		cmocka_unit_test(the_tee_counts_in_32_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
