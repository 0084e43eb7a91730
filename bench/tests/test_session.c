// SPDX-License-Identifier: GPL-2.0
/* Sizes and counts of decoders, what may happen, and the traces made of it. */
#define _GNU_SOURCE
#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"
#include "event.h"
#include "rng.h"
#include "script.h"
#include "trace.h"

#define SEC	UINT64_C(1000000)

/* What the iris driver asks for, in hundredths of a MiB as published */
static void frames_are_as_large_as_published(void **state)
{
	static const struct {
		uint32_t width, height, depth;
		uint64_t hundredths;
	} known[] = {
		{ 1280, 720, 8, 135 }, { 1920, 1080, 8, 299 },
		{ 3840, 2160, 8, 1195 }, { 7680, 4320, 8, 4746 },
		{ 1280, 720, 10, 270 }, { 1920, 1080, 10, 598 },
		{ 3840, 2160, 10, 2391 }, { 7680, 4320, 10, 9492 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		struct video v = { .width = known[i].width,
				   .height = known[i].height,
				   .depth = known[i].depth };
		uint64_t bytes = video_frame_bytes(&v);

		assert_int_equal(bytes % 4096, 0);
		assert_int_equal((bytes * 100 + (1 << 19)) >> 20,
				 known[i].hundredths);
	}
}

/* Rows of 128 bytes, of P010 256; a plane of 32 rows and one of 16 */
static void the_smallest_frame_is_all_padding(void **state)
{
	struct video v = { .width = 16, .height = 16, .depth = 8 };

	(void)state;
	assert_int_equal(video_frame_bytes(&v), 128 * 48 + 2048);
	v.depth = 10;
	assert_int_equal(video_frame_bytes(&v), 256 * 48);
	v.height = 34;
	assert_int_equal(video_frame_bytes(&v), 256 * (64 + 32));
}

static void inputs_are_as_large_as_published(void **state)
{
	struct video v = { .codec = CODEC_AVC, .width = 640, .height = 360 };

	(void)state;
	assert_int_equal(video_input_bytes(&v), 27 << 18);	/* 6.75 MiB */
	v.codec = CODEC_VP9;
	assert_int_equal(video_input_bytes(&v), 27 << 19);
	v = (struct video){ .width = 4096, .height = 2304 };
	assert_int_equal(video_input_bytes(&v), 27 << 18);
	v.width = 7680;
	v.height = 4320;
	assert_int_equal(video_input_bytes(&v), 8192 * 4352 / 4 * 3 / 2);
}

static void levels_and_references_are_the_specifications(void **state)
{
	static const struct {
		struct video v;
		const char *level;
		unsigned int frames;
	} known[] = {
		/* MaxDpbFrames at 1080p is 4 from level 4 on, 13 at 5 */
		{ { CODEC_AVC, 1920, 1080, 8, 30, NULL }, "4", 5 },
		{ { CODEC_AVC, 1920, 1080, 8, 60, NULL }, "4.2", 5 },
		{ { CODEC_AVC, 1920, 1080, 8, 30, "5" }, "5", 14 },
		{ { CODEC_AVC, 1920, 1080, 8, 30, "6" }, "6", 16 },
		{ { CODEC_AVC, 1920, 1080, 8, 60, "4" }, NULL, 0 },
		{ { CODEC_AVC, 1280, 720, 8, 30, NULL }, "3.1", 6 },
		{ { CODEC_AVC, 720, 576, 8, 25, NULL }, "3", 6 },
		{ { CODEC_AVC, 1280, 720, 8, 30, "3" }, NULL, 0 },
		{ { CODEC_AVC, 1280, 720, 8, 30, "3.7" }, NULL, 0 },
		{ { CODEC_AVC, 16384, 16384, 8, 30, NULL }, NULL, 0 },
		/* Wider than eight times its share of the level's frame */
		{ { CODEC_AVC, 16384, 16, 8, 1, NULL }, "6", 16 },
		/* MaxDpbSize: 6, and 8, 12 or 16 where pictures are smaller */
		{ { CODEC_HEVC, 1920, 1080, 8, 30, NULL }, "4", 7 },
		{ { CODEC_HEVC, 1920, 1080, 8, 60, NULL }, "4.1", 7 },
		{ { CODEC_HEVC, 3840, 2160, 10, 60, NULL }, "5.1", 7 },
		{ { CODEC_HEVC, 1600, 1000, 8, 30, "4" }, "4", 9 },
		{ { CODEC_HEVC, 1280, 720, 8, 30, "4" }, "4", 13 },
		{ { CODEC_HEVC, 640, 360, 8, 30, "4" }, "4", 16 },
		{ { CODEC_VP9, 3840, 2160, 8, 60, NULL }, "", 9 },
		{ { CODEC_AV1, 3840, 2160, 10, 60, NULL }, "", 11 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		const char *level = video_level(&known[i].v);

		if (!known[i].level) {
			assert_null(level);
			continue;
		}
		assert_non_null(level);
		assert_string_equal(level, known[i].level);
		assert_int_equal(video_decoder_frames(&known[i].v),
				 known[i].frames);
	}
}

static void events_are_read(void **state)
{
	struct event e;

	(void)state;
	assert_int_equal(parse_event("seek", &e), 0);
	assert_int_equal(e.kind, EVENT_SEEK);
	assert_true(e.at_us == EVENT_ANY_TIME);
	assert_int_equal(parse_event("pip=640x360@20", &e), 0);
	assert_int_equal(e.kind, EVENT_PIP);
	assert_int_equal(e.width, 640);
	assert_int_equal(e.height, 360);
	assert_int_equal(e.at_us, 20 * SEC);
	assert_int_equal(parse_event("kill@86400", &e), 0);
	assert_int_equal(parse_event("ad=16384x16@0", &e), 0);
	assert_int_equal(e.at_us, 0);
}

static void what_is_no_event_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "@", "@5", "see", "seeks", "seek@", "seek@-1", "seek@1.5",
		"seek@86401", "seek=640x360", "kill=1", "pip", "ad@5",
		"resolution=", "resolution=640", "resolution=640x",
		"resolution=x360", "resolution=640x360x2", "resolution=15x16",
		"resolution=640x16385", "resolution=-640x360", "seek@5@6",
		"pip=640x360=2", "pip@5=640x360", "pip=640X360",
		"pip=00000000000000000000000000000000000640x0000360",
	};
	struct event e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(parse_event(bad[i], &e), -EINVAL);
}

static char *print(const struct session *s, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);

	assert_non_null(out);
	session_print(s, out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static struct session plain(void)
{
	return (struct session){
		.video = { CODEC_AVC, 1280, 720, 8, 30, NULL },
		.inputs = 2,
		.display = 2,
		.heap = "protected,secure-video",
		.length_us = 60 * SEC,
		.seed = 1,
	};
}

/* Read a session's trace with the strict reader; everything is freed. */
static void read_back(const struct session *s, struct trace *trace)
{
	struct trace_error error;
	size_t size;
	char *text = print(s, &size);

	if (trace_parse(trace, text, size, &error))
		fail_msg("seed %llu: %zu:%zu: %s", (unsigned long long)s->seed,
			 error.line, error.column, error.what);
	assert_int_equal(trace->never_freed, 0);
	assert_int_equal(trace->nr_events, 2 * trace->nr_buffers);
	free(text);
}

static void a_plain_session_is_inputs_then_frames(void **state)
{
	struct session s = plain();
	struct trace trace;

	(void)state;
	s.event[s.nr_events++] = (struct event){ .kind = EVENT_SEEK,
						 .at_us = 9 * SEC };
	read_back(&s, &trace);
	assert_int_equal(trace.nr_buffers, 2 + 6 + 2);
	for (size_t i = 0; i < trace.nr_buffers; i++) {
		assert_true(trace.event[i].alloc);
		assert_int_equal(trace.buffer[i].bytes,
				 i < 2 ? 27 << 18 : 1413120);
	}
	/* While it plays, nothing */
	assert_true(trace.event[9].t_us < 1 * SEC);
	assert_true(trace.event[10].t_us >= 60 * SEC);
	trace_free(&trace);
}

/* New frames come while the display still holds some of the old. */
static void a_change_of_resolution_overlaps(void **state)
{
	struct session s = plain();
	bool small_lives = false, overlap = false;
	size_t large_live = 0;
	struct trace trace;

	(void)state;
	parse_event("resolution=640x360@5", &s.event[s.nr_events++]);
	read_back(&s, &trace);
	for (size_t i = 0; i < trace.nr_events; i++) {
		const struct trace_event *e = &trace.event[i];
		uint64_t bytes = trace.buffer[e->buffer].bytes;

		if (bytes == 1413120 && e->alloc)
			large_live++;
		if (bytes == 1413120 && !e->alloc)
			large_live--;
		small_lives |= bytes == 368640;
		overlap |= small_lives && large_live;
	}
	assert_true(overlap);
	trace_free(&trace);
}

static void a_kill_frees_all_at_once(void **state)
{
	struct session s = plain();
	struct trace trace;
	size_t n = 0;

	(void)state;
	parse_event("kill@5", &s.event[s.nr_events++]);
	read_back(&s, &trace);
	assert_int_equal(trace.nr_buffers, 20);
	for (size_t i = 0; i < trace.nr_events; i++)
		if (trace.event[i].t_us == 5 * SEC) {
			assert_int_equal(trace.event[i].buffer, n);
			assert_false(trace.event[i].alloc);
			n++;
		}
	assert_int_equal(n, 10);
	assert_in_range(trace.event[20].t_us, 6 * SEC, 7 * SEC + SEC / 10);
	trace_free(&trace);
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
	struct session s = plain();
	char *one, *two, *other;
	size_t size;

	(void)state;
	parse_event("resolution=640x360", &s.event[s.nr_events++]);
	one = print(&s, &size);
	two = print(&s, &size);
	s.seed = 2;
	other = print(&s, &size);
	assert_string_equal(one, two);
	assert_string_not_equal(one, other);
	free(one);
	free(two);
	free(other);
}

/* As many events as there may be, any of them, crowded or not */
static void whatever_happens_the_trace_is_one(void **state)
{
	static const char *const kinds[] = {
		"seek", "resolution=1280x720", "resolution=640x360", "kill",
		"pip=426x240", "ad=1280x720", "ad=640x360@1", "seek@1",
		"resolution=854x480@1", "resolution=1280x720@1",
	};

	(void)state;
	for (uint64_t seed = 0; seed < 300; seed++) {
		struct session s = plain();
		struct rng rng = { .state = seed };
		struct trace trace;

		s.seed = seed;
		s.display = (unsigned int)rng_below(&rng,
						    SESSION_DISPLAY_MAX + 1);
		s.inputs = SESSION_INPUTS_MAX;
		s.length_us = (seed % 3 ? 60 : 3600) * SEC;
		s.nr_rungs = seed % 2;
		s.rung[0] = session_sized(&s, EVENT_RESOLUTION, 426, 240);
		while (s.nr_events < SESSION_EVENTS_MAX)
			parse_event(kinds[rng_below(&rng, ARRAY_SIZE(kinds))],
				    &s.event[s.nr_events++]);
		read_back(&s, &trace);
		trace_free(&trace);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_as_large_as_published),
		cmocka_unit_test(the_smallest_frame_is_all_padding),
		cmocka_unit_test(inputs_are_as_large_as_published),
		cmocka_unit_test(levels_and_references_are_the_specifications),
		cmocka_unit_test(events_are_read),
		cmocka_unit_test(what_is_no_event_is_refused),
		cmocka_unit_test(a_plain_session_is_inputs_then_frames),
		cmocka_unit_test(a_change_of_resolution_overlaps),
		cmocka_unit_test(a_kill_frees_all_at_once),
		cmocka_unit_test(the_same_seed_gives_the_same_bytes),
		cmocka_unit_test(whatever_happens_the_trace_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
