// SPDX-License-Identifier: GPL-2.0
/* Pages of a trace, good ones and broken ones. */
#include "check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ringpage.h"

#define PADDING	29
#define EXTEND	30
#define STAMP	31
#define PID	77

/* A page that is put together word by word, in room of its own exact size */
static struct {
	unsigned char bytes[4096];
	size_t size;
} page;

static struct {
	struct ring_event event[8];
	size_t n;
	int answer;
} seen;

static void put(uint32_t word)
{
	memcpy(page.bytes + page.size, &word, sizeof(word));
	page.size += sizeof(word);
}

static void put_head(uint32_t type, uint32_t delta)
{
	put(delta << 5 | type);
}

static void begin_page(uint64_t time)
{
	memset(&page, 0, sizeof(page));
	memset(&seen, 0, sizeof(seen));
	memcpy(page.bytes, &time, sizeof(time));
	page.size = 16;
}

/* Event @id with @words words in all, the common fields among them. */
static void put_event(uint32_t delta, uint16_t id, uint32_t words)
{
	put_head(words, delta);
	put(id);
	put(PID);
	for (uint32_t i = 2; i < words; i++)
		put(i);
}

static int note(void *context, const struct ring_event *event)
{
	assert_ptr_equal(context, &seen);
	assert_true(seen.n < ARRAY_SIZE(seen.event));
	seen.event[seen.n++] = *event;
	return seen.answer;
}

/* From room of exactly its size, so that a byte too many is seen. */
static int parse_with(uint32_t commit)
{
	unsigned char *copy = malloc(page.size);
	int err;

	assert_non_null(copy);
	memcpy(page.bytes + 8, &commit, sizeof(commit));
	memcpy(copy, page.bytes, page.size);
	err = ringpage_parse(copy, page.size, note, &seen);
	free(copy);
	return err;
}

static int parse(void)
{
	return parse_with((uint32_t)page.size - 16);
}

static void times_add_up(void **state)
{
	(void)state;
	begin_page(1000);
	put_event(0, 5, 2);
	put_event(17, 6, 3);
	put_head(EXTEND, 1);
	put(2);
	put_event(3, 7, 2);
	assert_int_equal(parse(), 0);
	assert_int_equal(seen.n, 3);
	assert_int_equal(seen.event[0].time, 1000);
	assert_int_equal(seen.event[0].id, 5);
	assert_int_equal(seen.event[0].pid, PID);
	assert_int_equal(seen.event[1].time, 1017);
	assert_int_equal(seen.event[1].size, 12);
	assert_int_equal(seen.event[2].time,
			 1017 + (UINT64_C(2) << 27) + 1 + 3);
}

static void a_stamp_is_absolute(void **state)
{
	(void)state;
	begin_page(UINT64_C(0x0800000000000001));
	put_head(STAMP, 4);
	put(3);
	put_event(1, 5, 2);
	assert_int_equal(parse(), 0);
	assert_int_equal(seen.event[0].time,
			 (UINT64_C(8) << 56) + (UINT64_C(3) << 27) + 4 + 1);
}

static void long_events_tell_their_length(void **state)
{
	(void)state;
	begin_page(0);
	put_head(0, 9);
	put(4 + 10);
	put(5);
	put(PID);
	put(0);
	put_event(1, 6, 2);
	assert_int_equal(parse(), 0);
	assert_int_equal(seen.n, 2);
	assert_int_equal(seen.event[0].id, 5);
	assert_int_equal(seen.event[0].time, 9);
	assert_int_equal(seen.event[1].time, 10);
}

static void padding_is_skipped(void **state)
{
	(void)state;
	begin_page(0);
	put_head(PADDING, 1);
	put(8);
	put(0xdead);
	put_event(2, 5, 2);
	put_head(PADDING, 0);
	put(0xdead);
	assert_int_equal(parse(), 0);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.event[0].time, 2);
}

static void an_empty_page_is_no_error(void **state)
{
	(void)state;
	begin_page(1);
	assert_int_equal(parse(), 0);
	assert_int_equal(seen.n, 0);
}

static void lost_events_are_told(void **state)
{
	(void)state;
	begin_page(1);
	put_event(0, 5, 2);
	assert_int_equal(parse_with(12 | 1u << 31), -EOVERFLOW);
	assert_int_equal(parse_with(12 | 1u << 30), -EOVERFLOW);
	assert_int_equal(seen.n, 0);
}

static void broken_pages_are_refused(void **state)
{
	(void)state;
	begin_page(1);
	page.size = 15;
	assert_int_equal(ringpage_parse(page.bytes, page.size, note, &seen),
			 -EPROTO);
	begin_page(1);
	assert_int_equal(parse_with(1), -EPROTO);
	/* An event longer than the page, and one too short for its fields */
	begin_page(1);
	put_head(3, 0);
	put(5);
	put(PID);
	assert_int_equal(parse(), -EPROTO);
	begin_page(1);
	put_head(1, 0);
	put(5);
	assert_int_equal(parse(), -EPROTO);
	/* A length that is not there, one that is too long, one too short */
	begin_page(1);
	put_head(0, 0);
	assert_int_equal(parse(), -EPROTO);
	begin_page(1);
	put_head(0, 0);
	put(0xfffffff0);
	assert_int_equal(parse(), -EPROTO);
	begin_page(1);
	put_head(0, 0);
	put(0xffffffff);
	assert_int_equal(parse(), -EPROTO);
	begin_page(1);
	put_head(0, 0);
	put(3);
	assert_int_equal(parse(), -EPROTO);
	begin_page(1);
	put_head(EXTEND, 0);
	assert_int_equal(parse(), -EPROTO);
	assert_int_equal(seen.n, 0);
}

static void who_listens_can_end_it(void **state)
{
	(void)state;
	begin_page(1);
	put_event(0, 5, 2);
	put_event(0, 5, 2);
	seen.answer = -ECANCELED;
	assert_int_equal(parse(), -ECANCELED);
	assert_int_equal(seen.n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_add_up),
		cmocka_unit_test(a_stamp_is_absolute),
		cmocka_unit_test(long_events_tell_their_length),
		cmocka_unit_test(padding_is_skipped),
		cmocka_unit_test(an_empty_page_is_no_error),
		cmocka_unit_test(lost_events_are_told),
		cmocka_unit_test(broken_pages_are_refused),
		cmocka_unit_test(who_listens_can_end_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
