// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "phases.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rawtrace.h"

#define SYSTEM		"restricted_heap"

/* Lives between two readings of the trace; its buffer holds many more */
#define BLOCK		50

static const char *const names[PHASES] = {
	[PHASE_MEMORY_ALLOC] = "memory_alloc",
	[PHASE_MEMORY_RESTRICT] = "memory_restrict",
	[PHASE_EXPORT] = "export",
	[PHASE_MEMORY_UNRESTRICT] = "memory_unrestrict",
	[PHASE_MEMORY_FREE] = "memory_free",
	[PHASE_ZERO] = "zero",
	[PHASE_TEE_CALL] = "tee_call",
	[PHASE_TRACER] = "tracer",
};

/* Those that have tracepoints come first, and of them those of every heap */
#define TRACED	PHASE_TRACER
#define OUTER	PHASE_ZERO

enum end { BEGIN, END, ENDS };

static const char *const end_names[ENDS] = { "begin", "end" };

/*
 * While a trace is read. @note takes an end of a phase; @sum is what the inner
 * phases of the buffer that lives took, and @seen which of them there were.
 */
struct reader {
	struct phases *phases;
	uint16_t id[TRACED][ENDS];
	int (*note)(struct reader *r, enum phase phase, enum end end,
		    uint64_t time);
	bool keep;
	bool inside;
	enum phase last;
	uint64_t last_time;
	uint64_t sum[PHASES];
	bool seen[PHASES];
};

const char *phases_name(enum phase phase)
{
	return names[phase];
}

int phases_new(struct phases *p)
{
	memset(p, 0, sizeof(*p));
	for (int i = 0; i < PHASES; i++) {
		p->hist[i] = hist_new();
		if (!p->hist[i]) {
			phases_free(p);
			return -ENOMEM;
		}
	}
	return 0;
}

void phases_free(struct phases *p)
{
	for (int i = 0; i < PHASES; i++)
		hist_free(p->hist[i]);
	memset(p, 0, sizeof(*p));
}

static const char *event_name(char text[64], int phase, int end)
{
	snprintf(text, 64, SYSTEM "/restricted_%s_%s", names[phase],
		 end_names[end]);
	return text;
}

/* The inner phases are of modules that need not be here: then they have id 0. */
static int learn_ids(struct reader *r)
{
	char text[64];
	int err = 0;

	for (int phase = 0; !err && phase < TRACED; phase++) {
		for (int end = 0; !err && end < ENDS; end++) {
			err = tracing_event_id(event_name(text, phase, end),
					       &r->id[phase][end]);
			if (err == -ENOENT && phase >= OUTER)
				err = 0;
		}
	}
	return err;
}

int phases_here(void)
{
	struct reader r = { 0 };

	return learn_ids(&r);
}

/* The op before and the op after are called one right after the other. */
static bool adjacent(enum phase before, enum phase after)
{
	return (before == PHASE_MEMORY_ALLOC &&
		after == PHASE_MEMORY_RESTRICT) ||
	       (before == PHASE_MEMORY_UNRESTRICT &&
		after == PHASE_MEMORY_FREE);
}

static void keep(const struct reader *r, enum phase phase, uint64_t time)
{
	if (r->keep)
		hist_record(r->phases->hist[phase], time);
}

/* No phase begins in another, and each ends. */
static bool in_turn(const struct reader *r, enum phase phase, enum end end,
		    uint64_t time)
{
	return r->inside == (end == END) && time >= r->last_time &&
	       (end == BEGIN || r->last == phase);
}

static int note_outer(struct reader *r, enum phase phase, enum end end,
		      uint64_t time)
{
	if (!in_turn(r, phase, end, time))
		return -EPROTO;
	if (end == END) {
		keep(r, phase, time - r->last_time);
		r->phases->buffers += r->keep && phase == PHASE_MEMORY_FREE;
		r->phases->op_calls += r->keep && phase != PHASE_EXPORT;
	} else if (adjacent(r->last, phase)) {
		keep(r, PHASE_TRACER, time - r->last_time);
	}
	return 0;
}

static void keep_sums(struct reader *r)
{
	for (int i = OUTER; i < TRACED; i++) {
		if (r->seen[i])
			keep(r, (enum phase)i, r->sum[i]);
		r->seen[i] = false;
		r->sum[i] = 0;
	}
}

/* The end of the last phase is the end of the buffer. */
static int note_inner(struct reader *r, enum phase phase, enum end end,
		      uint64_t time)
{
	if (!in_turn(r, phase, end, time))
		return -EPROTO;
	if (end == BEGIN)
		return 0;
	if (phase == PHASE_MEMORY_FREE) {
		keep_sums(r);
		return 0;
	}
	r->sum[phase] += time - r->last_time;
	r->seen[phase] = true;
	return 0;
}

static int event(void *context, const struct ring_event *e)
{
	struct reader *r = context;

	for (int phase = 0; phase < TRACED; phase++) {
		for (int end = 0; end < ENDS; end++) {
			int err;

			if (e->id != r->id[phase][end])
				continue;
			err = r->note(r, (enum phase)phase, (enum end)end,
				      e->time);
			r->inside = end == BEGIN;
			r->last = (enum phase)phase;
			r->last_time = e->time;
			return err;
		}
	}
	return 0;
}

static int live(const struct heap *heap, uint64_t size, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		int fd = heap_alloc(heap, size);
		int err = fd < 0 ? fd : heap_free(fd);

		if (err)
			return err;
	}
	return 0;
}

static int take_block(const struct rawtrace *t, struct reader *r,
		      const struct heap *heap, uint64_t size, uint64_t count)
{
	int err = live(heap, size, count);

	return err ? err : rawtrace_read(t, event, r);
}

static int take_blocks(const struct rawtrace *t, struct reader *r,
		       const struct heap *heap, uint64_t size, uint64_t count)
{
	uint64_t block;
	int err = 0;

	for (uint64_t done = 0; !err && done < count; done += block) {
		block = count - done < BLOCK ? count - done : BLOCK;
		err = take_block(t, r, heap, size, block);
	}
	return err;
}

static int enable_phase(const struct rawtrace *t, int phase)
{
	char text[64];
	int err = 0;

	for (int end = 0; !err && end < ENDS; end++)
		err = tracing_enable(&t->tracing, event_name(text, phase, end));
	return err;
}

/* The phases that this way of reading a trace is about. */
static int enable(const struct rawtrace *t, const struct reader *r)
{
	int err = 0;

	for (int i = 0; !err && i < TRACED; i++) {
		bool inner = i >= OUTER || i == PHASE_MEMORY_FREE;

		if (r->id[i][BEGIN] && (r->note == note_inner ? inner : i < OUTER))
			err = enable_phase(t, i);
	}
	return err;
}

static int take_trace(struct reader *r, const struct heap *heap, uint64_t size,
		      uint64_t warmup, uint64_t count)
{
	struct rawtrace t;
	int err = rawtrace_open(&t);

	if (err)
		return err;
	err = enable(&t, r);
	r->keep = false;
	if (!err)
		err = take_blocks(&t, r, heap, size, warmup);
	r->keep = true;
	if (!err)
		err = take_blocks(&t, r, heap, size, count);
	rawtrace_close(&t);
	return err;
}

int phases_take(struct phases *p, const struct heap *heap, uint64_t size,
		uint64_t warmup, uint64_t count)
{
	struct reader r = { .phases = p, .last = PHASE_TRACER };
	int err;

	p->buffers = 0;
	p->op_calls = 0;
	for (int i = 0; i < PHASES; i++)
		hist_reset(p->hist[i]);
	err = learn_ids(&r);
	r.note = note_outer;
	if (!err)
		err = take_trace(&r, heap, size, warmup, count);
	r.note = note_inner;
	if (!err)
		err = take_trace(&r, heap, size, warmup, count);
	return err;
}
