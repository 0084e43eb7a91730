/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RHEAP_SWEEP_H
#define RHEAP_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "heap.h"

/**
 * struct sweep - let a get come in at each instruction of a last put
 * @heap: of which the buffers are
 * @surprised: told after each try; returns true to end
 * @data: for @surprised
 * @keep: hold the buffer of the get until the put is over, as anybody would;
 *	without it the kernel has a chance to live on
 * @tried: how often a buffer was freed
 * @error: negative errno of an allocation that failed, else 0
 */
struct sweep {
	const struct heap *heap;
	bool (*surprised)(void *data);
	void *data;
	bool keep;
	uint64_t tried;
	int error;
};

/**
 * sweep_run - do it
 * @s: heap, surprised and data set; the rest is filled
 * @tries: how often at most
 *
 * For a machine with one processor and a clock that counts its instructions.
 * One thread frees the heap's only buffer; the other, which may interrupt it
 * wherever the kernel can be interrupted, wakes at a time of its own and
 * allocates. That time is moved through the free, first in halves to where the
 * allocation begins to take long because the pool is gone, and then around there
 * one by one.
 *
 * Return: 0; -EPERM where a thread cannot be made urgent; -ENOKEY when no place
 * is found where the pool goes; else a negative errno.
 */
int sweep_run(struct sweep *s, uint64_t tries);

#endif /* RHEAP_SWEEP_H */
