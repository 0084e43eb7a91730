// SPDX-License-Identifier: GPL-2.0
/* The TEE's table: whether it contradicts itself. */
#include "check.h"

#include <string.h>

#include "memsvc.h"

static const char *check(struct memsvc_entry *entry, size_t n,
			 uint64_t *bytes, uint64_t *buffers)
{
	const struct memsvc_listing list = { .entry = entry, .n = n };

	return memsvc_list_check(&list, bytes, buffers);
}

static void a_sound_table_is_summed(void **state)
{
	struct memsvc_entry entry[] = {
		{ 0x74000000, 0x1000, 7 }, { 0x74001000, 0x3000, 3 },
		{ 0x74008000, 0x1000, 7 }, { 0x77fff000, 0x1000, 9 },
	};
	uint64_t bytes, buffers;

	(void)state;
	assert_null(check(entry, 4, &bytes, &buffers));
	assert_int_equal(bytes, 0x6000);
	assert_int_equal(buffers, 3);
	assert_null(check(entry, 0, &bytes, &buffers));
	assert_int_equal(bytes, 0);
	assert_int_equal(buffers, 0);
}

static void an_unsound_table_is_told(void **state)
{
	struct memsvc_entry overlap[] = {
		{ 0x1000, 0x2000, 1 }, { 0x2000, 0x1000, 2 },
	};
	struct memsvc_entry order[] = {
		{ 0x5000, 0x1000, 1 }, { 0x2000, 0x1000, 2 },
	};
	struct memsvc_entry empty[] = { { 0x1000, 0, 1 } };
	struct memsvc_entry torn[] = { { 0x1000, 0x1001, 1 } };
	struct memsvc_entry askew[] = { { 0x1004, 0x1000, 1 } };
	struct memsvc_entry nobody[] = { { 0x1000, 0x1000, 0 } };
	uint64_t bytes, buffers;

	(void)state;
	assert_non_null(check(overlap, 2, &bytes, &buffers));
	assert_non_null(check(order, 2, &bytes, &buffers));
	assert_non_null(check(empty, 1, &bytes, &buffers));
	assert_non_null(check(torn, 1, &bytes, &buffers));
	assert_non_null(check(askew, 1, &bytes, &buffers));
	assert_non_null(check(nobody, 1, &bytes, &buffers));
}

static void any_entry_changes_the_digest(void **state)
{
	struct memsvc_entry entry[] = {
		{ 0x1000, 0x1000, 1 }, { 0x2000, 0x1000, 2 },
	};
	const struct memsvc_listing two = { .entry = entry, .n = 2 };
	const struct memsvc_listing one = { .entry = entry, .n = 1 };
	uint64_t was = memsvc_list_digest(&two);

	(void)state;
	assert_true(memsvc_list_digest(&one) != was);
	entry[1].handle = 3;
	assert_true(memsvc_list_digest(&two) != was);
	entry[1].handle = 2;
	assert_true(memsvc_list_digest(&two) == was);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_table_is_summed),
		cmocka_unit_test(an_unsound_table_is_told),
		cmocka_unit_test(any_entry_changes_the_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
