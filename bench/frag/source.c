// SPDX-License-Identifier: GPL-2.0
/* Where the map of a heap's pool is read; see poolmap.h. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heap.h"
#include "poolmap.h"
#include "textfile.h"

#define MAP_DIR		"/sys/kernel/debug/restricted_memory"
#define NODES		"/proc/device-tree/reserved-memory"
#define FIRST_ROOM	16384
#define NAME_BYTES	128

/* A big-endian cell of a device tree */
static uint64_t cell(const char *at)
{
	const unsigned char *b = (const unsigned char *)at;

	return (uint64_t)b[0] << 24 | (uint64_t)b[1] << 16 |
	       (uint64_t)b[2] << 8 | b[3];
}

/* The nodes of the memory service's pools, by type */
static const char *const compatible[] = {
	[MEMSVC_TYPE_STATIC] = "restricted-memory-service",
	[MEMSVC_TYPE_SECURE] = "restricted-secure-ram",
};

/* Return: 0 with the region's base when the node is the one looked for. */
static int read_node(const char *node, uint32_t type, uint64_t *base)
{
	char path[sizeof(NODES) + 2 * NAME_BYTES], text[NAME_BYTES] = "";
	int err;

	snprintf(path, sizeof(path), NODES "/%s/compatible", node);
	err = textfile_read(path, text, sizeof(text));
	if (err || strcmp(text, compatible[type]))
		return -ENOENT;
	snprintf(path, sizeof(path), NODES "/%s/reg", node);
	err = textfile_read(path, text, sizeof(text));
	*base = cell(text) << 32 | cell(text + 4);
	return err;
}

/* Where a pool of the memory service lies, by the device tree */
static int find_base(uint32_t type, uint64_t *base)
{
	struct dirent *entry;
	int err = -ENOENT;
	DIR *dir = opendir(NODES);

	if (!dir)
		return -errno;
	while (err && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' &&
		    strlen(entry->d_name) < NAME_BYTES)
			err = read_node(entry->d_name, type, base);
	closedir(dir);
	return err;
}

static int open_service(struct poolmap_source *s)
{
	int err = find_base(s->type, &s->base);

	if (err)
		return err;
	err = memsvc_open(&s->svc);
	return err == -ENODEV ? -ENOENT : err;
}

int poolmap_open(struct poolmap_source *s, const char *heap)
{
	char path[sizeof(MAP_DIR) + HEAP_NAME_MAX];

	memset(s, 0, sizeof(*s));
	s->fd = -1;
	s->type = memsvc_type_of(heap);
	if (s->type)
		return open_service(s);
	if (strchr(heap, '/') || strlen(heap) >= HEAP_NAME_MAX)
		return -ENOENT;
	snprintf(path, sizeof(path), MAP_DIR "/%s", heap);
	s->fd = open(path, O_RDONLY | O_CLOEXEC);
	return s->fd < 0 ? -errno : 0;
}

void poolmap_close(struct poolmap_source *s)
{
	if (s->fd >= 0)
		close(s->fd);
	else
		memsvc_close(&s->svc);
	free(s->text);
}

static int read_service(struct poolmap_source *s, struct poolmap *m)
{
	struct memsvc_listing list;
	struct memsvc_books books;
	int err = memsvc_books(&s->svc, s->type, &books);

	if (!err)
		err = memsvc_list(&s->svc, s->type, &list);
	if (err)
		return err;
	err = poolmap_from_table(m, s->base, books.pool, &list);
	memsvc_list_free(&list);
	return err;
}

static int grow(struct poolmap_source *s)
{
	size_t more = s->room ? 2 * s->room : FIRST_ROOM;
	char *moved = realloc(s->text, more);

	if (!moved)
		return -ENOMEM;
	s->text = moved;
	s->room = more;
	return 0;
}

static int read_file(struct poolmap_source *s, struct poolmap *m)
{
	size_t used = 0;
	ssize_t got;

	if (lseek(s->fd, 0, SEEK_SET))
		return -errno;
	do {
		if (used + 1 >= s->room && grow(s))
			return -ENOMEM;
		got = read(s->fd, s->text + used, s->room - used - 1);
		if (got < 0)
			return -errno;
		used += (size_t)got;
	} while (got);
	s->text[used] = '\0';
	return poolmap_parse(m, s->text);
}

int poolmap_read(struct poolmap_source *s, struct poolmap *m)
{
	return s->fd >= 0 ? read_file(s, m) : read_service(s, m);
}
