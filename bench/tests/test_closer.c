// SPDX-License-Identifier: GPL-2.0
/* Every way closes every file of a batch, and says so of one that it could not. */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "closer.h"

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static void open_files(int *fd, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		fd[i] = open("/dev/null", O_RDONLY);
		assert_true(fd[i] >= 0);
	}
}

static void try_way(enum closer_way way, size_t n)
{
	struct closer_times times;
	struct closer closer;
	int fd[CLOSER_MAX];
	int err = closer_open(&closer, way);

	if (err == -ENOSYS || err == -EPERM || err == -ENOMEM)
		skip();
	assert_int_equal(err, 0);
	for (int round = 0; round < 3; round++) {
		open_files(fd, n);
		assert_int_equal(closer_close(&closer, fd, n, &times), 0);
		assert_true(times.begin <= times.visible);
		assert_true(times.visible <= times.done);
		for (size_t i = 0; i < n; i++)
			assert_false(is_open(fd[i]));
	}
	closer_shut(&closer);
}

static void all_are_closed(void **state)
{
	(void)state;
	for (int way = WAY_CLOSE; way < CLOSER_WAYS; way++) {
		try_way((enum closer_way)way, 1);
		try_way((enum closer_way)way, CLOSER_MAX);
	}
}

/* The chain breaks at what is no file, and what comes after it is closed all the same. */
static void a_broken_chain_leaves_nothing_open(void **state)
{
	struct closer_times times;
	struct closer closer;
	int fd[8];

	(void)state;
	if (closer_open(&closer, WAY_LINKED))
		skip();
	open_files(fd, 8);
	close(fd[3]);
	assert_int_equal(closer_close(&closer, fd, 8, &times), -EBADF);
	for (int i = 0; i < 8; i++)
		assert_false(is_open(fd[i]));
	closer_shut(&closer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_are_closed),
		cmocka_unit_test(a_broken_chain_leaves_nothing_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
