// SPDX-License-Identifier: GPL-2.0
#include "series.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int series_new(struct series *s, size_t room)
{
	s->point = malloc((room + 1) * sizeof(*s->point));
	if (!s->point)
		return -ENOMEM;
	/*
	 * Touched now, so that no page faults while something is timed; not
	 * with zeroes, which the compiler would leave to calloc()
	 */
	memset(s->point, 0xff, (room + 1) * sizeof(*s->point));
	s->room = room;
	s->n = 0;
	return 0;
}

void series_free(struct series *s)
{
	free(s->point);
	memset(s, 0, sizeof(*s));
}

/* Two points a bin at most: the highest, and behind it the last. */
static size_t thin(struct series *s, uint64_t width)
{
	uint64_t from = s->point[0].at;
	size_t n = 0;

	for (size_t i = 0; i < s->n;) {
		uint64_t bin = (s->point[i].at - from) / width;
		struct series_point high = s->point[i], last = high;
		size_t end = i + 1;

		for (; end < s->n && (s->point[end].at - from) / width == bin;
		     end++) {
			last = s->point[end];
			if (last.value > high.value)
				high = last;
		}
		/* Two are written only where two or more were read */
		s->point[n++] = high;
		if (last.value != high.value)
			s->point[n++] = last;
		i = end;
	}
	return n;
}

void series_thin(struct series *s, size_t max)
{
	uint64_t span;

	if (!s->n)
		return;
	s->n = thin(s, 1);
	if (s->n <= max)
		return;
	span = s->point[s->n - 1].at - s->point[0].at;
	s->n = thin(s, span / (max / 2) + 1);
}
