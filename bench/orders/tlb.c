// SPDX-License-Identifier: GPL-2.0
#include "tlb.h"

/* The largest page for a place, or 0 */
static uint64_t page_for(const struct opt_sizes *page, uint64_t place,
			 uint64_t left)
{
	uint64_t best = 0;

	for (size_t i = 0; i < page->n; i++) {
		uint64_t size = page->v[i];

		if (size > best && size <= left && !(place & (size - 1)))
			best = size;
	}
	return best;
}

uint64_t tlb_entries(const struct memsvc_range *range, size_t n,
		     const struct opt_sizes *page)
{
	uint64_t iova = 0, entries = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t done = 0;

		while (done < range[i].length) {
			uint64_t size = page_for(page,
						 iova | (range[i].pa + done),
						 range[i].length - done);

			if (!size)
				return 0;
			done += size;
			iova += size;
			entries++;
		}
	}
	return entries;
}
