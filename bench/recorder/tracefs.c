// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "tracefs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "textfile.h"

#define INSTANCES	"/sys/kernel/tracing/instances"
#define FILE_MAX	80

static int set(const struct tracefs *t, const char *file, const char *value)
{
	char path[TRACEFS_PATH_MAX + FILE_MAX];

	snprintf(path, sizeof(path), "%s/%s", t->path, file);
	return textfile_write(path, value);
}

static int enable(const struct tracefs *t, const char *event)
{
	char file[FILE_MAX];

	snprintf(file, sizeof(file), "events/%s/enable", event);
	return set(t, file, "1");
}

static int set_up(struct tracefs *t, uint64_t buffer_kb)
{
	char kb[24], path[TRACEFS_PATH_MAX + FILE_MAX];
	int err;

	snprintf(kb, sizeof(kb), "%" PRIu64, buffer_kb);
	err = set(t, "buffer_size_kb", kb);
	if (!err)
		err = set(t, "trace_clock", "mono");
	if (!err)
		err = set(t, "options/record-tgid", "1");
	if (!err)
		err = enable(t, "dma_buf/dma_buf_export");
	if (!err)
		err = enable(t, "dma_buf/dma_buf_fd");
	if (err)
		return err;
	/* Not in every kernel, nor for every heap */
	enable(t, "restricted_heap/restricted_export_end");
	enable(t, "restricted_heap/restricted_memory_unrestrict_begin");
	enable(t, "restricted_heap/restricted_memory_free_begin");
	t->closes = !enable(t, "syscalls/sys_enter_close");
	snprintf(path, sizeof(path), "%s/trace_pipe", t->path);
	t->pipe = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return t->pipe < 0 ? -errno : 0;
}

int tracefs_open(struct tracefs *t, uint64_t buffer_kb)
{
	int err;

	snprintf(t->path, sizeof(t->path), INSTANCES "/rheap-%d",
		 (int)getpid());
	if (mkdir(t->path, 0700))
		return -errno;
	err = set_up(t, buffer_kb);
	if (err)
		rmdir(t->path);
	return err;
}

void tracefs_stop(struct tracefs *t)
{
	set(t, "tracing_on", "0");
}

void tracefs_close(struct tracefs *t)
{
	close(t->pipe);
	rmdir(t->path);
}
