// SPDX-License-Identifier: GPL-2.0
/*
 * A pool that is empty says ENOMEM, again and again, and is whole when all is
 * given back. One heap after the other: two of them share the kernel's memory.
 */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "catalogue.h"
#include "crew.h"

#define FDS_MAX		16384
#define EXHAUST_MAX	(4 << 20)

/* So often in a row there was no room for a page: it is empty. */
#define EMPTY_MISSES	16

static size_t target;

static int prepare(struct stress *s)
{
	struct rlimit limit = { FDS_MAX + 64, FDS_MAX + 64 };

	if (setrlimit(RLIMIT_NOFILE, &limit))
		return stress_cannot(s, "%d open files: %s", FDS_MAX,
				     strerror(errno));
	return 0;
}

/* Return: how many were had. */
static size_t fill(struct hand *h, int *fd)
{
	unsigned int misses = 0;
	uint64_t max = EXHAUST_MAX;
	size_t n = 0;

	while (n < FDS_MAX && misses < EMPTY_MISSES && hand_next(h)) {
		int got = stress_alloc(h->s, target,
				       stress_size(&h->choices, max));

		if (got >= 0) {
			fd[n++] = got;
			misses = 0;
			continue;
		}
		if (got != -ENOMEM) {
			stress_found(h->s, "%s: %s",
				     h->s->heap[target].heap.name,
				     strerror(-got));
			return n;
		}
		stress_injected(h->s, 1);
		/* Smaller and smaller, down to the last page */
		if (max > PAGE_BYTES)
			max /= 2;
		else
			misses++;
	}
	return n;
}

static void work(struct hand *h)
{
	static int fd[FDS_MAX];

	while (h->left) {
		size_t n = fill(h, fd);

		while (n) {
			size_t i = rng_below(&h->rng, n);

			heap_free(fd[i]);
			fd[i] = fd[--n];
		}
		if (atomic_load(&h->s->tally->stop) ||
		    stress_now() > h->s->end)
			return;
	}
}

static void run(struct stress *s)
{
	const struct crew crew = { .work = work };
	uint64_t ops = s->ops;
	double end = s->end, now;

	for (target = 0; target < s->nr_heaps; target++) {
		size_t rest = s->nr_heaps - target;

		now = stress_now();
		atomic_store(&s->tally->stop, false);
		s->ops = ops / s->nr_heaps + (target < ops % s->nr_heaps);
		s->end = now + (end - now) / (double)rest;
		crew_run(s, &crew);
	}
	s->ops = ops;
	s->end = end;
}

const struct stressor stressor_exhaust = {
	.name = "exhaust",
	.help = "an empty pool says ENOMEM, loses nothing, and is whole again afterwards",
	.ops = 6000,
	.workers = 2,
	.prepare = prepare,
	.run = run,
};
