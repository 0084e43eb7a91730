/* SPDX-License-Identifier: GPL-2.0 */
/* What a policy costs one buffer, and how soon the kernel has memory back. */
#ifndef POLICY_TRIAL_H
#define POLICY_TRIAL_H

#include <stddef.h>
#include <stdint.h>

#include "hist.h"
#include "pair.h"
#include "series.h"
#include "subject.h"

#define TRIAL_BUFFERS_MAX	64

/**
 * enum trial_when - what happens after the last buffer was freed
 * @WHEN_IDLE: nothing
 * @WHEN_PRESSED: the kernel wants memory at once
 */
enum trial_when { WHEN_IDLE, WHEN_PRESSED };

/**
 * struct trial - what was found
 * @pair: times of a lone buffer
 * @lone_calls: calls into the TEE that all lone buffers took, what was done off
 *	their path included
 * @fill: time to allocate all buffers, nothing being kept
 * @fill_calls: calls of that
 * @give: time to free all buffers
 * @back: time from before the first is freed to when the heap holds nothing
 * @back_calls: calls of that
 * @held: bytes that it holds when the last buffer was freed
 * @course: what it holds from then on, over microseconds
 */
struct trial {
	struct pair pair;
	uint64_t lone_calls;
	struct hist *fill;
	struct hist *fill_calls;
	struct hist *give;
	struct hist *back;
	struct hist *back_calls;
	struct hist *held;
	struct series course;
};

/**
 * trial_new - make room
 * @t: filled; to be given to trial_free()
 *
 * Return: 0, or -ENOMEM.
 */
int trial_new(struct trial *t);

/**
 * trial_free - give it back
 * @t: from trial_new(), or all zero
 */
void trial_free(struct trial *t);

/**
 * struct trial_plan - how it is to be found
 * @s: the subject
 * @size: of a buffer, in bytes
 * @warmup: lone buffers before those that count
 * @samples: lone buffers
 * @buffers: at a time, 1 to TRIAL_BUFFERS_MAX
 * @rounds: of filling and giving back
 */
struct trial_plan {
	const struct subject *s;
	uint64_t size;
	uint64_t warmup;
	uint64_t samples;
	size_t buffers;
	uint64_t rounds;
};

/**
 * trial_lone - one buffer comes and goes
 * @t: its @pair and @lone_calls are filled
 * @plan: how
 * @pause_ms: milliseconds of rest before each
 *
 * Return: 0, or a negative errno of the heap.
 */
int trial_lone(struct trial *t, const struct trial_plan *plan,
	       uint64_t pause_ms);

/**
 * trial_return - all buffers are had and given back, some times
 * @t: all but its @pair and @lone_calls are filled
 * @plan: how
 * @when: what happens then
 *
 * Return: 0; -ETIMEDOUT when memory stays away; or a negative errno of the heap.
 */
int trial_return(struct trial *t, const struct trial_plan *plan,
		 enum trial_when when);

#endif /* POLICY_TRIAL_H */
