// SPDX-License-Identifier: GPL-2.0
/* What an IOMMU needs for a buffer, and how limits of calls are written. */
#include "check.h"

#include <errno.h>

#include "orders/setting.h"
#include "orders/tlb.h"

static const struct opt_sizes three = { { 2 << 20, 4 << 10, 64 << 10 }, 3 };

static void the_largest_page_that_fits_is_taken(void **state)
{
	const struct memsvc_range blocks[] = { { 0x40000000, 4 << 20 } };
	const struct memsvc_range odd[] = {
		{ 0x40000000, (2 << 20) + (64 << 10) + (8 << 10) },
	};

	(void)state;
	assert_int_equal(tlb_entries(blocks, 1, &three), 2);
	assert_int_equal(tlb_entries(odd, 1, &three), 4);
	assert_int_equal(tlb_entries(odd, 0, &three), 0);
}

static void a_page_lies_on_its_own_boundary(void **state)
{
	/* 64 KiB that begin with the last page of 64 KiB */
	const struct memsvc_range askew[] = { { 0x4000f000, 64 << 10 } };
	/* In place, but behind a page that leaves the rest out of place */
	const struct memsvc_range behind[] = {
		{ 0x40000000, 4 << 10 }, { 0x40200000, 2 << 20 },
	};

	(void)state;
	assert_int_equal(tlb_entries(askew, 1, &three), 16);
	assert_int_equal(tlb_entries(behind, 2, &three), 1 + 512);
}

static void both_ends_may_be_out_of_place_alike(void **state)
{
	/* From 4 KiB before a boundary of 64 KiB, at such a place, too */
	const struct memsvc_range range[] = {
		{ 0x40000000, 60 << 10 }, { 0x5000f000, (4 + 128) << 10 },
	};

	(void)state;
	assert_int_equal(tlb_entries(range, 2, &three), 15 + 1 + 2);
}

static void what_no_page_fits_is_told(void **state)
{
	const struct opt_sizes large = { { 64 << 10 }, 1 };
	const struct memsvc_range page[] = { { 0x40000000, 4 << 10 } };

	(void)state;
	assert_int_equal(tlb_entries(page, 1, &large), 0);
}

static void limits_are_read(void **state)
{
	struct batch b;

	(void)state;
	assert_int_equal(batch_parse(&b, "1024"), 0);
	assert_int_equal(b.entries, 1024);
	assert_int_equal(b.bytes, 0);
	assert_int_equal(batch_parse(&b, "32/2044K"), 0);
	assert_int_equal(b.entries, 32);
	assert_int_equal(b.bytes, 511 * 4096);
	assert_null(b.preset);
}

static void what_are_no_limits_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "0", "/4K", "x", "32/", "32/0", "32/100", "32/4K/4K",
		"-1", "99999999999999999999999999999999999999999/4K",
	};
	struct batch b;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(batch_parse(&b, bad[i]), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_largest_page_that_fits_is_taken),
		cmocka_unit_test(a_page_lies_on_its_own_boundary),
		cmocka_unit_test(both_ends_may_be_out_of_place_alike),
		cmocka_unit_test(what_no_page_fits_is_told),
		cmocka_unit_test(limits_are_read),
		cmocka_unit_test(what_are_no_limits_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
