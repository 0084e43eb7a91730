// SPDX-License-Identifier: GPL-2.0
/*
 * The first buffer and the last: all workers take one of the same heap and give
 * it back at once, so that what is made for the first and undone after the last
 * is made and undone all the time.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>

#include "catalogue.h"
#include "crew.h"
#include "restore.h"

#define STRETCH		32

/* So that nothing is kept from the last to the next first */
static int prepare(struct stress *s)
{
	static const char *const files[][2] = {
		{ "/sys/kernel/restricted_heap/restricted_mtk_cma/keep_bytes", "0" },
		{ "/sys/kernel/restricted_heap/restricted_pages/policy", "region" },
		{ "/sys/kernel/restricted_heap/restricted_pages/pool_bytes", "4194304" },
		{ "/sys/kernel/restricted_heap/restricted_pages/drain_ms", "0" },
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		int err = restore_later(files[i][0], files[i][1]);

		if (err && err != -ENOENT)
			return stress_cannot(s, "%s: %s", files[i][0],
					     strerror(-err));
	}
	return 0;
}

static void work(struct hand *h)
{
	struct stress *s = h->s;

	while (hand_next(h)) {
		uint64_t turn = atomic_load(&s->tally->ops) / STRETCH;
		size_t heap = turn % s->nr_heaps;
		int fd = stress_alloc(s, heap,
				      PAGE_BYTES << rng_below(&h->rng, 3));

		if (fd < 0) {
			if (fd != -ENOMEM)
				stress_found(s, "%s: %s",
					     s->heap[heap].heap.name,
					     strerror(-fd));
			continue;
		}
		if (rng_below(&h->rng, 2))
			sched_yield();
		heap_free(fd);
	}
}

static void run(struct stress *s)
{
	const struct crew crew = { .work = work };

	crew_run(s, &crew);
}

const struct stressor stressor_edge = {
	.name = "edge",
	.help = "a first allocation races with a last free: 0 to 1 buffer, nothing kept between",
	.ops = 20000,
	.workers = 4,
	.prepare = prepare,
	.run = run,
};
