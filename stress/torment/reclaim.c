// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that is kept comes back when the kernel asks: its shrinkers are called
 * all the time, and page cache comes and goes, while buffers come and go.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "catalogue.h"
#include "load.h"
#include "restore.h"
#include "textfile.h"

#define PAGES		"/sys/kernel/restricted_heap/restricted_pages/"
#define DROP		"/proc/sys/vm/drop_caches"
#define COMPACT		"/proc/sys/vm/compact_memory"
#define HOG_BYTES	(32 << 20)
#define REST_US		4000

static int prepare(struct stress *s)
{
	static const char *const files[][2] = {
		{ PAGES "policy", "pool" },
		{ PAGES "pool_bytes", "4194304" },
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		int err = restore_later(files[i][0], files[i][1]);

		if (err && err != -ENOENT)
			return stress_cannot(s, "%s: %s", files[i][0],
					     strerror(-err));
	}
	return 0;
}

/* Memory that must be found somewhere, now */
static void hog(void)
{
	void *map = mmap(NULL, HOG_BYTES, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (map != MAP_FAILED)
		munmap(map, HOG_BYTES);
}

static void beside(struct hand *h)
{
	static const char *const policies[] = { "buffer", "pool", "region" };

	switch (rng_below(&h->rng, 8)) {
	case 0:
		hog();
		break;
	case 1:
		textfile_write(COMPACT, "1");
		break;
	case 2:
		textfile_write(PAGES "policy", policies[rng_below(&h->rng, 3)]);
		break;
	default:
		/* 2: slabs, and whatever else has a shrinker */
		textfile_write(DROP, "2");
	}
	stress_injected(h->s, 1);
	hand_nap(h, REST_US);
}

static void run(struct stress *s)
{
	const struct crew crew = { .work = load_work, .beside = beside };

	crew_run(s, &crew);
	restore_now();
}

const struct stressor stressor_reclaim = {
	.name = "reclaim",
	.help = "what is kept comes back when memory is short: shrinkers, compaction, policies",
	.ops = 20000,
	.workers = 3,
	.prepare = prepare,
	.run = run,
};
