/* SPDX-License-Identifier: GPL-2.0 */
/* The memory service's own books, read as any user of the machine may. */
#ifndef RHEAP_MEMSVC_H
#define RHEAP_MEMSVC_H

#include <stddef.h>
#include <stdint.h>

#include "tee.h"

#include <restricted_tee.h>

/**
 * struct memsvc - a public session of the memory service
 * @tee: the TEE it is in
 * @session: of the service
 */
struct memsvc {
	struct tee tee;
	uint32_t session;
};

/**
 * struct memsvc_books - what MEMSVC_CMD_STATS tells
 * @pool: bytes in the pool
 * @free: of them free
 * @buffers: live
 * @ranges: live
 * @added: buffers ever handed out, modulo 2^32
 * @removed: buffers ever given back, modulo 2^32
 */
struct memsvc_books {
	uint32_t pool;
	uint32_t free;
	uint32_t buffers;
	uint32_t ranges;
	uint32_t added;
	uint32_t removed;
};

/**
 * struct memsvc_listing - what MEMSVC_CMD_TABLE tells
 * @entry: in the order of their addresses
 * @n: how many
 */
struct memsvc_listing {
	struct memsvc_entry *entry;
	size_t n;
};

/**
 * memsvc_open - open a session
 * @svc: filled
 *
 * Return: 0, the session to be given to memsvc_close(); -ENODEV when there is
 * no TEE, or none with the service; -EPROTO when the service refused; else a
 * negative errno.
 */
int memsvc_open(struct memsvc *svc);

/**
 * memsvc_close - close a session
 * @svc: an open session
 */
void memsvc_close(struct memsvc *svc);

/**
 * memsvc_type_of - the memory whose buffers are a heap's
 * @heap: its name
 *
 * Return: enum memsvc_type; 0 when the service does not hand out its buffers, one
 * by one.
 */
uint32_t memsvc_type_of(const char *heap);

/**
 * memsvc_books - read the sums of one type of memory
 * @svc: an open session
 * @type: enum memsvc_type
 * @books: filled
 *
 * Return: 0; -EPROTO when the service refused; else a negative errno.
 */
int memsvc_books(const struct memsvc *svc, uint32_t type,
		 struct memsvc_books *books);

/**
 * memsvc_lent - how much of the normal world's memory is restricted
 * @svc: an open session
 * @pages: filled
 *
 * Return: 0; -EPROTO when the service refused; else a negative errno.
 */
int memsvc_lent(const struct memsvc *svc, uint32_t *pages);

/**
 * struct memsvc_layout - what MEMSVC_CMD_LENT_TABLE tells
 * @shm: where the TEE puts it
 * @size: of @shm, in bytes
 * @range: in the order of their addresses, none next to another
 * @n: how many
 */
struct memsvc_layout {
	struct tee_shm shm;
	size_t size;
	struct memsvc_range *range;
	size_t n;
};

/**
 * memsvc_layout_new - make room for a layout
 * @svc: an open session
 * @layout: filled; to be given to memsvc_layout_free() before @svc is closed
 * @ranges: the most that will be read, at least 1
 *
 * Reading takes no memory then, which may be what is looked at.
 *
 * Return: 0, or a negative errno.
 */
int memsvc_layout_new(const struct memsvc *svc, struct memsvc_layout *layout,
		      size_t ranges);

/**
 * memsvc_layout_read - read where the normal world's restricted memory lies
 * @svc: an open session
 * @layout: from memsvc_layout_new()
 *
 * Return: 0; -E2BIG when it is more ranges than there is room for; -EPROTO when
 * the service refused; else a negative errno.
 */
int memsvc_layout_read(const struct memsvc *svc, struct memsvc_layout *layout);

/**
 * memsvc_layout_free - give the room back
 * @layout: from memsvc_layout_new()
 */
void memsvc_layout_free(struct memsvc_layout *layout);

/**
 * memsvc_list - read the table of one type of memory
 * @svc: an open session
 * @type: enum memsvc_type
 * @list: filled; to be given to memsvc_list_free()
 *
 * Return: 0; -EPROTO when the service refused, or when the table grew faster
 * than it could be read; else a negative errno.
 */
int memsvc_list(const struct memsvc *svc, uint32_t type,
		struct memsvc_listing *list);

/**
 * memsvc_list_free - free a table
 * @list: from memsvc_list()
 */
void memsvc_list_free(struct memsvc_listing *list);

/**
 * memsvc_list_check - does a table contradict itself
 * @list: the table
 * @bytes: filled with the sum of its lengths
 * @buffers: filled with the number of its handles
 *
 * Return: NULL; else what is wrong: an empty or torn range, addresses out of
 * order, ranges that overlap, a handle of 0.
 */
const char *memsvc_list_check(const struct memsvc_listing *list,
			      uint64_t *bytes, uint64_t *buffers);

/**
 * memsvc_list_digest - a number that changes with any entry
 * @list: the table
 */
uint64_t memsvc_list_digest(const struct memsvc_listing *list);

#endif /* RHEAP_MEMSVC_H */
