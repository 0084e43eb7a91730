// SPDX-License-Identifier: GPL-2.0
/*
 * What happens to a player: any words are refused, or make a trace that holds
 * together. A size is the stream's, and each that follows one a rung; a number is
 * the next of those that a session has; all else is an event.
 */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "options.h"
#include "script.h"
#include "trace.h"

#define USEC_PER_SEC	UINT64_C(1000000)
#define SECONDS_MAX	86400

const char *const fuzz_words[] = {
	" ", "\n", "seek", "kill", "pip=640x360", "ad=1280x720", "resolution=", "@",
	"@0", "@59", "seek@30 ", "kill@1 ", "640x360 ", "1280x720 ", "16x16 ", "16384x16384",
	"x", "=", "0", "1 ", "18446744073709551616", " kill kill kill kill ", NULL
};

static bool has_level(const struct session *s, const struct event *event)
{
	struct video v = session_sized(s, event->kind, event->width, event->height);

	return !event->width || video_level(&v);
}

static void take_number(struct session *s, unsigned int which, uint64_t value)
{
	switch (which) {
	case 0:
		s->video.codec = (enum codec)(value % (CODEC_AV1 + 1));
		break;
	case 1:
		s->video.depth = value % 2 ? 10 : 8;
		break;
	case 2:
		s->inputs = 1 + (unsigned int)(value % SESSION_INPUTS_MAX);
		break;
	case 3:
		s->display = (unsigned int)(value % (SESSION_DISPLAY_MAX + 1));
		break;
	case 4:
		s->length_us = (1 + value % SECONDS_MAX) * USEC_PER_SEC;
		break;
	default:
		s->seed = value;
	}
}

/* A rung is larger than that before it, and smaller than the stream. */
static bool take_size(struct session *s, uint32_t width, uint32_t height)
{
	struct video *rung = &s->rung[s->nr_rungs];
	uint64_t samples = (uint64_t)width * height, before = 0;

	if (!s->video.width) {
		s->video.width = width;
		s->video.height = height;
		return video_level(&s->video);
	}
	if (s->nr_rungs == SESSION_RUNGS_MAX)
		return false;
	if (s->nr_rungs)
		before = (uint64_t)rung[-1].width * rung[-1].height;
	*rung = session_sized(s, EVENT_RESOLUTION, width, height);
	s->nr_rungs++;
	return samples > before &&
	       samples < (uint64_t)s->video.width * s->video.height &&
	       video_level(rung);
}

static bool take_event(struct session *s, const char *word)
{
	struct event *event = &s->event[s->nr_events];

	if (!s->video.width || s->nr_events == SESSION_EVENTS_MAX ||
	    parse_event(word, event))
		return false;
	FUZZ_EXPECT(event->at_us == EVENT_ANY_TIME ||
		    event->at_us <= SECONDS_MAX * USEC_PER_SEC);
	s->nr_events++;
	return has_level(s, event);
}

static bool take(struct session *s, char *text)
{
	unsigned int numbers = 0;
	uint32_t width, height;
	uint64_t value;
	char *rest = NULL;

	for (char *word = strtok_r(text, " \n", &rest); word;
	     word = strtok_r(NULL, " \n", &rest)) {
		if (!parse_resolution(word, &width, &height)) {
			if (!take_size(s, width, height))
				return false;
		} else if (!s->video.width && !parse_count(word, &value)) {
			take_number(s, numbers++, value);
		} else if (!take_event(s, word)) {
			return false;
		}
	}
	return s->video.width;
}

static char *print(const struct session *s, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);

	FUZZ_EXPECT(out);
	session_print(s, out);
	FUZZ_EXPECT(!fclose(out));
	return text;
}

static void check(const struct session *s)
{
	size_t size = 0, again = 0;
	char *text = print(s, &size), *second = print(s, &again);
	struct trace_error error = { 0 };
	struct trace trace;

	FUZZ_EXPECT(size == again && !memcmp(text, second, size));
	if (trace_parse(&trace, text, size, &error)) {
		fprintf(stderr, "%zu:%zu: %s\n", error.line, error.column, error.what);
		abort();
	}
	FUZZ_EXPECT(!trace.never_freed && trace.nr_heaps == 1);
	trace_free(&trace);
	free(text);
	free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct session s = {
		.video = { .depth = 8, .fps = 30 },
		.inputs = 4,
		.display = 2,
		.heap = "protected,secure-video",
		.length_us = 60 * USEC_PER_SEC,
	};
	char *text = strndup((const char *)data, size);

	FUZZ_EXPECT(text);
	if (take(&s, text))
		check(&s);
	free(text);
	return 0;
}
