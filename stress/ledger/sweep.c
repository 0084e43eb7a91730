// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "sweep.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <time.h>

#include "clock.h"
#include "defect.h"

/* Until the sleeper sleeps; then the free begins */
#define LEAD_NS		50000
/* By then the free is over, or the pool is gone */
#define LAST_NS		50000

/* Around the place where the pool goes */
#define AROUND_NS	200

/* An allocation that has the pool lent takes so many times one that has not */
#define TIMES		4

/* The urgent thread's errand */
struct sleeper {
	const struct heap *heap;
	pthread_t thread;
	sem_t start;
	sem_t done;
	uint64_t when;
	uint64_t took;
	bool keep;
	bool end;
	int fd;
};

static void sleep_until(uint64_t when)
{
	const struct timespec ts = {
		.tv_sec = (time_t)(when / 1000000000),
		.tv_nsec = (long)(when % 1000000000),
	};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

static void *run_sleeper(void *data)
{
	struct sleeper *sleeper = data;

	for (;;) {
		uint64_t begin;

		sem_wait(&sleeper->start);
		if (sleeper->end)
			return NULL;
		sleep_until(sleeper->when);
		begin = clock_now();
		sleeper->fd = heap_alloc(sleeper->heap, PAGE_BYTES);
		sleeper->took = clock_now() - begin;
		/* Before the last put goes on, which ends the kernel else */
		if (sleeper->fd >= 0 && !sleeper->keep)
			heap_free(sleeper->fd);
		sem_post(&sleeper->done);
	}
}

static int start_sleeper(struct sleeper *sleeper)
{
	const struct sched_param urgent = { .sched_priority = 1 };
	pthread_attr_t attr;
	int err;

	sem_init(&sleeper->start, 0, 0);
	sem_init(&sleeper->done, 0, 0);
	err = pthread_attr_init(&attr);
	if (err)
		return -err;
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
	pthread_attr_setschedparam(&attr, &urgent);
	err = pthread_create(&sleeper->thread, &attr, run_sleeper, sleeper);
	pthread_attr_destroy(&attr);
	return -err;
}

static void end_sleeper(struct sleeper *sleeper)
{
	sleeper->end = true;
	sem_post(&sleeper->start);
	pthread_join(sleeper->thread, NULL);
}

/*
 * Free the only buffer, with an allocation @at ns after that begins.
 * Return: true when that went on, with what it took in sleeper->took.
 */
static bool try_at(struct sweep *s, struct sleeper *sleeper, uint64_t at)
{
	int fd = heap_alloc(s->heap, PAGE_BYTES);
	uint64_t begin;

	if (fd < 0) {
		s->error = fd;
		return false;
	}
	s->tried++;
	begin = clock_now() + LEAD_NS;
	sleeper->when = begin + at;
	sem_post(&sleeper->start);
	while (clock_now() < begin)
		;
	heap_free(fd);
	sem_wait(&sleeper->done);
	if (sleeper->fd < 0) {
		s->error = sleeper->fd;
		return false;
	}
	if (sleeper->keep)
		heap_free(sleeper->fd);
	return !s->surprised(s->data);
}

/* Return: what an allocation takes that need not lend anything; 0 for none. */
static uint64_t usual_time(struct sweep *s)
{
	int held = heap_alloc(s->heap, PAGE_BYTES), fd;
	uint64_t begin = clock_now(), took;

	fd = heap_alloc(s->heap, PAGE_BYTES);
	took = clock_now() - begin;
	if (fd >= 0)
		heap_free(fd);
	else
		s->error = fd;
	if (held >= 0)
		heap_free(held);
	else
		s->error = held;
	return s->error ? 0 : took;
}

/* Halve the range until only some places are left where the pool may go. */
static bool find_place(struct sweep *s, struct sleeper *sleeper,
		       uint64_t usual, uint64_t *from, uint64_t *to)
{
	*from = 0;
	*to = LAST_NS;
	while (*to - *from > AROUND_NS) {
		uint64_t at = *from + (*to - *from) / 2;

		if (!try_at(s, sleeper, at))
			return false;
		if (sleeper->took > TIMES * usual)
			*to = at;
		else
			*from = at;
	}
	return true;
}

static int sweep_places(struct sweep *s, struct sleeper *sleeper,
			uint64_t tries)
{
	uint64_t usual = usual_time(s), from, to;

	if (s->error || !find_place(s, sleeper, usual, &from, &to))
		return 0;
	if (!from || to == LAST_NS)
		return -ENOKEY;
	for (uint64_t at = from; at < to && s->tried < tries; at++)
		if (!try_at(s, sleeper, at))
			return 0;
	return 0;
}

int sweep_run(struct sweep *s, uint64_t tries)
{
	struct sleeper sleeper = { .heap = s->heap, .keep = s->keep };
	int err;

	s->tried = 0;
	s->error = 0;
	err = start_sleeper(&sleeper);
	if (err)
		return err;
	err = sweep_places(s, &sleeper, tries);
	end_sleeper(&sleeper);
	return err;
}
