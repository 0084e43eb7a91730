// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "dmabuf.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "textfile.h"

#define BUFINFO		"/sys/kernel/debug/dma_buf/bufinfo"
#define FDINFO_MAX	4096

/* size, flags, mode, count, exp_name, ino, name: separated by tabs */
bool dmabuf_parse_line(const char *line, struct dmabuf_line *buf)
{
	return sscanf(line, "%" SCNu64 "\t%*x\t%*x\t%*d\t%63[^\t]\t%" SCNu64,
		      &buf->size, buf->exp_name, &buf->ino) == 3;
}

int dmabuf_parse_fdinfo(const char *text, char name[DMABUF_NAME_MAX])
{
	static const char key[] = "exp_name:\t";
	const char *at = text;
	size_t len;

	while (strncmp(at, key, strlen(key))) {
		at = strchr(at, '\n');
		if (!at)
			return -ENOKEY;
		at++;
	}
	at += strlen(key);
	len = strcspn(at, "\n");
	if (len >= DMABUF_NAME_MAX)
		return -EPROTO;
	memcpy(name, at, len);
	name[len] = '\0';
	return 0;
}

int dmabuf_exp_name(int fd, char name[DMABUF_NAME_MAX])
{
	char path[64], text[FDINFO_MAX];
	int err;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	err = textfile_read(path, text, sizeof(text));
	return err ? err : dmabuf_parse_fdinfo(text, name);
}

int64_t dmabuf_size(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);

	return size < 0 ? -errno : size;
}

int dmabuf_ino(int fd, uint64_t *ino)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	*ino = st.st_ino;
	return 0;
}

/*
 * The last line, "Total N objects, M bytes", tells whether all were
 * understood.
 */
int dmabuf_each(void (*each)(const struct dmabuf_line *buf, void *data),
		void *data)
{
	uint64_t seen = 0, told = UINT64_MAX;
	struct dmabuf_line buf;
	char *line = NULL;
	size_t size = 0;
	FILE *file;
	int err;

	file = fopen(BUFINFO, "re");
	if (!file)
		return -errno;
	while (getline(&line, &size, file) >= 0) {
		if (dmabuf_parse_line(line, &buf)) {
			each(&buf, data);
			seen++;
		} else {
			sscanf(line, "Total %" SCNu64 " objects", &told);
		}
	}
	err = ferror(file) ? -EIO : seen != told ? -EPROTO : 0;
	free(line);
	fclose(file);
	return err;
}

struct lookup {
	uint64_t ino;
	bool found;
};

static void look_up(const struct dmabuf_line *buf, void *data)
{
	struct lookup *lookup = data;

	if (buf->ino == lookup->ino)
		lookup->found = true;
}

int dmabuf_lives(uint64_t ino, bool *lives)
{
	struct lookup lookup = { .ino = ino };
	int err = dmabuf_each(look_up, &lookup);

	*lives = lookup.found;
	return err;
}

struct sum {
	const char *exp_name;
	uint64_t buffers;
	uint64_t bytes;
};

static void add_up(const struct dmabuf_line *buf, void *data)
{
	struct sum *sum = data;

	if (sum->exp_name && strcmp(buf->exp_name, sum->exp_name))
		return;
	sum->buffers++;
	sum->bytes += buf->size;
}

int dmabuf_sum(const char *exp_name, uint64_t *buffers, uint64_t *bytes)
{
	struct sum sum = { .exp_name = exp_name };
	int err = dmabuf_each(add_up, &sum);

	*buffers = sum.buffers;
	*bytes = sum.bytes;
	return err;
}
