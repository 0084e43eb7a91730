/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the kernel's events to a trace: which buffers there are, and when they
 * came and went.
 *
 * A buffer comes with dma_buf_export. When it goes, mainline does not tell: so
 * a buffer of a heap of mainline's is gone when the kernel's list of dma-bufs
 * does not have it any more; and that was when the last descriptor was closed
 * that is known of, or else when it was missed. Our heaps have events of their
 * own, and need no guess.
 */
#ifndef RECORDER_MODEL_H
#define RECORDER_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "line.h"

struct model;

/**
 * model_new - begin with no buffers
 * @heap_of: the heap of what an exporter of this name exports, one of
 *	trace_heap_ok(); NULL for what is not recorded. Asked once a buffer.
 *
 * Return: the model, to be given to model_free(); NULL without memory.
 */
struct model *model_new(const char *(*heap_of)(const char *exporter));

/**
 * model_free - forget everything
 * @m: from model_new(), or NULL
 */
void model_free(struct model *m);

/**
 * model_event - an event came
 * @m: the model
 * @line: the event
 *
 * Return: 0, or -ENOMEM.
 */
int model_event(struct model *m, const struct line *line);

/**
 * model_look - compare with the kernel's list of dma-bufs
 * @m: the model
 * @t_us: when @ino began to be read; what came later is not looked for
 * @ino: of all dma-bufs; put into order
 * @n: how many
 *
 * The model has had all events from before @ino was read whole.
 */
void model_look(struct model *m, uint64_t t_us, uint64_t *ino, size_t n);

/**
 * struct model_counts - what was recorded
 * @allocs: buffers that came
 * @frees: buffers that went
 * @guessed: of them those that no event told of: their times are those when
 *	they were missed
 */
struct model_counts {
	uint64_t allocs;
	uint64_t frees;
	uint64_t guessed;
};

/**
 * model_print - write the trace; time begins with its first record
 * @m: the model
 * @out: where to; errors stay in it, see ferror(3)
 * @counts: filled
 *
 * Return: 0, or -ENOMEM.
 */
int model_print(const struct model *m, FILE *out, struct model_counts *counts);

#endif /* RECORDER_MODEL_H */
