// SPDX-License-Identifier: GPL-2.0
/* Who is frozen at any moment, as for a suspend, goes on where it was. */
#include <string.h>

#include "catalogue.h"
#include "cgroup.h"
#include "load.h"

#define FROZEN_US	8000
#define THAWED_US	8000

static int prepare(struct stress *s)
{
	int err = cgroup_make(s, NULL);

	if (!err && cgroup_write("cgroup.freeze", "0"))
		err = stress_cannot(s, "this kernel has no freezer");
	return err;
}

static void work(struct hand *h)
{
	int err = cgroup_join();

	if (err)
		stress_found(h->s, "it cannot be frozen: %s", strerror(-err));
	load_work(h);
}

static void beside(struct hand *h)
{
	cgroup_write("cgroup.freeze", "1");
	hand_nap(h, FROZEN_US);
	cgroup_write("cgroup.freeze", "0");
	hand_nap(h, THAWED_US);
	stress_injected(h->s, 1);
}

static void run(struct stress *s)
{
	const struct crew crew = { .work = work, .beside = beside };

	crew_run(s, &crew);
	cgroup_remove();
}

const struct stressor stressor_freeze = {
	.name = "freeze",
	.help = "who is frozen at any moment goes on where it was",
	.ops = 10000,
	.workers = 4,
	.prepare = prepare,
	.run = run,
};
