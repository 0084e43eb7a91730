/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Traces: what programs asked of heaps, and when. A text file, CSV as RFC 4180
 * has it, with this header:
 *
 *	t_us,op,id,heap,bytes
 *	0,alloc,1,"protected,secure-video",7077888
 *	40000,free,1,,
 *
 * t_us		microseconds since some beginning; never falls
 * op		alloc or free
 * id		a number that names the buffer from its alloc to its free; may be
 *		given again after that
 * heap		the heap's name, in quotes where it holds a comma; printable
 *		ASCII. Of a free: nothing, or the heap of the alloc
 * bytes	of an alloc: what was asked for, at least 1; of a free: nothing
 *
 * Every line ends in a newline, the last one too (a carriage return before it
 * is taken): so a file that was cut off within a record is refused. One that
 * was cut off between two records reads as a trace of which buffers are never
 * freed; that is allowed, as a recording may stop while buffers live, and
 * counted in never_freed.
 */
#ifndef RHEAP_TRACE_H
#define RHEAP_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "heap.h"

/* A longer line is no record */
#define TRACE_LINE_MAX	512

#define TRACE_HEAPS_MAX	32

/* As many microseconds as nanoseconds fit 63 bits */
#define TRACE_US_MAX	(INT64_MAX / 1000)

/**
 * struct trace_buffer - a buffer of a trace
 * @id: as the file names it
 * @bytes: asked for
 * @heap: index of its heap
 * @line: of its alloc
 * @freed: line of its free, 0 when there is none
 */
struct trace_buffer {
	uint64_t id;
	uint64_t bytes;
	size_t heap;
	size_t line;
	size_t freed;
};

/**
 * struct trace_event - a record of a trace
 * @t_us: when, in microseconds
 * @buffer: index of the buffer
 * @alloc: it is allocated, else freed
 */
struct trace_event {
	uint64_t t_us;
	size_t buffer;
	bool alloc;
};

/**
 * struct trace - a trace that was read whole
 * @event: in the file's order
 * @nr_events: how many
 * @buffer: in the order of their allocs
 * @nr_buffers: how many
 * @heap: names of heaps, in the order of their first use
 * @nr_heaps: how many
 * @never_freed: buffers without a free
 */
struct trace {
	struct trace_event *event;
	size_t nr_events;
	struct trace_buffer *buffer;
	size_t nr_buffers;
	char heap[TRACE_HEAPS_MAX][HEAP_NAME_MAX];
	size_t nr_heaps;
	size_t never_freed;
};

/**
 * struct trace_error - what is wrong with a text, and where
 * @line: from 1
 * @column: byte of the line, from 1
 * @what: one line
 */
struct trace_error {
	size_t line;
	size_t column;
	char what[160];
};

/**
 * trace_parse - read a trace from memory
 * @trace: filled; to be given to trace_free()
 * @text: the file's bytes, any
 * @size: how many
 * @error: filled when -EINVAL is returned
 *
 * Return: 0; -EINVAL for what is no trace; -ENOMEM. On error there is nothing
 * to free.
 */
int trace_parse(struct trace *trace, const char *text, size_t size,
		struct trace_error *error);

/**
 * trace_load - read a trace from a file
 * @trace: filled; to be given to trace_free()
 * @path: of the file
 * @error: filled when -EINVAL is returned
 *
 * Return: as trace_parse(), or what the file system says; -EFBIG for a file
 * over 1 GiB.
 */
int trace_load(struct trace *trace, const char *path,
	       struct trace_error *error);

/* Names of traces are shorter */
#define TRACE_NAME_MAX	64

/**
 * trace_name - what a trace is called
 * @name: filled with the file's name without folder and ".csv"; cut where it is
 *	too long
 * @path: of the file
 */
void trace_name(char name[TRACE_NAME_MAX], const char *path);

/**
 * trace_load_or_say - trace_load() for programs
 * @trace: filled; to be given to trace_free()
 * @path: of the file
 *
 * Says on stderr what is wrong, and where; a trace without operations is wrong,
 * and buffers that are never freed are worth a warning.
 *
 * Return: 0, or a negative errno.
 */
int trace_load_or_say(struct trace *trace, const char *path);

/**
 * trace_free - forget a trace
 * @trace: from trace_parse() or trace_load()
 */
void trace_free(struct trace *trace);

/**
 * trace_heap_ok - can a trace hold a heap of this name?
 * @name: the name
 */
bool trace_heap_ok(const char *name);

/**
 * trace_print_header - begin a trace
 * @out: where to; errors stay in it, see ferror(3)
 */
void trace_print_header(FILE *out);

/**
 * trace_print_alloc - write a record
 * @out: where to
 * @t_us: when
 * @id: of the buffer
 * @heap: its heap's name, one of trace_heap_ok()
 * @bytes: asked for
 */
void trace_print_alloc(FILE *out, uint64_t t_us, uint64_t id, const char *heap,
		       uint64_t bytes);

/**
 * trace_print_free - write a record
 * @out: where to
 * @t_us: when
 * @id: of the buffer
 */
void trace_print_free(FILE *out, uint64_t t_us, uint64_t id);

#endif /* RHEAP_TRACE_H */
