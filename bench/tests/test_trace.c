// SPDX-License-Identifier: GPL-2.0
/* Traces good and bad, and that what is written reads back. */
#define _GNU_SOURCE
#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace.h"

#define HEADER "t_us,op,id,heap,bytes\n"

/*
 * Memory of exactly that size, so that a byte read beyond is seen by the
 * address sanitizer.
 */
static int parse(struct trace *trace, const char *text, size_t size,
		 struct trace_error *error)
{
	char *exact = malloc(size ? size : 1);
	int err;

	assert_non_null(exact);
	memcpy(exact, text, size);
	memset(error, 0, sizeof(*error));
	err = trace_parse(trace, exact, size, error);
	free(exact);
	return err;
}

static void a_trace_is_read(void **state)
{
	static const char text[] = HEADER
		"0,alloc,7,\"protected,secure-video\",4096\n"
		"5,alloc,8,system,1\n"
		"5,free,7,,\n"
		"9,alloc,7,\"sys\"\"tem\",18\n"
		"9,free,8,system,\n";
	struct trace_error error;
	struct trace trace;

	(void)state;
	assert_int_equal(parse(&trace, text, strlen(text), &error), 0);
	assert_int_equal(trace.nr_events, 5);
	assert_int_equal(trace.nr_buffers, 3);
	assert_int_equal(trace.nr_heaps, 3);
	assert_string_equal(trace.heap[0], "protected,secure-video");
	assert_string_equal(trace.heap[1], "system");
	assert_string_equal(trace.heap[2], "sys\"tem");
	assert_int_equal(trace.never_freed, 1);
	assert_int_equal(trace.buffer[0].bytes, 4096);
	assert_int_equal(trace.buffer[0].line, 2);
	assert_int_equal(trace.buffer[0].freed, 4);
	assert_int_equal(trace.buffer[2].id, 7);
	assert_int_equal(trace.buffer[2].freed, 0);
	assert_int_equal(trace.event[2].t_us, 5);
	assert_false(trace.event[2].alloc);
	assert_int_equal(trace.event[2].buffer, 0);
	assert_int_equal(trace.event[3].buffer, 2);
	assert_int_equal(trace.event[4].buffer, 1);
	trace_free(&trace);
}

static void carriage_returns_are_taken(void **state)
{
	static const char text[] = "t_us,op,id,heap,bytes\r\n"
		"0,alloc,1,system,4096\r\n1,free,1,,\r\n";
	struct trace_error error;
	struct trace trace;

	(void)state;
	assert_int_equal(parse(&trace, text, strlen(text), &error), 0);
	assert_int_equal(trace.nr_events, 2);
	trace_free(&trace);
}

/* A name that is too long for a field, and one for a line */
#define LONG16	"0123456789abcdef"
#define LONG64	LONG16 LONG16 LONG16 LONG16
#define LONG512	LONG64 LONG64 LONG64 LONG64 LONG64 LONG64 LONG64 LONG64

static void what_is_no_trace_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *text;
		size_t line, column;
		const char *what;
	} bad[] = {
		{ "", 1, 1, "empty" },
		{ "\n", 1, 1, "first line" },
		{ "t_us,op,id,heap\n", 1, 1, "first line" },
		{ "\xef\xbb\xbf" HEADER, 1, 1, "first line" },
		{ "t_us,op,id,heap,bytes", 1, 22, "cut off" },
		{ HEADER "0,alloc,1,system,4096", 2, 22, "cut off" },
		{ HEADER "0,alloc,1,system,40", 2, 20, "cut off" },
		{ HEADER "0,all", 2, 6, "cut off" },
		{ HEADER "\n", 2, 1, "before field op" },
		{ HEADER "0\n", 2, 2, "before field op" },
		{ HEADER "0,alloc,1,system\n", 2, 17, "before field bytes" },
		{ HEADER "0,free,1\n", 2, 9, "before field heap" },
		{ HEADER "0,alloc,1,system,4096,\n", 2, 22, "more than 5" },
		{ HEADER "0,alloc,1,a,b,4096\n", 2, 14, "more than 5" },
		{ HEADER "x,alloc,1,system,4096\n", 2, 1, "t_us 'x'" },
		{ HEADER "-1,alloc,1,system,4096\n", 2, 1, "t_us '-1'" },
		{ HEADER ",alloc,1,system,4096\n", 2, 1, "t_us ''" },
		{ HEADER "99999999999999999999,alloc,1,system,1\n", 2, 1,
		  "over 2^64" },
		{ HEADER "9223372036854776,alloc,1,system,1\n", 2, 1,
		  "over 9223372036854775" },
		{ HEADER "0,Alloc,1,system,4096\n", 2, 3, "op 'Alloc'" },
		{ HEADER "0,,1,system,4096\n", 2, 3, "op ''" },
		{ HEADER "0,alloc,,system,4096\n", 2, 9, "id ''" },
		{ HEADER "0,alloc,1.5,system,4096\n", 2, 9, "id '1.5'" },
		{ HEADER "0,alloc,1,,4096\n", 2, 11, "needs a heap" },
		{ HEADER "0,alloc,1,system,\n", 2, 18, "needs its bytes" },
		{ HEADER "0,alloc,1,system,0\n", 2, 18, "0 bytes" },
		{ HEADER "0,alloc,1,system,4K\n", 2, 18, "bytes '4K'" },
		{ HEADER "0,alloc,1,system,18446744073709551616\n", 2, 18,
		  "over 2^64" },
		{ HEADER "0,alloc,1,system,9223372036854775808\n", 2, 18,
		  "over 2^63" },
		{ HEADER "0,alloc,1,system,9223372036854775807\n"
			 "0,alloc,2,system,1\n", 3, 18, "over 2^63" },
		{ HEADER "0,alloc,1,system,1\n0,alloc,1,system,1\n", 3, 9,
		  "id 1 lives already, allocated at line 2" },
		{ HEADER "0,free,1,,\n", 2, 8, "never allocated" },
		{ HEADER "0,alloc,2,system,1\n0,free,1,,\n", 3, 8,
		  "never allocated" },
		{ HEADER "0,alloc,1,a,1\n0,free,1,,\n0,free,1,,\n", 4, 8,
		  "twice, before at line 3" },
		{ HEADER "0,alloc,1,a,1\n0,free,1,b,\n", 3, 10, "of heap a" },
		{ HEADER "0,alloc,1,a,1\n0,free,1,,1\n", 3, 11, "no bytes" },
		{ HEADER "5,alloc,1,a,1\n4,free,1,,\n", 3, 1,
		  "back from 5 to 4" },
		{ HEADER "0,alloc,1,\"a,1\n", 2, 11, "never closed" },
		{ HEADER "0,alloc,1,\"a\nb\",1\n", 2, 11, "never closed" },
		{ HEADER "0,alloc,1,a\"b,1\n", 2, 12, "quote within" },
		{ HEADER "0,alloc,1,\"a\"b,1\n", 2, 14, "quote within" },
		{ HEADER "0,alloc,1,a\tb,1\n", 2, 12, "byte 0x09" },
		{ HEADER "0,alloc,1,\xc3\xa4,1\n", 2, 11, "byte 0xc3" },
		{ HEADER "0,alloc,1,a,1\r\r\n", 2, 14, "byte 0x0d" },
		{ HEADER "0,alloc,1," LONG64 ",1\n", 2, 11, "63 bytes" },
		{ HEADER "0,alloc,1,\"" LONG64 "\",1\n", 2, 11, "63 bytes" },
		{ HEADER "0,alloc,1," LONG512 ",1\n", 2, 512, "512 bytes" },
		{ LONG512, 1, 512, "512 bytes" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct trace_error error;
		struct trace trace;

		assert_int_equal(parse(&trace, bad[i].text,
				       strlen(bad[i].text), &error), -EINVAL);
		if (error.line != bad[i].line ||
		    error.column != bad[i].column ||
		    !strstr(error.what, bad[i].what))
			fail_msg("'%s' gave %zu:%zu: %s", bad[i].text,
				 error.line, error.column, error.what);
	}
}

static void a_zero_byte_is_refused(void **state)
{
	static const char text[] = HEADER "0,alloc,1,a\0b,1\n";
	struct trace_error error;
	struct trace trace;

	(void)state;
	assert_int_equal(parse(&trace, text, sizeof(text) - 1, &error),
			 -EINVAL);
	assert_int_equal(error.column, 12);
}

static void too_many_heaps_are_refused(void **state)
{
	char text[4096] = HEADER;
	struct trace_error error;
	struct trace trace;
	size_t len = strlen(text);

	(void)state;
	for (int i = 0; i <= TRACE_HEAPS_MAX; i++)
		len += (size_t)sprintf(text + len, "0,alloc,%d,heap%d,1\n", i,
				       i);
	assert_int_equal(parse(&trace, text, len, &error), -EINVAL);
	assert_int_equal(error.line, TRACE_HEAPS_MAX + 2);
	assert_int_equal(error.column, strlen("0,alloc,32,") + 1);
}

/*
 * A file that was cut off anywhere is refused, or is a shorter trace of whole
 * records; so a half record is never read as a whole one.
 */
static void no_half_record_is_ever_read(void **state)
{
	static const char text[] = HEADER
		"0,alloc,1,\"protected,secure-video\",7077888\n"
		"10,alloc,2,system,4096\n"
		"200,free,1,,\n"
		"3000,free,2,,\n";
	size_t whole = 0;

	(void)state;
	for (size_t size = 0; size < strlen(text); size++) {
		bool record = size >= strlen(HEADER) && text[size - 1] == '\n';
		struct trace_error error;
		struct trace trace;
		int err = parse(&trace, text, size, &error);

		assert_int_equal(err, record ? 0 : -EINVAL);
		if (err)
			continue;
		assert_int_equal(trace.nr_events, whole);
		whole++;
		trace_free(&trace);
	}
	assert_int_equal(whole, 4);
}

#define MANY 10000

/* As many as make every table grow, and ids that are used again */
static void what_is_written_reads_back(void **state)
{
	static const char *const heaps[] = {
		"system", "protected,secure-video", "\"quoted\"",
	};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	struct trace_error error;
	struct trace trace;

	(void)state;
	assert_non_null(out);
	trace_print_header(out);
	for (uint64_t i = 0; i < MANY; i++) {
		trace_print_alloc(out, i, i, heaps[i % ARRAY_SIZE(heaps)],
				  4096 + i);
		if (i % 2)
			trace_print_free(out, i, i - 1);
		if (i % 2)
			trace_print_alloc(out, i, i - 1, heaps[0], 1);
	}
	assert_int_equal(fclose(out), 0);
	assert_int_equal(parse(&trace, text, size, &error), 0);
	assert_int_equal(trace.nr_events, 2 * MANY);
	assert_int_equal(trace.nr_buffers, MANY + MANY / 2);
	assert_int_equal(trace.never_freed, MANY);
	assert_string_equal(trace.heap[2], heaps[2]);
	assert_int_equal(trace.buffer[1].id, 1);
	assert_int_equal(trace.buffer[2].id, 0);
	assert_int_equal(trace.buffer[2].bytes, 1);
	trace_free(&trace);
	free(text);
}

static void names_are_what_a_field_holds(void **state)
{
	(void)state;
	assert_true(trace_heap_ok("protected,secure-video"));
	assert_true(trace_heap_ok("a \"quoted\" ~name"));
	assert_false(trace_heap_ok(""));
	assert_false(trace_heap_ok("tab\t"));
	assert_false(trace_heap_ok("\xc3\xa4"));
	assert_false(trace_heap_ok(LONG64));
	assert_true(trace_heap_ok(LONG64 + 1));
}

static void files_are_read(void **state)
{
	char path[] = "/tmp/test_trace.XXXXXX";
	struct trace_error error;
	struct trace trace;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(trace_load(&trace, path, &error), -EINVAL);
	assert_int_equal(error.line, 1);
	assert_int_equal(write(fd, HEADER "0,alloc,1,a,1\n", 36), 36);
	close(fd);
	assert_int_equal(trace_load(&trace, path, &error), 0);
	assert_int_equal(trace.nr_events, 1);
	trace_free(&trace);
	unlink(path);
	assert_int_equal(trace_load(&trace, path, &error), -ENOENT);
	assert_int_equal(trace_load(&trace, "/", &error), -EISDIR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_trace_is_read),
		cmocka_unit_test(carriage_returns_are_taken),
		cmocka_unit_test(what_is_no_trace_is_refused_with_its_place),
		cmocka_unit_test(a_zero_byte_is_refused),
		cmocka_unit_test(too_many_heaps_are_refused),
		cmocka_unit_test(no_half_record_is_ever_read),
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(names_are_what_a_field_holds),
		cmocka_unit_test(files_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
