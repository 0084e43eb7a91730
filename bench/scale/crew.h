/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Workers that have buffers and give them back, all at once: threads, or
 * processes. Who is free takes the next buffer of his heap.
 */
#ifndef SCALE_CREW_H
#define SCALE_CREW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heap.h"

#define CREW_HEAPS_MAX		4
#define CREW_WORKERS_MAX	64

/**
 * struct crew_sample - a buffer's life
 * @due: when it was to begin, or when it did where nothing says
 * @begin: when the allocation began
 * @middle: when the buffer was had
 * @end: when it was back
 * @size: in bytes
 * @worker: whose it was
 * @err: 0, or why it was not had; then there is no @middle and no @end
 */
struct crew_sample {
	uint64_t due;
	uint64_t begin;
	uint64_t middle;
	uint64_t end;
	uint64_t size;
	uint32_t worker;
	int32_t err;
};

/**
 * struct crew_job - what is to be done
 * @heap: the heaps; worker i works on heap i % @nr_heaps
 * @nr_heaps: how many, at least 1
 * @workers: how many, at least @nr_heaps
 * @processes: whether each is a process, or else a thread
 * @buffers: of each heap
 * @size: of each buffer in bytes, the same for each heap
 * @due: when each is to begin, after the start, rising; NULL: as soon as
 *	somebody is free
 */
struct crew_job {
	const struct heap *heap[CREW_HEAPS_MAX];
	size_t nr_heaps;
	size_t workers;
	bool processes;
	size_t buffers;
	const uint64_t *size;
	const uint64_t *due;
};

struct crew_shared;

/**
 * struct crew - room for jobs, and what became of the last
 * @sample: of each buffer, heap by heap, @room apart
 * @room: buffers of a heap at most
 * @start: when the last job began
 * @shared: what the workers have in common
 */
struct crew {
	struct crew_sample *sample;
	size_t room;
	uint64_t start;
	struct crew_shared *shared;
};

/**
 * crew_new - make room for jobs
 * @crew: filled
 * @buffers: of a heap at most
 *
 * Return: 0, @crew to be given to crew_free(); -ENOMEM.
 */
int crew_new(struct crew *crew, size_t buffers);

/**
 * crew_free - give the room back
 * @crew: from crew_new()
 */
void crew_free(struct crew *crew);

/**
 * crew_run - do a job
 * @crew: from crew_new(); its samples become those of this job
 * @job: the job; no more buffers than there is room for
 *
 * Return: 0, also where buffers were not had; -EIO: a worker was killed; else
 * why workers could not be made.
 */
int crew_run(struct crew *crew, const struct crew_job *job);

/**
 * crew_samples - the samples of a heap of the last job
 * @crew: from crew_new()
 * @heap: the how-manieth
 */
static inline const struct crew_sample *crew_samples(const struct crew *crew,
						     size_t heap)
{
	return crew->sample + heap * crew->room;
}

#endif /* SCALE_CREW_H */
