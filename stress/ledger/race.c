// SPDX-License-Identifier: GPL-2.0
/*
 * (a) The pool's count falls to 0 before the lock is taken; a get that comes in
 * between finds the pool whole, and counts up from 0. Then the put takes the
 * pool apart, with a user. The kernel's own counters notice; if they come too
 * late the kernel falls over a pool that is not there.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "defect.h"
#include "diag.h"
#include "heap.h"
#include "machine.h"
#include "sweep.h"

#define THREADS_MAX	64

struct race {
	struct heap heap;
	uint64_t tries;
	atomic_uint_fast64_t tried;
	atomic_int error;
	atomic_bool stop;
};

/* Lone buffers: every free may be the pool's last, every alloc its first. */
static void *alloc_and_free(void *data)
{
	struct race *race = data;

	while (!atomic_load(&race->stop)) {
		int fd = heap_alloc(&race->heap, PAGE_BYTES);

		if (fd < 0)
			atomic_store(&race->error, fd);
		else
			heap_free(fd);
		if (fd < 0 ||
		    atomic_fetch_add(&race->tried, 1) + 1 >= race->tries)
			atomic_store(&race->stop, true);
	}
	return NULL;
}

static const char *const complaints[] = {
	"refcount_t:", "Unexpected refcount", "use-after-free",
	"list_del corruption", "BUG:", NULL
};

static bool watch(struct race *race, struct attempt *a, int klog)
{
	const struct timespec nap = { .tv_nsec = 10000000 };
	uint64_t begin = clock_now(), told = begin;
	char line[256];
	bool found = false;

	while (!found && !atomic_load(&race->stop)) {
		nanosleep(&nap, NULL);
		found = klog_find(klog, complaints, line, sizeof(line));
		if (clock_now() - begin > a->seconds * 1000000000)
			atomic_store(&race->stop, true);
		/* The kernel may end before we can tell anything else */
		if (clock_now() - told > 1000000000) {
			told = clock_now();
			diag("%" PRIuFAST64 " allocations, each freed",
			     atomic_load(&race->tried));
		}
	}
	atomic_store(&race->stop, true);
	if (found || klog_find(klog, complaints, line, sizeof(line))) {
		seen(a, "the kernel: %s", line);
		return true;
	}
	return false;
}

static bool run_threads(struct race *race, struct attempt *a, int klog)
{
	pthread_t threads[THREADS_MAX];
	uint64_t n = 0;
	bool found;

	while (n < a->threads && n < THREADS_MAX &&
	       !pthread_create(&threads[n], NULL, alloc_and_free, race))
		n++;
	found = watch(race, a, klog);
	while (n)
		pthread_join(threads[--n], NULL);
	a->tried = atomic_load(&race->tried);
	a->found = found;
	return found;
}

static enum sighting race_freely(struct attempt *a, const struct heap *heap,
				 int klog)
{
	struct race race = { .heap = *heap, .tries = a->tries };
	int err;

	if (run_threads(&race, a, klog))
		return SIGHT_SEEN;
	err = atomic_load(&race.error);
	if (err)
		return seen(a, "an allocation of one page: %s", strerror(-err));
	return unseen(a, "%" PRIu64 " threads, and the kernel's log is clean",
		      a->threads);
}

struct log_watch {
	int klog;
	char line[256];
};

static bool complained(void *data)
{
	struct log_watch *w = data;

	return klog_find(w->klog, complaints, w->line, sizeof(w->line));
}

static enum sighting race_in_step(struct attempt *a, const struct heap *heap,
				  int klog)
{
	struct log_watch watch = { .klog = klog, .line = "" };
	struct sweep sweep = {
		.heap = heap,
		.surprised = complained,
		.data = &watch,
		.keep = a->fatal,
	};
	int err = sweep_run(&sweep, a->tries);

	a->tried = sweep.tried;
	if (watch.line[0] || sweep.error) {
		a->found = 1;
		return watch.line[0] ?
		       seen(a, "the kernel: %s", watch.line) :
		       seen(a, "an allocation of one page: %s",
			    strerror(-sweep.error));
	}
	if (err == -ENOKEY)
		return unseen(a, "an allocation takes no longer when it meets the last free");
	if (err)
		return cannot(a, "%s", strerror(-err));
	return unseen(a, "an allocation at each instruction of a last free, and the kernel's log is clean");
}

static enum sighting run_race(struct attempt *a)
{
	enum sighting sighting;
	int klog = klog_open();
	struct heap heap;
	int err;

	if (klog < 0)
		return cannot(a, "/dev/kmsg: %s", strerror(-klog));
	err = heap_open(&heap, a->heap);
	if (err) {
		close(klog);
		return cannot(a, "heap %s: %s", a->heap, strerror(-err));
	}
	sighting = a->counted ? race_in_step(a, &heap, klog) :
				race_freely(a, &heap, klog);
	heap_close(&heap);
	close(klog);
	return sighting;
}

const struct defect defect_race = {
	.name = "a-race",
	.help = "a get that meets the last put counts up from 0, and loses the pool",
	.heap = "protected,secure-video",
	.tries = 100000,
	.run = run_race,
};
