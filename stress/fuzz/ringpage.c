// SPDX-License-Identifier: GPL-2.0
/* The kernel's trace pages: any bytes are events within the page, or refused. */
#include <errno.h>

#include "fuzz.h"
#include "ringpage.h"

const char *const fuzz_words[] = {
	/* Heads of entries: an event, one with a length, padding, time */
	"\x22\x01\x01\x01", "\x20\x01\x01\x01\x0c\x01\x01\x01",
	"\x3d\x01\x01\x01\x04\x01\x01\x01", "\x3e\x01\x01\x01\xff\xff\xff\xff",
	"\x3f\x01\x01\x01\xff\xff\xff\xff", "\xff\xff\xff\xff", "\x01\x01\x01\x80",
	NULL
};

struct page {
	const uint8_t *data;
	size_t size;
	size_t done;
};

static int check(void *context, const struct ring_event *event)
{
	struct page *page = context;

	FUZZ_EXPECT(event->size >= 8 && event->size <= page->size);
	FUZZ_EXPECT(event->data >= page->data + page->done);
	FUZZ_EXPECT(event->data + event->size <= page->data + page->size);
	page->done = (size_t)(event->data - page->data) + event->size;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct page page = { data, size, 0 };
	int err = ringpage_parse(data, size, check, &page);

	FUZZ_EXPECT(!err || err == -EPROTO || err == -EOVERFLOW);
	return 0;
}
