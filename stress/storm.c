// SPDX-License-Identifier: GPL-2.0
/*
 * Does anything get lost? Threads allocate and free buffers of any size; then
 * the books of both worlds have to tell what the threads hold, and after all is
 * freed, what they told before.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "bench.h"
#include "heap.h"
#include "storm/storm.h"
#include "storm/verdict.h"
#include "tap.h"

#define PAGE_BYTES	4096
#define DEFAULT_HEAP	"restricted_mtk_cm"

/* The one result that belongs to no heap */
#define COMMON_LINES	1

/* No allocation and no free for so long is a hang. */
#define STALL_SECONDS	60
#define TELL_SECONDS	10

/* stdio, the heaps, the TEE and what the books are read from */
#define SPARE_FDS	64

static struct {
	struct opt_texts heaps;
	uint64_t threads;
	uint64_t ops;
	uint64_t live;
	uint64_t min;
	uint64_t max;
	uint64_t seconds;
} opts = {
	.heaps = { { DEFAULT_HEAP }, 1 },
	.threads = 4,
	.ops = 100000,
	.live = 8,
	.min = 4 << 10,
	.max = 256 << 10,
	.seconds = 900,
};

static struct target targets[OPT_LIST_MAX];
static size_t nr_targets;

static double now(void)
{
	struct timespec ts;

	/* Cannot fail: the clock is always there. */
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* A heap that gives no buffer now gives none in a storm. */
static int try_target(struct target *target)
{
	int fd = heap_alloc(&target->heap, opts.min);
	int err;

	if (fd < 0)
		return fd;
	err = dmabuf_exp_name(fd, target->exp_name);
	heap_free(fd);
	return err ? err : verdict_begin(target);
}

static int open_targets(void)
{
	for (size_t i = 0; i < opts.heaps.n; i++) {
		struct target *target = &targets[nr_targets];
		int err = heap_open(&target->heap, opts.heaps.v[i]);

		if (!err) {
			nr_targets++;
			err = try_target(target);
		}
		if (err) {
			diag("heap %s: %s", opts.heaps.v[i],
			     heap_strerror(err));
			return EXIT_MISSING;
		}
	}
	return EXIT_PASS;
}

static void close_targets(void)
{
	while (nr_targets)
		heap_close(&targets[--nr_targets].heap);
}

static bool same_heap_twice(void)
{
	for (size_t i = 1; i < opts.heaps.n; i++)
		for (size_t j = 0; j < i; j++)
			if (!strcmp(opts.heaps.v[i], opts.heaps.v[j]))
				return true;
	return false;
}

static int check_options(void)
{
	if (opts.min % PAGE_BYTES || opts.max % PAGE_BYTES ||
	    opts.min > opts.max) {
		diag("--min and --max: whole pages of 4K, the smaller one first");
		return EXIT_USAGE;
	}
	if (same_heap_twice()) {
		diag("--heap: each heap once, or its books count twice");
		return EXIT_USAGE;
	}
	return EXIT_PASS;
}

static int make_room_for_fds(void)
{
	rlim_t need = opts.threads * opts.live + SPARE_FDS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return -errno;
	if (limit.rlim_cur >= need)
		return 0;
	limit.rlim_cur = need;
	if (limit.rlim_max < need)
		limit.rlim_max = need;
	return setrlimit(RLIMIT_NOFILE, &limit) ? -errno : 0;
}

static void print_replay(const struct storm *storm)
{
	char min[24], max[24];

	printf("# replay: storm --seed %" PRIu64 " --threads %" PRIu64 " --ops %" PRIu64 " --live %" PRIu64 " --min %s --max %s",
	       storm->seed, storm->threads, storm->ops, storm->live,
	       format_size(min, storm->min), format_size(max, storm->max));
	for (size_t i = 0; i < nr_targets; i++)
		printf(" --heap %s", targets[i].heap.name);
	putchar('\n');
}

/* What has to move for the storm not to have come to a standstill */
static uint64_t pulse(struct storm *storm)
{
	return atomic_load(&storm->done) + atomic_load(&storm->freed) +
	       atomic_load(&storm->calm) + atomic_load(&storm->gone);
}

/* Wait until all threads have come to @count. A hang ends the program. */
static void watch(struct storm *storm, atomic_uint_fast64_t *count)
{
	const struct timespec nap = { .tv_nsec = 10000000 };
	double begin = now(), moved = begin, told = begin;
	uint64_t last = pulse(storm);

	while (atomic_load(count) < storm->threads) {
		nanosleep(&nap, NULL);
		if (pulse(storm) != last) {
			last = pulse(storm);
			moved = now();
		}
		if (now() - moved > STALL_SECONDS) {
			print_replay(storm);
			tap_bail_out("nothing was allocated or freed for a minute");
		}
		if (now() - begin > (double)opts.seconds)
			atomic_store(&storm->stop, true);
		if (now() - told > TELL_SECONDS) {
			told = now();
			diag("%" PRIuFAST64 " of %" PRIu64 " allocations",
			     atomic_load(&storm->done), storm->ops);
		}
	}
}

static void start_workers(struct storm *storm, struct worker *workers)
{
	for (uint64_t i = 0; i < storm->threads; i++) {
		workers[i] = (struct worker){ .storm = storm, .index = i };
		if (worker_start(&workers[i]))
			tap_bail_out("a thread could not be started");
	}
}

static void blow(struct storm *storm)
{
	static struct worker workers[STORM_THREADS_MAX];

	start_workers(storm, workers);
	watch(storm, &storm->calm);
	for (size_t i = 0; i < nr_targets; i++)
		verdict_held(&targets[i]);
	atomic_store(&storm->release, true);
	watch(storm, &storm->gone);
	for (uint64_t i = 0; i < storm->threads; i++)
		pthread_join(workers[i].thread, NULL);
}

static void print_done(struct storm *storm)
{
	char name[80], why[80];

	snprintf(name, sizeof(name), "%" PRIu64 " allocations by %" PRIu64 " threads were tried",
		 storm->ops, storm->threads);
	snprintf(why, sizeof(why), "%" PRIuFAST64 " in %" PRIu64 " s",
		 atomic_load(&storm->done), opts.seconds);
	if (atomic_load(&storm->done) == storm->ops)
		tap_ok(name);
	else
		tap_not_ok(name, why);
}

static int storm_over_targets(uint64_t seed)
{
	static struct storm storm;
	int code;

	storm.targets = targets;
	storm.nr_targets = nr_targets;
	storm.threads = opts.threads;
	storm.ops = opts.ops;
	storm.live = opts.live;
	storm.min = opts.min;
	storm.max = opts.max;
	storm.seed = seed;
	tap_begin(COMMON_LINES + VERDICT_LINES * (unsigned int)nr_targets);
	blow(&storm);
	print_done(&storm);
	for (size_t i = 0; i < nr_targets; i++)
		verdict_print(&storm, &targets[i]);
	code = tap_end();
	if (code)
		print_replay(&storm);
	return code;
}

static int run(const struct bench_env *env)
{
	int code = check_options();
	int err;

	if (code)
		return code;
	err = make_room_for_fds();
	if (err) {
		diag("cannot have %" PRIu64 " open files: %s",
		     opts.threads * opts.live, strerror(-err));
		return EXIT_MISSING;
	}
	code = open_targets();
	if (!code)
		code = storm_over_targets(env->seed);
	close_targets();
	return code;
}

static int list(const struct bench_env *env)
{
	for (size_t i = 0; i < opts.heaps.n; i++)
		printf("storm heap=%s threads=%" PRIu64 " ops=%" PRIu64 " seed=%" PRIu64 "\n",
		       opts.heaps.v[i], opts.threads, opts.ops, env->seed);
	return EXIT_PASS;
}

static const struct opt options[] = {
	{ "heap", OPT_TEXTS, &opts.heaps, .meta = "NAME",
	  .help = "heap in the storm; more than one: each allocation chooses" },
	{ "threads", OPT_COUNT, &opts.threads, .min = 1,
	  .max = STORM_THREADS_MAX, .meta = "N", .help = "threads" },
	{ "ops", OPT_COUNT, &opts.ops, .min = 1, .max = 1000000000000,
	  .meta = "N", .help = "allocations of all threads together, each with its free" },
	{ "live", OPT_COUNT, &opts.live, .min = 1, .max = STORM_LIVE_MAX,
	  .meta = "N", .help = "buffers that a thread holds at most" },
	{ "min", OPT_SIZE, &opts.min, .min = 1, .meta = "SIZE",
	  .help = "smallest buffer" },
	{ "max", OPT_SIZE, &opts.max, .min = 1, .meta = "SIZE",
	  .help = "largest buffer" },
	{ "seconds", OPT_COUNT, &opts.seconds, .min = 1, .meta = "N",
	  .help = "what is not done by then fails" },
	{ .name = NULL },
};

static const struct bench storm_bench = {
	.name = "storm",
	.help = "Does anything get lost? Threads allocate and free buffers of any size. Then the\n"
		"books of heap, kernel and TEE have to tell what the threads hold; and after\n"
		"all is freed, what they told before. With the sizes preset no allocation may\n"
		"fail; with more, ENOMEM is a failure unless the pool may have been full.",
	.examples = "  storm\n"
		    "  storm --heap restricted_carveout --heap restricted_mtk_cm --seed 7\n"
		    "  storm --live 64 --max 4M --ops 10000\n",
	.output = "The results go to stdout, as TAP version 13",
	.options = options,
	.list = list,
	.run = run,
};

int main(int argc, char **argv)
{
	return bench_main(&storm_bench, argc, argv);
}
