// SPDX-License-Identifier: GPL-2.0
/* The switch that turns a heap's zeroing on and off; see heap.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "heap.h"
#include "restore.h"
#include "textfile.h"

#define PATH_BYTES 192

/* sysfs of the framework, then the parameter of a twin's own module */
static const char *const switch_paths[] = {
	"/sys/kernel/restricted_heap/%s/scrub",
	"/sys/module/%s/parameters/scrub",
};

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

int heap_scrub_set(const char *name, bool on)
{
	char path[PATH_BYTES], old[8];
	int err = switch_find(name, path, old, sizeof(old));

	return err ? err : restore_later(path, on ? "1" : "0");
}
