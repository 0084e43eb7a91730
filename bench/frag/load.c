// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "chance.h"
#include "codec.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

/* Between two arrivals on the average */
#define ARRIVAL_US	1000

/*
 * Lifetimes are spread by a power of two either way (one standard deviation);
 * then their mean is 2^(ln 2 / 2) = 1.271 times their median.
 */
#define LIFE_SPREAD	CHANCE_ONE
#define MEAN_OF_MEDIAN	1271

/* The adversary's largest buffers are this part of the pool */
#define LARGEST_PART	16

/* A buffer's end, in a heap with the earliest at the top */
struct end {
	uint64_t at_us;
	uint64_t id;
};

struct ends {
	struct end *v;
	size_t n;
};

static bool earlier(const struct end *a, const struct end *b)
{
	return a->at_us != b->at_us ? a->at_us < b->at_us : a->id < b->id;
}

static void push(struct ends *ends, struct end end)
{
	size_t i = ends->n++;

	for (; i && earlier(&end, &ends->v[(i - 1) / 2]); i = (i - 1) / 2)
		ends->v[i] = ends->v[(i - 1) / 2];
	ends->v[i] = end;
}

static struct end pop(struct ends *ends)
{
	struct end first = ends->v[0], last = ends->v[--ends->n];
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < ends->n &&
		    earlier(&ends->v[child + 1], &ends->v[child]))
			child++;
		if (child >= ends->n || earlier(&last, &ends->v[child]))
			break;
		ends->v[i] = ends->v[child];
		i = child;
	}
	ends->v[i] = last;
	return first;
}

/* What decoders ask for: frames of streams, and buffers for the coded stream */
static const struct video videos[] = {
	{ CODEC_AVC, 640, 360, 8, 30, NULL },
	{ CODEC_AVC, 960, 540, 8, 30, NULL },
	{ CODEC_AVC, 1280, 720, 8, 30, NULL },
	{ CODEC_AVC, 1280, 720, 10, 30, NULL },
	{ CODEC_AVC, 1920, 1080, 8, 30, NULL },
	{ CODEC_AVC, 1920, 1080, 10, 30, NULL },
};

#define KINDS	(ARRAY_SIZE(videos) + 1)

static uint64_t video_size(size_t kind)
{
	return kind < ARRAY_SIZE(videos) ? video_frame_bytes(&videos[kind]) :
					   video_input_bytes(&videos[0]);
}

static uint64_t mean_size(const struct load *load)
{
	uint64_t sum = 0;

	if (load->kind == LOAD_CONTROL)
		return load->size;
	for (size_t i = 0; i < KINDS; i++)
		sum += video_size(i);
	return sum / KINDS;
}

/*
 * By Little's law: as many live as arrive in a mean lifetime, and they fill as
 * much as they are large on the average.
 */
static uint64_t median_life(const struct load *load)
{
	uint64_t live = load->pool / 100 * load->fill / mean_size(load);

	return (live ? live : 1) * ARRIVAL_US * 1000 / MEAN_OF_MEDIAN;
}

static void print_stream(const struct load *load, FILE *out,
			 struct ends *ends)
{
	struct rng rng = { .state = load->seed };
	uint64_t median = median_life(load);
	uint64_t now = 0;

	for (uint64_t id = 1; id <= load->allocs; id++) {
		uint64_t size = load->size;

		now += chance_exponential(&rng, ARRIVAL_US);
		while (ends->n && ends->v[0].at_us <= now) {
			struct end end = pop(ends);

			trace_print_free(out, end.at_us, end.id);
		}
		if (load->kind == LOAD_SYNTHETIC)
			size = video_size(rng_below(&rng, KINDS));
		trace_print_alloc(out, now, id, LOAD_HEAP, size);
		push(ends, (struct end){
			now + chance_lognormal(&rng, median, LIFE_SPREAD), id });
	}
}

static int make_stream(const struct load *load, FILE *out)
{
	struct ends ends = { .n = 0 };

	ends.v = calloc(load->allocs + 1, sizeof(*ends.v));
	if (!ends.v)
		return -ENOMEM;
	print_stream(load, out, &ends);
	free(ends.v);
	return 0;
}

/* An operation a microsecond */
static void print_combs(const struct load *load, FILE *out)
{
	uint64_t now = 0, id = 0;

	for (uint64_t size = load->size; size <= load->pool / LARGEST_PART;
	     size *= 2) {
		uint64_t first = id + 1, n = load->pool / size;

		while (id < first + n - 1)
			trace_print_alloc(out, now++, ++id, LOAD_HEAP, size);
		for (uint64_t i = 0; i < n; i += 2)
			trace_print_free(out, now++, first + i);
		for (uint64_t i = 0; i < n / 4; i++)
			trace_print_alloc(out, now++, ++id, LOAD_HEAP,
					  2 * size);
		for (uint64_t i = 1; i < n; i += 2)
			trace_print_free(out, now++, first + i);
		for (uint64_t i = 0; i < n / 4; i++)
			trace_print_free(out, now++, first + n + i);
	}
}

int load_make(const struct load *load, struct trace *trace)
{
	struct trace_error error;
	char *text = NULL;
	size_t size = 0;
	int err = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return -ENOMEM;
	trace_print_header(out);
	if (load->kind == LOAD_ADVERSARY)
		print_combs(load, out);
	else
		err = make_stream(load, out);
	/* All that can go wrong with a file in memory is that there is none */
	if (fclose(out) && !err)
		err = -ENOMEM;
	if (!err)
		err = trace_parse(trace, text, size, &error);
	free(text);
	return err;
}
