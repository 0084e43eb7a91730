// SPDX-License-Identifier: GPL-2.0
/*
 * What does a buffer cost? Times the allocation and the free of one buffer at
 * a time, for each heap and size.
 *
 * The free is the close(2) of the only file descriptor. Whether the memory is
 * back when it returns is tried on every heap before anything is timed; where
 * it is not, the program ends with EXIT_UNTRUSTED.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "baseline.h"
#include "bench.h"
#include "dmabuf.h"
#include "heap.h"
#include "pair.h"
#include "restore.h"
#include "rng.h"

/* So few samples still give a median, however large the buffer */
#define MIN_SAMPLES	30

/*
 * Where heaps take turns, each has a block of samples. The first pairs of a
 * block are not counted: they pay for what the heap before left behind. (CMA
 * empties the page allocator's per-CPU lists, and the system heap's next
 * buffer costs four times as much; what a heap costs in its own steady state
 * is what is asked for here.)
 */
#define SETTLE		4

/* A size that fits into any heap, for the trial before timing */
#define TRIAL_SIZE	4096

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

enum order { ORDER_INTERLEAVED, ORDER_SEQUENTIAL };
enum on_off { OFF, ON };

static const char *const order_names[] = { "interleaved", "sequential", NULL };
static const char *const on_off_names[] = { "off", "on", NULL };
static const char *const op_names[PAIR_OPS] = { "alloc", "free", "cycle" };

static const char *const default_heaps[] = {
	"restricted_mtk_cm", "restricted_mtk_cma",
	"restricted_carveout", "direct_carveout",
	"restricted_pages", "direct_pages",
	"protected,secure-video", "system", "default_cma_region",
};

static struct {
	struct opt_texts heaps;
	struct opt_sizes sizes;
	uint64_t samples;
	uint64_t warmup;
	uint64_t budget;
	uint64_t block;
	uint64_t pause;
	int order;
	int scrub;
	int baseline;
	bool strict;
} opts = {
	.sizes = { { 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20,
		     8 << 20, 32 << 20 }, 8 },
	.samples = 1000,
	.warmup = 16,
	.budget = 256 << 20,
	.block = 50,
	.order = ORDER_INTERLEAVED,
	.scrub = -1,
	.baseline = ON,
};

/* A heap that is measured. */
struct subject {
	struct heap heap;
	struct pair pair;
	/* Of the current size */
	bool fits;
	uint64_t failures;
	uint64_t warmup;
	int err;
	/* Of the whole run */
	uint64_t cases;
	bool gone;
};

static struct subject subjects[OPT_LIST_MAX];
static size_t nr_subjects;

static uint64_t samples_of(uint64_t size)
{
	uint64_t n = opts.budget / size;

	if (n < MIN_SAMPLES)
		n = MIN_SAMPLES;
	return n < opts.samples ? n : opts.samples;
}

static void say_heaps_here(void)
{
	char names[HEAP_LIST_MAX][HEAP_NAME_MAX];
	char line[512] = "";
	size_t used = 0;
	int n = heap_list(names);

	for (int i = 0; i < n && used < sizeof(line); i++)
		used += (size_t)snprintf(line + used, sizeof(line) - used,
					 " %s", names[i]);
	diag("heaps of this machine:%s", n > 0 ? line : " none");
}

static size_t nr_wanted(void)
{
	return opts.heaps.n ? opts.heaps.n : ARRAY_SIZE(default_heaps);
}

static const char *wanted(size_t i)
{
	return opts.heaps.n ? opts.heaps.v[i] : default_heaps[i];
}

/*
 * A heap that was named has to be there, and with --strict every one of the
 * defaults.
 */
static int open_subjects(void)
{
	bool named = opts.heaps.n;

	for (size_t i = 0; i < nr_wanted(); i++) {
		const char *name = wanted(i);
		int err = heap_open(&subjects[nr_subjects].heap, name);

		if (!err) {
			nr_subjects++;
			continue;
		}
		diag("heap %s: %s%s", name, heap_strerror(err),
		     named || opts.strict ? "" : "; skipped");
		if (named || opts.strict) {
			say_heaps_here();
			return EXIT_MISSING;
		}
	}
	if (!nr_subjects) {
		diag("none of the default heaps is here; nothing to measure");
		say_heaps_here();
		return EXIT_MISSING;
	}
	return EXIT_PASS;
}

static void close_subjects(void)
{
	for (size_t i = 0; i < nr_subjects; i++) {
		pair_free(&subjects[i].pair);
		heap_close(&subjects[i].heap);
	}
	nr_subjects = 0;
}

static int prepare_subjects(void)
{
	for (size_t i = 0; i < nr_subjects; i++) {
		if (pair_new(&subjects[i].pair)) {
			diag("no memory for the histograms");
			return EXIT_MISSING;
		}
	}
	return EXIT_PASS;
}

/* Heaps without a switch stay as they are; --help says so. */
static int set_scrub(void)
{
	for (size_t i = 0; opts.scrub >= 0 && i < nr_subjects; i++) {
		const char *name = subjects[i].heap.name;
		int err = heap_scrub_set(name, opts.scrub == ON);

		if (err && err != -ENOENT) {
			diag("heap %s: cannot turn scrubbing %s: %s", name,
			     on_off_names[opts.scrub], strerror(-err));
			return EXIT_MISSING;
		}
	}
	return EXIT_PASS;
}

/* The kernel's count of buffers, and the heap's own where it keeps one. */
struct books {
	uint64_t kernel;
	uint64_t heap;
};

static int read_books(const struct heap *heap, struct books *books)
{
	int err = heap_stat(heap->name, "live_buffers", &books->heap);
	uint64_t bytes;

	if (err == -ENOENT)
		books->heap = 0;
	else if (err)
		return err;
	return dmabuf_sum(NULL, &books->kernel, &bytes);
}

/*
 * Is the buffer gone when heap_free() returns? Return 0 if so, -EBUSY if not,
 * else why it could not be seen.
 */
static int try_free(const struct heap *heap)
{
	struct books before, during, after;
	int err, fd;

	err = read_books(heap, &before);
	if (err)
		return err;
	fd = heap_alloc(heap, TRIAL_SIZE);
	if (fd < 0)
		return fd;
	err = read_books(heap, &during);
	if (heap_free(fd) || err)
		return err ? err : -EBADF;
	err = read_books(heap, &after);
	if (err)
		return err;
	if (during.kernel != before.kernel + 1 ||
	    after.kernel != before.kernel || after.heap != before.heap)
		return -EBUSY;
	return 0;
}

static int try_frees(void)
{
	for (size_t i = 0; i < nr_subjects; i++) {
		const struct heap *heap = &subjects[i].heap;
		int err = try_free(heap);

		if (err == -EBUSY) {
			diag("heap %s: a buffer is still there after close(), so the time of close() is not that of the free (or something else allocates: stop it)",
			     heap->name);
			return EXIT_UNTRUSTED;
		}
		if (err)
			diag("heap %s: could not try whether close() frees at once: %s",
			     heap->name,
			     err == -EACCES ? "run as root" : strerror(-err));
	}
	return EXIT_PASS;
}

/* For heaps that do a part of their work when nobody waits for it. */
static void pause_before(void)
{
	struct timespec rest = {
		.tv_sec = (time_t)(opts.pause / 1000),
		.tv_nsec = (long)(opts.pause % 1000) * 1000000,
	};

	while (opts.pause && nanosleep(&rest, &rest) && errno == EINTR)
		;
}

static int sample(struct subject *s, uint64_t size, bool keep)
{
	uint64_t begin, middle, end;
	int fd, err;

	pause_before();
	begin = clock_now();
	fd = heap_alloc(&s->heap, size);
	middle = clock_now();
	if (fd < 0)
		return fd;
	err = heap_free(fd);
	end = clock_now();
	if (err)
		return err;
	if (keep)
		pair_record(&s->pair, begin, middle, end);
	else
		s->warmup++;
	return 0;
}

/*
 * Take @count samples, after @before that are not counted. The first failure
 * of all tells that the size does not fit; a later one is counted.
 */
static void take_block(struct subject *s, uint64_t size, uint64_t before,
		       uint64_t count)
{
	for (uint64_t i = 0; !s->err && i < before + count; i++) {
		int err = sample(s, size, i >= before);

		if (!err)
			s->fits = true;
		else if (!s->fits)
			s->err = err;
		else
			s->failures++;
	}
}

/* Heaps that are measured together. */
struct group {
	struct subject *first;
	size_t n;
};

/* A turn of each heap, in random order. The first turn of a size warms up. */
static void take_turn(struct rng *rng, const struct group *g, uint64_t size,
		      uint64_t before, uint64_t count)
{
	size_t order[OPT_LIST_MAX];

	for (size_t i = 0; i < g->n; i++)
		order[i] = i;
	rng_shuffle(rng, order, g->n);
	for (size_t i = 0; i < g->n; i++)
		take_block(&g->first[order[i]], size, before, count);
}

static void take_samples(struct rng *rng, const struct group *g,
			 uint64_t size)
{
	uint64_t n = samples_of(size);
	uint64_t block = g->n == 1 ? n : opts.block;
	uint64_t before = opts.warmup;

	for (uint64_t done = 0; done < n; done += block) {
		if (block > n - done)
			block = n - done;
		take_turn(rng, g, size, before, block);
		before = SETTLE;
	}
}

static void begin_record(const struct bench_env *env, const struct subject *s,
			 uint64_t size, struct record *r, const char *metric,
			 const char *unit)
{
	bench_record(env, r, "latency", metric, unit);
	record_text(r, "heap", s->heap.name);
	record_count(r, "size", size);
	record_count(r, "threads", 1);
	if (opts.scrub >= 0)
		record_text(r, "scrub", on_off_names[opts.scrub]);
	if (opts.pause)
		record_count(r, "pause_ms", opts.pause);
}

static int emit_subject(const struct bench_env *env, const struct subject *s,
			uint64_t size)
{
	struct record r;
	int err = 0;

	for (int op = 0; !err && op < PAIR_OPS; op++) {
		begin_record(env, s, size, &r, "latency", NULL);
		record_text(&r, "op", op_names[op]);
		err = record_emit_repeated(&r, STDOUT_FILENO,
					   s->pair.hist[op], s->warmup);
	}
	if (err || !s->failures)
		return err;
	begin_record(env, s, size, &r, "failures", "count");
	record_text(&r, "op", op_names[PAIR_ALLOC]);
	return record_emit_count(&r, STDOUT_FILENO, s->failures);
}

/* For whoever has only the measurements, and not what goes to stderr. */
static int emit_skipped(const struct bench_env *env, const struct subject *s,
			uint64_t size)
{
	const char *reason = strerrorname_np(-s->err);
	struct record r;

	begin_record(env, s, size, &r, "skipped", "count");
	record_text(&r, "op", op_names[PAIR_ALLOC]);
	record_text(&r, "reason", reason ? reason : "unknown");
	return record_emit_count(&r, STDOUT_FILENO, 1);
}

/* Say what could not be measured; true if the subject has samples. */
static bool has_samples(struct subject *s, const char *size)
{
	if (s->err) {
		diag("heap %s, size %s: %s; skipped", s->heap.name, size,
		     heap_strerror(s->err));
		s->gone |= s->err == -ENODEV || s->err == -ENXIO;
		return false;
	}
	if (s->failures)
		diag("heap %s, size %s: %" PRIu64 " allocations failed after some that did not",
		     s->heap.name, size, s->failures);
	return hist_count(s->pair.hist[PAIR_ALLOC]);
}

static int run_size(const struct bench_env *env, struct rng *rng,
		    const struct group *g, uint64_t size)
{
	char text[24];

	format_size(text, size);
	diag("%s%s, size %s: %" PRIu64 " samples", g->first->heap.name,
	     g->n > 1 ? " and others in turn" : "", text, samples_of(size));
	for (size_t i = 0; i < g->n; i++) {
		struct subject *s = &g->first[i];

		pair_reset(&s->pair);
		s->fits = false;
		s->failures = 0;
		s->warmup = 0;
		s->err = heap_check_size(&s->heap, size);
	}
	take_samples(rng, g, size);
	for (size_t i = 0; i < g->n; i++) {
		struct subject *s = &g->first[i];
		bool measured = has_samples(s, text);
		int err = 0;

		if (measured)
			err = emit_subject(env, s, size);
		else if (s->err)
			err = emit_skipped(env, s, size);
		if (err)
			return err;
		s->cases += measured;
	}
	return 0;
}

static int run_sizes(const struct bench_env *env, struct rng *rng,
		     const struct group *g)
{
	int err = 0;

	for (size_t i = 0; !err && i < opts.sizes.n; i++)
		err = run_size(env, rng, g, opts.sizes.v[i]);
	return err;
}

static int run_groups(const struct bench_env *env)
{
	struct rng rng = { .state = env->seed };
	struct group g = { subjects, 1 };
	int err = 0;

	if (opts.order == ORDER_INTERLEAVED)
		g.n = nr_subjects;

	for (; !err && g.first < subjects + nr_subjects; g.first += g.n)
		err = run_sizes(env, &rng, &g);
	return err;
}

/* A heap that never answered because its TEE is gone is a missing heap. */
static int verdict(void)
{
	uint64_t cases = 0;
	bool gone = false;

	for (size_t i = 0; i < nr_subjects; i++) {
		cases += subjects[i].cases;
		gone |= subjects[i].gone && !subjects[i].cases;
	}
	if (gone && (opts.heaps.n || opts.strict || !cases))
		return EXIT_MISSING;
	return cases ? EXIT_PASS : EXIT_SKIPPED;
}

static int measure(const struct bench_env *env)
{
	int err = 0;

	if (opts.baseline)
		err = baseline_run(env, &subjects[0].heap, opts.samples);
	if (err) {
		diag("cannot measure the baselines: %s", strerror(-err));
		return EXIT_UNTRUSTED;
	}
	err = run_groups(env);
	if (err) {
		diag("cannot write the measurements: %s", strerror(-err));
		return EXIT_UNTRUSTED;
	}
	return verdict();
}

static int run(const struct bench_env *env)
{
	int code = open_subjects();

	if (!code)
		code = prepare_subjects();
	if (!code)
		code = set_scrub();
	if (!code)
		code = try_frees();
	if (!code)
		code = measure(env);
	restore_now();
	close_subjects();
	return code;
}

/* Looks at no heap: it tells what is asked for, on any machine. */
static int list(const struct bench_env *env)
{
	char text[24];

	(void)env;
	for (size_t s = 0; s < opts.sizes.n; s++)
		for (size_t i = 0; i < nr_wanted(); i++)
			for (int op = 0; op < PAIR_OPS; op++)
				printf("latency heap=%s size=%s op=%s n=%" PRIu64 "\n",
				       wanted(i),
				       format_size(text, opts.sizes.v[s]),
				       op_names[op],
				       samples_of(opts.sizes.v[s]));
	return EXIT_PASS;
}

static const struct opt options[] = {
	{ "heap", OPT_TEXTS, &opts.heaps, .meta = "NAME",
	  .help = "heap to measure; default: those of ours and of mainline that are here" },
	{ "size", OPT_SIZES, &opts.sizes, .min = 1, .meta = "SIZE",
	  .help = "bytes in a buffer, with K, M or G" },
	{ "samples", OPT_COUNT, &opts.samples, .min = 1, .max = HIST_RAW,
	  .meta = "N", .help = "pairs of alloc and free of each heap and size, 16384 at most: so many are kept as they are" },
	{ "budget", OPT_SIZE, &opts.budget, .min = 1, .meta = "SIZE",
	  .help = "fewer samples where they would allocate more than this in sum, but at least 30" },
	{ "warmup", OPT_COUNT, &opts.warmup, .max = 1000000, .meta = "N",
	  .help = "pairs of each heap and size before those that count" },
	{ "order", OPT_CHOICE, &opts.order, .choices = order_names,
	  .help = "heaps take turns, in random order, or come one after another" },
	{ "block", OPT_COUNT, &opts.block, .min = 1, .max = 1000000000,
	  .meta = "N",
	  .help = "samples in a turn; 4 pairs before them are not counted" },
	{ "pause", OPT_COUNT, &opts.pause, .max = 60000, .meta = "MS",
	  .help = "rest before each pair, so that a heap can do what it does when nobody waits" },
	{ "scrub", OPT_CHOICE, &opts.scrub, .choices = on_off_names,
	  .help = "turn zeroing on or off where a heap has a switch, and back at the end" },
	{ "baseline", OPT_CHOICE, &opts.baseline, .choices = on_off_names,
	  .help = "measure what the instrument itself costs" },
	{ "strict", OPT_FLAG, &opts.strict,
	  .help = "end with 3 when a default heap is not here" },
	{ .name = NULL },
};

static const struct bench latency = {
	.name = "latency",
	.help = "What does a buffer cost: the time of its allocation (op alloc), of its free (op\n"
		"free: close of the only file descriptor, which returns when the memory is back;\n"
		"tried on each heap first) and of both (op cycle: their sum, sample by sample, a\n"
		"clock reading in the middle included). metric latency is in the clock's unit;\n"
		"metric failures counts allocations that failed after others did not, and is\n"
		"there only if some did; metric skipped is 1 for a heap and size of which no\n"
		"buffer could be had, with the error in params.reason (ENOMEM: does not fit).",
	.examples = "  latency\n"
		    "  latency --heap system --heap restricted_carveout --size 64K --samples 10000\n"
		    "  latency --heap direct_carveout --scrub off --size 4K\n"
		    "  latency --heap restricted_pages --pause 50 --size 8M\n",
	.options = options,
	.list = list,
	.run = run,
};

int main(int argc, char **argv)
{
	return bench_main(&latency, argc, argv);
}
