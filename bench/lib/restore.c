// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "restore.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "textfile.h"

#define FILES_MAX	32
#define PATH_BYTES	192

/* Files that were written to, with what they said before */
static struct {
	char path[PATH_BYTES];
	char old[32];
} written[FILES_MAX];

/* Written last, so that a signal sees whole entries only */
static volatile sig_atomic_t nr_written;

void restore_now(void)
{
	while (nr_written > 0) {
		nr_written--;
		textfile_write(written[nr_written].path,
			       written[nr_written].old);
	}
}

static void restore_and_die(int sig)
{
	restore_now();
	/* SA_RESETHAND: the default action is back */
	raise(sig);
}

static int restore_at_end(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGPIPE, SIGTERM };
	struct sigaction action = {
		.sa_handler = restore_and_die,
		.sa_flags = (int)SA_RESETHAND,
	};

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		if (sigaction(signals[i], &action, NULL))
			return -errno;
	return atexit(restore_now) ? -ENOMEM : 0;
}

static bool is_written(const char *path)
{
	for (int i = 0; i < nr_written; i++)
		if (!strcmp(written[i].path, path))
			return true;
	return false;
}

int restore_later(const char *path, const char *text)
{
	static bool watched;
	char old[sizeof(written[0].old)];
	int err;

	if (strlen(path) >= PATH_BYTES)
		return -ENAMETOOLONG;
	if (is_written(path))
		return textfile_write(path, text);
	err = textfile_read(path, old, sizeof(old));
	if (err)
		return err;
	if (nr_written == FILES_MAX)
		return -ENOSPC;
	if (!watched) {
		err = restore_at_end();
		if (err)
			return err;
		watched = true;
	}
	strcpy(written[nr_written].path, path);
	strcpy(written[nr_written].old, old);
	nr_written++;
	return textfile_write(path, text);
}
