/* SPDX-License-Identifier: GPL-2.0 */
/* The oracles: what has to be as before when all is freed. */
#ifndef RHEAP_WORLD_H
#define RHEAP_WORLD_H

#include "books.h"
#include "stressor.h"

/**
 * struct world - all that can be seen of the machine at rest
 * @heap: each heap's books
 * @dmabufs: dma-bufs of the whole machine, -1 where it does not tell
 * @slab: objects of the type "restricted_buffer", -1 likewise
 * @lent: pages of the normal world that the TEE holds, -1 without a TEE
 * @free: bytes that the buddy allocator has
 * @taint: of the kernel
 */
struct world {
	struct books heap[STRESS_HEAPS_MAX];
	int64_t dmabufs;
	int64_t slab;
	int64_t lent;
	int64_t free;
	int64_t taint;
};

/**
 * world_begin - look at the machine at rest
 * @s: the run; nothing is held
 * @w: filled
 *
 * Return: 0, or a negative errno.
 */
int world_begin(struct stress *s, struct world *w);

/**
 * world_verify - is all as before? What is not is found.
 * @s: the run; nothing is held any more
 * @before: from world_begin()
 * @torn: the heaps' and the TEE's books are not judged, nor that each heap gives
 *	a buffer
 *
 * What a heap keeps for a while it is given time to give back. Then every heap
 * has to give a buffer.
 */
void world_verify(struct stress *s, const struct world *before,
		  bool torn);

/**
 * world_keeps - does a heap keep memory between two buffers?
 * @s: the run
 * @heap: index of the heap
 */
bool world_keeps(struct stress *s, size_t heap);

/**
 * world_drain - let a heap give back what it keeps
 * @s: the run
 * @heap: index of the heap; nothing of it is held
 *
 * Return: whether it did, within @s->patience, or keeps nothing.
 */
bool world_drain(struct stress *s, size_t heap);

/**
 * world_same_held - is of a heap held as much as before, in both worlds?
 * @s: the run
 * @before: from world_begin()
 * @heap: index of the heap; nothing of it is held
 * @what: filled with what differs
 * @size: of @what
 *
 * What is in quarantine is tried again. What the heap keeps does not count but
 * as lent to the TEE.
 *
 * Return: whether it was, within @s->patience.
 */
bool world_same_held(struct stress *s, const struct world *before, size_t heap,
		     char *what, size_t size);

/**
 * world_settled - has everything come to rest?
 * @s: the run
 * @before: from world_begin()
 *
 * Return: true when all books are those of @before and nothing is kept; false
 * when they were not after @s->patience.
 */
bool world_settled(struct stress *s, const struct world *before);

/**
 * world_free_bytes - what the buddy allocator has, and what lies about
 *
 * Return: bytes.
 */
int64_t world_free_bytes(void);

#endif /* RHEAP_WORLD_H */
