// SPDX-License-Identifier: GPL-2.0
#include <kunit/visibility.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "clock.h"
#include "record.h"

/* Decimals of a fraction: as many as a batch of a million can need */
#define DECIMALS	6
#define DECIMAL_UNITS	1000000

static const struct {
	const char *name;
	u32 num, den;
	unsigned int min_samples;
} quantiles[] = {
	{ "min", 0, 1, 1 },
	{ "p50", 50, 100, 1 },
	{ "p90", 90, 100, 1 },
	{ "p99", 99, 100, 1 },
	{ "p999", 999, 1000, BENCH_P999_MIN },
	{ "max", 1, 1, 1 },
};

/**
 * bench_results_init() - make room for results
 * @results:	to fill
 *
 * Return: 0, or -ENOMEM.
 */
int bench_results_init(struct bench_results *results)
{
	INIT_LIST_HEAD(&results->lines);
	results->scratch = kmalloc(BENCH_LINE_SIZE, GFP_KERNEL);

	return results->scratch ? 0 : -ENOMEM;
}
EXPORT_SYMBOL_IF_KUNIT(bench_results_init);

/**
 * bench_results_clear() - forget all lines
 * @results:	the results
 */
void bench_results_clear(struct bench_results *results)
{
	struct bench_line *line, *next;

	list_for_each_entry_safe(line, next, &results->lines, node)
		kfree(line);
	INIT_LIST_HEAD(&results->lines);
}

/**
 * bench_results_destroy() - undo bench_results_init()
 * @results:	the results
 */
void bench_results_destroy(struct bench_results *results)
{
	bench_results_clear(results);
	kfree(results->scratch);
}
EXPORT_SYMBOL_IF_KUNIT(bench_results_destroy);

static int keep(struct bench_results *results, struct seq_buf *s)
{
	struct bench_line *line;

	if (seq_buf_has_overflowed(s))
		return -EOVERFLOW;

	line = kmalloc_flex(*line, text, s->len + 1);
	if (!line)
		return -ENOMEM;
	memcpy(line->text, s->buffer, s->len);
	line->text[s->len] = '\0';
	list_add_tail(&line->node, &results->lines);

	return 0;
}

/**
 * bench_put_ratio() - write a fraction as a decimal number
 * @s:		where to
 * @num:	numerator, below 2^50
 * @den:	denominator, below 2^40
 *
 * Six decimals, cut off and not rounded, without zeroes at the end: two
 * fractions never change their order, and those of one denominator up to a
 * million stay apart.
 */
void bench_put_ratio(struct seq_buf *s, u64 num, u64 den)
{
	u64 rest, whole = div64_u64_rem(num, den, &rest);
	u32 decimals = div64_u64(rest * DECIMAL_UNITS, den);
	int digits = DECIMALS;

	seq_buf_printf(s, "%llu", whole);
	if (!decimals)
		return;
	for (; decimals % 10 == 0; decimals /= 10)
		digits--;
	seq_buf_printf(s, ".%0*u", digits, decimals);
}
EXPORT_SYMBOL_IF_KUNIT(bench_put_ratio);

static void put_hist(struct seq_buf *s, const struct bench_series *series,
		     unsigned int batch)
{
	struct bench_bucket *buckets __free(kfree) =
		kmalloc_objs(*buckets, BENCH_MAX_BUCKETS);
	unsigned int i, n;

	if (!buckets) {
		seq_buf_set_overflow(s);
		return;
	}
	n = bench_series_hist(series, buckets);
	seq_buf_puts(s, ",\"hist\":[");
	for (i = 0; i < n; i++) {
		seq_buf_puts(s, i ? ",[" : "[");
		bench_put_ratio(s, buckets[i].lo, batch);
		seq_buf_putc(s, ',');
		bench_put_ratio(s, buckets[i].hi, batch);
		seq_buf_printf(s, ",%u]", buckets[i].count);
	}
	seq_buf_putc(s, ']');
}

/**
 * bench_put_distribution() - write what a series amounts to
 * @s:		where to: ``,"n":...`` up to the histogram
 * @series:	not empty; sorted by this
 * @batch:	how many operations a sample is of, 1 to a million; what is
 *		written is an operation's share
 */
void bench_put_distribution(struct seq_buf *s, struct bench_series *series,
			    unsigned int batch)
{
	unsigned int i;

	bench_series_sort(series);
	seq_buf_printf(s, ",\"n\":%u", series->n);
	for (i = 0; i < ARRAY_SIZE(quantiles); i++) {
		if (series->n < quantiles[i].min_samples)
			continue;
		seq_buf_printf(s, ",\"%s\":", quantiles[i].name);
		bench_put_ratio(s, bench_series_quantile(series,
							 quantiles[i].num,
							 quantiles[i].den),
				batch);
	}
	seq_buf_puts(s, ",\"mean\":");
	bench_put_ratio(s, bench_series_sum(series), (u64)series->n * batch);
	put_hist(s, series, batch);
}
EXPORT_SYMBOL_IF_KUNIT(bench_put_distribution);

static void begin(struct seq_buf *s, struct bench_results *results,
		  struct va_format *params)
{
	seq_buf_init(s, results->scratch, BENCH_LINE_SIZE);
	seq_buf_printf(s, "{\"bench\":\"kernel\",\"params\":{%pV", params);
}

/**
 * bench_emit_series() - keep a measurement
 * @results:	where
 * @series:	its samples; sorted by this
 * @batch:	as for bench_put_distribution()
 * @params:	the members of "params", as for printf
 *
 * Return: 0; -ENODATA without samples, as what was not measured is not
 * written; -EOVERFLOW; or -ENOMEM.
 */
int bench_emit_series(struct bench_results *results,
		      struct bench_series *series, unsigned int batch,
		      const char *params, ...)
{
	struct va_format format = { .fmt = params };
	struct seq_buf s;
	va_list args;

	if (!series->n)
		return -ENODATA;

	va_start(args, params);
	format.va = &args;
	begin(&s, results, &format);
	va_end(args);
	if (batch > 1)
		seq_buf_printf(&s, ",\"batch\":%u", batch);
	seq_buf_printf(&s, "},\"metric\":\"latency\",\"unit\":\"%s\"",
		       bench_clock_unit());
	bench_put_distribution(&s, series, batch);
	seq_buf_puts(&s, "}\n");

	return keep(results, &s);
}

/* Those that the ops of a heap may return, and this module's own */
static const char *name_of(int err)
{
	switch (err) {
	case -EACCES:
		return "EACCES";
	case -EBUSY:
		return "EBUSY";
	case -EINTR:
		return "EINTR";
	case -EINVAL:
		return "EINVAL";
	case -EIO:
		return "EIO";
	case -ENODEV:
		return "ENODEV";
	case -ENOMEM:
		return "ENOMEM";
	case -EOPNOTSUPP:
		return "EOPNOTSUPP";
	default:
		return "unknown";
	}
}

/**
 * bench_emit_failure() - keep that something failed
 * @results:	where
 * @metric:	"skipped" (nothing could be measured) or "failures" (something
 *		failed after the same did not)
 * @err:	why
 * @params:	as for bench_emit_series()
 *
 * Return: as bench_emit_series().
 */
int bench_emit_failure(struct bench_results *results, const char *metric,
		       int err, const char *params, ...)
{
	struct va_format format = { .fmt = params };
	struct seq_buf s;
	va_list args;

	va_start(args, params);
	format.va = &args;
	begin(&s, results, &format);
	va_end(args);
	seq_buf_printf(&s, ",\"reason\":\"%s\"},\"metric\":\"%s\"", name_of(err),
		       metric);
	seq_buf_puts(&s, ",\"unit\":\"count\",\"value\":1}\n");

	return keep(results, &s);
}
EXPORT_SYMBOL_IF_KUNIT(bench_emit_failure);

/**
 * bench_emit_error() - keep why a run ended
 * @results:	where; the line begins with ``error:`` and is no measurement
 * @fmt:	as for printf, without a newline
 *
 * Return: as bench_emit_series().
 */
int bench_emit_error(struct bench_results *results, const char *fmt, ...)
{
	struct va_format format = { .fmt = fmt };
	struct seq_buf s;
	va_list args;

	seq_buf_init(&s, results->scratch, BENCH_LINE_SIZE);
	va_start(args, fmt);
	format.va = &args;
	seq_buf_printf(&s, "error: %pV\n", &format);
	va_end(args);

	return keep(results, &s);
}
