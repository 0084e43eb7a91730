/* SPDX-License-Identifier: GPL-2.0 */
/* Buffers that a worker takes and gives back. */
#ifndef RHEAP_TORMENT_LOAD_H
#define RHEAP_TORMENT_LOAD_H

#include "crew.h"

#define LOAD_LIVE	8

/**
 * struct load_slot - a buffer, or none
 * @heap: index of its heap
 * @size: in bytes
 * @fd: -1 for none
 */
struct load_slot {
	size_t heap;
	uint64_t size;
	int fd;
};

/**
 * struct load - buffers that a worker holds
 * @slot: they, LOAD_LIVE at most
 * @max: bytes of the largest
 * @allowed: an error, as a negative errno, that an allocation may end with,
 *	beside -ENOMEM; 0 for none, 1 for any
 */
struct load {
	struct load_slot slot[LOAD_LIVE];
	uint64_t max;
	int allowed;
};

/**
 * load_begin - hold nothing
 * @load: filled
 * @max: bytes of the largest buffer
 */
void load_begin(struct load *load, uint64_t max);

/**
 * load_step - take a buffer of any heap, and give one back before
 * @h: the worker
 * @load: what it holds
 *
 * What goes wrong in a way that is not @allowed is found.
 *
 * Return: whether a buffer was taken.
 */
bool load_step(struct hand *h, struct load *load);

/**
 * load_end - give all back
 * @h: the worker
 * @load: what it holds
 */
void load_end(struct hand *h, struct load *load);

/**
 * load_work - a whole worker's life of load_step(), for crew_run()
 * @h: the worker
 */
void load_work(struct hand *h);

/**
 * load_work_any - likewise, where an allocation may fail in any way
 * @h: the worker
 */
void load_work_any(struct hand *h);

#endif /* RHEAP_TORMENT_LOAD_H */
