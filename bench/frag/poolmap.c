// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "poolmap.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM	64
#define DIGEST_BITS	53

static int add_free(struct poolmap *m, uint64_t offset, uint64_t bytes)
{
	if (m->n == m->room) {
		size_t more = m->room ? 2 * m->room : FIRST_ROOM;
		struct extent *moved = reallocarray(m->free, more,
						    sizeof(*moved));

		if (!moved)
			return -ENOMEM;
		m->free = moved;
		m->room = more;
	}
	m->free[m->n++] = (struct extent){ offset, bytes };
	m->bytes += bytes;
	return 0;
}

static void begin(struct poolmap *m)
{
	m->size = 0;
	m->bytes = 0;
	m->n = 0;
}

/* Two runs of one kind side by side, and none of the other, do not happen. */
int poolmap_parse(struct poolmap *m, const char *text)
{
	bool was_free = false, first = true;

	begin(m);
	for (; *text; text = strchr(text, '\n') + 1) {
		uint64_t offset, bytes;
		char kind[5], end;
		bool is_free;

		if (sscanf(text, "%" SCNu64 " %" SCNu64 " %4s%c", &offset,
			   &bytes, kind, &end) != 4 || end != '\n')
			return -EPROTO;
		is_free = !strcmp(kind, "free");
		if ((!is_free && strcmp(kind, "used")) || !bytes ||
		    offset != m->size || bytes > UINT64_MAX - offset ||
		    (!first && is_free == was_free))
			return -EPROTO;
		if (is_free && add_free(m, offset, bytes))
			return -ENOMEM;
		m->size += bytes;
		was_free = is_free;
		first = false;
	}
	return m->size ? 0 : -EPROTO;
}

int poolmap_from_table(struct poolmap *m, uint64_t base, uint64_t size,
		       const struct memsvc_listing *list)
{
	uint64_t at = 0;

	begin(m);
	m->size = size;
	for (size_t i = 0; i < list->n; i++) {
		const struct memsvc_entry *e = &list->entry[i];
		uint64_t offset = e->pa - base;

		if (e->pa < base || offset < at || offset > size ||
		    e->length > size - offset)
			return -EPROTO;
		if (offset > at && add_free(m, at, offset - at))
			return -ENOMEM;
		at = offset + e->length;
	}
	return at < size ? add_free(m, at, size - at) : 0;
}

void poolmap_free(struct poolmap *m)
{
	free(m->free);
	memset(m, 0, sizeof(*m));
}

uint64_t poolmap_largest(const struct poolmap *m)
{
	uint64_t largest = 0;

	for (size_t i = 0; i < m->n; i++)
		if (m->free[i].bytes > largest)
			largest = m->free[i].bytes;
	return largest;
}

bool poolmap_external(const struct poolmap *m, uint64_t *permille)
{
	if (!m->bytes)
		return false;
	*permille = (m->bytes - poolmap_largest(m)) * 1000 / m->bytes;
	return true;
}

bool poolmap_unusable(const struct poolmap *m, uint64_t bytes,
		      uint64_t *permille)
{
	uint64_t left = 0;

	if (!m->bytes)
		return false;
	for (size_t i = 0; i < m->n; i++)
		left += m->free[i].bytes % bytes;
	*permille = left * 1000 / m->bytes;
	return true;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Where cell @i begins; without overflow for pools up to 2^63 / @n bytes */
static uint64_t cell_begin(const struct poolmap *m, size_t i, size_t n)
{
	return m->size / n * i + m->size % n * i / n;
}

/* Any use shows, and so does any room; only a whole cell is 0 or 9. */
static char digit(uint64_t used, uint64_t bytes)
{
	uint64_t tenths;

	if (!used || !bytes)
		return '0';
	if (used == bytes)
		return '9';
	tenths = used / (bytes / 8 ? bytes / 8 : 1) + 1;
	return (char)('0' + least(tenths, 8));
}

void poolmap_cells(const struct poolmap *m, char *cells, size_t n)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t first = cell_begin(m, i, n);
		uint64_t end = cell_begin(m, i + 1, n);
		uint64_t used = end - first;

		while (at < m->n &&
		       m->free[at].offset + m->free[at].bytes <= first)
			at++;
		for (size_t j = at; j < m->n && m->free[j].offset < end; j++) {
			const struct extent *e = &m->free[j];
			uint64_t from = e->offset > first ? e->offset : first;

			used -= least(e->offset + e->bytes, end) - from;
		}
		cells[i] = digit(used, end - first);
	}
	cells[n] = '\0';
}

/* FNV-1a, 64 bits, folded */
static uint64_t hash(uint64_t digest, uint64_t value)
{
	for (int byte = 0; byte < 8; byte++)
		digest = (digest ^ (value >> (8 * byte) & 0xff)) *
			 UINT64_C(0x100000001b3);
	return digest;
}

uint64_t poolmap_digest(const struct poolmap *m, uint64_t digest)
{
	uint64_t mask = (UINT64_C(1) << DIGEST_BITS) - 1;

	digest = hash(UINT64_C(0xcbf29ce484222325), digest);
	digest = hash(digest, m->size);
	for (size_t i = 0; i < m->n; i++)
		digest = hash(hash(digest, m->free[i].offset),
			      m->free[i].bytes);
	return (digest ^ digest >> DIGEST_BITS) & mask;
}
