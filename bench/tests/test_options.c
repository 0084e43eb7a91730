// SPDX-License-Identifier: GPL-2.0
/* Sizes, and command lines good and bad. */
#define _GNU_SOURCE
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "options.h"

static void sizes_are_read(void **state)
{
	static const struct {
		const char *text;
		uint64_t size;
	} good[] = {
		{ "0", 0 }, { "1", 1 }, { "4096", 4096 }, { "4K", 4096 },
		{ "4k", 4096 }, { "3M", 3 << 20 }, { "007", 7 },
		{ "8G", UINT64_C(8) << 30 },
		{ "18446744073709551615", UINT64_MAX },
		{ "17179869183G", UINT64_C(17179869183) << 30 },
	};
	uint64_t size;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(parse_size(good[i].text, &size), 0);
		assert_int_equal(size, good[i].size);
	}
}

static void what_is_no_size_is_refused(void **state)
{
	static const char *const bad[] = {
		"", " ", "K", "-1", "+1", " 1", "1 ", "1Q", "4KB", "4KK",
		"0x10", "1.5M", "1e3", "four",
	};
	static const char *const large[] = {
		"18446744073709551616", "17179869184G", "99999999999999999999K",
	};
	uint64_t size;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(parse_size(bad[i], &size), -EINVAL);
	for (size_t i = 0; i < ARRAY_SIZE(large); i++)
		assert_int_equal(parse_size(large[i], &size), -ERANGE);
	assert_int_equal(parse_count("4K", &size), -EINVAL);
	assert_int_equal(parse_count("18446744073709551616", &size), -ERANGE);
}

static void sizes_are_written_as_they_are_read(void **state)
{
	static const uint64_t sizes[] = {
		0, 1, 1023, 1024, 1025, 4096, 1 << 20, (1 << 20) + 1024,
		UINT64_C(5) << 30, UINT64_MAX,
	};
	char text[24];
	uint64_t size;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		assert_int_equal(parse_size(format_size(text, sizes[i]), &size),
				 0);
		assert_int_equal(size, sizes[i]);
	}
	assert_string_equal(format_size(text, 65536), "64K");
	assert_string_equal(format_size(text, 1025), "1025");
}

/* The options of a program that has one of each kind */
static struct {
	bool flag;
	uint64_t count;
	uint64_t size;
	const char *text;
	int choice;
	struct opt_texts texts;
	struct opt_sizes sizes;
} got;

static const char *const words[] = { "off", "on", NULL };

static const struct opt table[] = {
	{ "flag", OPT_FLAG, &got.flag, .help = "a flag" },
	{ "count", OPT_COUNT, &got.count, .min = 1, .max = 10, .meta = "N",
	  .help = "a count" },
	{ "size", OPT_SIZE, &got.size, .min = 4096, .meta = "SIZE",
	  .help = "a size" },
	{ "text", OPT_TEXT, &got.text, .meta = "TEXT", .help = "a text" },
	{ "choice", OPT_CHOICE, &got.choice, .choices = words,
	  .help = "a choice" },
	{ .name = NULL },
};

static const struct opt lists[] = {
	{ "texts", OPT_TEXTS, &got.texts, .meta = "NAME", .help = "texts" },
	{ "sizes", OPT_SIZES, &got.sizes, .min = 1, .meta = "SIZE",
	  .help = "sizes" },
	{ .name = NULL },
};

static const struct opt *const tables[] = { table, lists, NULL };

static int defaults(void **state)
{
	(void)state;
	memset(&got, 0, sizeof(got));
	got.count = 5;
	got.choice = -1;
	got.sizes = (struct opt_sizes){ { 4096, 8192 }, 2 };
	return 0;
}

/* Parse words, which live until the next call; @said gets what stderr got. */
static int parse(char said[512], const char *const *args)
{
	static char words_of[2 * OPT_LIST_MAX + 8][32];
	char *argv[ARRAY_SIZE(words_of)] = { words_of[0] };
	int argc = 1, err, old, pipes[2];
	ssize_t len;

	for (; *args; args++, argc++) {
		assert_true(strlen(*args) < sizeof(words_of[0]));
		argv[argc] = strcpy(words_of[argc], *args);
	}
	assert_int_equal(pipe(pipes), 0);
	old = dup(STDERR_FILENO);
	dup2(pipes[1], STDERR_FILENO);
	err = opt_parse(tables, argc, argv);
	dup2(old, STDERR_FILENO);
	close(old);
	/* So that the read ends where nothing was said */
	close(pipes[1]);
	len = read(pipes[0], said, 511);
	assert_true(len >= 0);
	said[len] = '\0';
	close(pipes[0]);
	return err;
}

#define PARSE(said, ...) parse(said, (const char *[]){ __VA_ARGS__, NULL })

static void nothing_given_changes_nothing(void **state)
{
	char said[512];

	(void)state;
	assert_int_equal(parse(said, (const char *[]){ NULL }), 0);
	assert_string_equal(said, "");
	assert_int_equal(got.count, 5);
	assert_int_equal(got.sizes.n, 2);
}

static void each_kind_is_set(void **state)
{
	char said[512];

	(void)state;
	assert_int_equal(PARSE(said, "--flag", "--count", "7", "--size=8K",
			       "--text", "a,b c", "--choice", "on"), 0);
	assert_string_equal(said, "");
	assert_true(got.flag);
	assert_int_equal(got.count, 7);
	assert_int_equal(got.size, 8192);
	assert_string_equal(got.text, "a,b c");
	assert_int_equal(got.choice, 1);
}

static void a_repeated_option_replaces_the_defaults(void **state)
{
	char said[512];

	(void)state;
	assert_int_equal(PARSE(said, "--sizes", "1M", "--texts",
			       "protected,secure-video", "--sizes", "2M",
			       "--texts", "system", "--sizes", "1"), 0);
	assert_int_equal(got.sizes.n, 3);
	assert_int_equal(got.sizes.v[0], 1 << 20);
	assert_int_equal(got.sizes.v[2], 1);
	assert_int_equal(got.texts.n, 2);
	assert_string_equal(got.texts.v[0], "protected,secure-video");
	assert_string_equal(got.texts.v[1], "system");
}

/* One line, that names the option and the value */
static void check_refused(const char *said, const char *option,
			  const char *value)
{
	const char *end = strchr(said, '\n');

	assert_non_null(end);
	assert_int_equal(end[1], '\0');
	assert_non_null(strstr(said, option));
	assert_non_null(strstr(said, value));
}

static void bad_values_are_named(void **state)
{
	static const char *const bad[][2] = {
		{ "--count", "0" }, { "--count", "11" }, { "--count", "4K" },
		{ "--count", "-1" }, { "--count", "" }, { "--size", "4095" },
		{ "--size", "12Q" }, { "--size", "99999999999999999999" },
		{ "--choice", "maybe" }, { "--choice", "" },
		{ "--sizes", "0" }, { "--sizes", "x" },
	};
	char said[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(PARSE(said, bad[i][0], bad[i][1]), -EINVAL);
		check_refused(said, bad[i][0], bad[i][1]);
	}
}

static void bad_options_are_named(void **state)
{
	char said[512];

	(void)state;
	assert_int_equal(PARSE(said, "--nosuch"), -EINVAL);
	check_refused(said, "--nosuch", "unknown");
	assert_int_equal(PARSE(said, "-x"), -EINVAL);
	check_refused(said, "-x", "unknown");
	assert_int_equal(PARSE(said, "--count"), -EINVAL);
	check_refused(said, "--count", "value");
	assert_int_equal(PARSE(said, "--flag=1"), -EINVAL);
	check_refused(said, "--flag", "no value");
	assert_int_equal(PARSE(said, "stray"), -EINVAL);
	check_refused(said, "stray", "not an option");
}

static void too_long_a_list_is_refused(void **state)
{
	const char *args[2 * (OPT_LIST_MAX + 1) + 1];
	char said[512];

	(void)state;
	for (size_t i = 0; i <= OPT_LIST_MAX; i++) {
		args[2 * i] = "--texts";
		args[2 * i + 1] = "x";
	}
	args[2 * OPT_LIST_MAX] = NULL;
	assert_int_equal(parse(said, args), 0);
	args[2 * OPT_LIST_MAX] = "--texts";
	args[2 * OPT_LIST_MAX + 2] = NULL;
	assert_int_equal(parse(said, args), -EINVAL);
	check_refused(said, "--texts", "64");
}

static void help_has_every_option_and_default(void **state)
{
	static const char *const wanted[] = {
		"--flag ", "--count N", "[5]", "--choice off|on", "--texts NAME",
		"--sizes SIZE", "[4K 8K]", "repeat",
	};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_non_null(out);
	opt_help(out, tables);
	fclose(out);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		assert_non_null(strstr(text, wanted[i]));
	free(text);
}

#define TEST(name) cmocka_unit_test_setup(name, defaults)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sizes_are_read),
		TEST(what_is_no_size_is_refused),
		TEST(sizes_are_written_as_they_are_read),
		TEST(nothing_given_changes_nothing),
		TEST(each_kind_is_set),
		TEST(a_repeated_option_replaces_the_defaults),
		TEST(bad_values_are_named),
		TEST(bad_options_are_named),
		TEST(too_long_a_list_is_refused),
		TEST(help_has_every_option_and_default),
	};

	diag_init("program");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
