// SPDX-License-Identifier: GPL-2.0
#include "ringpage.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* Time stamp and commit; in the commit, flags of lost events and a length */
#define PAGE_HEADER	16
#define LOST_FLAGS	0xc0000000u

/* An event's first word: 5 bits of type or length, 27 of time since the last */
#define TYPE_BITS	5
#define TIME_BITS	27
#define TYPE_PADDING	29
#define TYPE_EXTEND	30
#define TYPE_STAMP	31

/* What an absolute time stamp has no room for */
#define STAMP_HIGH	(UINT64_C(0xf8) << 56)

/* id, flags, preemption count, pid */
#define COMMON_FIELDS	8

struct cursor {
	const unsigned char *at;
	const unsigned char *end;
	uint64_t time;
};

static uint32_t word(const unsigned char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static size_t left(const struct cursor *c)
{
	return (size_t)(c->end - c->at);
}

static bool fill_event(struct ring_event *e, const unsigned char *data,
		       size_t size, uint64_t time)
{
	if (size < COMMON_FIELDS)
		return false;
	e->time = time;
	e->data = data;
	e->size = size;
	memcpy(&e->id, data, sizeof(e->id));
	memcpy(&e->pid, data + 4, sizeof(e->pid));
	return true;
}

/*
 * Move on by one entry. Return 1 with an event, 0 without one, or -EPROTO.
 * Lengths are those of what follows the first word.
 */
static int next(struct cursor *c, struct ring_event *e)
{
	uint32_t head, type, delta, more = 0;
	size_t length, skip = 0;

	head = word(c->at);
	type = head & ((1u << TYPE_BITS) - 1);
	delta = head >> TYPE_BITS;
	c->at += sizeof(head);
	if (type == TYPE_PADDING && !delta) {
		c->at = c->end;
		return 0;
	}
	if (!type || type >= TYPE_PADDING) {
		if (left(c) < sizeof(more))
			return -EPROTO;
		more = word(c->at);
	}
	switch (type) {
	case TYPE_EXTEND:
		c->time += ((uint64_t)more << TIME_BITS) + delta;
		length = sizeof(more);
		break;
	case TYPE_STAMP:
		c->time = (c->time & STAMP_HIGH) |
			  (((uint64_t)more << TIME_BITS) + delta);
		length = sizeof(more);
		break;
	case TYPE_PADDING:
		length = more;
		break;
	case 0:
		c->time += delta;
		length = more;
		skip = sizeof(more);
		break;
	default:
		c->time += delta;
		length = type * sizeof(uint32_t);
	}
	/* Entries lie at whole words */
	length = (length + 3) & ~(size_t)3;
	if (length > left(c) || length < skip)
		return -EPROTO;
	c->at += length;
	if (type >= TYPE_PADDING)
		return 0;
	return fill_event(e, c->at - length + skip, length - skip, c->time) ?
		1 : -EPROTO;
}

int ringpage_parse(const unsigned char *page, size_t size,
		   int (*event)(void *context, const struct ring_event *event),
		   void *context)
{
	struct cursor c;
	uint32_t commit;

	if (size < PAGE_HEADER)
		return -EPROTO;
	memcpy(&c.time, page, sizeof(c.time));
	commit = word(page + sizeof(c.time));
	if (commit & LOST_FLAGS)
		return -EOVERFLOW;
	if (commit > size - PAGE_HEADER)
		return -EPROTO;
	c.at = page + PAGE_HEADER;
	c.end = c.at + commit;
	while (left(&c) >= sizeof(uint32_t)) {
		struct ring_event e;
		int got = next(&c, &e);

		if (got > 0)
			got = event(context, &e);
		if (got < 0)
			return got;
	}
	return 0;
}
