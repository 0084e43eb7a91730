// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "play.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "diag.h"
#include "files.h"
#include "options.h"

/* Descriptors beside those of buffers */
#define OTHER_FILES	64

#define NSEC_PER_USEC	1000
#define NSEC_PER_SEC	1000000000

static uint64_t in_pages(uint64_t bytes)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	return (bytes + page - 1) / page * page;
}

static struct play_target *target_of(struct play *play, size_t buffer)
{
	return &play->target[play->to[play->trace->buffer[buffer].heap]];
}

static void raise_to(uint64_t *most, uint64_t value)
{
	if (value > *most)
		*most = value;
}

/* What the trace asks for, where nothing fails. Return: the most buffers. */
static uint64_t find_demand(struct play *play)
{
	const struct trace *trace = play->trace;
	uint64_t live = 0, most = 0;

	for (size_t i = 0; i < trace->nr_events; i++) {
		const struct trace_event *event = &trace->event[i];
		struct play_target *t = target_of(play, event->buffer);
		uint64_t bytes = in_pages(trace->buffer[event->buffer].bytes);

		if (event->alloc) {
			t->held_bytes += bytes;
			t->held_buffers++;
			live++;
			if (bytes > t->largest)
				t->largest_line =
					trace->buffer[event->buffer].line;
			raise_to(&t->largest, bytes);
		} else {
			t->held_bytes -= bytes;
			t->held_buffers--;
			live--;
		}
		raise_to(&t->demand_bytes, t->held_bytes);
		raise_to(&t->demand_buffers, t->held_buffers);
		raise_to(&most, live);
		series_add(&t->demand, event->t_us, t->held_bytes);
	}
	return most;
}

/* A heap may set itself up for its first buffer, and only then know its pool. */
static void wake(const struct heap *heap)
{
	int fd = heap_alloc(heap, 1);

	if (fd >= 0)
		heap_free(fd);
}

static int prepare_target(struct play *play, struct play_target *t)
{
	*t = (struct play_target){ .heap = t->heap };
	wake(&t->heap);
	/* Where it is not told, it stays 0 */
	heap_stat(t->heap.name, "pool_bytes", &t->pool);
	for (int op = 0; op < PLAY_OPS; op++) {
		t->service[op] = hist_new();
		t->response[op] = hist_new();
		if (!t->service[op] || !t->response[op])
			return -ENOMEM;
	}
	if (series_new(&t->use, play->trace->nr_events) ||
	    series_new(&t->demand, play->trace->nr_events))
		return -ENOMEM;
	return 0;
}

int play_prepare(struct play *play)
{
	size_t n = play->trace->nr_buffers;
	int err;

	/* One more, for there may be none */
	play->fd = malloc((n + 1) * sizeof(*play->fd));
	if (!play->fd)
		return -ENOMEM;
	memset(play->fd, 0xff, (n + 1) * sizeof(*play->fd));
	for (size_t i = 0; i < play->nr_targets; i++) {
		err = prepare_target(play, &play->target[i]);
		if (err)
			return err;
	}
	return files_allow(find_demand(play) + OTHER_FILES);
}

int play_check(const struct play_target *t)
{
	char bytes[24], pool[24];

	if (!t->pool || t->largest <= t->pool)
		return heap_check_size(&t->heap, t->demand_bytes);
	diag("a buffer of %s, at line %zu, is beyond the pool of %s, which has %s",
	     format_size(bytes, t->largest), t->largest_line, t->heap.name,
	     format_size(pool, t->pool));
	return -ENOMEM;
}

void play_release(struct play *play)
{
	free(play->fd);
	play->fd = NULL;
	for (size_t i = 0; i < play->nr_targets; i++) {
		struct play_target *t = &play->target[i];

		for (int op = 0; op < PLAY_OPS; op++) {
			hist_free(t->service[op]);
			hist_free(t->response[op]);
		}
		series_free(&t->use);
		series_free(&t->demand);
	}
}

static void count_alloc(struct play_target *t, uint64_t bytes)
{
	t->counts.allocs++;
	t->held_bytes += bytes;
	t->held_buffers++;
	raise_to(&t->counts.peak_bytes, t->held_bytes);
	raise_to(&t->counts.peak_buffers, t->held_buffers);
}

static void count_failure(struct play_target *t, uint64_t bytes)
{
	t->counts.failures++;
	if (t->pool && bytes <= t->pool - t->held_bytes)
		t->counts.fragmented++;
}

static void record_times(const struct play *play, struct play_target *t,
			 enum play_op op, uint64_t due, uint64_t begin,
			 uint64_t end)
{
	hist_record(t->service[op], end - begin);
	if (play->schedule)
		hist_record(t->response[op], end - due);
}

/* Failed allocations are counted, and not timed with those that gave memory. */
static int do_alloc(struct play *play, size_t i, uint64_t due)
{
	const struct trace_buffer *buffer = &play->trace->buffer[i];
	struct play_target *t = target_of(play, i);
	uint64_t begin, end;
	int fd;

	begin = clock_now();
	fd = heap_alloc(&t->heap, buffer->bytes);
	end = clock_now();
	play->fd[i] = fd;
	if (fd >= 0) {
		record_times(play, t, PLAY_ALLOC, due, begin, end);
		count_alloc(t, in_pages(buffer->bytes));
		return 0;
	}
	if (fd != -ENOMEM)
		return fd;
	count_failure(t, in_pages(buffer->bytes));
	return 0;
}

static void count_out(struct play *play, size_t i)
{
	struct play_target *t = target_of(play, i);

	play->fd[i] = -1;
	t->held_bytes -= in_pages(play->trace->buffer[i].bytes);
	t->held_buffers--;
}

static int do_free(struct play *play, size_t i, uint64_t due)
{
	struct play_target *t = target_of(play, i);
	uint64_t begin, end;
	int err;

	if (play->fd[i] < 0) {
		t->counts.skipped_frees++;
		return 0;
	}
	begin = clock_now();
	err = heap_free(play->fd[i]);
	end = clock_now();
	count_out(play, i);
	record_times(play, t, PLAY_FREE, due, begin, end);
	t->counts.frees++;
	return err;
}

/* Sleep until an operation is due. Return: when that was. */
static uint64_t wait_until_due(const struct play *play, uint64_t start,
			       uint64_t t_us)
{
	uint64_t due = start + t_us * NSEC_PER_USEC / play->speed;
	struct timespec at = {
		.tv_sec = (time_t)(due / NSEC_PER_SEC),
		.tv_nsec = (long)(due % NSEC_PER_SEC),
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL))
		;
	return due;
}

static void set_failed(struct play *play, const struct trace_event *event)
{
	const struct trace_buffer *buffer = &play->trace->buffer[event->buffer];

	play->failed_line = event->alloc ? buffer->line : buffer->freed;
	play->failed = target_of(play, event->buffer);
}

static int play_events(struct play *play)
{
	const struct trace *trace = play->trace;
	uint64_t start = clock_now();
	uint64_t due = start;
	int err = 0;

	for (size_t i = 0; !err && i < trace->nr_events; i++) {
		const struct trace_event *event = &trace->event[i];
		struct play_target *t = target_of(play, event->buffer);

		if (play->schedule)
			due = wait_until_due(play, start, event->t_us);
		if (event->alloc)
			err = do_alloc(play, event->buffer, due);
		else
			err = do_free(play, event->buffer, due);
		if (err)
			set_failed(play, event);
		series_add(&t->use, event->t_us, t->held_bytes);
		if (play->after)
			play->after(play->data, i + 1);
	}
	return err;
}

int play_run(struct play *play)
{
	const struct trace *trace = play->trace;
	int err;

	for (size_t i = 0; i < play->nr_targets; i++) {
		struct play_target *t = &play->target[i];

		memset(&t->counts, 0, sizeof(t->counts));
		t->held_bytes = 0;
		t->held_buffers = 0;
		t->use.n = 0;
	}
	err = play_events(play);
	for (size_t i = 0; i < trace->nr_buffers; i++) {
		if (play->fd[i] >= 0) {
			int failed = heap_free(play->fd[i]);

			count_out(play, i);
			err = err ? err : failed;
		}
		play->fd[i] = -1;
	}
	return err;
}
