/* SPDX-License-Identifier: GPL-2.0 */
/* A buffer's phases, between the tracepoints at their two ends. */
#ifndef OVERHEAD_PHASES_H
#define OVERHEAD_PHASES_H

#include "heap.h"
#include "hist.h"

/**
 * enum phase - what lies between two events
 * @PHASE_MEMORY_ALLOC: the op of that name
 * @PHASE_MEMORY_RESTRICT: the op of that name
 * @PHASE_EXPORT: the making of the dma-buf
 * @PHASE_MEMORY_UNRESTRICT: the op of that name
 * @PHASE_MEMORY_FREE: the op of that name
 * @PHASE_ZERO: zeroing by the kernel, all of a buffer's life together; part of
 *	the phases above
 * @PHASE_TEE_CALL: calls that protect memory, the same
 * @PHASE_TRACER: between two phases of which one follows the other at once, so
 *	nothing but the two events: part of each phase above
 * @PHASES: how many there are
 */
enum phase {
	PHASE_MEMORY_ALLOC,
	PHASE_MEMORY_RESTRICT,
	PHASE_EXPORT,
	PHASE_MEMORY_UNRESTRICT,
	PHASE_MEMORY_FREE,
	PHASE_ZERO,
	PHASE_TEE_CALL,
	PHASE_TRACER,
	PHASES,
};

/**
 * struct phases - what was seen of many buffers
 * @hist: times of each phase, empty where there is none
 * @buffers: how many came to their end
 * @op_calls: how many calls through the ops were seen
 */
struct phases {
	struct hist *hist[PHASES];
	uint64_t buffers;
	uint64_t op_calls;
};

/**
 * phases_name - a phase as a measurement names it
 * @phase: which one
 */
const char *phases_name(enum phase phase);

/**
 * phases_new - make the histograms
 * @p: filled
 *
 * Return: 0, @p to be given to phases_free(); -ENOMEM.
 */
int phases_new(struct phases *p);

/**
 * phases_free - give the histograms back
 * @p: from phases_new()
 */
void phases_free(struct phases *p);

/**
 * phases_here - whether this kernel has the tracepoints
 *
 * Return: 0; -ENOENT: it has not; else a negative errno.
 */
int phases_here(void);

/**
 * phases_take - trace buffers' lives
 * @p: from phases_new(); emptied first
 * @heap: one with the tracepoints
 * @size: of the buffers in bytes
 * @warmup: lives before those that count
 * @count: lives that count, of each of two traces: one of the phases, and one
 *	of what is inside them, which would make them longer
 *
 * Return: 0; the heap's error when it has no buffer of this size; -EOVERFLOW:
 * events were lost; -EPROTO: events that make no sense; else a negative errno.
 */
int phases_take(struct phases *p, const struct heap *heap, uint64_t size,
		uint64_t warmup, uint64_t count);

#endif /* OVERHEAD_PHASES_H */
