// SPDX-License-Identifier: GPL-2.0
/* The in-kernel bench's arithmetic: quantiles, histograms, fractions, lines. */
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/seq_buf.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../bench/record.h"
#include "../bench/series.h"

#define ROOM	BENCH_MAX_SAMPLES

static int series_init(struct kunit *test)
{
	struct bench_series *series;

	series = kunit_kzalloc(test, sizeof(*series), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, series);
	test->priv = series;

	return bench_series_init(series, ROOM);
}

static void series_exit(struct kunit *test)
{
	if (test->priv)
		bench_series_destroy(test->priv);
}

static void quantiles_are_nearest_ranks(struct kunit *test)
{
	struct bench_series *series = test->priv;
	unsigned int i;

	/* 100 down to 1 */
	for (i = 100; i; i--)
		bench_series_add(series, i);
	bench_series_sort(series);

	KUNIT_EXPECT_EQ(test, bench_series_quantile(series, 0, 1), 1);
	KUNIT_EXPECT_EQ(test, bench_series_quantile(series, 50, 100), 50);
	KUNIT_EXPECT_EQ(test, bench_series_quantile(series, 90, 100), 90);
	KUNIT_EXPECT_EQ(test, bench_series_quantile(series, 99, 100), 99);
	KUNIT_EXPECT_EQ(test, bench_series_quantile(series, 999, 1000), 100);
	KUNIT_EXPECT_EQ(test, bench_series_quantile(series, 1, 1), 100);
	KUNIT_EXPECT_EQ(test, bench_series_sum(series), 5050);
}

static void one_sample_is_every_quantile(struct kunit *test)
{
	struct bench_series *series = test->priv;

	bench_series_add(series, U64_MAX);
	bench_series_sort(series);
	KUNIT_EXPECT_EQ(test, bench_series_quantile(series, 0, 1), U64_MAX);
	KUNIT_EXPECT_EQ(test, bench_series_quantile(series, 50, 100), U64_MAX);
	KUNIT_EXPECT_EQ(test, bench_series_quantile(series, 1, 1), U64_MAX);
}

static void what_does_not_fit_is_forgotten(struct kunit *test)
{
	struct bench_series *series = test->priv;
	unsigned int i;

	for (i = 0; i < ROOM + 1; i++)
		bench_series_add(series, i);
	KUNIT_EXPECT_EQ(test, series->n, ROOM);
	KUNIT_EXPECT_EQ(test, series->values[ROOM - 1], ROOM - 1);
}

/* What every histogram is: buckets in order, each sample in one. */
static void check_hist(struct kunit *test, const struct bench_series *series)
{
	struct bench_bucket *b = kunit_kcalloc(test, BENCH_MAX_BUCKETS,
					       sizeof(*b), GFP_KERNEL);
	unsigned int n, i, k, count, sum = 0;

	KUNIT_ASSERT_NOT_NULL(test, b);
	n = bench_series_hist(series, b);
	KUNIT_ASSERT_LE(test, n, BENCH_MAX_BUCKETS);
	for (k = 0; k < n; k++) {
		KUNIT_EXPECT_LE(test, b[k].lo, b[k].hi);
		if (k)
			KUNIT_EXPECT_LT(test, b[k - 1].hi, b[k].lo);
		count = 0;
		for (i = 0; i < series->n; i++)
			count += series->values[i] >= b[k].lo &&
				 series->values[i] <= b[k].hi;
		KUNIT_EXPECT_EQ(test, b[k].count, count);
		KUNIT_EXPECT_GT(test, count, 0);
		sum += count;
	}
	KUNIT_EXPECT_EQ(test, sum, series->n);
}

static void few_values_have_a_bucket_each(struct kunit *test)
{
	struct bench_series *series = test->priv;
	struct bench_bucket b[3];

	bench_series_add(series, 0);
	bench_series_add(series, 4095);
	bench_series_add(series, 4095);
	bench_series_add(series, 4097);
	KUNIT_ASSERT_EQ(test, bench_series_hist(series, b), 3);
	KUNIT_EXPECT_EQ(test, b[1].lo, 4095);
	KUNIT_EXPECT_EQ(test, b[1].hi, 4095);
	KUNIT_EXPECT_EQ(test, b[1].count, 2);
	/* From 2^12 on two values share a bucket */
	KUNIT_EXPECT_EQ(test, b[2].lo, 4096);
	KUNIT_EXPECT_EQ(test, b[2].hi, 4097);
	check_hist(test, series);
}

static void many_values_fit(struct kunit *test)
{
	struct bench_series *series = test->priv;
	unsigned int i;

	for (i = 0; i < 10000; i++)
		bench_series_add(series, (u64)i * i * 7);
	check_hist(test, series);
}

/* One in every octave, and 0: the coarsest cut is just enough. */
static void every_octave_fits(struct kunit *test)
{
	struct bench_series *series = test->priv;
	unsigned int i;

	bench_series_add(series, 0);
	for (i = 0; i < 64; i++) {
		bench_series_add(series, BIT_ULL(i));
		bench_series_add(series, BIT_ULL(i) | (BIT_ULL(i) - 1));
	}
	check_hist(test, series);
	bench_series_add(series, U64_MAX);
	check_hist(test, series);
}

static void empty_series_has_no_buckets(struct kunit *test)
{
	struct bench_bucket b;

	KUNIT_EXPECT_EQ(test, bench_series_hist(test->priv, &b), 0);
}

static void expect_ratio(struct kunit *test, u64 num, u64 den,
			 const char *text)
{
	char buffer[64];
	struct seq_buf s;

	seq_buf_init(&s, buffer, sizeof(buffer));
	bench_put_ratio(&s, num, den);
	KUNIT_EXPECT_STREQ(test, seq_buf_str(&s), text);
}

static void fractions_are_exact_and_short(struct kunit *test)
{
	expect_ratio(test, 0, 1, "0");
	expect_ratio(test, 7, 1, "7");
	expect_ratio(test, 7000, 1000, "7");
	expect_ratio(test, 7010, 1000, "7.01");
	expect_ratio(test, 7001, 1000, "7.001");
	expect_ratio(test, 1, 1000000, "0.000001");
	expect_ratio(test, 999999, 1000000, "0.999999");
	/* Cut off, not rounded */
	expect_ratio(test, 2, 3, "0.666666");
	/* The widest that are promised */
	expect_ratio(test, BIT_ULL(50) - 1, 1, "1125899906842623");
	expect_ratio(test, BIT_ULL(40) - 1, BIT_ULL(40), "0.999999");
}

static void expect_distribution(struct kunit *test, struct bench_series *series,
				unsigned int batch, const char *text)
{
	char *buffer = kunit_kzalloc(test, BENCH_LINE_SIZE, GFP_KERNEL);
	struct seq_buf s;

	KUNIT_ASSERT_NOT_NULL(test, buffer);
	seq_buf_init(&s, buffer, BENCH_LINE_SIZE);
	bench_put_distribution(&s, series, batch);
	KUNIT_EXPECT_STREQ(test, seq_buf_str(&s), text);
}

static void a_batch_is_shared_out(struct kunit *test)
{
	struct bench_series *series = test->priv;

	bench_series_add(series, 3008);
	bench_series_add(series, 3010);
	bench_series_add(series, 3008);
	expect_distribution(test, series, 1000,
			    ",\"n\":3,\"min\":3.008,\"p50\":3.008,\"p90\":3.01,\"p99\":3.01,\"max\":3.01,\"mean\":3.008666,\"hist\":[[3.008,3.008,2],[3.01,3.01,1]]");
}

static void few_samples_have_no_p999(struct kunit *test)
{
	char *buffer = kunit_kzalloc(test, BENCH_LINE_SIZE, GFP_KERNEL);
	struct bench_series *series = test->priv;
	struct seq_buf s;

	KUNIT_ASSERT_NOT_NULL(test, buffer);
	while (series->n < BENCH_P999_MIN - 1)
		bench_series_add(series, 1);
	seq_buf_init(&s, buffer, BENCH_LINE_SIZE);
	bench_put_distribution(&s, series, 1);
	KUNIT_EXPECT_NULL(test, strstr(seq_buf_str(&s), "p999"));

	bench_series_add(series, 1);
	seq_buf_clear(&s);
	bench_put_distribution(&s, series, 1);
	KUNIT_EXPECT_NOT_NULL(test, strstr(seq_buf_str(&s), "\"p999\":1,"));
}

/* The longest line there can be. */
static void the_longest_line_fits(struct kunit *test)
{
	char *buffer = kunit_kzalloc(test, BENCH_LINE_SIZE, GFP_KERNEL);
	struct bench_series *series = test->priv;
	struct seq_buf s;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, buffer);
	bench_series_add(series, 0);
	for (i = 0; i < 50; i++)
		while (series->n < (i + 1) * 300)
			bench_series_add(series, BIT_ULL(i) | series->n % BIT_ULL(i));
	seq_buf_init(&s, buffer, BENCH_LINE_SIZE);
	bench_put_distribution(&s, series, 999983);
	KUNIT_EXPECT_FALSE(test, seq_buf_has_overflowed(&s));
}

/* An error as the line of a measurement tells it */
static void failures_are_named(struct kunit *test)
{
	static const struct {
		int err;
		const char *name;
	} errors[] = {
		{ -EACCES, "EACCES" }, { -EBUSY, "EBUSY" },
		{ -EINTR, "EINTR" }, { -EINVAL, "EINVAL" },
		{ -EIO, "EIO" }, { -ENODEV, "ENODEV" },
		{ -ENOMEM, "ENOMEM" }, { -EOPNOTSUPP, "EOPNOTSUPP" },
		{ -EXDEV, "unknown" },
	};
	struct bench_results results;
	struct bench_line *line;
	char wanted[32];
	int i;

	KUNIT_ASSERT_EQ(test, bench_results_init(&results), 0);
	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		KUNIT_EXPECT_EQ(test, 0,
				bench_emit_failure(&results, "skipped",
						   errors[i].err, "\"a\":1"));
		line = list_last_entry(&results.lines, struct bench_line, node);
		snprintf(wanted, sizeof(wanted), "\"reason\":\"%s\"",
			 errors[i].name);
		KUNIT_EXPECT_NOT_NULL(test, strstr(line->text, wanted));
	}
	bench_results_destroy(&results);
}

static struct kunit_case bench_cases[] = {
	KUNIT_CASE(quantiles_are_nearest_ranks),
	KUNIT_CASE(one_sample_is_every_quantile),
	KUNIT_CASE(what_does_not_fit_is_forgotten),
	KUNIT_CASE(few_values_have_a_bucket_each),
	KUNIT_CASE(many_values_fit),
	KUNIT_CASE(every_octave_fits),
	KUNIT_CASE(empty_series_has_no_buckets),
	KUNIT_CASE(fractions_are_exact_and_short),
	KUNIT_CASE(a_batch_is_shared_out),
	KUNIT_CASE(few_samples_have_no_p999),
	KUNIT_CASE(the_longest_line_fits),
	KUNIT_CASE(failures_are_named),
	{}
};

static struct kunit_suite bench_suite = {
	.name = "restricted_bench",
	.init = series_init,
	.exit = series_exit,
	.test_cases = bench_cases,
};

kunit_test_suite(bench_suite);

MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
