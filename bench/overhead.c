// SPDX-License-Identifier: GPL-2.0
/*
 * What does the framework cost? Each heap against its twin, which does the same
 * memory work in a plain driver: sample by sample, in one boot, in random order,
 * so that whatever drifts hits both. The cost is the median of the differences,
 * with an interval (see lib/interval.h); and where the time goes inside the
 * framework is told by its tracepoints.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "heap.h"
#include "interval.h"
#include "overhead/phases.h"
#include "pair.h"
#include "rng.h"

/* So few samples still give a median and an interval, however large the buffer */
#define MIN_SAMPLES	30

#define MAX_PAIRS	8
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

enum on_off { OFF, ON };

static const char *const on_off_names[] = { "off", "on", NULL };
static const char *const op_names[PAIR_OPS] = { "alloc", "free", "cycle" };

static const char *const default_pairs[] = {
	"restricted_carveout:direct_carveout", "restricted_pages:direct_pages",
};

static struct {
	struct opt_texts pairs;
	struct opt_sizes sizes;
	uint64_t samples;
	uint64_t warmup;
	uint64_t budget;
	uint64_t level;
	int phases;
} opts = {
	.sizes = { { 4 << 10, 64 << 10, 1 << 20, 8 << 20, 32 << 20 }, 5 },
	.samples = 1000,
	.warmup = 16,
	.budget = 256 << 20,
	.level = 99,
	.phases = ON,
};

enum side { HEAP, TWIN, SIDES };

/* A heap and its twin; of the current size @err is why it cannot be measured. */
struct contest {
	struct heap heap[SIDES];
	struct pair times[SIDES];
	int64_t *difference[PAIR_OPS];
	size_t n;
	int err;
};

static struct contest contests[MAX_PAIRS];
static size_t nr_contests;

/* Cases of the whole run that were measured, and what was asked for in vain */
static uint64_t nr_measured;
static uint64_t nr_missing;

static uint64_t samples_of(uint64_t size)
{
	uint64_t n = opts.budget / size;

	if (n < MIN_SAMPLES)
		n = MIN_SAMPLES;
	return n < opts.samples ? n : opts.samples;
}

static size_t nr_wanted(void)
{
	return opts.pairs.n ? opts.pairs.n : ARRAY_SIZE(default_pairs);
}

static const char *wanted(size_t i)
{
	return opts.pairs.n ? opts.pairs.v[i] : default_pairs[i];
}

static int check_pairs(void)
{
	if (nr_wanted() > MAX_PAIRS) {
		diag("--pair: given more than %d times", MAX_PAIRS);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < nr_wanted(); i++) {
		const char *colon = strchr(wanted(i), ':');

		if (colon && colon != wanted(i) && colon[1] &&
		    colon - wanted(i) < HEAP_NAME_MAX)
			continue;
		diag("--pair %s: not HEAP:TWIN, as in %s", wanted(i),
		     default_pairs[0]);
		return EXIT_USAGE;
	}
	return EXIT_PASS;
}

static int open_side(struct heap *heap, const char *name)
{
	int err = heap_open(heap, name);

	if (err)
		diag("heap %s: %s", name, heap_strerror(err));
	return err;
}

static int open_contest(struct contest *c, const char *names)
{
	size_t length = strcspn(names, ":");
	char first[HEAP_NAME_MAX];
	int err;

	memcpy(first, names, length);
	first[length] = '\0';
	err = open_side(&c->heap[HEAP], first);
	if (err)
		return err;
	err = open_side(&c->heap[TWIN], names + length + 1);
	if (err)
		heap_close(&c->heap[HEAP]);
	return err;
}

/* A pair that was named has to be there; of the defaults, one. */
static int open_contests(void)
{
	for (size_t i = 0; i < nr_wanted(); i++) {
		if (!open_contest(&contests[nr_contests], wanted(i)))
			nr_contests++;
		else if (opts.pairs.n)
			return EXIT_MISSING;
	}
	return nr_contests ? EXIT_PASS : EXIT_MISSING;
}

static void close_contests(void)
{
	for (size_t i = 0; i < nr_contests; i++) {
		for (int side = 0; side < SIDES; side++) {
			pair_free(&contests[i].times[side]);
			heap_close(&contests[i].heap[side]);
		}
		for (int op = 0; op < PAIR_OPS; op++)
			free(contests[i].difference[op]);
	}
}

static int prepare_contest(struct contest *c)
{
	int err = 0;

	for (int side = 0; !err && side < SIDES; side++)
		err = pair_new(&c->times[side]);
	for (int op = 0; !err && op < PAIR_OPS; op++) {
		c->difference[op] = calloc(opts.samples,
					   sizeof(*c->difference[op]));
		err = c->difference[op] ? 0 : -ENOMEM;
	}
	return err;
}

static int prepare_contests(void)
{
	for (size_t i = 0; i < nr_contests; i++) {
		if (prepare_contest(&contests[i])) {
			diag("no memory for the samples");
			return EXIT_MISSING;
		}
	}
	return EXIT_PASS;
}

/* The times of one buffer, or the heap's error. */
static int sample(const struct heap *heap, uint64_t size,
		  uint64_t time[PAIR_OPS], const struct pair *times)
{
	uint64_t begin, middle, end;
	int fd, err;

	begin = clock_now();
	fd = heap_alloc(heap, size);
	middle = clock_now();
	if (fd < 0)
		return fd;
	err = heap_free(fd);
	end = clock_now();
	if (err)
		return err;
	time[PAIR_ALLOC] = middle - begin;
	time[PAIR_FREE] = end - middle;
	time[PAIR_CYCLE] = end - begin;
	if (times)
		pair_record(times, begin, middle, end);
	return 0;
}

/* One buffer of each side, the first by chance. */
static int round_of(struct contest *c, struct rng *rng, uint64_t size,
		    bool keep)
{
	int first = rng_below(rng, SIDES) ? TWIN : HEAP;
	uint64_t time[SIDES][PAIR_OPS];

	for (int i = 0; i < SIDES; i++) {
		int side = i ? !first : first;
		int err = sample(&c->heap[side], size, time[side],
				 keep ? &c->times[side] : NULL);

		if (err)
			return err;
	}
	if (!keep)
		return 0;
	for (int op = 0; op < PAIR_OPS; op++)
		c->difference[op][c->n] = (int64_t)time[HEAP][op] -
					  (int64_t)time[TWIN][op];
	c->n++;
	return 0;
}

/* All pairs take turns, round by round. */
static void take_samples(struct rng *rng, uint64_t size)
{
	uint64_t rounds = opts.warmup + samples_of(size);

	for (size_t i = 0; i < nr_contests; i++) {
		struct contest *c = &contests[i];

		c->n = 0;
		c->err = 0;
		for (int side = 0; side < SIDES; side++)
			pair_reset(&c->times[side]);
	}
	for (uint64_t round = 0; round < rounds; round++) {
		for (size_t i = 0; i < nr_contests; i++) {
			struct contest *c = &contests[i];

			if (!c->err)
				c->err = round_of(c, rng, size,
						  round >= opts.warmup);
		}
	}
}

static void begin_record(const struct bench_env *env, const struct contest *c,
			 struct record *r, uint64_t size, const char *metric,
			 const char *unit)
{
	bench_record(env, r, "overhead", metric, unit);
	record_text(r, "heap", c->heap[HEAP].name);
	record_count(r, "size", size);
}

static int emit_side(const struct bench_env *env, const struct contest *c,
		     uint64_t size, int side, int op)
{
	struct record r;

	begin_record(env, c, &r, size, "latency", NULL);
	record_text(&r, "twin", c->heap[TWIN].name);
	record_text(&r, "of", c->heap[side].name);
	record_text(&r, "op", op_names[op]);
	return record_emit_repeated(&r, STDOUT_FILENO,
				    c->times[side].hist[op], opts.warmup);
}

static int emit_difference(const struct bench_env *env, struct contest *c,
			   uint64_t size, int op)
{
	struct interval interval;
	struct record r;

	if (interval_of(c->difference[op], c->n, (double)opts.level / 100,
			&interval)) {
		diag("%zu samples are too few for an interval of %" PRIu64 " %%; take more, or a lower --level",
		     c->n, opts.level);
		return 0;
	}
	begin_record(env, c, &r, size, "difference", NULL);
	record_text(&r, "twin", c->heap[TWIN].name);
	record_text(&r, "op", op_names[op]);
	return record_emit_estimate(&r, STDOUT_FILENO, &interval);
}

static int emit_skipped(const struct bench_env *env, const struct contest *c,
			uint64_t size)
{
	const char *reason = strerrorname_np(-c->err);
	struct record r;

	begin_record(env, c, &r, size, "skipped", "count");
	record_text(&r, "twin", c->heap[TWIN].name);
	record_text(&r, "reason", reason ? reason : "unknown");
	return record_emit_count(&r, STDOUT_FILENO, 1);
}

static int emit_contest(const struct bench_env *env, struct contest *c,
			uint64_t size)
{
	char text[24];
	int err = 0;

	if (c->err) {
		diag("%s and %s, size %s: %s", c->heap[HEAP].name,
		     c->heap[TWIN].name, format_size(text, size),
		     heap_strerror(c->err));
		return emit_skipped(env, c, size);
	}
	for (int op = 0; !err && op < PAIR_OPS; op++) {
		for (int side = 0; !err && side < SIDES; side++)
			err = emit_side(env, c, size, side, op);
		if (!err)
			err = emit_difference(env, c, size, op);
	}
	nr_measured++;
	return err;
}

static int emit_phases(const struct bench_env *env, const struct contest *c,
		       const struct phases *p, uint64_t size)
{
	struct record r;
	int err = 0;

	for (int i = 0; !err && i < PHASES; i++) {
		if (!hist_count(p->hist[i]))
			continue;
		begin_record(env, c, &r, size, "latency", NULL);
		record_text(&r, "phase", phases_name((enum phase)i));
		err = record_emit_hist(&r, STDOUT_FILENO, p->hist[i]);
	}
	return err;
}

/* How often the framework called through its ops for one buffer. */
static int emit_calls(const struct bench_env *env, const struct contest *c,
		      const struct phases *p, uint64_t size)
{
	struct record r;

	if (p->op_calls % p->buffers)
		return -EPROTO;
	begin_record(env, c, &r, size, "op_calls", "count");
	return record_emit_count(&r, STDOUT_FILENO, p->op_calls / p->buffers);
}

static int trace_contest(const struct bench_env *env, const struct contest *c,
			 struct phases *p, uint64_t size)
{
	int err;

	if (c->err)
		return 0;
	err = phases_take(p, &c->heap[HEAP], size, opts.warmup,
			  samples_of(size));
	if (!err && !p->buffers)
		err = -EPROTO;
	if (!err)
		err = emit_phases(env, c, p, size);
	if (!err)
		err = emit_calls(env, c, p, size);
	if (err)
		diag("heap %s: cannot measure its phases: %s",
		     c->heap[HEAP].name, strerror(-err));
	return err;
}

static int run_size(const struct bench_env *env, struct rng *rng,
		    struct phases *p, uint64_t size)
{
	char text[24];
	int err = 0;

	diag("size %s: %" PRIu64 " samples", format_size(text, size),
	     samples_of(size));
	take_samples(rng, size);
	for (size_t i = 0; !err && i < nr_contests; i++)
		err = emit_contest(env, &contests[i], size);
	for (size_t i = 0; !err && p && i < nr_contests; i++)
		err = trace_contest(env, &contests[i], p, size);
	return err;
}

static int run_sizes(const struct bench_env *env, struct phases *p)
{
	struct rng rng = { .state = env->seed };
	int err = 0;

	for (size_t i = 0; !err && i < opts.sizes.n; i++)
		err = run_size(env, &rng, p, opts.sizes.v[i]);
	if (err)
		diag("cannot go on: %s", strerror(-err));
	return err ? EXIT_UNTRUSTED : EXIT_PASS;
}

static int measure(const struct bench_env *env)
{
	struct phases p;
	int code, err;

	if (opts.phases == OFF)
		return run_sizes(env, NULL);
	err = phases_here();
	if (err) {
		diag("no tracepoints of restricted_heap here (%s); phases are skipped",
		     strerror(-err));
		nr_missing++;
		return run_sizes(env, NULL);
	}
	if (phases_new(&p)) {
		diag("no memory for the samples");
		return EXIT_MISSING;
	}
	code = run_sizes(env, &p);
	phases_free(&p);
	return code;
}

static int run(const struct bench_env *env)
{
	int code = check_pairs();

	if (!code)
		code = open_contests();
	if (!code)
		code = prepare_contests();
	if (!code)
		code = measure(env);
	if (!code && !nr_measured)
		code = EXIT_SKIPPED;
	if (!code && nr_missing)
		code = EXIT_MISSING;
	close_contests();
	return code;
}

static int list(const struct bench_env *env)
{
	char text[24];

	(void)env;
	if (check_pairs())
		return EXIT_USAGE;
	for (size_t s = 0; s < opts.sizes.n; s++)
		for (size_t i = 0; i < nr_wanted(); i++)
			printf("overhead pair=%s size=%s n=%" PRIu64 "\n",
			       wanted(i), format_size(text, opts.sizes.v[s]),
			       samples_of(opts.sizes.v[s]));
	return EXIT_PASS;
}

static const struct opt options[] = {
	{ "pair", OPT_TEXTS, &opts.pairs, .meta = "HEAP:TWIN",
	  .help = "heap and twin to compare; default: those of ours that are here" },
	{ "size", OPT_SIZES, &opts.sizes, .min = 1, .meta = "SIZE",
	  .help = "bytes in a buffer, with K, M or G" },
	{ "samples", OPT_COUNT, &opts.samples, .min = 1, .max = HIST_RAW,
	  .meta = "N", .help = "buffers of each side and size" },
	{ "budget", OPT_SIZE, &opts.budget, .min = 1, .meta = "SIZE",
	  .help = "fewer samples where they would allocate more than this in sum, but at least 30" },
	{ "warmup", OPT_COUNT, &opts.warmup, .max = 1000000, .meta = "N",
	  .help = "buffers of each side and size before those that count" },
	{ "level", OPT_COUNT, &opts.level, .min = 50, .max = 99, .meta = "PERCENT",
	  .help = "probability that an interval holds the median" },
	{ "phases", OPT_CHOICE, &opts.phases, .choices = on_off_names,
	  .help = "trace the heap's phases, too" },
	{ .name = NULL },
};

static const struct bench overhead = {
	.name = "overhead",
	.help = "What does the framework cost: each heap against its twin, a plain driver that does\n"
		"the same memory work. A buffer of each is had and given back in turn, the first\n"
		"by chance; metric difference is the median of heap minus twin (value), with the\n"
		"interval between two order statistics (low, high) that holds it with a\n"
		"probability of at least level; metric latency with params.of are the two\n"
		"sides themselves. With params.phase latency is the time between the framework's\n"
		"tracepoints at the ends of a phase, an op's or export; zero and tee_call are the\n"
		"sums over one buffer's life of what the ops do inside. What the events themselves\n"
		"cost is in each, and told as phase tracer. metric op_calls counts calls through the ops a buffer.",
	.examples = "  overhead\n"
		    "  overhead --pair restricted_pages:direct_pages --size 64K --samples 10000\n"
		    "  overhead --phases off --level 95\n",
	.options = options,
	.list = list,
	.run = run,
};

int main(int argc, char **argv)
{
	return bench_main(&overhead, argc, argv);
}
