// SPDX-License-Identifier: GPL-2.0
/* A measurement is one whole line of JSON, or it is not there. */
#define _GNU_SOURCE
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "record.h"

/* A packet of a socket is what one write(2) wrote. */
static int socks[2];

static int open_socks(void **state)
{
	(void)state;
	return socketpair(AF_UNIX, SOCK_SEQPACKET, 0, socks);
}

static int close_socks(void **state)
{
	(void)state;
	close(socks[0]);
	close(socks[1]);
	return 0;
}

static bool nothing_written(void)
{
	struct pollfd pfd = { .fd = socks[0], .events = POLLIN };

	return poll(&pfd, 1, 0) == 0;
}

/* The line that one write wrote, parsed. */
static json_t *read_line(void)
{
	static char line[65536];
	ssize_t len = recv(socks[0], line, sizeof(line), 0);
	json_error_t error;
	json_t *root;

	assert_true(len > 1);
	assert_int_equal(line[len - 1], '\n');
	assert_ptr_equal(memchr(line, '\n', (size_t)len), line + len - 1);
	assert_true(nothing_written());
	root = json_loadb(line, (size_t)len, 0, &error);
	assert_non_null(root);
	return root;
}

static json_int_t integer(const json_t *root, const char *key)
{
	const json_t *value = json_object_get(root, key);

	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

static const char *text(const json_t *root, const char *key)
{
	const json_t *value = json_object_get(root, key);

	assert_true(json_is_string(value));
	return json_string_value(value);
}

static void begin(struct record *r)
{
	record_begin(r, "latency", "latency", "insn");
	record_text(r, "heap", "protected,secure-video");
	record_count(r, "size", 4096);
}

static void a_distribution_reads_back(void **state)
{
	struct hist *h = hist_new();
	const json_t *params, *hist, *line;
	json_int_t count = 0;
	struct record r;
	json_t *root;
	size_t i;

	(void)state;
	assert_non_null(h);
	for (uint64_t v = 1; v <= 1000; v++)
		hist_record(h, v);
	begin(&r);
	assert_int_equal(record_emit_hist(&r, socks[1], h), 0);
	root = read_line();
	assert_string_equal(text(root, "bench"), "latency");
	assert_string_equal(text(root, "metric"), "latency");
	assert_string_equal(text(root, "unit"), "insn");
	params = json_object_get(root, "params");
	assert_string_equal(text(params, "heap"), "protected,secure-video");
	assert_int_equal(integer(params, "size"), 4096);
	assert_int_equal(integer(root, "n"), 1000);
	assert_int_equal(integer(root, "min"), 1);
	assert_int_equal(integer(root, "p50"), 500);
	assert_int_equal(integer(root, "p90"), 900);
	assert_int_equal(integer(root, "p99"), 990);
	assert_int_equal(integer(root, "max"), 1000);
	assert_true(json_real_value(json_object_get(root, "mean")) == 500.5);
	assert_null(json_object_get(root, "p999"));
	assert_null(json_object_get(root, "value"));
	hist = json_object_get(root, "hist");
	json_array_foreach(hist, i, line)
		count += json_integer_value(json_array_get(line, 2));
	assert_int_equal(count, 1000);
	json_decref(root);
	hist_free(h);
}

static void repeated_samples_tell_how_they_went(void **state)
{
	struct hist *h = hist_new();
	struct record r;
	json_t *root;

	(void)state;
	assert_non_null(h);
	for (uint64_t v = 0; v < 100; v++)
		hist_record(h, v < 10 ? 900 : 500);
	begin(&r);
	assert_int_equal(record_emit_repeated(&r, socks[1], h, 16), 0);
	root = read_line();
	assert_int_equal(integer(root, "warmup"), 16);
	assert_int_equal(integer(root, "p50"), 500);
	assert_int_equal(json_array_size(json_object_get(root, "blocks")),
			 HIST_BLOCKS);
	for (size_t i = 0; i < HIST_BLOCKS; i++)
		assert_int_equal(json_integer_value(json_array_get(
			json_object_get(root, "blocks"), i)),
			i < 2 ? 900 : 500);
	json_decref(root);
	hist_free(h);
}

static void p999_needs_ten_thousand_samples(void **state)
{
	struct hist *h = hist_new();
	struct record r;
	json_t *root;

	(void)state;
	assert_non_null(h);
	for (int n = 1; n <= RECORD_P999_MIN; n++) {
		hist_record(h, 5);
		if (n < RECORD_P999_MIN - 1)
			continue;
		begin(&r);
		assert_int_equal(record_emit_hist(&r, socks[1], h), 0);
		root = read_line();
		assert_int_equal(!!json_object_get(root, "p999"),
				 n == RECORD_P999_MIN);
		json_decref(root);
	}
	hist_free(h);
}

static void what_was_not_measured_is_not_written(void **state)
{
	struct hist *h = hist_new();
	struct record r;

	(void)state;
	assert_non_null(h);
	begin(&r);
	assert_int_equal(record_emit_hist(&r, socks[1], h), -ENODATA);
	assert_true(nothing_written());
	hist_free(h);
}

static void numbers_beyond_json_are_refused(void **state)
{
	struct hist *h = hist_new();
	struct record r;

	(void)state;
	assert_non_null(h);
	hist_record(h, UINT64_MAX);
	begin(&r);
	assert_int_equal(record_emit_hist(&r, socks[1], h), -EOVERFLOW);
	begin(&r);
	assert_int_equal(record_emit_count(&r, socks[1], UINT64_MAX),
			 -EOVERFLOW);
	assert_true(nothing_written());
	hist_free(h);
}

static void counters_have_a_value(void **state)
{
	struct record r;
	json_t *root;

	(void)state;
	record_begin(&r, "storm", "leaked", "count");
	assert_int_equal(record_emit_count(&r, socks[1], 0), 0);
	root = read_line();
	assert_int_equal(integer(root, "value"), 0);
	assert_null(json_object_get(root, "n"));
	json_decref(root);
}

static void odd_text_stays_one_line(void **state)
{
	struct record r;
	json_t *root;

	(void)state;
	record_begin(&r, "latency", "latency", "insn");
	record_text(&r, "label", "two\nlines \"and\" \\ a tab\t");
	assert_int_equal(record_emit_count(&r, socks[1], 1), 0);
	root = read_line();
	assert_string_equal(text(json_object_get(root, "params"), "label"),
			    "two\nlines \"and\" \\ a tab\t");
	json_decref(root);
	record_begin(&r, "latency", "latency", "insn");
	record_text(&r, "label", "\xff");
	assert_int_equal(record_emit_count(&r, socks[1], 1), -EILSEQ);
	assert_true(nothing_written());
}

static void a_line_that_cannot_be_written_is_an_error(void **state)
{
	struct record r;
	int pipes[2];
	int full;

	(void)state;
	full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_true(full >= 0);
	begin(&r);
	assert_int_equal(record_emit_count(&r, full, 1), -ENOSPC);
	close(full);
	assert_int_equal(pipe(pipes), 0);
	close(pipes[0]);
	begin(&r);
	assert_int_equal(record_emit_count(&r, pipes[1], 1), -EPIPE);
	close(pipes[1]);
}

static void a_series_reads_back(void **state)
{
	const json_t *series;
	struct series s;
	struct record r;
	json_t *root;

	(void)state;
	assert_int_equal(series_new(&s, 2), 0);
	begin(&r);
	assert_int_equal(record_emit_series(&r, socks[1], "us", &s), -ENODATA);
	series_add(&s, 5, 4096);
	series_add(&s, 9, 0);
	begin(&r);
	assert_int_equal(record_emit_series(&r, socks[1], "us", &s), 0);
	root = read_line();
	assert_string_equal(text(root, "against"), "us");
	series = json_object_get(root, "series");
	assert_int_equal(json_array_size(series), 2);
	assert_int_equal(json_integer_value(json_array_get(
		json_array_get(series, 0), 1)), 4096);
	assert_int_equal(json_integer_value(json_array_get(
		json_array_get(series, 1), 0)), 9);
	json_decref(root);
	s.point[1].value = UINT64_MAX;
	begin(&r);
	assert_int_equal(record_emit_series(&r, socks[1], "us", &s),
			 -EOVERFLOW);
	assert_true(nothing_written());
	series_free(&s);
}

static void a_map_reads_back(void **state)
{
	char first[] = "0099", second[] = "1234";
	struct record_row row[] = { { 3, first }, { 4, second } };
	const json_t *map;
	struct record r;
	json_t *root;

	(void)state;
	begin(&r);
	assert_int_equal(record_emit_map(&r, socks[1], "count", row, 0),
			 -ENODATA);
	begin(&r);
	assert_int_equal(record_emit_map(&r, socks[1], "count", row, 2), 0);
	root = read_line();
	assert_string_equal(text(root, "against"), "count");
	map = json_object_get(root, "map");
	assert_int_equal(json_array_size(map), 2);
	assert_int_equal(json_integer_value(json_array_get(
		json_array_get(map, 1), 0)), 4);
	assert_string_equal(json_string_value(json_array_get(
		json_array_get(map, 1), 1)), "1234");
	json_decref(root);
	row[0].at = UINT64_MAX;
	begin(&r);
	assert_int_equal(record_emit_map(&r, socks[1], "count", row, 2),
			 -EOVERFLOW);
	assert_true(nothing_written());
}

/* A pipe with room for half a line takes it whole or says so. */
static void half_a_line_is_an_error(void **state)
{
	char block[4096] = { 0 };
	struct record r;
	int pipes[2];

	(void)state;
	assert_int_equal(pipe2(pipes, O_NONBLOCK), 0);
	while (write(pipes[1], block, sizeof(block)) > 0)
		;
	begin(&r);
	assert_int_equal(record_emit_count(&r, pipes[1], 1), -EAGAIN);
	assert_int_equal(read(pipes[0], block, sizeof(block)), sizeof(block));
	memset(block, 'x', sizeof(block) - 1);
	block[sizeof(block) - 1] = '\0';
	record_begin(&r, "latency", "latency", "insn");
	for (int i = 0; i < 3; i++)
		record_text(&r, (const char *[]){ "a", "b", "c" }[i], block);
	assert_int_equal(record_emit_count(&r, pipes[1], 1), -EIO);
	close(pipes[0]);
	close(pipes[1]);
}

static void an_estimate_may_be_negative(void **state)
{
	const struct interval interval = {
		.n = 30, .value = -3, .low = -7, .high = 0, .level = 0.95,
	};
	struct record r;
	json_t *root;

	(void)state;
	record_begin(&r, "overhead", "difference", "insn");
	assert_int_equal(record_emit_estimate(&r, socks[1], &interval), 0);
	root = read_line();
	assert_int_equal(integer(root, "n"), 30);
	assert_int_equal(integer(root, "value"), -3);
	assert_int_equal(integer(root, "low"), -7);
	assert_int_equal(integer(root, "high"), 0);
	assert_true(json_real_value(json_object_get(root, "level")) == 0.95);
	json_decref(root);
}

static void what_is_there_can_be_added_to(void **state)
{
	struct record r;
	json_t *root;

	(void)state;
	record_adopt(&r, json_pack("{s:{s:i},s:i}", "params", "a", 1, "n", 2));
	record_text(&r, "label", "x");
	assert_int_equal(record_emit(&r, socks[1]), 0);
	root = read_line();
	assert_int_equal(integer(root, "n"), 2);
	assert_int_equal(integer(json_object_get(root, "params"), "a"), 1);
	assert_string_equal(json_string_value(json_object_get(
		json_object_get(root, "params"), "label")), "x");
	json_decref(root);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_socks, close_socks)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_distribution_reads_back),
		TEST(repeated_samples_tell_how_they_went),
		TEST(p999_needs_ten_thousand_samples),
		TEST(what_was_not_measured_is_not_written),
		TEST(numbers_beyond_json_are_refused),
		TEST(counters_have_a_value),
		TEST(an_estimate_may_be_negative),
		TEST(a_series_reads_back),
		TEST(what_is_there_can_be_added_to),
		TEST(a_map_reads_back),
		TEST(odd_text_stays_one_line),
		TEST(a_line_that_cannot_be_written_is_an_error),
		TEST(half_a_line_is_an_error),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
