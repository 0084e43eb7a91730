// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "emit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* As a picture has columns, two points each */
#define SERIES_POINTS	1024

#define TEE_PREFIX	"tee_"
#define COUNTER_MAX	64
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

static const char *const op_names[PLAY_OPS] = { "alloc", "free" };

void emit_begin(const struct emit *e, struct record *r, const char *heap,
		const char *metric, const char *unit)
{
	bench_record(e->env, r, e->bench, metric, unit);
	if (heap)
		record_text(r, "heap", heap);
	for (const struct emit_param *p = e->param; p->key; p++) {
		if (p->text)
			record_text(r, p->key, p->text);
		else
			record_count(r, p->key, p->count);
	}
}

int emit_count(const struct emit *e, const char *heap, const char *metric,
	       const char *unit, uint64_t value)
{
	struct record r;

	emit_begin(e, &r, heap, metric, unit);
	return record_emit_count(&r, STDOUT_FILENO, value);
}

static int emit_times(const struct emit *e, const struct play_target *t,
		      const char *metric, struct hist *const hist[PLAY_OPS])
{
	struct record r;
	int err = 0;

	for (int op = 0; !err && op < PLAY_OPS; op++) {
		if (!hist_count(hist[op]))
			continue;
		emit_begin(e, &r, t->heap.name, metric, NULL);
		record_text(&r, "op", op_names[op]);
		err = record_emit_hist(&r, STDOUT_FILENO, hist[op]);
	}
	return err;
}

static int emit_counts(const struct emit *e, const struct play_target *t)
{
	const struct play_counts *n = &t->counts;
	const struct {
		const char *metric, *unit;
		uint64_t value;
		bool told;
	} counts[] = {
		{ "allocs", "count", n->allocs, true },
		{ "frees", "count", n->frees, true },
		{ "failures", "count", n->failures, true },
		{ "fragmented", "count", n->fragmented, t->pool },
		{ "skipped_frees", "count", n->skipped_frees, true },
		{ "peak_buffers", "count", n->peak_buffers, true },
		{ "peak_bytes", "bytes", n->peak_bytes, true },
		{ "demand_buffers", "count", t->demand_buffers, true },
		{ "demand_bytes", "bytes", t->demand_bytes, true },
		{ "pool_bytes", "bytes", t->pool, t->pool },
	};
	int err = 0;

	for (size_t i = 0; !err && i < ARRAY_SIZE(counts); i++)
		if (counts[i].told)
			err = emit_count(e, t->heap.name, counts[i].metric,
					 counts[i].unit, counts[i].value);
	return err;
}

int emit_tee(const struct emit *e, const char *heap, const char *before)
{
	char after[EMIT_STATS_MAX], name[COUNTER_MAX] = TEE_PREFIX;
	char *line, *rest = after;
	int err = heap_file_read(heap, "stats", after, sizeof(after));

	if (err)
		return err == -ENOENT ? 0 : err;
	while (!err && (line = strsep(&rest, "\n"))) {
		uint64_t then, now;

		if (sscanf(line, TEE_PREFIX "%48s %" SCNu64,
			   name + strlen(TEE_PREFIX), &now) != 2)
			continue;
		err = heap_stat_parse(before, name, &then);
		if (!err)
			err = emit_count(e, heap, name, "count", now - then);
	}
	return err;
}

int emit_series(const struct emit *e, const char *heap, const char *metric,
		const char *unit, const char *against, struct series *s)
{
	struct record r;

	if (!s->n)
		return 0;
	series_thin(s, SERIES_POINTS);
	emit_begin(e, &r, heap, metric, unit);
	return record_emit_series(&r, STDOUT_FILENO, against, s);
}

int emit_target(const struct emit *e, const struct play_target *t,
		const char *stats)
{
	int err = emit_times(e, t, "service", t->service);

	if (!err)
		err = emit_times(e, t, "response", t->response);
	if (!err)
		err = emit_counts(e, t);
	return err ? err : emit_tee(e, t->heap.name, stats);
}

int emit_skipped(const struct emit *e, const char *heap, int why)
{
	const char *reason = strerrorname_np(-why);
	struct record r;

	emit_begin(e, &r, heap, "skipped", "count");
	record_text(&r, "reason", reason ? reason : "unknown");
	return record_emit_count(&r, STDOUT_FILENO, 1);
}
