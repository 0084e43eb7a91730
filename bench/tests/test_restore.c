// SPDX-License-Identifier: GPL-2.0
/* What was written is put back: now, at exit, and when a signal ends it. */
#define _GNU_SOURCE
#include "check.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "restore.h"
#include "textfile.h"

static char path[32];

static int make_file(void **state)
{
	int fd;

	(void)state;
	strcpy(path, "/tmp/test_restore.XXXXXX");
	fd = mkstemp(path);
	if (fd < 0 || write(fd, "7\n", 2) != 2)
		return -1;
	return close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void expect(const char *want)
{
	char text[16];

	assert_int_equal(textfile_read(path, text, sizeof(text)), 0);
	assert_string_equal(text, want);
}

static void now(void **state)
{
	(void)state;
	assert_int_equal(restore_later(path, "8\n"), 0);
	expect("8\n");
	assert_int_equal(restore_later(path, "9\n"), 0);
	expect("9\n");
	restore_now();
	expect("7\n");
	restore_now();
	expect("7\n");
}

static void as_often_as_one_likes(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++)
		assert_int_equal(restore_later(path, i % 2 ? "8\n" : "9\n"), 0);
	restore_now();
	expect("7\n");
}

static void what_cannot_be_read_is_not_written(void **state)
{
	char long_path[300];

	(void)state;
	assert_int_equal(restore_later("/no/such/file", "1"), -ENOENT);
	memset(long_path, 'x', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = '\0';
	assert_int_equal(restore_later(long_path, "1"), -ENAMETOOLONG);
	restore_now();
}

/* A child that writes, and then ends by itself or by a signal */
static int run_child(int sig)
{
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child) {
		if (restore_later(path, "8\n"))
			_exit(99);
		if (sig)
			raise(sig);
		exit(5);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void at_exit(void **state)
{
	int status = run_child(0);

	(void)state;
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 5);
	expect("7\n");
}

static void by_a_signal(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		int status = run_child(signals[i]);

		assert_true(WIFSIGNALED(status) &&
			    WTERMSIG(status) == signals[i]);
		expect("7\n");
	}
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, make_file, remove_file)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(now),
		TEST(as_often_as_one_likes),
		TEST(what_cannot_be_read_is_not_written),
		TEST(at_exit),
		TEST(by_a_signal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
