/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A trace of one's own in tracefs: another that runs on this machine is not
 * disturbed, nor does it disturb.
 */
#ifndef RHEAP_TRACING_H
#define RHEAP_TRACING_H

#include <stdint.h>

#define TRACING_PATH_MAX 96

/**
 * struct tracing - an instance
 * @path: its folder
 */
struct tracing {
	char path[TRACING_PATH_MAX];
};

/**
 * tracing_make - make an instance, in which no event is enabled
 * @t: filled; to be given to tracing_remove()
 *
 * Times are those of CLOCK_MONOTONIC. A program can have one at a time.
 *
 * Return: 0; -ENOENT without tracefs at /sys/kernel/tracing; -EACCES for who
 * may not; else a negative errno.
 */
int tracing_make(struct tracing *t);

/**
 * tracing_remove - remove an instance
 * @t: an instance; no file of it is open
 */
void tracing_remove(const struct tracing *t);

/**
 * tracing_set - write to a file of an instance
 * @t: the instance
 * @file: for example "buffer_size_kb"
 * @value: what to write
 *
 * Return: 0, or a negative errno.
 */
int tracing_set(const struct tracing *t, const char *file, const char *value);

/**
 * tracing_enable - listen to an event, or to all of a system
 * @t: the instance
 * @event: for example "dma_buf/dma_buf_fd", or "restricted_heap"
 *
 * Return: 0; -ENOENT: there is none of that name; else a negative errno.
 */
int tracing_enable(const struct tracing *t, const char *event);

/**
 * tracing_open - open a file of an instance to read it without waiting
 * @t: the instance
 * @file: for example "trace_pipe"
 *
 * Return: a file descriptor, or a negative errno.
 */
int tracing_open(const struct tracing *t, const char *file);

/**
 * tracing_event_id - the number that an event has in raw traces
 * @event: for example "dma_buf/dma_buf_fd"
 * @id: filled
 *
 * Return: 0; -ENOENT: there is no such event; else a negative errno.
 */
int tracing_event_id(const char *event, uint16_t *id);

#endif /* RHEAP_TRACING_H */
