// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "baseline.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/dma-heap.h>

#include "pair.h"

/* The last number of the heaps' ioctl type: none is defined there: EINVAL */
#define UNKNOWN_IOCTL	_IO(DMA_HEAP_IOC_MAGIC, 0xff)

/* Operations in a batch of "record", and how far their times are spread */
#define BATCH		1000
#define SPREAD		0xffff

struct baseline {
	const struct bench_env *env;
	const struct heap *heap;
	uint64_t samples;
	struct hist *hist;
};

static int measure_clock(struct baseline *b)
{

	for (uint64_t i = 0; i < b->samples; i++) {
		uint64_t begin = clock_now();
		uint64_t end = clock_now();

		hist_record(b->hist, end - begin);
	}
	return 0;
}

static int measure_ioctl(struct baseline *b)
{

	for (uint64_t i = 0; i < b->samples; i++) {
		uint64_t begin = clock_now();
		int ret = ioctl(b->heap->fd, UNKNOWN_IOCTL);
		uint64_t end = clock_now();

		if (!ret || errno != EINVAL)
			return -EPROTO;
		hist_record(b->hist, end - begin);
	}
	return 0;
}

static int measure_dup_close(struct baseline *b)
{

	for (uint64_t i = 0; i < b->samples; i++) {
		uint64_t begin = clock_now();
		int fd = dup(b->heap->fd);
		int err = fd < 0 || close(fd);
		uint64_t end = clock_now();

		if (err)
			return -errno;
		hist_record(b->hist, end - begin);
	}
	return 0;
}

/* Times spread over many buckets, as those of a real run are not kinder. */
static uint64_t time_batch(const struct pair *pair, uint64_t salt)
{
	uint64_t begin = clock_now();
	uint64_t end;

	for (uint64_t i = 0; i < BATCH; i += PAIR_OPERATIONS) {
		uint64_t spread = (i * salt) & SPREAD;

		pair_record(pair, begin, begin + spread, begin + 2 * spread);
	}
	end = clock_now();
	return end - begin;
}

static int measure_record(struct baseline *b)
{
	struct pair pair;
	int err = pair_new(&pair);

	if (err)
		return err;
	for (uint64_t i = 0; i < b->samples; i++) {
		uint64_t batch;

		/* As in a run: values are never sorted in while it measures */
		if (hist_count(pair.hist[PAIR_ALLOC]) + BATCH > HIST_RAW)
			pair_reset(&pair);
		batch = time_batch(&pair, i * 2 + 1);
		hist_record(b->hist, (batch + BATCH - 1) / BATCH);
	}
	pair_free(&pair);
	return 0;
}

static const struct {
	const char *what;
	int (*measure)(struct baseline *b);
	uint64_t batch;
} baselines[] = {
	{ "clock", measure_clock, 0 },
	{ "ioctl", measure_ioctl, 0 },
	{ "dup_close", measure_dup_close, 0 },
	{ "record", measure_record, BATCH },
};

static int run_one(struct baseline *b, size_t i)
{
	struct record r;
	int err;

	hist_reset(b->hist);
	err = baselines[i].measure(b);
	if (err)
		return err;
	bench_record(b->env, &r, "baseline", "latency", NULL);
	record_text(&r, "what", baselines[i].what);
	if (baselines[i].batch)
		record_count(&r, "batch", baselines[i].batch);
	return record_emit_repeated(&r, STDOUT_FILENO, b->hist, 0);
}

int baseline_run(const struct bench_env *env, const struct heap *heap,
		 uint64_t samples)
{
	struct baseline b = {
		.env = env,
		.heap = heap,
		.samples = samples,
		.hist = hist_new(),
	};
	int err = 0;

	if (!b.hist)
		return -ENOMEM;
	for (size_t i = 0; !err && i < sizeof(baselines) / sizeof(*baselines);
	     i++)
		err = run_one(&b, i);
	hist_free(b.hist);
	return err;
}
