/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Measurements as JSON Lines, in the project's format (its schema is in
 * results/schema), and where they are kept until they are read.
 */
#ifndef RESTRICTED_BENCH_RECORD_H
#define RESTRICTED_BENCH_RECORD_H

#include <linux/list.h>
#include <linux/seq_buf.h>
#include <linux/types.h>

#include "series.h"

/* Fewer samples do not tell a p999 */
#define BENCH_P999_MIN	10000

/* Room for the longest line: 65 buckets of three numbers of 20 digits */
#define BENCH_LINE_SIZE	8192

/**
 * struct bench_results - lines of text
 * @lines:	of struct bench_line
 * @scratch:	where a line is put together, BENCH_LINE_SIZE
 */
struct bench_results {
	struct list_head lines;
	char *scratch;
};

/**
 * struct bench_line - one line
 * @node:	entry in &bench_results.lines
 * @text:	ends with a newline
 */
struct bench_line {
	struct list_head node;
	char text[];
};

int bench_results_init(struct bench_results *results);
void bench_results_clear(struct bench_results *results);
void bench_results_destroy(struct bench_results *results);

void bench_put_ratio(struct seq_buf *s, u64 num, u64 den);
void bench_put_distribution(struct seq_buf *s, struct bench_series *series,
			    unsigned int batch);

__printf(4, 5)
int bench_emit_series(struct bench_results *results,
		      struct bench_series *series, unsigned int batch,
		      const char *params, ...);
__printf(4, 5)
int bench_emit_failure(struct bench_results *results, const char *metric,
		       int err, const char *params, ...);
__printf(2, 3)
int bench_emit_error(struct bench_results *results, const char *fmt, ...);

#endif /* RESTRICTED_BENCH_RECORD_H */
