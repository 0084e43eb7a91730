/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What this thread does, as the kernel's tracepoints tell it, to the nanosecond
 * (text is to the microsecond).
 */
#ifndef RHEAP_RAWTRACE_H
#define RHEAP_RAWTRACE_H

#include "ringpage.h"
#include "tracing.h"

/**
 * struct rawtrace - a trace of a thread on its CPU
 * @tracing: what to enable events in
 * @fd: of the CPU's ring buffer
 */
struct rawtrace {
	struct tracing tracing;
	int fd;
};

/**
 * rawtrace_open - begin a trace of this thread
 * @t: filled; to be given to rawtrace_close()
 *
 * Binds the thread to the CPU that it runs on.
 *
 * Return: as tracing_make(), or another negative errno.
 */
int rawtrace_open(struct rawtrace *t);

/**
 * rawtrace_close - end a trace
 * @t: an open trace
 */
void rawtrace_close(struct rawtrace *t);

/**
 * rawtrace_read - take what is in a trace
 * @t: an open trace
 * @event: called for each of this thread's events, in their order; returns 0 or
 *	a negative errno
 * @context: passed on
 *
 * Return: 0; -EOVERFLOW: events were lost; -EPROTO: not the format that is
 * known; else a negative errno.
 */
int rawtrace_read(const struct rawtrace *t,
		  int (*event)(void *context, const struct ring_event *event),
		  void *context);

#endif /* RHEAP_RAWTRACE_H */
