// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "textfile.h"

#define PROBE_FILE	"/job/modules/ledger.ko"
#define PROBE_DIR	"/sys/module/ledger/parameters/"

int probe_load(void)
{
	int fd = open(PROBE_FILE, O_RDONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST)
		err = -errno;
	close(fd);
	return err;
}

int probe_set(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), PROBE_DIR "%s", name);
	return textfile_write(path, text);
}

int probe_open(const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), PROBE_DIR "%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int probe_get(const char *name, int64_t *value)
{
	char path[128], text[64], *end;
	int err;

	snprintf(path, sizeof(path), PROBE_DIR "%s", name);
	err = textfile_read(path, text, sizeof(text));
	if (err)
		return err;
	*value = strtoll(text, &end, 10);
	return end == text || *end != '\n' ? -EPROTO : 0;
}

int klog_open(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (lseek(fd, 0, SEEK_END) < 0) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

static bool holds_one_of(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strstr(text, *words))
			return true;
	return false;
}

/* A record is one read(2): "6,339,5140900,-;text", and lines of its own. */
bool klog_find(int fd, const char *const *words, char *line, size_t size)
{
	char record[1024];
	char *text;
	ssize_t n;

	while ((n = read(fd, record, sizeof(record) - 1)) > 0 ||
	       (n < 0 && errno == EPIPE)) {
		/* EPIPE: some were lost before they were read */
		if (n < 0)
			continue;
		record[n] = 0;
		text = strchr(record, ';');
		if (!text || !holds_one_of(text, words))
			continue;
		text[strcspn(text, "\n")] = 0;
		snprintf(line, size, "%s", text + 1);
		return true;
	}
	return false;
}

bool process_sleeps_in(pid_t pid, const char *function)
{
	char path[64], text[4096], *state;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (textfile_read(path, text, sizeof(text)))
		return false;
	state = strrchr(text, ')');
	if (!state || strncmp(state, ") D", 3))
		return false;
	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	return !textfile_read(path, text, sizeof(text)) &&
	       strstr(text, function);
}
