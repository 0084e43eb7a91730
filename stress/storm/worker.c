// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "storm.h"

/* A buffer that a thread holds; free when @target is NULL. */
struct slot {
	struct target *target;
	uint64_t size;
	int fd;
};

void target_wrong(struct target *target, const char *fmt, ...)
{
	va_list ap;

	if (atomic_exchange(&target->wrong, true))
		return;
	va_start(ap, fmt);
	vsnprintf(target->why, sizeof(target->why), fmt, ap);
	va_end(ap);
	atomic_store(&target->told, true);
}

/* Before it is asked for, so that the sum is never less than what is held */
static void count_in(struct target *target, uint64_t size)
{
	uint64_t now = atomic_fetch_add(&target->in_use, size) + size;
	uint64_t peak = atomic_load(&target->peak);

	while (now > peak &&
	       !atomic_compare_exchange_weak(&target->peak, &peak, now))
		;
}

static void count_failure(struct target *target, uint64_t size, int err)
{
	atomic_fetch_sub(&target->in_use, size);
	if (err == -ENOMEM)
		atomic_fetch_add(&target->full, 1);
	else
		target_wrong(target, "an allocation of %llu bytes gave: %s",
			     (unsigned long long)size, strerror(-err));
}

static void slot_fill(struct worker *w, struct slot *slot, struct rng *rng)
{
	struct storm *storm = w->storm;
	struct target *target =
		&storm->targets[rng_below(rng, storm->nr_targets)];
	uint64_t size = storm_size(storm, rng);
	int64_t got;
	int fd;

	count_in(target, size);
	fd = heap_alloc(&target->heap, size);
	atomic_fetch_add(&storm->done, 1);
	if (fd < 0) {
		count_failure(target, size, fd);
		return;
	}
	got = dmabuf_size(fd);
	if (got != (int64_t)size)
		target_wrong(target, "a buffer of %llu bytes has %lld",
			     (unsigned long long)size, (long long)got);
	atomic_fetch_add(&target->allocs, 1);
	atomic_fetch_add(&target->held, 1);
	*slot = (struct slot){ .target = target, .size = size, .fd = fd };
}

static void slot_empty(struct worker *w, struct slot *slot)
{
	int err = heap_free(slot->fd);

	if (err)
		target_wrong(slot->target, "close gave: %s", strerror(-err));
	atomic_fetch_sub(&slot->target->held, 1);
	atomic_fetch_sub(&slot->target->in_use, slot->size);
	atomic_fetch_add(&w->storm->freed, 1);
	slot->target = NULL;
}

static void wait_for_release(struct storm *storm)
{
	const struct timespec nap = { .tv_nsec = 1000000 };

	while (!atomic_load(&storm->release))
		nanosleep(&nap, NULL);
}

static void *work(void *data)
{
	struct worker *w = data;
	struct storm *storm = w->storm;
	struct slot slots[STORM_LIVE_MAX] = { { .target = NULL } };
	struct rng rng = { .state = storm->seed };
	uint64_t left = storm->ops / storm->threads +
			(w->index < storm->ops % storm->threads);

	/* A stream of its own for each thread */
	for (uint64_t i = 0; i <= w->index; i++)
		rng.state = rng_next(&rng);
	while (left && !atomic_load(&storm->stop)) {
		struct slot *slot = &slots[rng_below(&rng, storm->live)];

		if (slot->target) {
			slot_empty(w, slot);
		} else {
			slot_fill(w, slot, &rng);
			left--;
		}
	}
	atomic_fetch_add(&storm->calm, 1);
	wait_for_release(storm);
	for (uint64_t i = 0; i < storm->live; i++)
		if (slots[i].target)
			slot_empty(w, &slots[i]);
	atomic_fetch_add(&storm->gone, 1);
	return NULL;
}

int worker_start(struct worker *w)
{
	return -pthread_create(&w->thread, NULL, work, w);
}
