/* SPDX-License-Identifier: GPL-2.0 */
/* A heap whose TEE dies and returns, and what is promised meanwhile. */
#ifndef RHEAP_VICTIM_H
#define RHEAP_VICTIM_H

#include <stddef.h>

#include "books.h"
#include "dmabuf.h"
#include "heap.h"

#define VICTIM_BUFFERS	6

/* Results that a round prints for each */
#define VICTIM_LINES	5

/* Results that a round under load prints for each */
#define VICTIM_LOAD_LINES	1

/**
 * struct victim - a heap
 * @heap: open
 * @exp_name: its name in the kernel's list of dma-bufs
 * @before: the books at rest
 * @fd: buffers that are held, -1 when freed
 */
struct victim {
	struct heap heap;
	char exp_name[DMABUF_NAME_MAX];
	struct books before;
	int fd[VICTIM_BUFFERS];
};

/**
 * victim_open - open a heap and read its books
 * @v: filled
 * @name: of the heap
 *
 * Return: 0, or a negative errno.
 */
int victim_open(struct victim *v, const char *name);

/**
 * victim_close - close the heap
 * @v: an open one
 */
void victim_close(struct victim *v);

/**
 * victim_take - take buffers, to be held. Prints 1 result.
 * @v: an open heap
 */
void victim_take(struct victim *v);

/**
 * victim_is_refused - without a TEE: no new buffer, and old ones stay. Prints 1
 *	result.
 * @v: holds buffers
 */
void victim_is_refused(struct victim *v);

/**
 * victim_gives_back_some - free half of the buffers: nobody gets their memory.
 *	Prints 1 result.
 * @v: holds buffers
 */
void victim_gives_back_some(struct victim *v);

/**
 * victim_recovers - with the TEE back: the quarantine empties, new buffers come
 *	and old ones go. Prints 1 result.
 * @v: holds the other half
 */
void victim_recovers(struct victim *v);

/**
 * victim_is_as_before - the books of both worlds at rest. Prints 1 result.
 * @v: holds nothing
 */
void victim_is_as_before(struct victim *v);

/**
 * victim_settles - after a round under load: the quarantine empties, and the
 *	books of both worlds are as they were. Prints 1 result.
 * @v: nobody holds a buffer of it
 */
void victim_settles(struct victim *v);

#endif /* RHEAP_VICTIM_H */
