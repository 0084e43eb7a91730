// SPDX-License-Identifier: GPL-2.0
#include "trial.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "clock.h"

#define COURSE_POINTS	4096

/* Looks come as a share of the time that went by, so that all times are as exact */
#define LOOK_SHARE	32
#define LOOK_MIN_NS	50000
#define PATIENCE_NS	UINT64_C(30000000000)

#define NS_PER_MS	UINT64_C(1000000)
#define NS_PER_S	UINT64_C(1000000000)

int trial_new(struct trial *t)
{
	struct hist **all[] = { &t->fill, &t->fill_calls, &t->give, &t->back,
				&t->back_calls, &t->held };
	int err;

	memset(t, 0, sizeof(*t));
	err = pair_new(&t->pair);
	if (!err)
		err = series_new(&t->course, COURSE_POINTS);
	for (size_t i = 0; !err && i < sizeof(all) / sizeof(*all); i++) {
		*all[i] = hist_new();
		if (!*all[i])
			err = -ENOMEM;
	}
	return err;
}

void trial_free(struct trial *t)
{
	pair_free(&t->pair);
	series_free(&t->course);
	hist_free(t->fill);
	hist_free(t->fill_calls);
	hist_free(t->give);
	hist_free(t->back);
	hist_free(t->back_calls);
	hist_free(t->held);
	memset(t, 0, sizeof(*t));
}

static void rest(uint64_t ns)
{
	const struct timespec nap = {
		.tv_sec = (time_t)(ns / NS_PER_S),
		.tv_nsec = (long)(ns % NS_PER_S),
	};

	if (ns)
		nanosleep(&nap, NULL);
}

static int one_buffer(struct trial *t, const struct trial_plan *plan,
		      bool counts)
{
	uint64_t begin = clock_now(), middle, end;
	int fd = heap_alloc(&plan->s->heap, plan->size);
	int err;

	middle = clock_now();
	if (fd < 0)
		return fd;
	err = heap_free(fd);
	end = clock_now();
	if (!err && counts)
		pair_record(&t->pair, begin, middle, end);
	return err;
}

int trial_lone(struct trial *t, const struct trial_plan *plan,
	       uint64_t pause_ms)
{
	uint64_t before = 0, after;
	int err = subject_empty(plan->s);

	pair_reset(&t->pair);
	for (uint64_t i = 0; !err && i < plan->warmup + plan->samples; i++) {
		rest(pause_ms * NS_PER_MS);
		if (i == plan->warmup)
			err = subject_calls(plan->s, &before);
		if (!err)
			err = one_buffer(t, plan, i >= plan->warmup);
	}
	rest(pause_ms * NS_PER_MS);
	if (!err)
		err = subject_calls(plan->s, &after);
	if (!err)
		t->lone_calls = after - before;
	return err;
}

static void free_all(const int *fd, size_t n)
{
	while (n)
		heap_free(fd[--n]);
}

static int fill(struct trial *t, const struct trial_plan *plan, int *fd)
{
	uint64_t before, after, begin, end;
	int err = subject_calls(plan->s, &before);

	if (err)
		return err;
	begin = clock_now();
	for (size_t i = 0; i < plan->buffers; i++) {
		fd[i] = heap_alloc(&plan->s->heap, plan->size);
		if (fd[i] < 0) {
			err = fd[i];
			free_all(fd, i);
			return err;
		}
	}
	end = clock_now();
	hist_record(t->fill, end - begin);
	err = subject_calls(plan->s, &after);
	if (err)
		free_all(fd, plan->buffers);
	else
		hist_record(t->fill_calls, after - before);
	return err;
}

static void note_course(struct trial *t, uint64_t at, uint64_t held)
{
	struct series *course = &t->course;

	if (!course->n || course->point[course->n - 1].value != held)
		series_add(course, at, held);
}

/* Until the heap holds nothing. @first: a round whose course is told */
static int wait_back(struct trial *t, const struct trial_plan *plan,
		     enum trial_when when, uint64_t begin, bool first)
{
	uint64_t freed = clock_now(), held, passed;
	bool looked = false;
	int err;

	do {
		err = looked && when == WHEN_PRESSED ? subject_press() : 0;
		if (!err)
			err = subject_held(plan->s, &held);
		if (err)
			return err;
		passed = clock_now() - freed;
		if (first)
			note_course(t, passed / 1000, held);
		if (!looked)
			hist_record(t->held, held);
		looked = true;
		if (!held) {
			hist_record(t->back, clock_now() - begin);
			return 0;
		}
		if (when == WHEN_IDLE)
			rest(passed / LOOK_SHARE > LOOK_MIN_NS ?
			     passed / LOOK_SHARE : LOOK_MIN_NS);
	} while (passed < PATIENCE_NS);
	return -ETIMEDOUT;
}

static int give_back(struct trial *t, const struct trial_plan *plan,
		     enum trial_when when, const int *fd, bool first)
{
	uint64_t before, after, begin;
	int err = subject_calls(plan->s, &before);

	begin = clock_now();
	free_all(fd, plan->buffers);
	hist_record(t->give, clock_now() - begin);
	if (!err)
		err = wait_back(t, plan, when, begin, first);
	if (!err)
		err = subject_calls(plan->s, &after);
	if (!err)
		hist_record(t->back_calls, after - before);
	return err;
}

int trial_return(struct trial *t, const struct trial_plan *plan,
		 enum trial_when when)
{
	int fd[TRIAL_BUFFERS_MAX];
	int err = 0;

	hist_reset(t->fill);
	hist_reset(t->fill_calls);
	hist_reset(t->give);
	hist_reset(t->back);
	hist_reset(t->back_calls);
	hist_reset(t->held);
	t->course.n = 0;
	for (uint64_t i = 0; !err && i < plan->rounds; i++) {
		err = subject_empty(plan->s);
		if (!err)
			err = fill(t, plan, fd);
		if (!err)
			err = give_back(t, plan, when, fd, !i);
	}
	return err;
}
