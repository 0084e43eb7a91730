// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "crew.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diag.h"
#include "textfile.h"

#define NAP_US		5000

/* Who looks more often takes a good part of a slow kernel's only processor. */
#define WATCH_US	50000
#define STALL_SECONDS	120
#define TELL_SECONDS	10

/* Shared by the workers: who has come how far */
struct gate {
	atomic_uint calm;
	atomic_bool release;
	atomic_bool over;
};

static struct gate *gate;

bool hand_next(struct hand *h)
{
	if (!h->left || atomic_load(&h->s->tally->stop))
		return false;
	/* The clock is read now and then only: it is dear where ops are cheap */
	if (!(h->left % 16) && stress_now() > h->s->end)
		return false;
	h->left--;
	atomic_fetch_add(&h->s->tally->ops, 1);
	return true;
}

void hand_rest(struct hand *h)
{
	(void)h;
	atomic_fetch_add(&gate->calm, 1);
	while (!atomic_load(&gate->release))
		stress_nap(NAP_US);
}

size_t hand_heap(struct hand *h)
{
	return choose_below(&h->choices, h->s->nr_heaps);
}

void hand_nap(struct hand *h, unsigned int us)
{
	stress_nap((unsigned int)rng_below(&h->rng, us));
}

static void become_hand(struct stress *s, unsigned int index,
			const struct crew *crew)
{
	struct hand h = {
		.s = s,
		.index = index,
		.rng = { .state = s->seed },
		.left = s->ops / s->workers + (index < s->ops % s->workers),
	};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* A stream of its own for each worker */
	for (unsigned int i = 0; i <= index; i++)
		h.rng.state = rng_next(&h.rng);
	h.choices.rng = &h.rng;
	if (index < s->workers)
		crew->work(&h);
	else
		while (!atomic_load(&gate->over))
			crew->beside(&h);
	_exit(EXIT_PASS);
}

static void judge(struct stress *s, int status, int signal, const char *what)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) != signal)
		stress_found(s, "%s died of signal %d", what, WTERMSIG(status));
	else if (WIFEXITED(status) && WEXITSTATUS(status))
		stress_found(s, "%s ended with %d", what, WEXITSTATUS(status));
}

void crew_wait(struct stress *s, pid_t pid, int signal, const char *what)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return;
	judge(s, status, signal, what);
}

/* How far a crew is, for whoever watches */
struct watch {
	uint64_t last;
	double moved;
	double told;
};

static uint64_t pulse(struct stress *s)
{
	return atomic_load(&s->tally->ops) + atomic_load(&s->tally->injected) +
	       atomic_load(&gate->calm);
}

static void look(struct stress *s, struct watch *w)
{
	double now = stress_now();

	if (pulse(s) != w->last) {
		w->last = pulse(s);
		w->moved = now;
	}
	if (now > s->end)
		atomic_store(&s->tally->stop, true);
	if (now - w->told > TELL_SECONDS) {
		w->told = now;
		diag("%" PRIuFAST64 " of %" PRIu64 " operations, %" PRIuFAST64 " blows",
		     atomic_load(&s->tally->ops), s->ops,
		     atomic_load(&s->tally->injected));
	}
}

/* Return: how many of the workers are left; they may end by @signal. */
static unsigned int reap(struct stress *s, pid_t *pid, unsigned int n,
			 int signal)
{
	unsigned int left = 0;
	int status;

	for (unsigned int i = 0; i < n; i++) {
		if (pid[i] <= 0)
			continue;
		if (waitpid(pid[i], &status, WNOHANG) == pid[i]) {
			judge(s, status, signal, "a worker");
			pid[i] = 0;
		} else {
			left++;
		}
	}
	return left;
}

static void hang(struct stress *s, pid_t *pid, unsigned int n)
{
	char line[64];

	/* With the time, for who knows what the host did then */
	snprintf(line, sizeof(line), "torment: stood still for %d s\n",
		 STALL_SECONDS);
	textfile_write("/dev/kmsg", line);
	stress_found(s, "nothing moved for %d s: it hangs", STALL_SECONDS);
	for (unsigned int i = 0; i < n; i++)
		if (pid[i] > 0)
			kill(pid[i], SIGKILL);
	stress_nap(1000000);
	reap(s, pid, n, SIGKILL);
}

/* Who works beside ends when it sees that all the others have. */
static bool all_gone(struct stress *s, pid_t *pid, bool beside,
		     unsigned int *left)
{
	unsigned int n = (unsigned int)s->workers;
	unsigned int one;

	*left = reap(s, pid, n, 0);
	if (*left)
		return false;
	atomic_store(&gate->over, true);
	one = beside ? reap(s, pid + n, 1, 0) : 0;
	return !one;
}

static void watch(struct stress *s, pid_t *pid, const struct crew *crew)
{
	void (*held)(struct stress *s) = crew->held;
	double now = stress_now();
	struct watch w = { .moved = now, .told = now };
	unsigned int left;

	while (!all_gone(s, pid, crew->beside, &left)) {
		look(s, &w);
		if (stress_now() - w.moved > STALL_SECONDS) {
			hang(s, pid, (unsigned int)s->workers + !!crew->beside);
			return;
		}
		if (held && left && atomic_load(&gate->calm) == left) {
			held(s);
			atomic_store(&gate->release, true);
			held = NULL;
		}
		stress_nap(WATCH_US);
	}
}

void crew_run(struct stress *s, const struct crew *crew)
{
	pid_t pid[CREW_MAX + 1];
	unsigned int n = (unsigned int)s->workers + !!crew->beside;

	gate = mmap(NULL, sizeof(*gate), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (gate == MAP_FAILED) {
		stress_found(s, "no memory for the workers: %s",
			     strerror(errno));
		return;
	}
	fflush(NULL);
	for (unsigned int i = 0; i < n; i++) {
		pid[i] = fork();
		if (!pid[i])
			become_hand(s, i, crew);
		if (pid[i] < 0)
			stress_found(s, "fork: %s", strerror(errno));
	}
	watch(s, pid, crew);
	munmap(gate, sizeof(*gate));
}
