// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int textfile_read(const char *path, char *text, size_t size)
{
	size_t used = 0;
	ssize_t got;
	int err = 0;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while ((got = read(fd, text + used, size - used)) > 0) {
		used += (size_t)got;
		if (used == size) {
			err = -EFBIG;
			goto close_fd;
		}
	}
	if (got < 0)
		err = -errno;
close_fd:
	text[err ? 0 : used] = '\0';
	close(fd);
	return err;
}

int textfile_write(const char *path, const char *text)
{
	size_t len = strlen(text);
	ssize_t put;
	int err = 0;
	int fd;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	put = write(fd, text, len);
	if (put < 0)
		err = -errno;
	else if ((size_t)put != len)
		err = -EIO;
	close(fd);
	return err;
}
