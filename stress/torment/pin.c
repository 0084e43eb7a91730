// SPDX-License-Identifier: GPL-2.0
/* No module goes from under its buffers: all of ours are asked to, again and again. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "catalogue.h"
#include "load.h"

#define REST_US		2000

static const char *const modules[] = {
	"restricted_heap", "restricted_memory", "restricted_tee",
	"restricted_carveout", "restricted_mtk", "restricted_pages",
	"direct_carveout", "direct_pages", "tee_sim",
};

static void beside(struct hand *h)
{
	const char *name =
		modules[rng_below(&h->rng, sizeof(modules) / sizeof(*modules))];

	if (!syscall(SYS_delete_module, name, O_NONBLOCK))
		stress_found(h->s, "module %s was removed from under its heaps",
			     name);
	else if (errno != EBUSY && errno != EWOULDBLOCK && errno != ENOENT)
		stress_found(h->s, "removing module %s: %s", name,
			     strerror(errno));
	else if (errno != ENOENT)
		stress_injected(h->s, 1);
	hand_nap(h, REST_US);
}

static void run(struct stress *s)
{
	const struct crew crew = { .work = load_work, .beside = beside };

	crew_run(s, &crew);
}

const struct stressor stressor_pin = {
	.name = "pin",
	.help = "a module stays for as long as its heaps and their buffers",
	.ops = 10000,
	.workers = 3,
	.run = run,
};
