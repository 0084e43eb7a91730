// SPDX-License-Identifier: GPL-2.0
/* TAP: what is printed, and the verdict. */
#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diag.h"
#include "tap.h"

static char said[4096];

/* Run @print with stdout going to @said; a process of its own can bail out. */
static int run(int (*print)(void))
{
	int ends[2], status;
	size_t used = 0;
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	fflush(stdout);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		_exit(print());
	}
	close(ends[1]);
	while ((got = read(ends[0], said + used, sizeof(said) - 1 - used)) > 0)
		used += (size_t)got;
	said[used] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int print_good(void)
{
	tap_begin(3);
	tap_ok("first");
	tap_skip("second", "no heap");
	tap_expected("third", "peer: maps");
	return tap_end();
}

static void no_failure_passes(void **state)
{
	(void)state;
	assert_int_equal(run(print_good), EXIT_PASS);
	assert_string_equal(said,
			    "TAP version 13\n"
			    "1..3\n"
			    "ok 1 - first\n"
			    "ok 2 - second # SKIP no heap\n"
			    "ok 3 - third # XFAIL peer: maps\n");
}

static int print_bad(void)
{
	tap_begin(2);
	tap_not_ok("first", "it broke");
	tap_ok("second");
	return tap_end();
}

static void one_failure_fails(void **state)
{
	(void)state;
	assert_int_equal(run(print_bad), EXIT_FAIL);
	assert_string_equal(said,
			    "TAP version 13\n"
			    "1..2\n"
			    "not ok 1 - first\n"
			    "# it broke\n"
			    "ok 2 - second\n");
}

static int print_short(void)
{
	tap_begin(2);
	tap_ok("first");
	return tap_end();
}

static void a_missing_result_fails(void **state)
{
	(void)state;
	assert_int_equal(run(print_short), EXIT_FAIL);
	assert_non_null(strstr(said, "# 1 results, and not the 2"));
}

static int print_bail(void)
{
	tap_begin(2);
	tap_ok("first");
	tap_bail_out("it hangs");
}

static void a_bail_out_fails(void **state)
{
	(void)state;
	assert_int_equal(run(print_bail), EXIT_FAIL);
	assert_non_null(strstr(said, "\nBail out! it hangs\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_failure_passes),
		cmocka_unit_test(one_failure_fails),
		cmocka_unit_test(a_missing_result_fails),
		cmocka_unit_test(a_bail_out_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
