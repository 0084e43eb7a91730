// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "buddy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "textfile.h"

#define PAGETYPEINFO	"/proc/pagetypeinfo"
#define TEXT_MAX	65536

/*
 * A row is "Node 0, zone Normal, type Movable" and a count an order, which may
 * begin with ">" where the kernel stopped counting. Counts of blocks by type,
 * further down, have no type in their rows.
 */
struct row {
	unsigned int node;
	char zone[16];
	char type[16];
	const char *counts;
};

static bool parse_row(const char *line, struct row *row)
{
	int used = 0;

	if (sscanf(line, "Node %u, zone %15[^,], type %15s%n", &row->node,
		   row->zone, row->type, &used) != 3)
		return false;
	row->counts = line + used;
	return true;
}

static bool counts_here(const struct row *row)
{
	return strcmp(row->type, "CMA") && strcmp(row->type, "Isolate");
}

static int add_counts(struct buddy *b, const char *text)
{
	unsigned int order = 0;
	char *end;

	for (;; order++, text = end) {
		uint64_t count;

		text += strspn(text, " >");
		if (*text < '0' || *text > '9')
			break;
		count = strtoull(text, &end, 10);
		if (order == BUDDY_ORDERS)
			return -EPROTO;
		b->blocks[order] += count;
	}
	if (*text && *text != '\n')
		return -EPROTO;
	if (order > b->orders)
		b->orders = order;
	return order ? 0 : -EPROTO;
}

static bool same_zone(const struct row *a, const struct row *b)
{
	return a->node == b->node && !strcmp(a->zone, b->zone);
}

int buddy_parse(struct buddy *b, const char *text)
{
	struct row zone = { .node = 0 };
	struct buddy now = { .orders = 0 };
	bool found = false;

	memset(b, 0, sizeof(*b));
	for (; text; text = strchr(text, '\n')) {
		struct row row;

		text += *text == '\n';
		if (!parse_row(text, &row))
			continue;
		if (!found || !same_zone(&row, &zone))
			memset(&now, 0, sizeof(now));
		found = true;
		zone = row;
		if (counts_here(&row) && add_counts(&now, row.counts))
			return -EPROTO;
		if (!b->orders || buddy_free(&now) > buddy_free(b))
			*b = now;
	}
	return b->orders ? 0 : -EPROTO;
}

int buddy_read(struct buddy *b)
{
	char *text = malloc(TEXT_MAX);
	int err;

	if (!text)
		return -ENOMEM;
	err = textfile_read(PAGETYPEINFO, text, TEXT_MAX);
	if (!err)
		err = buddy_parse(b, text);
	free(text);
	return err;
}

uint64_t buddy_free(const struct buddy *b)
{
	uint64_t pages = 0;

	for (unsigned int order = 0; order < BUDDY_ORDERS; order++)
		pages += b->blocks[order] << order;
	return pages;
}

uint64_t buddy_suitable(const struct buddy *b, unsigned int order)
{
	uint64_t suitable = 0;

	for (unsigned int o = order; o < BUDDY_ORDERS; o++)
		suitable += b->blocks[o] << (o - order);
	return suitable;
}

uint64_t buddy_unusable(const struct buddy *b, unsigned int order)
{
	uint64_t free = buddy_free(b);

	if (!free)
		return 1000;
	return (free - (buddy_suitable(b, order) << order)) * 1000 / free;
}

bool buddy_fragmentation(const struct buddy *b, unsigned int order,
			 uint64_t *index)
{
	uint64_t free = buddy_free(b), blocks = 0;

	if (buddy_suitable(b, order))
		return false;
	for (unsigned int o = 0; o < BUDDY_ORDERS; o++)
		blocks += b->blocks[o];
	*index = blocks ? 1000 - (1000 + (free * 1000 >> order)) / blocks : 0;
	return true;
}
