// SPDX-License-Identifier: GPL-2.0
/* The switch that turns a heap's zeroing on and off; see heap.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heap.h"
#include "textfile.h"

#define PATH_BYTES 192

/* sysfs of the framework, then the parameter of a twin's own module */
static const char *const switch_paths[] = {
	"/sys/kernel/restricted_heap/%s/scrub",
	"/sys/module/%s/parameters/scrub",
};

/* Switches that were turned, with what they said before */
static struct {
	char path[PATH_BYTES];
	char old[8];
} turned[HEAP_LIST_MAX];

/* Written last, so that a signal sees whole entries only */
static volatile sig_atomic_t nr_turned;

static int switch_read(const char *path, char *text, size_t size)
{
	int err = textfile_read(path, text, size);

	if (err)
		return err;
	return strchr("01YN", text[0]) && text[0] ? 0 : -EPROTO;
}

/* Find the heap's switch. @path gets its name, @text what it says. */
static int switch_find(const char *name, char path[PATH_BYTES], char *text,
		       size_t size)
{
	int err = -ENOENT;

	if (strchr(name, '/') || strlen(name) >= HEAP_NAME_MAX)
		return -EINVAL;
	for (size_t i = 0; i < sizeof(switch_paths) / sizeof(*switch_paths) &&
	     err == -ENOENT; i++) {
		snprintf(path, PATH_BYTES, switch_paths[i], name);
		err = switch_read(path, text, size);
	}
	return err;
}

int heap_scrub_get(const char *name, bool *on)
{
	char path[PATH_BYTES], text[8];
	int err = switch_find(name, path, text, sizeof(text));

	if (!err)
		*on = text[0] == '1' || text[0] == 'Y';
	return err;
}

int heap_scrub_write(const char *name, const char *text)
{
	char path[PATH_BYTES], old[8];
	int err = switch_find(name, path, old, sizeof(old));

	return err ? err : textfile_write(path, text);
}

void heap_scrub_restore(void)
{
	while (nr_turned > 0) {
		nr_turned--;
		textfile_write(turned[nr_turned].path, turned[nr_turned].old);
	}
}

static void restore_and_die(int sig)
{
	heap_scrub_restore();
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
	return atexit(heap_scrub_restore) ? -ENOMEM : 0;
}

int heap_scrub_set(const char *name, bool on)
{
	static bool watched;
	char path[PATH_BYTES], old[sizeof(turned[0].old)];
	int err = switch_find(name, path, old, sizeof(old));

	if (err)
		return err;
	if (nr_turned == HEAP_LIST_MAX)
		return -ENOSPC;
	if (!watched) {
		err = restore_at_end();
		if (err)
			return err;
		watched = true;
	}
	strcpy(turned[nr_turned].path, path);
	strcpy(turned[nr_turned].old, old);
	nr_turned++;
	return textfile_write(path, on ? "1" : "0");
}
