// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "rawtrace.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

/* The ring buffer is read page by page; larger ones than this are not made */
#define PAGE_MAX	65536

/* Return the CPU that the thread stays on, or a negative errno. */
static int bind_thread(void)
{
	int cpu = sched_getcpu();
	cpu_set_t set;

	if (cpu < 0)
		return -errno;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : cpu;
}

int rawtrace_open(struct rawtrace *t)
{
	char file[48];
	int cpu, err;

	err = tracing_make(&t->tracing);
	if (err)
		return err;
	cpu = bind_thread();
	snprintf(file, sizeof(file), "per_cpu/cpu%d/trace_pipe_raw", cpu);
	t->fd = cpu < 0 ? cpu : tracing_open(&t->tracing, file);
	if (t->fd < 0)
		tracing_remove(&t->tracing);
	return t->fd < 0 ? t->fd : 0;
}

void rawtrace_close(struct rawtrace *t)
{
	close(t->fd);
	tracing_remove(&t->tracing);
}

/* Passes this thread's events on, and nobody else's. */
struct own_events {
	int32_t pid;
	int (*event)(void *context, const struct ring_event *event);
	void *context;
};

static int own_event(void *context, const struct ring_event *event)
{
	const struct own_events *own = context;

	return event->pid == own->pid ? own->event(own->context, event) : 0;
}

int rawtrace_read(const struct rawtrace *t,
		  int (*event)(void *context, const struct ring_event *event),
		  void *context)
{
	static unsigned char page[PAGE_MAX];
	struct own_events own = { gettid(), event, context };
	ssize_t got;
	int err = 0;

	while (!err && (got = read(t->fd, page, sizeof(page))) > 0)
		err = ringpage_parse(page, (size_t)got, own_event, &own);
	if (err)
		return err;
	return got < 0 && errno != EAGAIN ? -errno : 0;
}
