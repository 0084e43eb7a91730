// SPDX-License-Identifier: GPL-2.0
/* From the kernel's words to a trace. The lines are as Linux 7.2 prints them. */
#define _GNU_SOURCE
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"
#include "model.h"
#include "trace.h"

#define BY(name)	name "-71      (     70) [001] .....    12.345678: "
#define REPLAY		BY("          replay")

static struct line parse(const char *text)
{
	struct line line;

	line_parse(text, &line);
	return line;
}

static void lines_are_read(void **state)
{
	struct line l;

	(void)state;
	l = parse(REPLAY "dma_buf_export: exp_name=protected,secure-video size=8192 ino=17");
	assert_int_equal(l.kind, LINE_EXPORT);
	assert_int_equal(l.t_us, 12345678);
	assert_int_equal(l.thread, 71);
	assert_int_equal(l.process, 70);
	assert_string_equal(l.name, "protected,secure-video");
	assert_int_equal(l.size, 8192);
	assert_int_equal(l.ino, 17);
	l = parse(REPLAY "dma_buf_fd: exp_name=system size=8192 ino=17 fd=4");
	assert_int_equal(l.kind, LINE_FD);
	assert_int_equal(l.fd, 4);
	l = parse(REPLAY "sys_close(fd: 4)");
	assert_int_equal(l.kind, LINE_CLOSE);
	assert_int_equal(l.fd, 4);
	assert_int_equal(parse(REPLAY "sys_close(fd: 0x1f)").fd, 31);
	l = parse(REPLAY "restricted_export_end: heap=restricted_pages buf=00000000deadbeef size=4096 ret=-12");
	assert_int_equal(l.kind, LINE_GIVEN);
	assert_int_equal(l.buf, 0xdeadbeef);
	assert_int_equal(l.ret, -12);
	l = parse(REPLAY "restricted_memory_free_begin: heap=restricted_pages buf=00000000deadbeef size=4096");
	assert_int_equal(l.kind, LINE_TAKEN);
	l = parse(REPLAY "restricted_memory_unrestrict_begin: heap=a buf=1 size=4096");
	assert_int_equal(l.kind, LINE_TAKEN);
	l = parse("CPU:1 [LOST 123 EVENTS]");
	assert_int_equal(l.kind, LINE_LOST);
	/* A process that the kernel has forgotten */
	l = parse("           <...>-71      (-------) [000] d.h2.    12.345678: sys_close(fd: 4)");
	assert_int_equal(l.kind, LINE_CLOSE);
	assert_int_equal(l.process, 0);
}

static void a_name_may_be_anything(void **state)
{
	(void)state;
	assert_int_equal(parse(BY(": sys_close(fd: ") "x: y").kind, LINE_OTHER);
	assert_int_equal(parse(BY("a-1 (  1) [001] ") "sys_close(fd: 7)").fd,
			 7);
	assert_int_equal(parse(BY(" CPU:0 [LOST 1  ") "sys_close(fd: 7)").kind,
			 LINE_CLOSE);
}

static void other_lines_are_other(void **state)
{
	static const char *const other[] = {
		"", "x", "                ", "                -",
		"                -71 ", "          replay-71",
		"          replay-71      [000] .....    12.345678: sys_close(fd: 4)",
		REPLAY, REPLAY "sys_close", REPLAY "sys_close(", REPLAY "sys_close(fd: )",
		REPLAY "sys_close(fd: 4x)", REPLAY "sys_open(fd: 4)",
		REPLAY "dma_buf_export: exp_name=system size=8192",
		REPLAY "dma_buf_export: exp_name= size=8192 ino=17",
		REPLAY "dma_buf_export: exp_name=a size=-x ino=17",
		REPLAY "dma_buf_export: exp_name=a size=-4096 ino=17",
		REPLAY "dma_buf_export: exp_name=a Xsize=8192 ino=17",
		REPLAY "dma_buf_export: exp_name=a size=99999999999999999999 ino=17",
		REPLAY "dma_buf_export: exp_name=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef size=1 ino=1",
		REPLAY "restricted_export_end: heap=a buf=zz size=1 ret=0",
		"          replay-71      (     70) [001] .....    12: sys_close(fd: 4)",
		"          replay-71      (     70) [001] .....    9223372036.000001: sys_close(fd: 4)",
		"          replay-71      (     70) [001] .....    99999999999999999999.000001: sys_close(fd: 4)",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(other); i++)
		if (parse(other[i]).kind != LINE_OTHER)
			fail_msg("'%s' is kind %d", other[i],
				 parse(other[i]).kind);
}

/* What is exported as "tee" is of heap "b", what as "no" of none. */
static const char *heap_of(const char *exporter)
{
	if (!strcmp(exporter, "no"))
		return NULL;
	return strcmp(exporter, "tee") ? exporter : "b";
}

static struct model *model;
static uint64_t now;

static int begin(void **state)
{
	(void)state;
	model = model_new(heap_of);
	now = 1000;
	return !model;
}

static int end(void **state)
{
	(void)state;
	model_free(model);
	return 0;
}

static void hear(enum line_kind kind, struct line line)
{
	line.kind = kind;
	line.t_us = now;
	now += 10;
	assert_int_equal(model_event(model, &line), 0);
}

static void export(const char *exporter, uint64_t ino, uint64_t size,
		   uint64_t process, uint64_t fd)
{
	struct line line = { .thread = process, .process = process,
			     .ino = ino, .size = size, .fd = fd };

	strcpy(line.name, exporter);
	hear(LINE_EXPORT, line);
	hear(LINE_FD, line);
}

static void hear_close(uint64_t process, uint64_t fd)
{
	hear(LINE_CLOSE, (struct line){ .process = process, .fd = fd });
}

/* Compare the trace with @want, which the strict reader takes. */
static void expect(const char *want, uint64_t guessed)
{
	struct model_counts counts;
	struct trace_error error;
	struct trace trace;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(model_print(model, out, &counts), 0);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, want);
	assert_int_equal(trace_parse(&trace, text, size, &error), 0);
	assert_int_equal(trace.nr_buffers, counts.allocs);
	assert_int_equal(trace.nr_events, counts.allocs + counts.frees);
	assert_int_equal(counts.guessed, guessed);
	trace_free(&trace);
	free(text);
}

#define HEADER "t_us,op,id,heap,bytes\n"

static void a_close_is_the_end_when_the_buffer_is_gone(void **state)
{
	(void)state;
	export("a", 5, 4096, 1, 3);
	export("tee", 6, 8192, 1, 4);
	export("no", 7, 1, 1, 5);
	hear_close(1, 3);		/* at 1060 */
	hear_close(2, 4);		/* of somebody else */
	now = 5000;
	model_look(model, now, (uint64_t[]){ 7, 6 }, 2);
	expect(HEADER "0,alloc,1,a,4096\n20,alloc,2,b,8192\n60,free,1,,\n", 0);
}

static void a_close_is_no_end_while_the_buffer_lives(void **state)
{
	(void)state;
	export("a", 5, 4096, 1, 3);
	hear_close(1, 3);
	model_look(model, 2000, (uint64_t[]){ 5 }, 1);
	expect(HEADER "0,alloc,1,a,4096\n", 0);
	/* Another process had it; it is missed, and the close was the last */
	model_look(model, 3000, NULL, 0);
	expect(HEADER "0,alloc,1,a,4096\n20,free,1,,\n", 0);
}

static void without_a_close_it_is_when_it_was_missed(void **state)
{
	(void)state;
	export("a", 5, 4096, 1, 3);
	export("a", 6, 4096, 1, 4);
	model_look(model, 3000, NULL, 0);
	expect(HEADER "0,alloc,1,a,4096\n20,alloc,2,a,4096\n"
	       "2000,free,1,,\n2000,free,2,,\n", 2);
}

static void what_came_after_the_list_was_read_is_not_missed(void **state)
{
	(void)state;
	export("a", 5, 4096, 1, 3);
	model_look(model, 999, NULL, 0);
	expect(HEADER "0,alloc,1,a,4096\n", 0);
}

static void frees_are_in_the_order_of_closes(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 3; i++)
		export("a", 5 + i, 4096, 1, 3 + i);
	hear_close(1, 4);
	hear_close(1, 5);
	hear_close(1, 3);
	model_look(model, 3000, NULL, 0);
	expect(HEADER "0,alloc,1,a,4096\n20,alloc,2,a,4096\n40,alloc,3,a,4096\n"
	       "60,free,2,,\n70,free,3,,\n80,free,1,,\n", 0);
}

/* A descriptor's number and a buffer's are used again. */
static void numbers_come_back(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		export("a", 5, 4096, 1, 3);
		hear_close(1, 3);
		model_look(model, now, NULL, 0);
	}
	expect(HEADER "0,alloc,1,a,4096\n20,free,1,,\n30,alloc,2,a,4096\n"
	       "50,free,2,,\n60,alloc,3,a,4096\n80,free,3,,\n", 0);
}

static void our_heaps_tell_it_themselves(void **state)
{
	struct line given = { .thread = 1, .name = "ours", .buf = 99 };
	struct line other = { .thread = 2, .name = "ours", .buf = 98 };

	(void)state;
	export("ours", 5, 4096, 1, 3);
	hear(LINE_GIVEN, other);	/* of another thread's buffer */
	hear(LINE_GIVEN, given);
	hear_close(1, 3);
	model_look(model, 2000, NULL, 0);	/* does not matter */
	hear(LINE_TAKEN, other);
	expect(HEADER "0,alloc,1,ours,4096\n", 0);
	hear(LINE_TAKEN, given);	/* at 1060 */
	hear(LINE_TAKEN, given);	/* unrestrict, then free */
	expect(HEADER "0,alloc,1,ours,4096\n60,free,1,,\n", 0);
}

/* Clocks of two processors differ: none went before it came. */
static void clocks_that_differ_do_not_turn_time_back(void **state)
{
	struct line told = { .thread = 1, .name = "ours", .buf = 99 };

	(void)state;
	export("a", 5, 4096, 1, 3);	/* at 1000 */
	now = 1200;
	export("ours", 6, 4096, 1, 4);
	hear(LINE_GIVEN, told);
	now = 990;
	hear_close(1, 3);
	hear(LINE_TAKEN, told);
	model_look(model, 2000, NULL, 0);
	expect(HEADER "0,alloc,1,a,4096\n0,free,1,,\n"
	       "200,alloc,2,ours,4096\n200,free,2,,\n", 0);
}

static void a_failed_export_gives_nothing(void **state)
{
	struct line given = { .thread = 1, .name = "ours", .buf = 99,
			      .ret = -12 };

	(void)state;
	hear(LINE_GIVEN, given);
	hear(LINE_TAKEN, given);
	expect(HEADER, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read),
		cmocka_unit_test(a_name_may_be_anything),
		cmocka_unit_test(other_lines_are_other),
		TEST(a_close_is_the_end_when_the_buffer_is_gone),
		TEST(a_close_is_no_end_while_the_buffer_lives),
		TEST(without_a_close_it_is_when_it_was_missed),
		TEST(what_came_after_the_list_was_read_is_not_missed),
		TEST(frees_are_in_the_order_of_closes),
		TEST(numbers_come_back),
		TEST(our_heaps_tell_it_themselves),
		TEST(clocks_that_differ_do_not_turn_time_back),
		TEST(a_failed_export_gives_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
