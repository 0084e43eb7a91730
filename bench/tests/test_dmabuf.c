// SPDX-License-Identifier: GPL-2.0
/* What the kernel says of dma-bufs: the lines of bufinfo and fdinfo. */
#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dmabuf.h"

static void a_buffer_is_read(void **state)
{
	static const char line[] =
		"00065536\t00000002\t0008000f\t00000001\tprotected,secure-video\t00000042\t<none>\n";
	struct dmabuf_line buf;

	(void)state;
	assert_true(dmabuf_parse_line(line, &buf));
	assert_int_equal(buf.size, 65536);
	assert_int_equal(buf.ino, 42);
	assert_string_equal(buf.exp_name, "protected,secure-video");
}

static void large_numbers_are_read(void **state)
{
	struct dmabuf_line buf;

	(void)state;
	assert_true(dmabuf_parse_line("4294967296\t00080002\t0008000f\t00000012\tsystem\t4294967297\tname with blanks\n",
				      &buf));
	assert_true(buf.size == UINT64_C(4294967296));
	assert_true(buf.ino == UINT64_C(4294967297));
}

static void other_lines_are_no_buffers(void **state)
{
	static const char *const lines[] = {
		"", "\n", "Dma-buf Objects:\n",
		"size    \tflags   \tmode    \tcount   \texp_name\tino     \tname\n",
		"\tAttached Devices:\n", "\tvirtio0\n",
		"Total 0 devices attached\n", "Total 3 objects, 4096 bytes\n",
		"00065536\t00000002\n",
	};
	struct dmabuf_line buf;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_false(dmabuf_parse_line(lines[i], &buf));
}

static void the_exporter_is_found(void **state)
{
	char name[DMABUF_NAME_MAX];

	(void)state;
	assert_int_equal(dmabuf_parse_fdinfo("pos:\t0\nsize:\t4096\ncount:\t1\nexp_name:\ttee\n",
					     name), 0);
	assert_string_equal(name, "tee");
	assert_int_equal(dmabuf_parse_fdinfo("exp_name:\ta b,c\nname:\tx\n",
					     name), 0);
	assert_string_equal(name, "a b,c");
	assert_int_equal(dmabuf_parse_fdinfo("exp_name:\tlast", name), 0);
	assert_string_equal(name, "last");
}

static void no_exporter_is_told(void **state)
{
	char name[DMABUF_NAME_MAX], text[200];

	(void)state;
	assert_int_equal(dmabuf_parse_fdinfo("", name), -ENOKEY);
	assert_int_equal(dmabuf_parse_fdinfo("pos:\t0\nname:\texp_name:\ty\n",
					     name), -ENOKEY);
	snprintf(text, sizeof(text), "exp_name:\t%064d\n", 0);
	assert_int_equal(dmabuf_parse_fdinfo(text, name), -EPROTO);
	snprintf(text, sizeof(text), "exp_name:\t%063d\n", 0);
	assert_int_equal(dmabuf_parse_fdinfo(text, name), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_buffer_is_read),
		cmocka_unit_test(large_numbers_are_read),
		cmocka_unit_test(other_lines_are_no_buffers),
		cmocka_unit_test(the_exporter_is_found),
		cmocka_unit_test(no_exporter_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
