// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "tracing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "options.h"
#include "textfile.h"

#define TRACEFS		"/sys/kernel/tracing"
#define FILE_MAX	96

int tracing_make(struct tracing *t)
{
	int err;

	snprintf(t->path, sizeof(t->path), TRACEFS "/instances/rheap-%d",
		 (int)getpid());
	if (mkdir(t->path, 0700))
		return -errno;
	err = tracing_set(t, "trace_clock", "mono");
	if (err)
		tracing_remove(t);
	return err;
}

void tracing_remove(const struct tracing *t)
{
	rmdir(t->path);
}

int tracing_set(const struct tracing *t, const char *file, const char *value)
{
	char path[TRACING_PATH_MAX + FILE_MAX];

	snprintf(path, sizeof(path), "%s/%s", t->path, file);
	return textfile_write(path, value);
}

int tracing_enable(const struct tracing *t, const char *event)
{
	char file[FILE_MAX];

	snprintf(file, sizeof(file), "events/%s/enable", event);
	return tracing_set(t, file, "1");
}

int tracing_open(const struct tracing *t, const char *file)
{
	char path[TRACING_PATH_MAX + FILE_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", t->path, file);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int tracing_event_id(const char *event, uint16_t *id)
{
	char path[sizeof(TRACEFS) + FILE_MAX];
	char text[16];
	uint64_t value;
	int err;

	snprintf(path, sizeof(path), TRACEFS "/events/%s/id", event);
	err = textfile_read(path, text, sizeof(text));
	if (err)
		return err;
	text[strcspn(text, "\n")] = '\0';
	if (parse_count(text, &value) || value > UINT16_MAX)
		return -EPROTO;
	*id = (uint16_t)value;
	return 0;
}
