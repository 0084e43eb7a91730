/* SPDX-License-Identifier: GPL-2.0 */
/* What happens to a session while it plays. */
#ifndef SESSION_EVENT_H
#define SESSION_EVENT_H

#include <stdint.h>

/* When it is not said, chance decides */
#define EVENT_ANY_TIME	UINT64_MAX

/**
 * enum event_kind - what happens
 * @EVENT_SEEK: the user jumps
 * @EVENT_RESOLUTION: the stream goes on in another size
 * @EVENT_PIP: a second, small player beside the first, for a while
 * @EVENT_AD: an advertisement in the first one's place, for a while
 * @EVENT_KILL: the player dies with all it has, and is started again
 */
enum event_kind {
	EVENT_SEEK,
	EVENT_RESOLUTION,
	EVENT_PIP,
	EVENT_AD,
	EVENT_KILL,
};

/**
 * struct event - something that happens
 * @kind: what
 * @width: of RESOLUTION, PIP and AD
 * @height: the same
 * @at_us: when, or EVENT_ANY_TIME
 */
struct event {
	enum event_kind kind;
	uint32_t width;
	uint32_t height;
	uint64_t at_us;
};

/**
 * parse_resolution - read a video's size
 * @text: WxH, the whole string
 * @width: filled, VIDEO_SIDE_MIN to VIDEO_SIDE_MAX
 * @height: the same
 *
 * Return: 0, or -EINVAL.
 */
int parse_resolution(const char *text, uint32_t *width, uint32_t *height);

/**
 * parse_event - read an event
 * @text: KIND[=WxH][@SECONDS]: resolution, pip and ad have a size, seek and
 *	kill have none; SECONDS up to a day
 * @event: filled
 *
 * Return: 0, or -EINVAL.
 */
int parse_event(const char *text, struct event *event);

#endif /* SESSION_EVENT_H */
