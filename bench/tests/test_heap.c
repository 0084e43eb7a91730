// SPDX-License-Identifier: GPL-2.0
/* What of the heap access needs no heap: names, texts, errors. */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heap.h"
#include "textfile.h"

static void counters_are_found_by_whole_name(void **state)
{
	static const char text[] = "allocs 12\nlive_buffers 3\nfrees 9\n";
	uint64_t value;

	(void)state;
	assert_int_equal(heap_stat_parse(text, "allocs", &value), 0);
	assert_int_equal(value, 12);
	assert_int_equal(heap_stat_parse(text, "frees", &value), 0);
	assert_int_equal(value, 9);
	assert_int_equal(heap_stat_parse(text, "buffers", &value), -ENOKEY);
	assert_int_equal(heap_stat_parse(text, "live", &value), -ENOKEY);
	assert_int_equal(heap_stat_parse("", "allocs", &value), -ENOKEY);
}

static void a_last_line_needs_no_newline(void **state)
{
	uint64_t value;

	(void)state;
	assert_int_equal(heap_stat_parse("a 1\nb 2", "b", &value), 0);
	assert_int_equal(value, 2);
}

static void a_counter_that_is_no_number_is_refused(void **state)
{
	uint64_t value;

	(void)state;
	assert_int_equal(heap_stat_parse("a 1x\n", "a", &value), -EPROTO);
	assert_int_equal(heap_stat_parse("a 99999999999999999999\n", "a",
					 &value), -EPROTO);
}

static void names_that_are_paths_are_refused(void **state)
{
	static const char *const bad[] = { "", ".", "..", "../tee0", "a/b" };
	char name[HEAP_NAME_MAX + 1];
	struct heap heap;
	bool on;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(heap_open(&heap, bad[i]), -EINVAL);
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(heap_open(&heap, name), -EINVAL);
	assert_int_equal(heap_scrub_get(name, &on), -EINVAL);
	assert_int_equal(heap_scrub_set("../../etc", true), -EINVAL);
}

static void a_heap_that_is_not_there_is_enoent(void **state)
{
	uint64_t value;
	struct heap heap;
	bool on;

	(void)state;
	assert_int_equal(heap_open(&heap, "no,such-heap"), -ENOENT);
	assert_int_equal(heap_stat("no,such-heap", "allocs", &value), -ENOENT);
	assert_int_equal(heap_scrub_get("no,such-heap", &on), -ENOENT);
	assert_int_equal(heap_scrub_set("no,such-heap", false), -ENOENT);
}

static void only_page_heaps_are_asked_for_less(void **state)
{
	struct heap pages = { .name = "system", .fd = -1 };
	struct heap pool = { .name = "restricted_carveout", .fd = -1 };

	(void)state;
	assert_int_equal(heap_check_size(&pages, 4096), 0);
	assert_int_equal(heap_check_size(&pages, UINT64_MAX), -ENOMEM);
	assert_int_equal(heap_check_size(&pool, UINT64_MAX), 0);
}

static void errors_say_what_to_do(void **state)
{
	static const int errors[] = {
		ENOENT, EINVAL, ENOMEM, ENODEV, EACCES, EMFILE, EIO,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		const char *text = heap_strerror(-errors[i]);

		assert_true(strlen(text) > 0);
		assert_null(strchr(text, '\n'));
	}
}

static void a_file_that_does_not_fit_is_refused(void **state)
{
	char path[] = "/tmp/test_heap.XXXXXX";
	int fd = mkstemp(path);
	char text[8];

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(textfile_write(path, "1234567"), 0);
	assert_int_equal(textfile_read(path, text, sizeof(text)), 0);
	assert_string_equal(text, "1234567");
	assert_int_equal(textfile_write(path, "12345678"), 0);
	assert_int_equal(textfile_read(path, text, sizeof(text)), -EFBIG);
	assert_string_equal(text, "");
	unlink(path);
	assert_int_equal(textfile_write(path, "1"), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters_are_found_by_whole_name),
		cmocka_unit_test(a_last_line_needs_no_newline),
		cmocka_unit_test(a_counter_that_is_no_number_is_refused),
		cmocka_unit_test(names_that_are_paths_are_refused),
		cmocka_unit_test(a_heap_that_is_not_there_is_enoent),
		cmocka_unit_test(only_page_heaps_are_asked_for_less),
		cmocka_unit_test(errors_say_what_to_do),
		cmocka_unit_test(a_file_that_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
