/* SPDX-License-Identifier: GPL-2.0 */
/* From what is played and what happens to what the heap is asked for. */
#ifndef SESSION_SCRIPT_H
#define SESSION_SCRIPT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "codec.h"
#include "event.h"

#define SESSION_RUNGS_MAX	16
#define SESSION_EVENTS_MAX	64
#define SESSION_INPUTS_MAX	32
#define SESSION_DISPLAY_MAX	8

/**
 * struct session - what is played
 * @video: the stream
 * @rung: with an adaptive player, the sizes it begins with and climbs through
 *	to that of @video, the smallest first
 * @nr_rungs: how many; 0 for a player that is not adaptive
 * @inputs: buffers for the coded stream, 1 to SESSION_INPUTS_MAX
 * @display: frames that the display holds, up to SESSION_DISPLAY_MAX
 * @heap: where the buffers come from
 * @length_us: of the session
 * @event: what happens, in any order
 * @nr_events: how many
 * @seed: of what chance decides
 */
struct session {
	struct video video;
	struct video rung[SESSION_RUNGS_MAX];
	size_t nr_rungs;
	unsigned int inputs;
	unsigned int display;
	const char *heap;
	uint64_t length_us;
	struct event event[SESSION_EVENTS_MAX];
	size_t nr_events;
	uint64_t seed;
};

/**
 * session_sized - a session's stream in another size
 * @s: the session
 * @kind: EVENT_AD for an advertisement, which is AVC of 8 bits; EVENT_PIP for a
 *	stream beside it, of a level of its own; else the session's own
 * @width: in samples
 * @height: in samples
 */
struct video session_sized(const struct session *s, enum event_kind kind,
			   uint32_t width, uint32_t height);

/**
 * session_frames - buffers for decoded frames that a stream takes
 * @s: the session
 * @v: the stream, with a level
 */
unsigned int session_frames(const struct session *s, const struct video *v);

/**
 * session_print - write the trace
 * @s: every stream in it has a level
 * @out: where to; errors stay in it, see ferror(3)
 *
 * The same session gives the same bytes on any machine. Every buffer is freed
 * in the end.
 */
void session_print(const struct session *s, FILE *out);

#endif /* SESSION_SCRIPT_H */
