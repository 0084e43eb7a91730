/* SPDX-License-Identifier: GPL-2.0 */
/* A heap of the core's, or a twin, as the bench takes buffers from it. */
#ifndef RESTRICTED_BENCH_SUBJECT_H
#define RESTRICTED_BENCH_SUBJECT_H

#include <linux/types.h>

#include "series.h"

struct bench_config;
struct direct_buffer;
struct dma_buf;
struct restricted_heap;

/**
 * enum bench_phase - what is timed of a buffer's life
 * @BENCH_MEMORY_ALLOC:	the op of that name
 * @BENCH_MEMORY_RESTRICT: the op of that name
 * @BENCH_TABLE:	setting up a table of the same ranges, and freeing it;
 *			part of one of the ops above, done once more by itself
 * @BENCH_MEMORY_UNRESTRICT: the op of that name
 * @BENCH_MEMORY_FREE:	the op of that name
 * @BENCH_BUFFER_ALLOC:	all of an allocation, for an in-kernel user
 * @BENCH_BUFFER_FREE:	all of a free, for an in-kernel user
 * @BENCH_EXPORT:	making a dma-buf of a buffer
 * @BENCH_RELEASE:	the dma-buf's last reference, all of the free in it
 * @BENCH_PHASES_COUNT:	how many there are
 */
enum bench_phase {
	BENCH_MEMORY_ALLOC,
	BENCH_MEMORY_RESTRICT,
	BENCH_TABLE,
	BENCH_MEMORY_UNRESTRICT,
	BENCH_MEMORY_FREE,
	BENCH_BUFFER_ALLOC,
	BENCH_BUFFER_FREE,
	BENCH_EXPORT,
	BENCH_RELEASE,
	BENCH_PHASES_COUNT,
};

/**
 * struct bench_twin - the functions of direct/direct.h
 * @take:	see there
 * @give:	see there
 * @export:	see there
 */
struct bench_twin {
	struct direct_buffer *(*take)(size_t size);
	void (*give)(struct direct_buffer *buf);
	struct dma_buf *(*export)(struct direct_buffer *buf, u32 fd_flags);
};

/**
 * struct bench_subject - what is measured
 * @name:	of the heap or twin
 * @heap:	the heap, or NULL
 * @twin:	without @heap, the twin
 * @phases:	samples; those that are not measured stay empty
 * @err:	why the current size cannot be measured, or 0
 */
struct bench_subject {
	const char *name;
	struct restricted_heap *heap;
	struct bench_twin twin;
	struct bench_series phases[BENCH_PHASES_COUNT];
	int err;
};

/**
 * struct bench_subjects - those of one run
 * @one:	the subjects
 * @count:	their number
 */
struct bench_subjects {
	struct bench_subject *one;
	unsigned int count;
};

int bench_subjects_get(struct bench_subjects *subjects,
		       const struct bench_config *config,
		       const char **missing);
void bench_subjects_put(struct bench_subjects *subjects);

#endif /* RESTRICTED_BENCH_SUBJECT_H */
