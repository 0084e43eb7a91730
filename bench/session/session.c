// SPDX-License-Identifier: GPL-2.0
/*
 * What does a player of protected video ask of a heap? Prints the trace of a
 * session, made from the stream's properties and from what happens to it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "script.h"
#include "trace.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))
#define USEC_PER_SEC	UINT64_C(1000000)

enum depth { DEPTH_8, DEPTH_10 };

static const char *const codec_names[] = { "avc", "hevc", "vp9", "av1", NULL };
static const char *const depth_names[] = { "8", "10", NULL };

static struct {
	int codec;
	const char *size;
	int depth;
	uint64_t fps;
	const char *level;
	struct opt_texts ladder;
	uint64_t inputs;
	uint64_t display;
	const char *heap;
	uint64_t seconds;
	struct opt_texts events;
} opts = {
	.codec = CODEC_AVC,
	.size = "1920x1080",
	.depth = DEPTH_8,
	.fps = 30,
	.inputs = 4,
	.display = 2,
	.heap = "protected,secure-video",
	.seconds = 60,
};

static int bad_size(const char *option, const char *text)
{
	diag("--%s %s: not WxH, each side %d to %d, as in 1920x1080", option,
	     text, VIDEO_SIDE_MIN, VIDEO_SIDE_MAX);
	return -EINVAL;
}

static int check_level(const struct video *v, const char *option,
		       const char *text)
{
	if (video_level(v))
		return 0;
	if (v->level)
		diag("--%s %s: level %s of %s is not known, or does not admit %ux%u at %u fps; leave --level out for the lowest that does",
		     option, text, v->level, codec_names[v->codec], v->width,
		     v->height, v->fps);
	else
		diag("--%s %s: no level of %s admits %ux%u at %u fps", option,
		     text, codec_names[v->codec], v->width, v->height, v->fps);
	return -EINVAL;
}

static int take_video(struct session *s)
{
	struct video *v = &s->video;

	v->codec = (enum codec)opts.codec;
	v->depth = opts.depth == DEPTH_10 ? 10 : 8;
	v->fps = (uint32_t)opts.fps;
	v->level = opts.level;
	if (parse_resolution(opts.size, &v->width, &v->height))
		return bad_size("size", opts.size);
	if (v->level && (v->codec == CODEC_VP9 || v->codec == CODEC_AV1)) {
		diag("--level %s: memory does not depend on the level of %s; leave it out",
		     v->level, codec_names[v->codec]);
		return -EINVAL;
	}
	return check_level(v, "size", opts.size);
}

static int take_ladder(struct session *s)
{
	uint64_t before = 0;

	if (opts.ladder.n > SESSION_RUNGS_MAX) {
		diag("--ladder: more than %d rungs", SESSION_RUNGS_MAX);
		return -EINVAL;
	}
	for (size_t i = 0; i < opts.ladder.n; i++) {
		const char *text = opts.ladder.v[i];
		struct video *v = &s->rung[s->nr_rungs++];
		uint32_t width, height;
		uint64_t samples;

		if (parse_resolution(text, &width, &height))
			return bad_size("ladder", text);
		*v = session_sized(s, EVENT_RESOLUTION, width, height);
		samples = (uint64_t)width * height;
		if (samples <= before ||
		    samples >= (uint64_t)s->video.width * s->video.height) {
			diag("--ladder %s: rungs grow, up to below --size %s",
			     text, opts.size);
			return -EINVAL;
		}
		before = samples;
		if (check_level(v, "ladder", text))
			return -EINVAL;
	}
	return 0;
}

static int take_event(struct session *s, const char *text)
{
	struct event *event = &s->event[s->nr_events];
	struct video v;

	if (parse_event(text, event)) {
		diag("--event %s: not seek, kill, resolution=WxH, pip=WxH or ad=WxH, each with @SECONDS or without",
		     text);
		return -EINVAL;
	}
	if (event->at_us != EVENT_ANY_TIME && event->at_us >= s->length_us) {
		diag("--event %s: later than the session, which has --seconds %" PRIu64,
		     text, opts.seconds);
		return -EINVAL;
	}
	s->nr_events++;
	if (!event->width)
		return 0;
	v = session_sized(s, event->kind, event->width, event->height);
	return check_level(&v, "event", text);
}

static int take_options(const struct bench_env *env, struct session *s)
{
	*s = (struct session){
		.inputs = (unsigned int)opts.inputs,
		.display = (unsigned int)opts.display,
		.heap = opts.heap,
		.length_us = opts.seconds * USEC_PER_SEC,
		.seed = env->seed,
	};
	if (!trace_heap_ok(opts.heap)) {
		diag("--heap %s: no heap has such a name", opts.heap);
		return -EINVAL;
	}
	if (take_video(s) || take_ladder(s))
		return -EINVAL;
	for (size_t i = 0; i < opts.events.n; i++)
		if (take_event(s, opts.events.v[i]))
			return -EINVAL;
	return 0;
}

static int run(const struct bench_env *env)
{
	struct session s;

	if (take_options(env, &s))
		return EXIT_USAGE;
	errno = 0;
	session_print(&s, stdout);
	if (fflush(stdout) || ferror(stdout)) {
		diag("cannot write the trace: %s; what is there of it is not whole",
		     strerror(errno));
		return EXIT_MISSING;
	}
	return EXIT_PASS;
}

static void list_stream(const struct session *s, const struct video *v)
{
	const char *level = video_level(v);
	char input[24], frame[24];

	printf("%s %ux%u %u bits%s%s: %u inputs of %s, %u frames of %s\n",
	       codec_names[v->codec], v->width, v->height, v->depth,
	       *level ? " level " : "", level, s->inputs,
	       format_size(input, video_input_bytes(v)), session_frames(s, v),
	       format_size(frame, video_frame_bytes(v)));
}

static int list(const struct bench_env *env)
{
	struct session s;

	if (take_options(env, &s))
		return EXIT_USAGE;
	for (size_t i = 0; i < s.nr_rungs; i++)
		list_stream(&s, &s.rung[i]);
	list_stream(&s, &s.video);
	for (size_t i = 0; i < s.nr_events; i++) {
		const struct event *e = &s.event[i];
		struct video v = session_sized(&s, e->kind, e->width,
					       e->height);

		if (e->width)
			list_stream(&s, &v);
	}
	return EXIT_PASS;
}

static const struct opt options[] = {
	{ "codec", OPT_CHOICE, &opts.codec, .choices = codec_names,
	  .help = "what the stream is coded in" },
	{ "size", OPT_TEXT, &opts.size, .meta = "WxH",
	  .help = "of the stream, or of its best one" },
	{ "depth", OPT_CHOICE, &opts.depth, .choices = depth_names,
	  .help = "bits a sample: frames are NV12 or P010" },
	{ "fps", OPT_COUNT, &opts.fps, .min = 1, .max = VIDEO_FPS_MAX,
	  .meta = "N", .help = "frames a second, for the level" },
	{ "level", OPT_TEXT, &opts.level, .meta = "L",
	  .help = "of avc and hevc, as 4.1; default: the lowest that admits the stream" },
	{ "ladder", OPT_TEXTS, &opts.ladder, .meta = "WxH",
	  .help = "an adaptive player begins with the first of these sizes, and climbs to --size" },
	{ "inputs", OPT_COUNT, &opts.inputs, .min = 1,
	  .max = SESSION_INPUTS_MAX, .meta = "N",
	  .help = "buffers for the coded stream" },
	{ "display", OPT_COUNT, &opts.display, .max = SESSION_DISPLAY_MAX,
	  .meta = "N", .help = "frames that the display holds" },
	{ "heap", OPT_TEXT, &opts.heap, .meta = "NAME",
	  .help = "heap that the trace names" },
	{ "seconds", OPT_COUNT, &opts.seconds, .min = 1, .max = 86400,
	  .meta = "N", .help = "how long it lasts" },
	{ "event", OPT_TEXTS, &opts.events, .meta = "E",
	  .help = "what happens, see above" },
	{ .name = NULL },
};

static const struct bench session = {
	.name = "session",
	.help = "What does a player of protected video ask of a heap? Prints a trace for replay:\n"
		"buffers for the coded stream, then a burst of frames; while it plays, nothing.\n\n"
		"What may happen, at a second (@N) or when chance decides:\n"
		"  seek             flushes and goes on with the buffers it has; an adaptive\n"
		"                   player begins at the foot of its --ladder again\n"
		"  resolution=WxH   other frames, while the display holds --display old ones\n"
		"  pip=WxH          a second player for 10 to 30 s\n"
		"  ad=WxH           an advertisement, AVC of 8 bits, in place of the stream for 15\n"
		"                   or 30 s\n"
		"  kill             the player dies, and is started again 1 to 2 s later\n\n"
		"--list tells sizes and counts of all buffers.",
	.examples = "  session --codec av1 --size 3840x2160 --depth 10\n"
		    "  session --event pip=640x360@10 --event resolution=1280x720 --event kill --seed 7\n"
		    "  session --size 1920x1080 --ladder 640x360 --ladder 1280x720 --event seek@30\n",
	.output = "The trace goes to stdout, as CSV",
	.options = options,
	.list = list,
	.run = run,
};

int main(int argc, char **argv)
{
	return bench_main(&session, argc, argv);
}
