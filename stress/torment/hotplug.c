// SPDX-License-Identifier: GPL-2.0
/* Processors go and come while buffers do. */
#include <stdio.h>
#include <unistd.h>

#include "catalogue.h"
#include "load.h"
#include "textfile.h"

#define CPUS_MAX	8
#define REST_US		20000

static unsigned int cpus;

static void cpu_path(char path[64], unsigned int cpu)
{
	snprintf(path, 64, "/sys/devices/system/cpu/cpu%u/online", cpu);
}

static int prepare(struct stress *s)
{
	char path[64];

	for (cpus = 1; cpus < CPUS_MAX; cpus++) {
		cpu_path(path, cpus);
		if (access(path, W_OK))
			break;
	}
	if (cpus == 1)
		return stress_cannot(s, "no processor but the first can be switched off (--clock wall has more)");
	return 0;
}

static void beside(struct hand *h)
{
	char path[64];

	cpu_path(path, 1 + (unsigned int)rng_below(&h->rng, cpus - 1));
	if (!textfile_write(path, "0"))
		stress_injected(h->s, 1);
	hand_nap(h, REST_US);
	textfile_write(path, "1");
	hand_nap(h, REST_US);
}

static void run(struct stress *s)
{
	const struct crew crew = { .work = load_work, .beside = beside };

	crew_run(s, &crew);
}

const struct stressor stressor_hotplug = {
	.name = "hotplug",
	.help = "a processor that goes takes nothing with it",
	.ops = 10000,
	.workers = 4,
	.prepare = prepare,
	.run = run,
};
