// SPDX-License-Identifier: GPL-2.0
#include "event.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "codec.h"
#include "options.h"

#define TEXT_MAX	48
#define SECONDS_MAX	86400
#define USEC_PER_SEC	UINT64_C(1000000)
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

static int parse_side(const char *text, uint32_t *side)
{
	uint64_t value;

	if (parse_count(text, &value) || value < VIDEO_SIDE_MIN ||
	    value > VIDEO_SIDE_MAX)
		return -EINVAL;
	*side = (uint32_t)value;
	return 0;
}

/* Cut @text at the first @c. Return: what is behind it, NULL if there is none. */
static char *cut(char *text, char c)
{
	char *at = strchr(text, c);

	if (at)
		*at++ = '\0';
	return at;
}

/* A copy that can be cut into pieces */
static int copy(char word[TEXT_MAX], const char *text)
{
	if (strlen(text) >= TEXT_MAX)
		return -EINVAL;
	strcpy(word, text);
	return 0;
}

int parse_resolution(const char *text, uint32_t *width, uint32_t *height)
{
	char word[TEXT_MAX];
	char *second;

	if (copy(word, text))
		return -EINVAL;
	second = cut(word, 'x');
	if (!second || parse_side(word, width))
		return -EINVAL;
	return parse_side(second, height);
}

static int parse_kind(const char *word, const char *size, struct event *event)
{
	static const struct {
		const char *name;
		bool sized;
	} kinds[] = {
		[EVENT_SEEK] = { "seek", false },
		[EVENT_RESOLUTION] = { "resolution", true },
		[EVENT_PIP] = { "pip", true },
		[EVENT_AD] = { "ad", true },
		[EVENT_KILL] = { "kill", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(word, kinds[i].name))
			continue;
		event->kind = (enum event_kind)i;
		if (kinds[i].sized != !!size)
			return -EINVAL;
		return size ? parse_resolution(size, &event->width,
					       &event->height) : 0;
	}
	return -EINVAL;
}

int parse_event(const char *text, struct event *event)
{
	char word[TEXT_MAX];
	char *size, *when;
	uint64_t seconds;

	memset(event, 0, sizeof(*event));
	event->at_us = EVENT_ANY_TIME;
	if (copy(word, text))
		return -EINVAL;
	when = cut(word, '@');
	size = cut(word, '=');
	if (when) {
		if (parse_count(when, &seconds) || seconds > SECONDS_MAX)
			return -EINVAL;
		event->at_us = seconds * USEC_PER_SEC;
	}
	return parse_kind(word, size, event);
}
