// SPDX-License-Identifier: GPL-2.0
/*
 * A player, step by step. What it does is that of field reports on V4L2
 * decoders: buffers for the coded stream first, once the stream's header is
 * read a burst of buffers for frames, then nothing more, however long it plays.
 * Memory moves when a frame's size changes: the decoder gives up the old frames
 * and takes new ones while the display still holds some of the old.
 *
 * How long each thing takes is drawn from ranges, named below; they decide in
 * what order things happen, not how long the real hardware takes.
 */
#include "script.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "rng.h"
#include "trace.h"

#define MSEC		1000
#define SEC		(1000 * MSEC)
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

/* A display that is refreshed 60 times a second */
#define REFRESH		16667

struct range {
	uint64_t from, to;
};

static const struct range between_allocs = { 300, 900 };
static const struct range between_frees = { 20, 100 };
static const struct range header = { 20 * MSEC, 60 * MSEC };
static const struct range climbing = { 4 * SEC, 10 * SEC };
static const struct range pip_lasts = { 10 * SEC, 30 * SEC };
static const struct range restarting = { 1 * SEC, 2 * SEC };
static const uint64_t ad_lasts[] = { 15 * SEC, 30 * SEC };

#define FRAMES_MAX	(VIDEO_FRAMES_MAX + SESSION_DISPLAY_MAX)

/* Of each event one thing more may follow, and of the player's start a climb */
#define STEPS_MAX	(2 * SESSION_EVENTS_MAX + 4)

/* Three decoders, and what the display still holds after each step */
#define LIVE_MAX	(3 * (SESSION_INPUTS_MAX + FRAMES_MAX) + \
			 STEPS_MAX * SESSION_DISPLAY_MAX)

struct decoder {
	bool on;
	struct video v;
	uint64_t input[SESSION_INPUTS_MAX];
	unsigned int nr_inputs;
	uint64_t frame[FRAMES_MAX];
	unsigned int nr_frames;
};

/* What is to be done; beyond the events, what follows from them */
enum todo {
	TODO_EVENT,
	TODO_CLIMB,
	TODO_PIP_END,
	TODO_AD_END,
	TODO_START,
};

struct step {
	uint64_t at_us;
	enum todo todo;
	struct event event;
	unsigned int life;
	unsigned int aim;
};

/* A buffer that the display gives back later */
struct held {
	uint64_t at_us;
	uint64_t id;
};

struct script {
	const struct session *s;
	FILE *out;
	struct rng rng;
	uint64_t now;
	uint64_t last_id;
	uint64_t live[LIVE_MAX];
	size_t nr_live;
	struct held held[LIVE_MAX];
	size_t nr_held;
	struct step step[STEPS_MAX];
	size_t nr_steps;
	/* What was planned before the last death is void */
	unsigned int life;
	/* Climbs that were planned before the last change of mind are void */
	unsigned int aim;
	size_t rung;
	struct decoder main;
	struct decoder pip;
	struct decoder ad;
};

static uint64_t draw(struct script *sc, struct range range)
{
	return range.from + rng_below(&sc->rng, range.to - range.from + 1);
}

static void pass(struct script *sc, struct range range)
{
	sc->now += draw(sc, range);
}

static void forget(uint64_t *ids, size_t *n, uint64_t id)
{
	size_t i = 0;

	while (ids[i] != id)
		i++;
	memmove(&ids[i], &ids[i + 1], (--*n - i) * sizeof(*ids));
}

static void free_now(struct script *sc, uint64_t id, uint64_t at_us)
{
	trace_print_free(sc->out, at_us, id);
	forget(sc->live, &sc->nr_live, id);
}

/* What the display gives back until now; @held is in the order of its times */
static void give_back(struct script *sc, uint64_t until)
{
	while (sc->nr_held && sc->held[0].at_us <= until) {
		free_now(sc, sc->held[0].id, sc->held[0].at_us);
		memmove(&sc->held[0], &sc->held[1],
			--sc->nr_held * sizeof(sc->held[0]));
	}
}

static void hold_until(struct script *sc, uint64_t id, uint64_t at_us)
{
	size_t i = sc->nr_held++;

	for (; i && sc->held[i - 1].at_us > at_us; i--)
		sc->held[i] = sc->held[i - 1];
	sc->held[i] = (struct held){ at_us, id };
}

static uint64_t take(struct script *sc, uint64_t bytes)
{
	uint64_t id = ++sc->last_id;

	pass(sc, between_allocs);
	give_back(sc, sc->now);
	trace_print_alloc(sc->out, sc->now, id, sc->s->heap, bytes);
	sc->live[sc->nr_live++] = id;
	return id;
}

static void drop(struct script *sc, uint64_t id)
{
	pass(sc, between_frees);
	give_back(sc, sc->now);
	free_now(sc, id, sc->now);
}

static void plan(struct script *sc, uint64_t at_us, enum todo todo,
		 const struct event *event)
{
	size_t i = sc->nr_steps++;

	for (; i && sc->step[i - 1].at_us > at_us; i--)
		sc->step[i] = sc->step[i - 1];
	sc->step[i] = (struct step){
		.at_us = at_us,
		.todo = todo,
		.life = sc->life,
		.aim = sc->aim,
	};
	if (event)
		sc->step[i].event = *event;
}

static void take_frames(struct script *sc, struct decoder *d)
{
	unsigned int n = session_frames(sc->s, &d->v);

	while (d->nr_frames < n)
		d->frame[d->nr_frames++] = take(sc, video_frame_bytes(&d->v));
}

/* All but those that the display shows or is about to: any of them, as it is. */
static void drop_frames(struct script *sc, struct decoder *d)
{
	size_t order[FRAMES_MAX];
	bool shown[FRAMES_MAX] = { false };

	for (size_t i = 0; i < d->nr_frames; i++)
		order[i] = i;
	rng_shuffle(&sc->rng, order, d->nr_frames);
	for (size_t i = 0; i < sc->s->display; i++) {
		shown[order[i]] = true;
		hold_until(sc, d->frame[order[i]],
			   (sc->now / REFRESH + 1 + i) * REFRESH);
	}
	for (size_t i = 0; i < d->nr_frames; i++)
		if (!shown[i])
			drop(sc, d->frame[i]);
	d->nr_frames = 0;
}

static void resize(struct script *sc, struct decoder *d, const struct video *v)
{
	if (!d->on || (d->v.width == v->width && d->v.height == v->height))
		return;
	d->v = *v;
	drop_frames(sc, d);
	take_frames(sc, d);
}

static void start(struct script *sc, struct decoder *d, const struct video *v)
{
	d->on = true;
	d->v = *v;
	while (d->nr_inputs < sc->s->inputs)
		d->input[d->nr_inputs++] = take(sc, video_input_bytes(v));
	pass(sc, header);
	take_frames(sc, d);
}

static void stop(struct script *sc, struct decoder *d)
{
	if (!d->on)
		return;
	drop_frames(sc, d);
	for (size_t i = 0; i < d->nr_inputs; i++)
		drop(sc, d->input[i]);
	d->nr_inputs = 0;
	d->on = false;
}

/* The size that an adaptive player begins with; else the stream's */
static const struct video *lowest(struct script *sc)
{
	sc->rung = 0;
	return sc->s->nr_rungs ? &sc->s->rung[0] : &sc->s->video;
}

static void plan_climb(struct script *sc)
{
	if (sc->rung < sc->s->nr_rungs)
		plan(sc, sc->now + draw(sc, climbing), TODO_CLIMB, NULL);
}

static void start_main(struct script *sc)
{
	sc->aim++;
	start(sc, &sc->main, lowest(sc));
	plan_climb(sc);
}

static void climb(struct script *sc)
{
	const struct session *s = sc->s;

	sc->rung++;
	resize(sc, &sc->main,
	       sc->rung < s->nr_rungs ? &s->rung[sc->rung] : &s->video);
	plan_climb(sc);
}

/* A decoder flushes, and goes on with the buffers it has. */
static void seek(struct script *sc)
{
	if (!sc->s->nr_rungs || !sc->main.on)
		return;
	sc->aim++;
	resize(sc, &sc->main, lowest(sc));
	plan_climb(sc);
}

static void begin_pip(struct script *sc, const struct video *v)
{
	if (sc->pip.on)
		return;
	start(sc, &sc->pip, v);
	plan(sc, sc->now + draw(sc, pip_lasts), TODO_PIP_END, NULL);
}

static void begin_ad(struct script *sc, const struct video *v)
{
	if (sc->ad.on)
		return;
	stop(sc, &sc->main);
	start(sc, &sc->ad, v);
	plan(sc, sc->now + ad_lasts[rng_below(&sc->rng, ARRAY_SIZE(ad_lasts))],
	     TODO_AD_END, NULL);
}

/* The kernel closes a dead program's files in their order, all at once. */
static void die(struct script *sc)
{
	while (sc->nr_live)
		free_now(sc, sc->live[0], sc->now);
	sc->nr_held = 0;
	memset(&sc->main, 0, sizeof(sc->main));
	memset(&sc->pip, 0, sizeof(sc->pip));
	memset(&sc->ad, 0, sizeof(sc->ad));
	sc->life++;
	plan(sc, sc->now + draw(sc, restarting), TODO_START, NULL);
}

static void happen(struct script *sc, const struct event *event)
{
	struct video v = session_sized(sc->s, event->kind, event->width,
				       event->height);

	/* Between death and rebirth there is nobody that it could happen to */
	if (!sc->main.on && !sc->ad.on)
		return;
	switch (event->kind) {
	case EVENT_SEEK:
		seek(sc);
		break;
	case EVENT_RESOLUTION:
		sc->aim++;
		resize(sc, &sc->main, &v);
		break;
	case EVENT_PIP:
		begin_pip(sc, &v);
		break;
	case EVENT_AD:
		begin_ad(sc, &v);
		break;
	case EVENT_KILL:
		die(sc);
		break;
	}
}

static void do_step(struct script *sc, const struct step *step)
{
	if (step->todo == TODO_EVENT)
		happen(sc, &step->event);
	else if (step->life != sc->life)
		return;
	else if (step->todo == TODO_CLIMB && step->aim == sc->aim)
		climb(sc);
	else if (step->todo == TODO_PIP_END)
		stop(sc, &sc->pip);
	else if (step->todo == TODO_AD_END)
		stop(sc, &sc->ad);
	if (step->todo == TODO_AD_END || step->todo == TODO_START)
		start_main(sc);
}

static void plan_events(struct script *sc)
{
	const struct session *s = sc->s;
	/* In milliseconds; not while it starts, nor when it is over */
	uint64_t tenth = s->length_us / MSEC / 10;
	struct range any = { tenth, 9 * tenth };

	for (size_t i = 0; i < s->nr_events; i++) {
		uint64_t at = s->event[i].at_us;

		if (at == EVENT_ANY_TIME)
			at = draw(sc, any) * MSEC;
		plan(sc, at, TODO_EVENT, &s->event[i]);
	}
}

void session_print(const struct session *s, FILE *out)
{
	struct script sc = {
		.s = s,
		.out = out,
		.rng = { .state = s->seed },
	};

	trace_print_header(out);
	/* Before what happens at its very start */
	plan(&sc, 0, TODO_START, NULL);
	plan_events(&sc);
	while (sc.nr_steps && sc.step[0].at_us < s->length_us) {
		struct step step = sc.step[0];

		memmove(&sc.step[0], &sc.step[1],
			--sc.nr_steps * sizeof(step));
		give_back(&sc, step.at_us);
		if (sc.now < step.at_us)
			sc.now = step.at_us;
		do_step(&sc, &step);
	}
	give_back(&sc, s->length_us);
	if (sc.now < s->length_us)
		sc.now = s->length_us;
	stop(&sc, &sc.pip);
	stop(&sc, &sc.ad);
	stop(&sc, &sc.main);
	give_back(&sc, UINT64_MAX);
}

struct video session_sized(const struct session *s, enum event_kind kind,
			   uint32_t width, uint32_t height)
{
	struct video v = s->video;

	v.width = width;
	v.height = height;
	if (kind == EVENT_AD || kind == EVENT_PIP)
		v.level = NULL;
	if (kind == EVENT_AD) {
		v.codec = CODEC_AVC;
		v.depth = 8;
	}
	return v;
}

unsigned int session_frames(const struct session *s, const struct video *v)
{
	return video_decoder_frames(v) + s->display;
}
