/* SPDX-License-Identifier: GPL-2.0 */
/* How a number went: its value from some point on, until the next. */
#ifndef RHEAP_SERIES_H
#define RHEAP_SERIES_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct series_point - a step
 * @at: where it begins; never falls from point to point
 * @value: from there on
 */
struct series_point {
	uint64_t at;
	uint64_t value;
};

/**
 * struct series - steps, in memory that is there from the beginning
 * @point: the steps
 * @n: how many
 * @room: how many there may be
 */
struct series {
	struct series_point *point;
	size_t n;
	size_t room;
};

/**
 * series_new - make an empty series with all its memory present
 * @s: filled; to be given to series_free()
 * @room: points that it will take
 *
 * Return: 0, or -ENOMEM.
 */
int series_new(struct series *s, size_t room);

/**
 * series_free - give the memory back
 * @s: from series_new()
 */
void series_free(struct series *s);

/**
 * series_add - add a step
 * @s: from series_new(); what is beyond its room is lost
 * @at: where, not before the last one
 * @value: from there on
 */
static inline void series_add(struct series *s, uint64_t at, uint64_t value)
{
	if (s->n < s->room)
		s->point[s->n++] = (struct series_point){ at, value };
}

/**
 * series_thin - keep so few steps that a picture can hold them
 * @s: the series
 * @max: how many, at least 4
 *
 * Of several points at one place the last is kept, and the highest before it,
 * for a peak must be seen however short. If these are still more than @max,
 * places are taken together, equally far on.
 */
void series_thin(struct series *s, size_t max);

#endif /* RHEAP_SERIES_H */
