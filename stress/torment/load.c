// SPDX-License-Identifier: GPL-2.0
#include "load.h"

#include <errno.h>
#include <string.h>

#define LOAD_MAX	(128 << 10)

void load_begin(struct load *load, uint64_t max)
{
	load->max = max;
	load->allowed = 0;
	for (int i = 0; i < LOAD_LIVE; i++)
		load->slot[i].fd = -1;
}

static bool take(struct hand *h, struct load *load, struct load_slot *slot)
{
	struct tally *tally = h->s->tally;
	int fd;

	slot->heap = hand_heap(h);
	slot->size = stress_size(&h->choices, load->max);
	fd = stress_alloc(h->s, slot->heap, slot->size);
	if (fd < 0) {
		if (fd != -ENOMEM && fd != load->allowed && load->allowed != 1)
			stress_found(h->s, "%s: %llu bytes: %s",
				     h->s->heap[slot->heap].heap.name,
				     (unsigned long long)slot->size,
				     strerror(-fd));
		return false;
	}
	slot->fd = fd;
	atomic_fetch_add(&tally->held[slot->heap], 1);
	atomic_fetch_add(&tally->bytes[slot->heap], (int64_t)slot->size);
	return true;
}

static void give(struct hand *h, struct load_slot *slot)
{
	struct tally *tally = h->s->tally;
	int err = heap_free(slot->fd);

	if (err)
		stress_found(h->s, "close: %s", strerror(-err));
	atomic_fetch_sub(&tally->held[slot->heap], 1);
	atomic_fetch_sub(&tally->bytes[slot->heap], (int64_t)slot->size);
	slot->fd = -1;
}

bool load_step(struct hand *h, struct load *load)
{
	struct load_slot *slot = &load->slot[rng_below(&h->rng, LOAD_LIVE)];

	if (slot->fd >= 0)
		give(h, slot);
	return take(h, load, slot);
}

void load_end(struct hand *h, struct load *load)
{
	for (int i = 0; i < LOAD_LIVE; i++)
		if (load->slot[i].fd >= 0)
			give(h, &load->slot[i]);
}

static void work(struct hand *h, int allowed)
{
	struct load load;

	load_begin(&load, LOAD_MAX);
	load.allowed = allowed;
	while (hand_next(h))
		load_step(h, &load);
	load_end(h, &load);
}

void load_work(struct hand *h)
{
	work(h, 0);
}

void load_work_any(struct hand *h)
{
	work(h, 1);
}
