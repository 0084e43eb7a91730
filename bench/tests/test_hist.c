// SPDX-License-Identifier: GPL-2.0
/*
 * The histogram against the sorted samples themselves: what it reports is
 * within the bound that hist.h derives, for every quantile that is reported,
 * whatever the distribution.
 */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "hist.h"
#include "rng.h"

#define SAMPLES 20000

static const struct {
	uint64_t num, den;
} quantiles[] = {
	{ 0, 1 }, { 1, 100 }, { 50, 100 }, { 90, 100 }, { 99, 100 },
	{ 999, 1000 }, { 1, 1 },
};

static int make(void **state)
{
	*state = hist_new();
	return !*state;
}

static int drop(void **state)
{
	hist_free(*state);
	return 0;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* 2^-HIST_BITS of the exact value, as hist.h says */
static bool within_bound(uint64_t exact, uint64_t got)
{
	uint64_t off = exact > got ? exact - got : got - exact;

	return off <= exact >> HIST_BITS;
}

static uint64_t nth_ceil(uint64_t n, uint64_t num, uint64_t den)
{
	uint64_t rank = (n * num + den - 1) / den;

	return rank ? rank : 1;
}

static void check_against(struct hist *h, uint64_t *sample, size_t n)
{
	long double sum = 0;

	for (size_t i = 0; i < n; i++) {
		hist_record(h, sample[i]);
		sum += sample[i];
	}
	qsort(sample, n, sizeof(*sample), compare);
	assert_int_equal(hist_count(h), n);
	assert_int_equal(hist_min(h), sample[0]);
	assert_int_equal(hist_max(h), sample[n - 1]);
	assert_true(fabsl(hist_mean(h) - sum / n) <= sum / n * 1e-12L);
	for (size_t i = 0; i < ARRAY_SIZE(quantiles); i++) {
		uint64_t rank = nth_ceil(n, quantiles[i].num, quantiles[i].den);
		uint64_t got = hist_quantile(h, quantiles[i].num,
					     quantiles[i].den);

		assert_true(within_bound(sample[rank - 1], got));
		assert_in_range(got, sample[0], sample[n - 1]);
	}
}

static uint64_t uniform_small(struct rng *rng)
{
	return rng_below(rng, HIST_EXACT);
}

static uint64_t uniform(struct rng *rng)
{
	return rng_below(rng, 10 * 1000 * 1000);
}

/* As likely in each octave */
static uint64_t log_uniform(struct rng *rng)
{
	return rng_next(rng) >> rng_below(rng, 64);
}

static uint64_t two_peaks(struct rng *rng)
{
	return (rng_next(rng) & 1 ? 2719 : 1071359) + rng_below(rng, 3);
}

static uint64_t exponential(struct rng *rng)
{
	double u = ((double)(rng_next(rng) >> 11) + 1) / 9007199254740993.0;

	return (uint64_t)(-log(u) * 50000.0);
}

static uint64_t one_value(struct rng *rng)
{
	(void)rng;
	return 123456789;
}

static void error_is_within_the_bound(void **state)
{
	static uint64_t (*const draw[])(struct rng *rng) = {
		uniform_small, uniform, log_uniform, two_peaks, exponential,
		one_value,
	};
	uint64_t *sample = calloc(SAMPLES, sizeof(*sample));
	struct rng rng = { .state = 1 };

	assert_non_null(sample);
	for (size_t d = 0; d < ARRAY_SIZE(draw); d++) {
		hist_reset(*state);
		for (size_t i = 0; i < SAMPLES; i++)
			sample[i] = draw[d](&rng);
		check_against(*state, sample, SAMPLES);
	}
	free(sample);
}

static void few_samples_give_exact_ranks(void **state)
{
	struct rng rng = { .state = 2 };

	for (size_t n = 1; n <= 101; n++) {
		uint64_t sample[101];

		hist_reset(*state);
		for (size_t i = 0; i < n; i++)
			sample[i] = rng_below(&rng, HIST_EXACT);
		check_against(*state, sample, n);
	}
}

static void blocks_are_medians_in_order(void **state)
{
	uint64_t median[HIST_BLOCKS];
	struct hist *h = *state;

	/* 65 values: parts of 3 and 4, the first from 1000 down to 998 */
	for (uint64_t i = 0; i < 65; i++)
		hist_record(h, 1000 - i);
	assert_true(hist_blocks(h, median));
	assert_int_equal(median[0], 999);
	assert_int_equal(median[HIST_BLOCKS - 1], 937);
	for (size_t i = 1; i < HIST_BLOCKS; i++)
		assert_true(median[i] < median[i - 1]);
	/* All else is as it was */
	assert_int_equal(hist_count(h), 65);
	assert_int_equal(hist_quantile(h, 1, 2), 968);
	assert_int_equal(hist_min(h), 936);
}

static void blocks_need_the_order_and_enough_values(void **state)
{
	uint64_t median[HIST_BLOCKS];
	struct hist *h = *state;

	for (uint64_t i = 0; i < 59; i++)
		hist_record(h, i);
	assert_false(hist_blocks(h, median));
	hist_record(h, 59);
	hist_quantile(h, 1, 2);
	assert_false(hist_blocks(h, median));
	hist_reset(h);
	for (uint64_t i = 0; i < HIST_RAW; i++)
		hist_record(h, i);
	assert_true(hist_blocks(h, median));
	hist_reset(h);
	for (uint64_t i = 0; i <= HIST_RAW; i++)
		hist_record(h, i);
	assert_false(hist_blocks(h, median));
}

/* One instruction apart, far above what a bucket can tell */
static void quantiles_are_exact_while_there_is_room(void **state)
{
	const uint64_t big = UINT64_C(1) << 40;
	struct hist *h = *state;

	for (uint64_t i = 0; i < HIST_RAW; i++)
		hist_record(h, big + (i * 7919) % HIST_RAW);
	assert_int_equal(hist_quantile(h, 1, 2), big + HIST_RAW / 2 - 1);
	assert_int_equal(hist_quantile(h, 1, 1), big + HIST_RAW - 1);
	assert_false(h->overrun);

	/* One more than there is room for: the buckets answer from now on */
	hist_record(h, big);
	assert_true(h->overrun);
	assert_int_equal(hist_count(h), HIST_RAW + 1);
	assert_true(within_bound(big + HIST_RAW / 2, hist_quantile(h, 1, 2)));
}

static void reading_in_between_loses_nothing(void **state)
{
	struct hist *h = *state;

	for (uint64_t v = 30; v >= 10; v -= 10) {
		hist_record(h, v);
		assert_int_equal(hist_quantile(h, 0, 1), v);
	}
	assert_int_equal(hist_count(h), 3);
	assert_int_equal(hist_quantile(h, 1, 2), 20);
	assert_int_equal((uint64_t)hist_mean(h), 20);
}

static void quantiles_are_nearest_ranks(void **state)
{
	struct hist *h = *state;

	for (uint64_t v = 10; v <= 40; v += 10)
		hist_record(h, v);
	assert_int_equal(hist_quantile(h, 0, 100), 10);
	assert_int_equal(hist_quantile(h, 25, 100), 10);
	assert_int_equal(hist_quantile(h, 26, 100), 20);
	assert_int_equal(hist_quantile(h, 50, 100), 20);
	assert_int_equal(hist_quantile(h, 51, 100), 30);
	assert_int_equal(hist_quantile(h, 99, 100), 40);
	assert_int_equal(hist_quantile(h, 100, 100), 40);
}

/* Every value next to a power of two, where a wrong index would show first */
static void edges_of_octaves_are_within_the_bound(void **state)
{
	struct hist *h = *state;

	for (unsigned int bit = 0; bit < 64; bit++) {
		for (int step = -2; step <= 2; step++) {
			uint64_t v = (UINT64_C(1) << bit) + (uint64_t)step;

			hist_reset(h);
			/* Two others, so that min and max do not clamp */
			hist_record(h, 0);
			hist_record(h, v);
			hist_record(h, UINT64_MAX);
			hist_make_room(h);
			assert_true(within_bound(v, hist_quantile(h, 50, 100)));
		}
	}
}

static void the_bound_is_reached_and_not_passed(void **state)
{
	double worst = 0;
	struct hist *h = *state;

	for (uint64_t v = HIST_EXACT; v < 64 * HIST_EXACT; v += 7) {
		double off;

		hist_reset(h);
		hist_record(h, 0);
		hist_record(h, v);
		hist_record(h, UINT64_MAX);
		hist_make_room(h);
		off = fabs((double)hist_quantile(h, 1, 2) - (double)v) /
		      (double)v;
		worst = off > worst ? off : worst;
		v += v / 50;
	}
	assert_true(worst <= 1.0 / HIST_EXACT);
	assert_true(worst > 0.5 / HIST_EXACT);
}

static void small_values_are_exact(void **state)
{
	struct hist *h = *state;

	for (uint64_t v = 0; v < HIST_EXACT; v++) {
		hist_record(h, v);
		hist_make_room(h);
		assert_int_equal(hist_quantile(h, 1, 1), v);
	}
	for (uint64_t v = 0; v < HIST_EXACT; v++)
		assert_int_equal(hist_quantile(h, v + 1, HIST_EXACT), v);
}

static void the_whole_range_has_buckets(void **state)
{
	struct hist *h = *state;

	assert_int_equal(hist_index_bits(0, HIST_BITS), 0);
	assert_int_equal(hist_index_bits(UINT64_MAX, HIST_BITS),
			 HIST_BUCKETS - 1);
	hist_record(h, 0);
	for (int i = 0; i < 3; i++)
		hist_record(h, UINT64_MAX);
	assert_int_equal(hist_min(h), 0);
	assert_int_equal(hist_max(h), UINT64_MAX);
	assert_true(within_bound(UINT64_MAX, hist_quantile(h, 1, 2)));
	/* The sum passed 2^64 */
	assert_true(fabs(hist_mean(h) - 0.75 * 18446744073709551616.0) < 1e6);
}

static void check_coarse(struct hist *h)
{
	struct hist_range range[HIST_COARSE_MAX];
	size_t n = hist_coarse(h, range);
	uint64_t count = 0;

	assert_in_range(n, 1, HIST_COARSE_MAX);
	for (size_t i = 0; i < n; i++) {
		assert_true(range[i].lo <= range[i].hi);
		assert_true(!i || range[i - 1].hi < range[i].lo);
		assert_true(range[i].count > 0);
		count += range[i].count;
	}
	assert_int_equal(count, hist_count(h));
	assert_in_range(hist_min(h), range[0].lo, range[0].hi);
	assert_in_range(hist_max(h), range[n - 1].lo, range[n - 1].hi);
}

static void coarse_lines_are_few_and_complete(void **state)
{
	struct rng rng = { .state = 4 };
	struct hist *h = *state;

	for (int i = 0; i < SAMPLES; i++)
		hist_record(h, log_uniform(&rng));
	check_coarse(h);
	/* Every octave, and 0: the most lines there can be */
	hist_record(h, 0);
	hist_record(h, UINT64_MAX);
	check_coarse(h);
	hist_reset(h);
	hist_record(h, UINT64_MAX);
	check_coarse(h);
}

static void coarse_keeps_what_is_fine_enough(void **state)
{
	struct hist_range range[HIST_COARSE_MAX];
	struct hist *h = *state;

	hist_record(h, 2719);
	hist_record(h, 2719);
	hist_record(h, 2720);
	assert_int_equal(hist_coarse(h, range), 2);
	assert_int_equal(range[0].lo, 2719);
	assert_int_equal(range[0].hi, 2719);
	assert_int_equal(range[0].count, 2);
	assert_int_equal(range[1].lo, 2720);
}

static void an_empty_one_has_no_lines(void **state)
{
	struct hist_range range[HIST_COARSE_MAX];

	assert_int_equal(hist_count(*state), 0);
	assert_int_equal(hist_coarse(*state, range), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(error_is_within_the_bound),
		TEST(few_samples_give_exact_ranks),
		TEST(quantiles_are_exact_while_there_is_room),
		TEST(blocks_are_medians_in_order),
		TEST(blocks_need_the_order_and_enough_values),
		TEST(reading_in_between_loses_nothing),
		TEST(quantiles_are_nearest_ranks),
		TEST(edges_of_octaves_are_within_the_bound),
		TEST(the_bound_is_reached_and_not_passed),
		TEST(small_values_are_exact),
		TEST(the_whole_range_has_buckets),
		TEST(coarse_lines_are_few_and_complete),
		TEST(coarse_keeps_what_is_fine_enough),
		TEST(an_empty_one_has_no_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
