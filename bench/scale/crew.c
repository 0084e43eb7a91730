// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "crew.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

#define NSEC_PER_SEC	1000000000

enum gate { GATE_SHUT, GATE_OPEN, GATE_GONE };

/*
 * @next is the buffer of each heap that nobody has taken yet; @start is set
 * before the gate opens. Processes have it, too.
 */
struct crew_shared {
	/* Protects @ready and @gate */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t ready;
	enum gate gate;
	atomic_size_t next[CREW_HEAPS_MAX];
	uint64_t start;
};

struct worker {
	struct crew *crew;
	const struct crew_job *job;
	uint32_t index;
	union {
		pthread_t thread;
		pid_t process;
	};
};

static void *shared_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

static size_t samples_size(const struct crew *crew)
{
	return crew->room * CREW_HEAPS_MAX * sizeof(*crew->sample);
}

int crew_new(struct crew *crew, size_t buffers)
{
	crew->room = buffers;
	crew->sample = shared_memory(samples_size(crew));
	if (!crew->sample)
		return -ENOMEM;
	crew->shared = shared_memory(sizeof(*crew->shared));
	if (!crew->shared) {
		munmap(crew->sample, samples_size(crew));
		return -ENOMEM;
	}
	return 0;
}

void crew_free(struct crew *crew)
{
	munmap(crew->shared, sizeof(*crew->shared));
	munmap(crew->sample, samples_size(crew));
}

static void sleep_until(uint64_t when)
{
	const struct timespec at = {
		.tv_sec = (time_t)(when / NSEC_PER_SEC),
		.tv_nsec = (long)(when % NSEC_PER_SEC),
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) ==
	       EINTR)
		;
}

static void live(const struct heap *heap, struct crew_sample *s)
{
	int fd;

	s->begin = clock_now();
	fd = heap_alloc(heap, s->size);
	s->middle = clock_now();
	if (fd < 0) {
		s->err = fd;
		return;
	}
	s->err = heap_free(fd);
	s->end = clock_now();
}

/* A process has no page of the samples of its own before it touches it. */
static void touch(const struct crew *crew)
{
	const volatile unsigned char *byte =
		(const volatile unsigned char *)crew->sample;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	for (size_t i = 0; i < samples_size(crew); i += page)
		(void)byte[i];
}

/* Return whether there is anything to do. */
static bool wait_at_gate(struct crew_shared *shared)
{
	enum gate gate;

	pthread_mutex_lock(&shared->lock);
	shared->ready++;
	pthread_cond_broadcast(&shared->changed);
	while (shared->gate == GATE_SHUT)
		pthread_cond_wait(&shared->changed, &shared->lock);
	gate = shared->gate;
	pthread_mutex_unlock(&shared->lock);
	return gate == GATE_OPEN;
}

/* When so many wait there */
static void turn_gate(struct crew_shared *shared, size_t workers,
		      enum gate gate)
{
	pthread_mutex_lock(&shared->lock);
	while (shared->ready < workers)
		pthread_cond_wait(&shared->changed, &shared->lock);
	shared->gate = gate;
	shared->start = clock_now();
	pthread_cond_broadcast(&shared->changed);
	pthread_mutex_unlock(&shared->lock);
}

static void *work(void *data)
{
	const struct worker *w = data;
	const struct crew_job *job = w->job;
	struct crew_shared *shared = w->crew->shared;
	size_t heap = w->index % job->nr_heaps;
	struct crew_sample *sample = w->crew->sample + heap * w->crew->room;
	size_t i;

	/* Or waking may be 50 us late */
	prctl(PR_SET_TIMERSLACK, 1);
	touch(w->crew);
	if (!wait_at_gate(shared))
		return NULL;
	while ((i = atomic_fetch_add(&shared->next[heap], 1)) < job->buffers) {
		struct crew_sample *s = &sample[i];

		s->worker = w->index;
		s->size = job->size[i];
		if (job->due) {
			s->due = shared->start + job->due[i];
			if (s->due > clock_now())
				sleep_until(s->due);
		}
		live(job->heap[heap], s);
		if (!job->due)
			s->due = s->begin;
	}
	return NULL;
}

static int hire_process(struct worker *w)
{
	w->process = fork();
	if (w->process < 0)
		return -errno;
	if (w->process)
		return 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	work(w);
	_exit(0);
}

static int hire(struct worker *w)
{
	if (w->job->processes)
		return hire_process(w);
	return -pthread_create(&w->thread, NULL, work, w);
}

static int wait_for(struct worker *w)
{
	int status;

	if (!w->job->processes)
		return -pthread_join(w->thread, NULL);
	while (waitpid(w->process, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return status ? -EIO : 0;
}

static int part_from(struct worker *worker, size_t n)
{
	int err = 0;

	for (size_t i = 0; i < n; i++) {
		int bad = wait_for(&worker[i]);

		err = err ? err : bad;
	}
	return err;
}

static int hire_all(struct worker *worker, struct crew *crew,
		    const struct crew_job *job)
{
	for (size_t i = 0; i < job->workers; i++) {
		int err;

		worker[i] = (struct worker){ crew, job, (uint32_t)i, { 0 } };
		err = hire(&worker[i]);
		if (err) {
			turn_gate(crew->shared, i, GATE_GONE);
			part_from(worker, i);
			return err;
		}
	}
	return 0;
}

/* Both can be used by several processes. */
static int make_gate(struct crew_shared *shared)
{
	pthread_mutexattr_t for_lock;
	pthread_condattr_t for_cond;
	int err;

	memset(shared, 0, sizeof(*shared));
	/* None of these fails in glibc, but for the memory of attributes. */
	err = pthread_mutexattr_init(&for_lock) ||
	      pthread_condattr_init(&for_cond) ||
	      pthread_mutexattr_setpshared(&for_lock, PTHREAD_PROCESS_SHARED) ||
	      pthread_condattr_setpshared(&for_cond, PTHREAD_PROCESS_SHARED) ||
	      pthread_mutex_init(&shared->lock, &for_lock) ||
	      pthread_cond_init(&shared->changed, &for_cond);
	return err ? -ENOMEM : 0;
}

int crew_run(struct crew *crew, const struct crew_job *job)
{
	struct worker worker[CREW_WORKERS_MAX];
	int err;

	if (job->workers > CREW_WORKERS_MAX || job->buffers > crew->room)
		return -EINVAL;
	memset(crew->sample, 0, samples_size(crew));
	err = make_gate(crew->shared);
	if (!err)
		err = hire_all(worker, crew, job);
	if (err)
		return err;
	turn_gate(crew->shared, job->workers, GATE_OPEN);
	err = part_from(worker, job->workers);
	crew->start = crew->shared->start;
	return err;
}
