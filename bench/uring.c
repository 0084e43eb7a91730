// SPDX-License-Identifier: GPL-2.0
/*
 * Does it pay to give buffers back in batches? A player that ends a session has
 * dozens of them. Closes batches of buffers with close(2) and by io_uring, and
 * tells what that costs each, for how long the caller waits, and when the memory
 * is really back: who has seen a completion has not seen that.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "emit.h"
#include "heap.h"
#include "uring/closer.h"

/* Looks at a heap's books until all is back; each sleeps a little longer */
#define LOOKS_MAX	200
#define LOOK_NAP_US	100

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

static const char *const default_heaps[] = {
	"restricted_carveout", "restricted_mtk_cm", "restricted_pages", "system",
};

static struct {
	struct opt_texts heaps;
	struct opt_texts ways;
	struct opt_sizes batches;
	uint64_t size;
	uint64_t samples;
	uint64_t warmup;
	bool strict;
} opts = {
	.ways = { { "close", "unlinked", "linked", "sqpoll" }, 4 },
	.batches = { { 1, 4, 16, 64, 256 }, 5 },
	.size = 64 << 10,
	.samples = 100,
	.warmup = 8,
};

/* What is measured of one way of closing one number of buffers of one heap */
struct trial {
	const struct heap *heap;
	struct closer *closer;
	size_t batch;
	bool has_books;
	uint64_t live;
	uint64_t late;
	struct hist *visible;
	struct hist *done;
	struct hist *back;
};

static uint64_t nr_measured;
static uint64_t nr_skipped;

static size_t nr_heaps(void)
{
	return opts.heaps.n ? opts.heaps.n : ARRAY_SIZE(default_heaps);
}

static const char *heap_name(size_t i)
{
	return opts.heaps.n ? opts.heaps.v[i] : default_heaps[i];
}

static int find_way(const char *text)
{
	for (int i = 0; i < CLOSER_WAYS; i++)
		if (!strcmp(closer_names[i], text))
			return i;
	return -1;
}

static int check_options(void)
{
	for (size_t i = 0; i < opts.ways.n; i++) {
		if (find_way(opts.ways.v[i]) >= 0)
			continue;
		diag("--way %s: not one of close, unlinked, linked, sqpoll",
		     opts.ways.v[i]);
		return EXIT_USAGE;
	}
	return EXIT_PASS;
}

/* Of no batch in particular: 0 */
static void set_params(struct emit *e, enum closer_way way, size_t batch)
{
	struct emit_param *p = e->param;

	*p++ = (struct emit_param){ "way", closer_names[way], 0 };
	*p++ = (struct emit_param){ "size", NULL, opts.size };
	if (batch)
		*p++ = (struct emit_param){ "batch", NULL, batch };
}

static void close_all(const int *fd, size_t n)
{
	while (n)
		heap_free(fd[--n]);
}

static int alloc_all(const struct heap *heap, int *fd, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		fd[i] = heap_alloc(heap, opts.size);
		if (fd[i] < 0) {
			int err = fd[i];

			close_all(fd, i);
			return err;
		}
	}
	return 0;
}

/*
 * Return: 0 when the heap's books say that all is back; -ETIMEDOUT when they
 * still do not after many looks; else why they could not be read.
 */
static int see_back(struct trial *t)
{
	for (unsigned int look = 0; look < LOOKS_MAX; look++) {
		uint64_t live;
		int err = heap_stat(t->heap->name, "live_buffers", &live);

		if (err)
			return err;
		if (live <= t->live)
			return 0;
		if (!look)
			t->late++;
		usleep(look * LOOK_NAP_US);
	}
	return -ETIMEDOUT;
}

static int take_sample(struct trial *t, bool counts)
{
	struct closer_times times;
	int fd[CLOSER_MAX];
	uint64_t late = t->late, back;
	int err = 0;

	if (t->has_books)
		err = heap_stat(t->heap->name, "live_buffers", &t->live);
	if (!err)
		err = alloc_all(t->heap, fd, t->batch);
	if (err)
		return err;
	err = closer_close(t->closer, fd, t->batch, &times);
	if (!err && t->has_books)
		err = see_back(t);
	back = clock_now();
	if (!counts)
		t->late = late;
	if (err || !counts)
		return err;
	hist_record(t->visible, times.visible - times.begin);
	hist_record(t->done, times.done - times.begin);
	if (t->has_books)
		hist_record(t->back, back - times.begin);
	return 0;
}

static int emit_times(const struct emit *e, const char *heap,
		      const char *metric, struct hist *h)
{
	struct record r;

	if (!hist_count(h))
		return 0;
	emit_begin(e, &r, heap, metric, NULL);
	return record_emit_repeated(&r, STDOUT_FILENO, h, opts.warmup);
}

static int emit_trial(const struct bench_env *env, struct trial *t)
{
	struct emit e = { .env = env, .bench = "uring" };
	int err;

	set_params(&e, t->closer->way, t->batch);
	err = emit_times(&e, t->heap->name, "visible", t->visible);
	if (!err)
		err = emit_times(&e, t->heap->name, "done", t->done);
	if (!err)
		err = emit_times(&e, t->heap->name, "back", t->back);
	if (!err && t->has_books)
		err = emit_count(&e, t->heap->name, "late", "count", t->late);
	return err;
}

static int emit_skip(const struct bench_env *env, const char *heap,
		     enum closer_way way, size_t batch, int why)
{
	struct emit e = { .env = env, .bench = "uring" };

	set_params(&e, way, batch);
	diag("%s, by %s: %s; skipped", heap, closer_names[way],
	     heap_strerror(why));
	nr_skipped++;
	return emit_skipped(&e, heap, why);
}

static int run_trial(const struct bench_env *env, struct trial *t)
{
	int err = heap_check_size(t->heap, t->batch * opts.size);

	hist_reset(t->visible);
	hist_reset(t->done);
	hist_reset(t->back);
	t->late = 0;
	for (uint64_t i = 0; !err && i < opts.warmup + opts.samples; i++)
		err = take_sample(t, i >= opts.warmup);
	if (err == -ENOMEM || err == -EINVAL || err == -ENODEV)
		return emit_skip(env, t->heap->name, t->closer->way, t->batch,
				 err);
	if (err) {
		diag("%s, %zu by %s: %s", t->heap->name, t->batch,
		     closer_names[t->closer->way], strerror(-err));
		return err;
	}
	nr_measured++;
	return emit_trial(env, t);
}

static int run_way(const struct bench_env *env, struct trial *t,
		   enum closer_way way)
{
	struct closer closer;
	int err = closer_open(&closer, way);

	if (err)
		return emit_skip(env, t->heap->name, way, 0, err);
	t->closer = &closer;
	for (size_t i = 0; !err && i < opts.batches.n; i++) {
		t->batch = opts.batches.v[i];
		err = run_trial(env, t);
	}
	closer_shut(&closer);
	return err;
}

static int run_heap(const struct bench_env *env, struct trial *t,
		    const char *name)
{
	struct heap heap;
	uint64_t live;
	int err = heap_open(&heap, name);

	if (err)
		return emit_skip(env, name, WAY_CLOSE, 0, err);
	t->heap = &heap;
	t->has_books = !heap_stat(name, "live_buffers", &live);
	for (size_t i = 0; !err && i < opts.ways.n; i++) {
		diag("%s, %s", name, opts.ways.v[i]);
		err = run_way(env, t, (enum closer_way)find_way(opts.ways.v[i]));
	}
	heap_close(&heap);
	return err;
}

static int run_heaps(const struct bench_env *env, struct trial *t)
{
	int err = 0;

	for (size_t i = 0; !err && i < nr_heaps(); i++)
		err = run_heap(env, t, heap_name(i));
	if (err)
		return EXIT_UNTRUSTED;
	return nr_measured && !(opts.strict && nr_skipped) ? EXIT_PASS :
							     EXIT_SKIPPED;
}

static int run(const struct bench_env *env)
{
	struct trial t = {
		.visible = hist_new(),
		.done = hist_new(),
		.back = hist_new(),
	};
	int code = check_options();

	if (!code && (!t.visible || !t.done || !t.back)) {
		diag("no memory for the samples");
		code = EXIT_MISSING;
	}
	if (!code)
		code = run_heaps(env, &t);
	hist_free(t.visible);
	hist_free(t.done);
	hist_free(t.back);
	return code;
}

/* Looks at no heap: it tells what is asked for, on any machine. */
static int list(const struct bench_env *env)
{
	int code = check_options();

	(void)env;
	for (size_t h = 0; !code && h < nr_heaps(); h++)
		for (size_t w = 0; w < opts.ways.n; w++)
			for (size_t b = 0; b < opts.batches.n; b++)
				printf("uring heap=%s way=%s batch=%" PRIu64 " n=%" PRIu64 "\n",
				       heap_name(h), opts.ways.v[w],
				       opts.batches.v[b], opts.samples);
	return code;
}

static const struct opt options[] = {
	{ "heap", OPT_TEXTS, &opts.heaps, .meta = "NAME",
	  .help = "heap to close buffers of; default: three of ours, and mainline's system" },
	{ "way", OPT_TEXTS, &opts.ways, .meta = "WAY",
	  .help = "close, unlinked, linked or sqpoll, see above" },
	{ "batch", OPT_SIZES, &opts.batches, .min = 1, .max = CLOSER_MAX,
	  .meta = "N", .help = "buffers that are closed at once" },
	{ "size", OPT_SIZE, &opts.size, .min = 1, .meta = "SIZE",
	  .help = "bytes in a buffer, with K, M or G" },
	{ "samples", OPT_COUNT, &opts.samples, .min = 1, .max = HIST_RAW,
	  .meta = "N", .help = "batches of each heap, way and number" },
	{ "warmup", OPT_COUNT, &opts.warmup, .max = 100000, .meta = "N",
	  .help = "batches before those that count" },
	{ "strict", OPT_FLAG, &opts.strict,
	  .help = "end with 4 when anything was skipped" },
	{ .name = NULL },
};

static const struct bench uring = {
	.name = "uring",
	.help = "Does it pay to give buffers back in batches? Closes them by\n"
		"  close     close(2) in a loop\n"
		"  unlinked  an IORING_OP_CLOSE each, submitted together\n"
		"  linked    the same, each after the one before\n"
		"  sqpoll    as unlinked, taken up by a thread of the kernel\n\n"
		"All times are of a whole batch of params.batch buffers. metric visible is how long\n"
		"the caller cannot do anything else; done, until it has seen all completions;\n"
		"back, until the heap's own books say that all memory is back, of heaps that have\n"
		"books: reading them once is part of it. metric late counts the samples in which\n"
		"they did not say so at the first look.",
	.examples = "  uring\n"
		    "  uring --heap restricted_mtk_cm --way close --way linked --batch 64\n"
		    "  uring --heap system --size 8M --batch 16 --samples 1000\n",
	.options = options,
	.list = list,
	.run = run,
};

int main(int argc, char **argv)
{
	return bench_main(&uring, argc, argv);
}
