/* SPDX-License-Identifier: GPL-2.0 */
/* How torn a heap's memory is while a load is played on it. */
#ifndef FRAG_SAMPLE_H
#define FRAG_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emit.h"
#include "hist.h"
#include "play.h"
#include "poolmap.h"
#include "record.h"
#include "series.h"

#define SAMPLE_FRAMES_MAX	8

/**
 * struct sampling - what is looked at
 * @samples: how often, at most
 * @frame: sizes of buffers that the unusable index is told for
 * @nr_frames: how many
 * @order: of the page allocator's blocks, where it is looked at
 * @buddy: whether it is
 */
struct sampling {
	uint64_t samples;
	uint64_t frame[SAMPLE_FRAMES_MAX];
	size_t nr_frames;
	unsigned int order;
	bool buddy;
};

/**
 * struct sampler - what was seen; all series are against operations done
 * @what: what is looked at
 * @target: the heap
 * @source: where its pool's map is read
 * @sees_map: it is
 * @map: the last one
 * @every: operations from look to look
 * @free_bytes: of the pool
 * @largest: free extent in it, bytes
 * @external: fragmentation of the pool, in thousandths
 * @unusable: index of the pool for each frame, in thousandths
 * @buddy: unusable index of the page allocator, in thousandths
 * @row: of the picture
 * @nr_rows: how many
 * @digest: of all maps
 * @torn: the free extents where @external was largest
 * @worst: @external there
 * @first_fragmented: operations done when an allocation failed for the first
 *	time though as much was free; 0 for never
 * @err: the first error; then nothing more is looked at
 */
struct sampler {
	struct sampling what;
	const struct play_target *target;
	struct poolmap_source source;
	bool sees_map;
	struct poolmap map;
	size_t every;
	struct series free_bytes;
	struct series largest;
	struct series external;
	struct series unusable[SAMPLE_FRAMES_MAX];
	struct series buddy;
	struct record_row *row;
	size_t nr_rows;
	uint64_t digest;
	struct hist *torn;
	uint64_t worst;
	uint64_t first_fragmented;
	int err;
};

/**
 * sampler_new - prepare to look
 * @s: filled; to be given to sampler_free(), also after an error
 * @what: what to look at
 * @target: the heap
 * @operations: that there will be
 *
 * The size of the heap's pool is taken from its map, where the heap does not
 * tell it.
 *
 * Return: 0, also when nobody tells where the heap's memory lies; else a
 * negative errno.
 */
int sampler_new(struct sampler *s, const struct sampling *what,
		struct play_target *target, size_t operations);

/**
 * sampler_look - look, when it is time
 * @data: the struct sampler
 * @done: operations so far
 *
 * As &play.after wants it.
 */
void sampler_look(void *data, size_t done);

/**
 * sampler_emit - write what was seen
 * @s: the sampler, whose series are made thin
 * @e: the case
 *
 * Return: 0, or a negative errno from writing.
 */
int sampler_emit(struct sampler *s, const struct emit *e);

/**
 * sampler_free - undo sampler_new()
 * @s: the sampler
 */
void sampler_free(struct sampler *s);

#endif /* FRAG_SAMPLE_H */
