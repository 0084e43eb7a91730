/* SPDX-License-Identifier: GPL-2.0 */
/* Which parts of a pool are free, and how torn they are. */
#ifndef FRAG_POOLMAP_H
#define FRAG_POOLMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memsvc.h"

/**
 * struct extent - a run of memory in a pool
 * @offset: in bytes, from the pool's beginning
 * @bytes: its length, never 0
 */
struct extent {
	uint64_t offset;
	uint64_t bytes;
};

/**
 * struct poolmap - the free memory of a pool
 * @size: of the pool, in bytes
 * @bytes: free ones
 * @free: extents, in rising order, none next to another
 * @n: how many
 * @room: how many @free has room for
 *
 * All zeroes is an empty map. To be given to poolmap_free().
 */
struct poolmap {
	uint64_t size;
	uint64_t bytes;
	struct extent *free;
	size_t n;
	size_t room;
};

/**
 * poolmap_parse - read what the kernel tells of a carve-out
 * @m: filled anew
 * @text: lines "offset bytes free" or "offset bytes used", one behind the
 *	other from offset 0 on
 *
 * Return: 0; -EPROTO for another text; -ENOMEM.
 */
int poolmap_parse(struct poolmap *m, const char *text);

/**
 * poolmap_from_table - take what the memory service tells of its pool
 * @m: filled anew
 * @base: physical address of the pool
 * @size: its bytes
 * @list: the ranges in use
 *
 * Return: 0; -EPROTO for a range that is not in the pool, or out of order;
 * -ENOMEM.
 */
int poolmap_from_table(struct poolmap *m, uint64_t base, uint64_t size,
		       const struct memsvc_listing *list);

/**
 * poolmap_free - forget a map
 * @m: any map
 */
void poolmap_free(struct poolmap *m);

/**
 * poolmap_largest - the largest free extent
 * @m: the map
 *
 * Return: bytes, 0 when nothing is free.
 */
uint64_t poolmap_largest(const struct poolmap *m);

/**
 * poolmap_external - external fragmentation
 * @m: the map
 * @permille: filled with 1000 times 1 - largest / free
 *
 * Return: true; false, @permille as it was, when nothing is free.
 */
bool poolmap_external(const struct poolmap *m, uint64_t *permille);

/**
 * poolmap_unusable - the share of free memory that buffers of a size cannot use
 * @m: the map
 * @bytes: of a buffer, at least 1
 * @permille: filled; as mm/vmstat.c's unusable free index: what whole buffers
 *	leave of each extent, over what is free
 *
 * Return: true; false, @permille as it was, when nothing is free.
 */
bool poolmap_unusable(const struct poolmap *m, uint64_t bytes,
		      uint64_t *permille);

/**
 * poolmap_cells - a row of a picture
 * @m: the map
 * @cells: filled with @n digits and a zero byte: 0 for an equal share of the
 *	pool that is free, 9 for one that is in use, 1 to 8 for what is between
 * @n: how many, at least 1
 */
void poolmap_cells(const struct poolmap *m, char *cells, size_t n);

/**
 * poolmap_digest - a number that changes with any extent
 * @m: the map
 * @digest: of the maps before it, or 0
 *
 * Return: of all of them; below 2^53, which any reader of JSON takes exactly.
 */
uint64_t poolmap_digest(const struct poolmap *m, uint64_t digest);

/**
 * struct poolmap_source - where the map of a heap's pool is read
 * @fd: the kernel's file, or -1
 * @text: room for what it says
 * @room: of @text, in bytes
 * @svc: the memory service, where @fd is -1
 * @type: of its memory, enum memsvc_type
 * @base: of its pool
 */
struct poolmap_source {
	int fd;
	char *text;
	size_t room;
	struct memsvc svc;
	uint32_t type;
	uint64_t base;
};

/**
 * poolmap_open - find where the map of a heap's pool can be read
 * @s: filled; to be given to poolmap_close()
 * @heap: the heap's name
 *
 * Return: 0; -ENOENT when nobody tells; else a negative errno.
 */
int poolmap_open(struct poolmap_source *s, const char *heap);

/**
 * poolmap_read - read the map as it is now
 * @s: an open source
 * @m: filled anew
 *
 * Return: 0, or a negative errno; -EPROTO for what cannot be.
 */
int poolmap_read(struct poolmap_source *s, struct poolmap *m);

/**
 * poolmap_close - close a source
 * @s: an open source
 */
void poolmap_close(struct poolmap_source *s);

#endif /* FRAG_POOLMAP_H */
