/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Measurements as JSON Lines: one object a line, each line written whole.
 *
 *	struct record r;
 *
 *	record_begin(&r, "latency", "latency", "insn");
 *	record_text(&r, "heap", "system");
 *	record_count(&r, "size", 4096);
 *	err = record_emit_hist(&r, STDOUT_FILENO, hist);
 *
 * Errors are kept in the record and come out at the end.
 */
#ifndef RHEAP_RECORD_H
#define RHEAP_RECORD_H

#include <jansson.h>
#include <stdint.h>

#include "hist.h"
#include "interval.h"
#include "series.h"

/* Fewer samples than this do not carry a p999 */
#define RECORD_P999_MIN 10000

/**
 * struct record - a measurement that is being put together
 * @root: the object
 * @params: its member "params"
 * @err: the first error, 0 for none
 */
struct record {
	json_t *root;
	json_t *params;
	int err;
};

/**
 * record_begin - begin a measurement
 * @r: filled; ends with one of the record_emit_...() functions
 * @bench: the program or the group the measurement belongs to
 * @metric: what is measured
 * @unit: insn, ns, count or bytes
 */
void record_begin(struct record *r, const char *bench, const char *metric,
		  const char *unit);

/**
 * record_adopt - begin with a measurement that is there already
 * @r: filled; ends with record_emit()
 * @measurement: an object with an object "params"; its reference is taken over
 */
void record_adopt(struct record *r, json_t *measurement);

/**
 * record_text - add a parameter that is text
 * @r: a record that was begun
 * @key: its name
 * @value: copied; what is not UTF-8 makes the record fail with -EILSEQ
 */
void record_text(struct record *r, const char *key, const char *value);

/**
 * record_count - add a parameter that is a number
 * @r: a record that was begun
 * @key: its name
 * @value: up to 2^63 - 1, or the record fails with -EOVERFLOW
 */
void record_count(struct record *r, const char *key, uint64_t value);

/**
 * record_emit - end a record that holds all it should
 * @r: a record that was begun; freed, whatever is returned
 * @fd: the line goes there in one write(2)
 *
 * Return: 0; -EIO when the line could only be written in part; else a negative
 * errno.
 */
int record_emit(struct record *r, int fd);

/**
 * record_emit_hist - end a record with a distribution
 * @r: a record that was begun; freed, whatever is returned
 * @fd: the line goes there in one write(2)
 * @h: gives n, min, p50, p90, p99, max, mean and hist, and p999 when n is at
 *	least RECORD_P999_MIN. hist is an array of [lo, hi, count] in rising
 *	order, both ends included.
 *
 * Return: 0; -ENODATA when @h is empty (what was not measured is not
 * written); -EOVERFLOW for values over 2^63 - 1; -EIO when the line could
 * only be written in part; else a negative errno.
 */
int record_emit_hist(struct record *r, int fd, struct hist *h);

/**
 * record_emit_repeated - end a record with how one operation went, repeated
 * @r: a record that was begun; freed, whatever is returned
 * @fd: the line goes there in one write(2)
 * @h: gives what record_emit_hist() says, and blocks where hist_blocks() tells
 *	them: what shows whether the samples are of a steady state
 * @warmup: samples that were taken before the first of @h, and left out
 *
 * Return: as for record_emit_hist().
 */
int record_emit_repeated(struct record *r, int fd, struct hist *h,
			 uint64_t warmup);

/**
 * record_emit_count - end a record with an exact count or number of bytes
 * @r: a record that was begun; freed, whatever is returned
 * @fd: the line goes there in one write(2)
 * @value: goes into field "value"; up to 2^63 - 1
 *
 * Return: as for record_emit_hist().
 */
int record_emit_count(struct record *r, int fd, uint64_t value);

/**
 * record_emit_ratio - end a record with an exact ratio
 * @r: a record that was begun; freed, whatever is returned
 * @fd: the line goes there in one write(2)
 * @value: goes into field "value"; finite, or the record fails with -ENOMEM
 *
 * Return: as for record_emit_hist().
 */
int record_emit_ratio(struct record *r, int fd, double value);

/**
 * record_emit_estimate - end a record with an estimate and its interval
 * @r: a record that was begun; freed, whatever is returned
 * @fd: the line goes there in one write(2)
 * @interval: gives n, value, low, high and level
 *
 * Return: 0; -EIO when the line could only be written in part; else a negative
 * errno.
 */
int record_emit_estimate(struct record *r, int fd,
			 const struct interval *interval);

/**
 * record_emit_series - end a record with how a count or size went
 * @r: a record that was begun; freed, whatever is returned
 * @fd: the line goes there in one write(2)
 * @against: the unit of the points' places: us, or count for the how-manieth
 * @s: goes into field "series", an array of [at, value]
 *
 * Return: as for record_emit_hist(); -ENODATA when @s is empty.
 */
int record_emit_series(struct record *r, int fd, const char *against,
		       const struct series *s);

/**
 * struct record_row - what lay where at some point
 * @at: the point
 * @cells: a digit a part, from 0 (free) to 9 (in use)
 */
struct record_row {
	uint64_t at;
	char *cells;
};

/**
 * record_emit_map - end a record with how a pool was used over time
 * @r: a record that was begun; freed, whatever is returned
 * @fd: the line goes there in one write(2)
 * @against: the unit of the rows' points, as for record_emit_series()
 * @row: go into field "map", an array of [at, cells]
 * @n: how many
 *
 * Return: as for record_emit_hist(); -ENODATA when there is no row.
 */
int record_emit_map(struct record *r, int fd, const char *against,
		    const struct record_row *row, size_t n);

#endif /* RHEAP_RECORD_H */
