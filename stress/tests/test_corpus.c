// SPDX-License-Identifier: GPL-2.0
/* A corpus is read as it was written, and a broken one is refused with a reason. */
#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "corpus.h"
#include "textfile.h"

#define NAME	"fuzz-ioctl"

static char path[] = "/tmp/test_corpus.XXXXXX";

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void save_two(void)
{
	static struct program a, b;
	const struct program *const list[] = { &a, &b };

	assert_int_equal(program_parse(&a, "1:0 a3;1 0 7"), 0);
	assert_int_equal(program_parse(&b, "ff:2"), 0);
	assert_int_equal(corpus_save(path, NAME, list, 2), 0);
}

static void overwrite(const char *text)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
}

/* The file is refused, and the reason has these words in it. */
static void assert_refused(const char *words)
{
	struct corpus corpus;
	char why[CORPUS_WHY_BYTES];

	assert_int_equal(corpus_load(&corpus, path, why), -EINVAL);
	if (!strstr(why, words))
		fail_msg("'%s' is not in '%s'", words, why);
	assert_null(corpus.program);
}

static void what_is_saved_is_loaded(void **state)
{
	char why[CORPUS_WHY_BYTES];
	struct corpus corpus;

	(void)state;
	save_two();
	assert_int_equal(corpus_load(&corpus, path, why), 0);
	assert_string_equal(corpus.name, NAME);
	assert_int_equal(corpus.n, 2);
	assert_int_equal(corpus.program[0].calls, 2);
	assert_int_equal(corpus.program[0].choice[1], 0xa3);
	assert_int_equal(corpus.program[1].seed, 0xff);
	corpus_free(&corpus);
}

static void none_is_a_corpus_too(void **state)
{
	char why[CORPUS_WHY_BYTES];
	struct corpus corpus;

	(void)state;
	assert_int_equal(corpus_save(path, NAME, NULL, 0), 0);
	assert_int_equal(corpus_load(&corpus, path, why), 0);
	assert_int_equal(corpus.n, 0);
	corpus_free(&corpus);
}

/* Each bit of the file that is another, and each end that is missing */
static void damage_is_seen(void **state)
{
	char text[1024], damaged[1024], why[CORPUS_WHY_BYTES];
	struct corpus corpus;
	size_t size;

	(void)state;
	save_two();
	assert_int_equal(textfile_read(path, text, sizeof(text)), 0);
	size = strlen(text);
	for (size_t i = 0; i < size; i++) {
		strcpy(damaged, text);
		damaged[i] ^= 1;
		overwrite(damaged);
		assert_int_equal(corpus_load(&corpus, path, why), -EINVAL);
		assert_true(*why);
		strcpy(damaged, text);
		damaged[i] = '\0';
		overwrite(damaged);
		assert_int_equal(corpus_load(&corpus, path, why), -EINVAL);
	}
}

/* What is wrong within a file that is whole: its checksum is made anew. */
static void sign(const char *text)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);
	char whole[512];

	for (const char *c = text; *c; c++)
		sum = (sum ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
	snprintf(whole, sizeof(whole), "%schecksum %016llx\n", text,
		 (unsigned long long)sum);
	overwrite(whole);
}

static void nonsense_is_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "no corpus" },
		{ "# nothing\n", "no corpus" },
		{ "churn 1 " NAME " 0\n", "no corpus" },
		{ "rheap-corpus 2 " NAME " 0\n", "version 2" },
		{ "rheap-corpus 1 " NAME "\n", "first line is" },
		{ "rheap-corpus 1 " NAME " 1 x\n1:2\n", "first line is" },
		{ "rheap-corpus 1 ../x 1\n1:2\n", "first line is" },
		{ "rheap-corpus 1 " NAME " 1025\n", "more than 1024" },
		{ "rheap-corpus 1 " NAME " 2\n1:2\n", "1 of 2 programs" },
		{ "rheap-corpus 1 " NAME " 1\n1:2\n2:3\n", "more than 1 programs" },
		{ "rheap-corpus 1 " NAME " 2\n1:2\n2:g\n", "program 2 is none" },
		{ "rheap-corpus 1 " NAME " 1\n1:2\n\n1:2\n", "1 of 1 programs" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		sign(cases[i].text);
		assert_refused(cases[i].why);
	}
	overwrite("");
	assert_refused("end is missing");
	overwrite("hello\n");
	assert_refused("no corpus");
	overwrite("hello\nworld\n");
	assert_refused("checksum is missing");
	save_two();
}

static void what_is_not_there_is_told(void **state)
{
	char why[CORPUS_WHY_BYTES];
	struct corpus corpus;

	(void)state;
	assert_int_equal(corpus_load(&corpus, "/no/such/file", why), -ENOENT);
	assert_string_equal(why, strerror(ENOENT));
	assert_int_equal(corpus_save("/no/such/file", NAME, NULL, 0), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_saved_is_loaded),
		cmocka_unit_test(none_is_a_corpus_too),
		cmocka_unit_test(damage_is_seen),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(what_is_not_there_is_told),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
