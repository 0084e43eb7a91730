// SPDX-License-Identifier: GPL-2.0
/*
 * Memory pressure and OOM: processes with a limit fill it with their own memory
 * while they hold buffers, until the kernel kills them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "catalogue.h"
#include "cgroup.h"
#include "diag.h"
#include "load.h"

#define LIMIT		"8388608"
#define STEP_BYTES	(64 << 10)
#define STEPS_MAX	1000

static int prepare(struct stress *s)
{
	int err = cgroup_make(s, "memory");

	if (!err && cgroup_write("memory.max", LIMIT))
		err = stress_cannot(s, "no limit of memory can be set");
	return err;
}

/* Ends by the kernel's hand */
static void live(struct hand *h)
{
	struct load load;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (cgroup_join())
		_exit(EXIT_FAIL);
	load_begin(&load, 256 << 10);
	load.allowed = 1;
	for (int i = 0; i < STEPS_MAX; i++) {
		void *map = mmap(NULL, STEP_BYTES, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (map == MAP_FAILED)
			_exit(EXIT_FAIL);
		memset(map, 1, STEP_BYTES);
		load_step(h, &load);
	}
	_exit(EXIT_PASS);
}

static void work(struct hand *h)
{
	while (hand_next(h)) {
		int status;
		pid_t pid;

		rng_next(&h->rng);
		pid = fork();
		if (!pid)
			live(h);
		if (pid < 0 || waitpid(pid, &status, 0) < 0) {
			stress_found(h->s, "fork: %s", strerror(errno));
			return;
		}
		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
			stress_injected(h->s, 1);
		else
			stress_found(h->s, "who is over the limit ended with status %#x",
				     (unsigned int)status);
	}
}

static void run(struct stress *s)
{
	const struct crew crew = { .work = work };

	crew_run(s, &crew);
	cgroup_remove();
}

const struct stressor stressor_memcg = {
	.name = "memcg",
	.help = "who is killed for want of memory, with buffers in hand, leaves nothing behind",
	.ops = 60,
	.workers = 2,
	.prepare = prepare,
	.run = run,
};
