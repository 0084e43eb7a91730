// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "heap.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/dma-heap.h>

#include "restore.h"
#include "textfile.h"

#define HEAP_DIR	"/dev/dma_heap"
#define SYSFS_DIR	"/sys/kernel/restricted_heap"
#define MEMINFO		"/proc/meminfo"
#define MEMINFO_MAX	8192
#define STATS_MAX	4096
#define VALUE_MAX	64

/* How the names of heaps begin that take pages of the page allocator */
#define PAGE_HEAPS	"system"
#define FILE_NAME_MAX	32

/* No heap is called by a path: what is opened lies in HEAP_DIR. */
static bool name_ok(const char *name)
{
	return *name && *name != '.' && !strchr(name, '/') &&
	       strlen(name) < HEAP_NAME_MAX;
}

int heap_open(struct heap *heap, const char *name)
{
	char path[sizeof(HEAP_DIR) + HEAP_NAME_MAX];

	if (!name_ok(name))
		return -EINVAL;
	snprintf(path, sizeof(path), HEAP_DIR "/%s", name);
	heap->fd = open(path, O_RDWR | O_CLOEXEC);
	if (heap->fd < 0)
		return -errno;
	snprintf(heap->name, sizeof(heap->name), "%s", name);
	return 0;
}

void heap_close(struct heap *heap)
{
	close(heap->fd);
	heap->fd = -1;
}

int heap_alloc(const struct heap *heap, uint64_t size)
{
	struct dma_heap_allocation_data data = {
		.len = size,
		.fd_flags = O_RDWR | O_CLOEXEC,
	};

	if (ioctl(heap->fd, DMA_HEAP_IOCTL_ALLOC, &data))
		return -errno;
	return (int)data.fd;
}

static int memory_available(uint64_t *bytes)
{
	char text[MEMINFO_MAX];
	uint64_t kbytes;
	char *line;
	int err;

	err = textfile_read(MEMINFO, text, sizeof(text));
	if (err)
		return err;
	line = strstr(text, "MemAvailable:");
	if (!line || sscanf(line, "MemAvailable: %" SCNu64 " kB", &kbytes) != 1)
		return -EPROTO;
	*bytes = kbytes * 1024;
	return 0;
}

int heap_check_size(const struct heap *heap, uint64_t size)
{
	uint64_t available;
	int err;

	if (strncmp(heap->name, PAGE_HEAPS, strlen(PAGE_HEAPS)))
		return 0;
	err = memory_available(&available);
	if (err)
		return err;
	return size > available / 4 * 3 ? -ENOMEM : 0;
}

int heap_free(int fd)
{
	/*
	 * The bare system call: close(3) is a point of cancellation, which
	 * since glibc 2.41 costs more than a percent of a small buffer's free.
	 */
	return syscall(SYS_close, fd) ? -errno : 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

int heap_list(char names[HEAP_LIST_MAX][HEAP_NAME_MAX])
{
	struct dirent *entry;
	int n = 0;
	DIR *dir;

	dir = opendir(HEAP_DIR);
	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while ((entry = readdir(dir))) {
		if (!name_ok(entry->d_name))
			continue;
		if (n == HEAP_LIST_MAX) {
			n = -E2BIG;
			break;
		}
		strcpy(names[n++], entry->d_name);
	}
	closedir(dir);
	if (n > 0)
		qsort(names, (size_t)n, HEAP_NAME_MAX, compare_names);
	return n;
}

int heap_stat_parse(const char *text, const char *counter, uint64_t *value)
{
	size_t len = strlen(counter);

	while (*text) {
		const char *end = strchrnul(text, '\n');

		if (!strncmp(text, counter, len) && text[len] == ' ') {
			char *rest;

			errno = 0;
			*value = strtoull(text + len + 1, &rest, 10);
			return errno || rest != end ? -EPROTO : 0;
		}
		text = *end ? end + 1 : end;
	}
	return -ENOKEY;
}

/* The longest path of a file that a heap of ours has */
#define PATH_BYTES	(sizeof(SYSFS_DIR) + HEAP_NAME_MAX + FILE_NAME_MAX)

static int file_path(const char *name, const char *file, char path[PATH_BYTES])
{
	if (!name_ok(name) || strlen(file) >= FILE_NAME_MAX)
		return -EINVAL;
	snprintf(path, PATH_BYTES, SYSFS_DIR "/%s/%s", name, file);
	return 0;
}

int heap_file_read(const char *name, const char *file, char *text,
		   size_t size)
{
	char path[PATH_BYTES];
	int err = file_path(name, file, path);

	return err ? err : textfile_read(path, text, size);
}

int heap_file_write(const char *name, const char *file, const char *text)
{
	char path[PATH_BYTES];
	int err = file_path(name, file, path);

	return err ? err : textfile_write(path, text);
}

int heap_tune(const char *name, const char *file, const char *value)
{
	char path[PATH_BYTES], text[VALUE_MAX];
	int err = file_path(name, file, path);

	if (err)
		return err;
	if (strlen(value) >= sizeof(text))
		return -E2BIG;
	strcpy(text, value);
	for (char *at = text; (at = strchr(at, ',')); )
		*at = ' ';
	return restore_later(path, text);
}

int heap_stat(const char *name, const char *counter, uint64_t *value)
{
	char text[STATS_MAX];
	int err = heap_file_read(name, "stats", text, sizeof(text));

	return err ? err : heap_stat_parse(text, counter, value);
}

const char *heap_strerror(int err)
{
	switch (-err) {
	case ENOENT:
		return "no such heap here; load its module, or see /dev/dma_heap for what there is";
	case EINVAL:
		return "the heap refuses this size or name";
	case ENOMEM:
		return "does not fit; use a smaller size or a larger pool";
	case ENODEV:
	case ENXIO:
		return "what protects this heap's memory is not there; check that OP-TEE is in the boot and the kernel log for why";
	case EACCES:
	case EPERM:
		return "not allowed; run as root";
	case EMFILE:
	case ENFILE:
		return "no file descriptor is free; raise ulimit -n or hold fewer buffers";
	default:
		return strerror(-err);
	}
}
