// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

#define FIRST_ROOM	256

/* When a buffer went */
#define NEVER		UINT64_MAX

/*
 * A buffer. @order is the event's place among all, which tells the order of
 * what has the same time. @fds counts descriptors that are known of; @closed_us
 * is when the last of them was closed. @told: its own heap's events tell of it.
 */
struct buffer {
	char heap[HEAP_NAME_MAX];
	uint64_t bytes;
	uint64_t ino;
	uint64_t buf;
	bool told;
	bool guessed;
	uint64_t thread;
	uint64_t came_us;
	uint64_t came_order;
	uint64_t went_us;
	uint64_t went_order;
	size_t fds;
	uint64_t closed_us;
	uint64_t closed_order;
};

struct descriptor {
	uint64_t process;
	uint64_t fd;
	size_t buffer;
};

struct model {
	const char *(*heap_of)(const char *exporter);
	uint64_t order;
	struct buffer *buffer;
	size_t nr_buffers;
	size_t room_buffers;
	/* Those that live, by their indices, in the order they came */
	size_t *live;
	size_t nr_live;
	size_t room_live;
	struct descriptor *open;
	size_t nr_open;
	size_t room_open;
};

struct model *model_new(const char *(*heap_of)(const char *exporter))
{
	struct model *m = calloc(1, sizeof(*m));

	if (m)
		m->heap_of = heap_of;
	return m;
}

void model_free(struct model *m)
{
	if (!m)
		return;
	free(m->buffer);
	free(m->live);
	free(m->open);
	free(m);
}

static int make_room(void **array, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : FIRST_ROOM;
	void *moved;

	if (n < *room)
		return 0;
	moved = reallocarray(*array, more, size);
	if (!moved)
		return -ENOMEM;
	*array = moved;
	*room = more;
	return 0;
}

/* The youngest living buffer that is the one looked for; NULL if none is. */
static struct buffer *find_live(const struct model *m,
				bool (*is)(const struct buffer *b,
					   const struct line *line),
				const struct line *line)
{
	for (size_t i = m->nr_live; i; i--) {
		struct buffer *b = &m->buffer[m->live[i - 1]];

		if (is(b, line))
			return b;
	}
	return NULL;
}

static bool has_ino(const struct buffer *b, const struct line *line)
{
	return b->ino == line->ino;
}

static bool is_told(const struct buffer *b, const struct line *line)
{
	return b->told && b->buf == line->buf;
}

/* Exported by the thread and heap that now say what they call it */
static bool is_being_told(const struct buffer *b, const struct line *line)
{
	return !b->told && b->thread == line->thread &&
	       !strcmp(b->heap, line->name);
}

static void forget_live(struct model *m, size_t index)
{
	size_t i = 0;

	while (m->live[i] != index)
		i++;
	memmove(&m->live[i], &m->live[i + 1],
		(--m->nr_live - i) * sizeof(*m->live));
}

static void forget_open(struct model *m, size_t index)
{
	for (size_t i = 0; i < m->nr_open;) {
		if (m->open[i].buffer == index)
			m->open[i] = m->open[--m->nr_open];
		else
			i++;
	}
}

/* Not before it came, whatever the clock of another processor says */
static void went(struct model *m, struct buffer *b, uint64_t t_us,
		 uint64_t order)
{
	b->went_us = t_us < b->came_us ? b->came_us : t_us;
	b->went_order = order;
	forget_live(m, (size_t)(b - m->buffer));
	forget_open(m, (size_t)(b - m->buffer));
}

static int came(struct model *m, const struct line *line)
{
	const char *heap = m->heap_of(line->name);
	struct buffer b = {
		.bytes = line->size,
		.ino = line->ino,
		.thread = line->thread,
		.came_us = line->t_us,
		.came_order = m->order,
		.went_us = NEVER,
	};

	if (!heap || !b.bytes)
		return 0;
	if (make_room((void **)&m->buffer, m->nr_buffers, &m->room_buffers,
		      sizeof(b)) ||
	    make_room((void **)&m->live, m->nr_live, &m->room_live,
		      sizeof(*m->live)))
		return -ENOMEM;
	strcpy(b.heap, heap);
	m->live[m->nr_live++] = m->nr_buffers;
	m->buffer[m->nr_buffers++] = b;
	return 0;
}

static int opened(struct model *m, const struct line *line)
{
	struct buffer *b = find_live(m, has_ino, line);

	if (!b)
		return 0;
	if (make_room((void **)&m->open, m->nr_open, &m->room_open,
		      sizeof(*m->open)))
		return -ENOMEM;
	m->open[m->nr_open++] = (struct descriptor){
		.process = line->process,
		.fd = line->fd,
		.buffer = (size_t)(b - m->buffer),
	};
	b->fds++;
	return 0;
}

static void closed(struct model *m, const struct line *line)
{
	for (size_t i = 0; i < m->nr_open; i++) {
		struct descriptor *d = &m->open[i];
		struct buffer *b = &m->buffer[d->buffer];

		if (d->process != line->process || d->fd != line->fd)
			continue;
		*d = m->open[--m->nr_open];
		b->fds--;
		b->closed_us = line->t_us;
		b->closed_order = m->order;
		return;
	}
}

int model_event(struct model *m, const struct line *line)
{
	struct buffer *b;

	m->order++;
	switch (line->kind) {
	case LINE_EXPORT:
		return came(m, line);
	case LINE_FD:
		return opened(m, line);
	case LINE_CLOSE:
		closed(m, line);
		return 0;
	case LINE_GIVEN:
		b = line->ret ? NULL : find_live(m, is_being_told, line);
		if (b) {
			b->told = true;
			b->buf = line->buf;
		}
		return 0;
	case LINE_TAKEN:
		b = find_live(m, is_told, line);
		if (b)
			went(m, b, line->t_us, m->order);
		return 0;
	default:
		return 0;
	}
}

static int compare_inos(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static bool is_listed(const struct buffer *b, const uint64_t *ino, size_t n)
{
	return n && bsearch(&b->ino, ino, n, sizeof(*ino), compare_inos);
}

void model_look(struct model *m, uint64_t t_us, uint64_t *ino, size_t n)
{
	if (n)
		qsort(ino, n, sizeof(*ino), compare_inos);
	m->order++;
	for (size_t i = 0; i < m->nr_live;) {
		struct buffer *b = &m->buffer[m->live[i]];

		if (b->told || b->came_us > t_us || is_listed(b, ino, n)) {
			i++;
		} else if (b->closed_order && !b->fds) {
			went(m, b, b->closed_us, b->closed_order);
		} else {
			b->guessed = true;
			went(m, b, t_us, m->order);
		}
	}
}

/* A record of the trace to be */
struct record {
	uint64_t order;
	uint64_t t_us;
	size_t buffer;
	bool alloc;
};

static int compare_records(const void *a, const void *b)
{
	const struct record *x = a, *y = b;

	/* Processors' events may come a little out of order */
	if (x->t_us != y->t_us)
		return x->t_us < y->t_us ? -1 : 1;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	/* Missed at the same look: in the order they came */
	return x->buffer < y->buffer ? -1 : x->buffer > y->buffer;
}

int model_print(const struct model *m, FILE *out, struct model_counts *counts)
{
	struct record *records = calloc(2 * m->nr_buffers + 1,
					sizeof(*records));
	size_t n = 0;

	if (!records)
		return -ENOMEM;
	memset(counts, 0, sizeof(*counts));
	for (size_t i = 0; i < m->nr_buffers; i++) {
		const struct buffer *b = &m->buffer[i];

		records[n++] = (struct record){ b->came_order, b->came_us, i,
						true };
		if (b->went_us == NEVER)
			continue;
		records[n++] = (struct record){ b->went_order, b->went_us, i,
						false };
		counts->frees++;
		counts->guessed += b->guessed;
	}
	counts->allocs = m->nr_buffers;
	qsort(records, n, sizeof(*records), compare_records);
	trace_print_header(out);
	for (size_t i = 0; i < n; i++) {
		const struct record *r = &records[i];
		const struct buffer *b = &m->buffer[r->buffer];
		uint64_t t_us = r->t_us - records[0].t_us;

		if (r->alloc)
			trace_print_alloc(out, t_us, r->buffer + 1, b->heap,
					  b->bytes);
		else
			trace_print_free(out, t_us, r->buffer + 1);
	}
	free(records);
	return 0;
}
