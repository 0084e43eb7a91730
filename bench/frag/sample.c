// SPDX-License-Identifier: GPL-2.0
#include "sample.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buddy.h"

/* A picture has so many cells up, each an equal share of the pool */
#define CELLS	128

static int new_rows(struct sampler *s, size_t rows)
{
	s->row = calloc(rows, sizeof(*s->row));
	if (!s->row)
		return -ENOMEM;
	for (size_t i = 0; i < rows; i++) {
		s->row[i].cells = malloc(CELLS + 1);
		if (!s->row[i].cells)
			return -ENOMEM;
		memset(s->row[i].cells, 0xff, CELLS + 1);
	}
	return 0;
}

static int new_series(struct sampler *s, size_t rows)
{
	struct series *all[] = { &s->free_bytes, &s->largest, &s->external,
				 &s->buddy };
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(all) / sizeof(*all); i++)
		err = series_new(all[i], rows);
	for (size_t i = 0; !err && i < s->what.nr_frames; i++)
		err = series_new(&s->unusable[i], rows);
	return err;
}

static int open_map(struct sampler *s, struct play_target *target)
{
	int err = poolmap_open(&s->source, target->heap.name);

	s->sees_map = !err;
	if (err)
		return err == -ENOENT ? 0 : err;
	err = poolmap_read(&s->source, &s->map);
	if (!err && !target->pool)
		target->pool = s->map.size;
	return err;
}

int sampler_new(struct sampler *s, const struct sampling *what,
		struct play_target *target, size_t operations)
{
	size_t rows;
	int err;

	memset(s, 0, sizeof(*s));
	s->what = *what;
	s->target = target;
	s->every = (operations + what->samples - 1) / what->samples;
	rows = operations / s->every + 1;
	s->torn = hist_new();
	if (!s->torn)
		return -ENOMEM;
	err = new_series(s, rows);
	if (!err)
		err = new_rows(s, rows);
	return err ? err : open_map(s, target);
}

void sampler_free(struct sampler *s)
{
	size_t rows = s->free_bytes.room;

	for (size_t i = 0; s->row && i < rows; i++)
		free(s->row[i].cells);
	free(s->row);
	series_free(&s->free_bytes);
	series_free(&s->largest);
	series_free(&s->external);
	series_free(&s->buddy);
	for (size_t i = 0; i < SAMPLE_FRAMES_MAX; i++)
		series_free(&s->unusable[i]);
	hist_free(s->torn);
	poolmap_free(&s->map);
	if (s->sees_map)
		poolmap_close(&s->source);
}

static void keep_if_worst(struct sampler *s, uint64_t external)
{
	if (hist_count(s->torn) && external <= s->worst)
		return;
	s->worst = external;
	hist_reset(s->torn);
	for (size_t i = 0; i < s->map.n; i++)
		hist_record(s->torn, s->map.free[i].bytes);
}

/* Of what is not free at all nothing is torn: such points are left out. */
static void look_at_map(struct sampler *s, size_t done)
{
	uint64_t permille;

	s->err = poolmap_read(&s->source, &s->map);
	if (s->err)
		return;
	s->digest = poolmap_digest(&s->map, s->digest);
	s->row[s->nr_rows].at = done;
	poolmap_cells(&s->map, s->row[s->nr_rows++].cells, CELLS);
	series_add(&s->free_bytes, done, s->map.bytes);
	series_add(&s->largest, done, poolmap_largest(&s->map));
	if (poolmap_external(&s->map, &permille)) {
		series_add(&s->external, done, permille);
		keep_if_worst(s, permille);
	}
	for (size_t i = 0; i < s->what.nr_frames; i++)
		if (poolmap_unusable(&s->map, s->what.frame[i], &permille))
			series_add(&s->unusable[i], done, permille);
}

static void look_at_buddy(struct sampler *s, size_t done)
{
	struct buddy buddy;

	s->err = buddy_read(&buddy);
	if (!s->err)
		series_add(&s->buddy, done,
			   buddy_unusable(&buddy, s->what.order));
}

void sampler_look(void *data, size_t done)
{
	struct sampler *s = data;

	if (!s->first_fragmented && s->target->counts.fragmented)
		s->first_fragmented = done;
	if (done % s->every || s->err)
		return;
	if (s->sees_map)
		look_at_map(s, done);
	if (!s->err && s->what.buddy)
		look_at_buddy(s, done);
}

static int emit_torn(const struct sampler *s, const struct emit *e,
		     const char *heap)
{
	struct record r;

	if (!hist_count(s->torn))
		return 0;
	emit_begin(e, &r, heap, "free_extents", "bytes");
	record_count(&r, "external_permille", s->worst);
	return record_emit_hist(&r, STDOUT_FILENO, s->torn);
}

static int emit_unusable(struct sampler *s, const struct emit *e,
			 const char *heap)
{
	int err = 0;

	for (size_t i = 0; !err && i < s->what.nr_frames; i++) {
		struct emit of_frame = *e;
		struct emit_param *p = of_frame.param;

		while (p->key)
			p++;
		*p = (struct emit_param){ "frame", NULL, s->what.frame[i] };
		err = emit_series(&of_frame, heap, "unusable_permille", "count",
				  "count", &s->unusable[i]);
	}
	return err;
}

static int emit_map(const struct sampler *s, const struct emit *e,
		    const char *heap)
{
	struct record r;
	int err;

	if (!s->nr_rows)
		return 0;
	err = emit_count(e, heap, "map_digest", "count", s->digest);
	if (err)
		return err;
	emit_begin(e, &r, heap, "map", "ratio");
	return record_emit_map(&r, STDOUT_FILENO, "count", s->row, s->nr_rows);
}

int sampler_emit(struct sampler *s, const struct emit *e)
{
	const char *heap = s->target->heap.name;
	const struct {
		const char *metric, *unit;
		struct series *series;
	} all[] = {
		{ "free_bytes", "bytes", &s->free_bytes },
		{ "largest_bytes", "bytes", &s->largest },
		{ "external_permille", "count", &s->external },
		{ "buddy_permille", "count", &s->buddy },
	};
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(all) / sizeof(*all); i++)
		err = emit_series(e, heap, all[i].metric, all[i].unit, "count",
				  all[i].series);
	if (!err)
		err = emit_unusable(s, e, heap);
	if (!err)
		err = emit_torn(s, e, heap);
	if (!err && s->first_fragmented)
		err = emit_count(e, heap, "first_fragmented", "count",
				 s->first_fragmented);
	return err ? err : emit_map(s, e, heap);
}
