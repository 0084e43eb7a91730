// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Enough for a mean, and short: 0.1 stays 0.1 */
#define REAL_DIGITS 12

static const struct {
	const char *name;
	uint64_t num, den;
	uint64_t min_samples;
} quantiles[] = {
	{ "p50", 50, 100, 1 },
	{ "p90", 90, 100, 1 },
	{ "p99", 99, 100, 1 },
	{ "p999", 999, 1000, RECORD_P999_MIN },
};

/* Steals @value, which is NULL when there was no memory for it. */
static void add(struct record *r, json_t *object, const char *key,
		json_t *value)
{
	if (json_object_set_new(object, key, value) && !r->err)
		r->err = -ENOMEM;
}

static void add_count(struct record *r, json_t *object, const char *key,
		      uint64_t value)
{
	if (value > INT64_MAX) {
		if (!r->err)
			r->err = -EOVERFLOW;
		return;
	}
	add(r, object, key, json_integer((json_int_t)value));
}

static void add_text(struct record *r, json_t *object, const char *key,
		     const char *value)
{
	json_t *text = json_string(value);

	if (!text && !r->err)
		r->err = -EILSEQ;
	add(r, object, key, text);
}

void record_begin(struct record *r, const char *bench, const char *metric,
		  const char *unit)
{
	r->err = 0;
	r->root = json_object();
	r->params = json_object();
	add_text(r, r->root, "bench", bench);
	/* The root owns it from here on; r->params only points to it. */
	add(r, r->root, "params", r->params);
	add_text(r, r->root, "metric", metric);
	add_text(r, r->root, "unit", unit);
}

void record_adopt(struct record *r, json_t *measurement)
{
	r->err = 0;
	r->root = measurement;
	r->params = json_object_get(measurement, "params");
}

void record_text(struct record *r, const char *key, const char *value)
{
	add_text(r, r->params, key, value);
}

void record_count(struct record *r, const char *key, uint64_t value)
{
	add_count(r, r->params, key, value);
}

/* One write for the whole line, so that lines of two programs do not mix. */
static int write_line(int fd, const char *line, size_t len)
{
	ssize_t put;

	do {
		put = write(fd, line, len);
	} while (put < 0 && errno == EINTR);
	if (put < 0)
		return -errno;
	return (size_t)put == len ? 0 : -EIO;
}

int record_emit(struct record *r, int fd)
{
	size_t flags = JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS);
	char *line = NULL;
	size_t len;

	if (r->err)
		goto free_root;
	r->err = -ENOMEM;
	len = json_dumpb(r->root, NULL, 0, flags);
	if (!len)
		goto free_root;
	line = malloc(len + 1);
	if (!line || json_dumpb(r->root, line, len, flags) != len)
		goto free_root;
	line[len] = '\n';
	r->err = write_line(fd, line, len + 1);
free_root:
	free(line);
	json_decref(r->root);
	r->root = NULL;
	r->params = NULL;
	return r->err;
}

static json_t *coarse_json(struct hist *h)
{
	struct hist_range range[HIST_COARSE_MAX];
	size_t n = hist_coarse(h, range);
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *line = json_pack("[I,I,I]", (json_int_t)range[i].lo,
					 (json_int_t)range[i].hi,
					 (json_int_t)range[i].count);

		if (json_array_append_new(array, line)) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *blocks_json(const uint64_t median[HIST_BLOCKS])
{
	json_t *array = json_array();

	for (size_t i = 0; i < HIST_BLOCKS; i++)
		if (json_array_append_new(array,
					  json_integer((json_int_t)median[i]))) {
			json_decref(array);
			return NULL;
		}
	return array;
}

int record_emit_hist(struct record *r, int fd, struct hist *h)
{
	uint64_t n = hist_count(h);

	if (!n) {
		if (!r->err)
			r->err = -ENODATA;
		return record_emit(r, fd);
	}
	add_count(r, r->root, "n", n);
	add_count(r, r->root, "min", hist_min(h));
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(*quantiles); i++)
		if (n >= quantiles[i].min_samples)
			add_count(r, r->root, quantiles[i].name,
				  hist_quantile(h, quantiles[i].num,
						quantiles[i].den));
	add_count(r, r->root, "max", hist_max(h));
	add(r, r->root, "mean", json_real(hist_mean(h)));
	add(r, r->root, "hist", coarse_json(h));
	return record_emit(r, fd);
}

int record_emit_repeated(struct record *r, int fd, struct hist *h,
			 uint64_t warmup)
{
	uint64_t median[HIST_BLOCKS];

	add_count(r, r->root, "warmup", warmup);
	if (hist_blocks(h, median))
		add(r, r->root, "blocks", blocks_json(median));
	return record_emit_hist(r, fd, h);
}

int record_emit_count(struct record *r, int fd, uint64_t value)
{
	add_count(r, r->root, "value", value);
	return record_emit(r, fd);
}

int record_emit_ratio(struct record *r, int fd, double value)
{
	add(r, r->root, "value", json_real(value));
	return record_emit(r, fd);
}

int record_emit_estimate(struct record *r, int fd,
			 const struct interval *interval)
{
	add_count(r, r->root, "n", interval->n);
	add(r, r->root, "value", json_integer(interval->value));
	add(r, r->root, "low", json_integer(interval->low));
	add(r, r->root, "high", json_integer(interval->high));
	add(r, r->root, "level", json_real(interval->level));
	return record_emit(r, fd);
}

static json_t *series_json(const struct series *s)
{
	json_t *array = json_array();

	for (size_t i = 0; i < s->n; i++) {
		json_t *point = json_pack("[I,I]", (json_int_t)s->point[i].at,
					  (json_int_t)s->point[i].value);

		if (json_array_append_new(array, point)) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

int record_emit_series(struct record *r, int fd, const char *against,
		       const struct series *s)
{
	if (!s->n && !r->err)
		r->err = -ENODATA;
	for (size_t i = 0; i < s->n; i++)
		if (!r->err && (s->point[i].at > INT64_MAX ||
				s->point[i].value > INT64_MAX))
			r->err = -EOVERFLOW;
	add_text(r, r->root, "against", against);
	add(r, r->root, "series", series_json(s));
	return record_emit(r, fd);
}

static json_t *map_json(const struct record_row *row, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *pair = json_pack("[I,s]", (json_int_t)row[i].at,
					 row[i].cells);

		if (json_array_append_new(array, pair)) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

int record_emit_map(struct record *r, int fd, const char *against,
		    const struct record_row *row, size_t n)
{
	if (!n && !r->err)
		r->err = -ENODATA;
	for (size_t i = 0; i < n; i++)
		if (!r->err && row[i].at > INT64_MAX)
			r->err = -EOVERFLOW;
	add_text(r, r->root, "against", against);
	add(r, r->root, "map", map_json(row, n));
	return record_emit(r, fd);
}
