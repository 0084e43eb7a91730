// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "bitmap.h"

uint32_t memsvc_bitmap_next(const uint64_t *bits, uint32_t from, uint32_t end,
			    bool set)
{
	uint64_t consider = UINT64_MAX << (from % 64);
	uint32_t page = from - from % 64;

	for (; page < end; page += 64, consider = UINT64_MAX) {
		uint64_t word = bits[page / 64];
		uint64_t found = (set ? word : ~word) & consider;

		if (found) {
			page += __builtin_ctzll(found);
			break;
		}
	}
	return page < end ? page : end;
}

/* How many of @pages pages from @page on lie in the word of @page */
static uint32_t in_word(uint32_t page, uint32_t pages)
{
	uint32_t room = 64 - page % 64;

	return pages < room ? pages : room;
}

/* The bits of @pages pages from @page on, all in one word; at least one */
static uint64_t mask(uint32_t page, uint32_t pages)
{
	return UINT64_MAX >> (64 - pages) << (page % 64);
}

bool memsvc_bitmap_all(const uint64_t *bits, const struct memsvc_run *runs,
		       uint32_t count, bool set)
{
	const struct memsvc_run *end = runs + count;
	uint64_t want = set ? UINT64_MAX : 0;

	for (; runs < end; runs++) {
		uint32_t page = runs->first;
		uint32_t left = runs->pages;

		while (left) {
			uint32_t here = in_word(page, left);

			if ((bits[page / 64] ^ want) & mask(page, here))
				return false;
			page += here;
			left -= here;
		}
	}
	return true;
}

uint32_t memsvc_bitmap_write(uint64_t *bits, const struct memsvc_run *runs,
			     uint32_t count, bool set)
{
	const struct memsvc_run *end = runs + count;
	uint64_t want = set ? UINT64_MAX : 0;
	uint32_t pages = 0;

	for (; runs < end; runs++) {
		uint32_t page = runs->first;
		uint32_t left = runs->pages;

		pages += left;
		while (left) {
			uint32_t here = in_word(page, left);
			uint64_t bit = mask(page, here);
			uint64_t *word = bits + page / 64;

			*word = (*word & ~bit) | (want & bit);
			page += here;
			left -= here;
		}
	}
	return pages;
}
