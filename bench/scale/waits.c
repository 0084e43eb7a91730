// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "waits.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ringpage.h"

/* Of each CPU */
#define BUFFER_KB	"4096"
#define PAGE_MAX	65536

/* Both events: the common fields, then the lock's address */
#define LOCK_AT		8

#define CPUS_MAX	64

static const char *const events[2] = { "lock/contention_begin",
				       "lock/contention_end" };

static int learn_ids(uint16_t id[2])
{
	int err = tracing_event_id(events[0], &id[0]);

	return err ? err : tracing_event_id(events[1], &id[1]);
}

int waits_here(void)
{
	uint16_t id[2];

	return learn_ids(id);
}

static int enable(const struct tracing *t)
{
	char pid[16];
	int err = tracing_set(t, "buffer_size_kb", BUFFER_KB);

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	/* Threads and processes that come are traced, too */
	if (!err)
		err = tracing_set(t, "options/event-fork", "1");
	if (!err)
		err = tracing_set(t, "set_event_pid", pid);
	for (int i = 0; !err && i < 2; i++)
		err = tracing_enable(t, events[i]);
	return err;
}

int waits_begin(struct waits *w)
{
	int err = learn_ids(w->id);

	if (!err)
		err = tracing_make(&w->tracing);
	if (err)
		return err;
	err = enable(&w->tracing);
	if (err)
		tracing_remove(&w->tracing);
	return err;
}

/* Events as they are read, in memory that grows */
struct pile {
	const struct waits *waits;
	struct wait_event *event;
	size_t n;
	size_t room;
};

static int make_room(struct pile *pile)
{
	size_t room = pile->room ? 2 * pile->room : 1024;
	struct wait_event *event;

	if (pile->n < pile->room)
		return 0;
	event = realloc(pile->event, room * sizeof(*event));
	if (!event)
		return -ENOMEM;
	pile->event = event;
	pile->room = room;
	return 0;
}

static int note(void *context, const struct ring_event *e)
{
	struct pile *pile = context;
	struct wait_event *event;
	int err;

	if (e->id != pile->waits->id[0] && e->id != pile->waits->id[1])
		return 0;
	if (e->size < LOCK_AT + sizeof(event->lock))
		return -EPROTO;
	err = make_room(pile);
	if (err)
		return err;
	event = &pile->event[pile->n++];
	*event = (struct wait_event){
		.time = e->time,
		.thread = e->pid,
		.end = e->id == pile->waits->id[1],
	};
	memcpy(&event->lock, e->data + LOCK_AT, sizeof(event->lock));
	return 0;
}

static int read_cpu(struct pile *pile, int cpu)
{
	static unsigned char page[PAGE_MAX];
	char file[48];
	ssize_t got;
	int err = 0;
	int fd;

	snprintf(file, sizeof(file), "per_cpu/cpu%d/trace_pipe_raw", cpu);
	fd = tracing_open(&pile->waits->tracing, file);
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	while (!err && (got = read(fd, page, sizeof(page))) > 0)
		err = ringpage_parse(page, (size_t)got, note, pile);
	if (!err && got < 0 && errno != EAGAIN)
		err = -errno;
	close(fd);
	return err;
}

int waits_end(struct waits *w, struct wait_times *times)
{
	struct pile pile = { .waits = w };
	int err = tracing_set(&w->tracing, "tracing_on", "0");

	for (int cpu = 0; !err && cpu < CPUS_MAX; cpu++)
		err = read_cpu(&pile, cpu);
	if (!err)
		err = waits_sum_up(pile.event, pile.n, times);
	free(pile.event);
	tracing_remove(&w->tracing);
	return err;
}

static int by_time(const void *a, const void *b)
{
	const struct wait_event *x = a, *y = b;

	return x->time < y->time ? -1 : x->time > y->time;
}

/* Waits that have not ended, and when each lock was last had after a wait. */
struct summing {
	struct wait_event *open;
	size_t nr_open;
	struct wait_event *had;
	size_t nr_had;
	struct wait_times *times;
};

static struct wait_event *find_open(struct summing *s,
				    const struct wait_event *event)
{
	for (size_t i = 0; i < s->nr_open; i++)
		if (s->open[i].thread == event->thread &&
		    s->open[i].lock == event->lock)
			return &s->open[i];
	return NULL;
}

static struct wait_event *find_had(struct summing *s,
				   const struct wait_event *event)
{
	for (size_t i = 0; i < s->nr_had; i++)
		if (s->had[i].lock == event->lock)
			return &s->had[i];
	return NULL;
}

static void end_wait(struct summing *s, const struct wait_event *event)
{
	struct wait_event *begin = find_open(s, event);
	struct wait_event *had = find_had(s, event);

	if (!begin)
		return;
	hist_record(s->times->wait, event->time - begin->time);
	if (had && begin->time <= had->time)
		hist_record(s->times->hold, event->time - had->time);
	*begin = s->open[--s->nr_open];
	if (!had)
		had = &s->had[s->nr_had++];
	*had = *event;
}

int waits_sum_up(struct wait_event *event, size_t n, struct wait_times *times)
{
	struct summing s = {
		.open = calloc(n + 1, sizeof(*s.open)),
		.had = calloc(n + 1, sizeof(*s.had)),
		.times = times,
	};
	int err = s.open && s.had ? 0 : -ENOMEM;

	if (!err && n)
		qsort(event, n, sizeof(*event), by_time);
	for (size_t i = 0; !err && i < n; i++) {
		if (event[i].end)
			end_wait(&s, &event[i]);
		else if (!find_open(&s, &event[i]))
			/* A mutex begins twice: to spin, and then to sleep. */
			s.open[s.nr_open++] = event[i];
	}
	free(s.open);
	free(s.had);
	return err;
}
