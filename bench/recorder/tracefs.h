/* SPDX-License-Identifier: GPL-2.0 */
/* A trace buffer of our own in tracefs, with the events that a model takes. */
#ifndef RECORDER_TRACEFS_H
#define RECORDER_TRACEFS_H

#include <stdbool.h>
#include <stdint.h>

#include "tracing.h"

/**
 * struct tracefs - an instance
 * @tracing: the instance
 * @pipe: its trace_pipe, not blocking
 * @closes: closes of descriptors are among the events
 */
struct tracefs {
	struct tracing tracing;
	int pipe;
	bool closes;
};

/**
 * tracefs_open - make an instance and let it run
 * @t: filled; to be given to tracefs_close()
 * @buffer_kb: KiB a processor
 *
 * Events of our heaps and closes are enabled where the kernel has them.
 *
 * Return: 0; -ENOENT without tracefs or without dma-buf's events; -EACCES for
 * who may not; else a negative errno. On error there is nothing to close.
 */
int tracefs_open(struct tracefs *t, uint64_t buffer_kb);

/**
 * tracefs_stop - no more events; those that there are can still be read
 * @t: an instance
 */
void tracefs_stop(struct tracefs *t);

/**
 * tracefs_close - remove the instance
 * @t: an instance
 */
void tracefs_close(struct tracefs *t);

#endif /* RECORDER_TRACEFS_H */
