// SPDX-License-Identifier: GPL-2.0
/*
 * SIGKILL at any moment of a process that takes and gives back buffers: in a
 * call into the TEE, between an allocation and its fd, in the last close.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "catalogue.h"
#include "load.h"

#define LIFE_MAX_US	3000

static void live(struct hand *h)
{
	struct load load;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	load_begin(&load, 1 << 20);
	/* It may fail in any way: a signal is under way */
	load.allowed = 1;
	for (;;)
		load_step(h, &load);
}

static void work(struct hand *h)
{
	while (hand_next(h)) {
		unsigned int life;
		pid_t pid;

		/* So that the next victim chooses otherwise */
		rng_next(&h->rng);
		life = (unsigned int)rng_below(&h->rng, LIFE_MAX_US);
		pid = fork();
		if (!pid)
			live(h);
		if (pid < 0) {
			stress_found(h->s, "fork: %s", strerror(errno));
			return;
		}
		stress_nap(life);
		kill(pid, SIGKILL);
		crew_wait(h->s, pid, SIGKILL, "a process to be killed");
		stress_injected(h->s, 1);
	}
}

static void run(struct stress *s)
{
	const struct crew crew = { .work = work };

	crew_run(s, &crew);
}

const struct stressor stressor_kill = {
	.name = "kill",
	.help = "a process that is killed at any moment leaves nothing behind",
	.ops = 500,
	.workers = 3,
	.run = run,
};
