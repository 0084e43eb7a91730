// SPDX-License-Identifier: GPL-2.0
/*
 * How does a heap stand a real load? Plays traces of what programs asked of
 * heaps, one after the other on each heap that is chosen.
 *
 * What else there is of dma-bufs has to stay as it is meanwhile; if it does
 * not, or if a trace played twice does not count the same twice, the program
 * ends with EXIT_UNTRUSTED.
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
#include "map.h"
#include "replay/emit.h"
#include "replay/play.h"
#include "replay/quiet.h"
#include "restore.h"
#include "trace.h"


enum pace { PACE_FAST, PACE_SCHEDULE };

static const char *const pace_names[] = { "fast", "schedule", NULL };

static struct {
	struct opt_texts traces;
	struct opt_texts heaps;
	struct opt_texts maps;
	struct opt_texts tunes;
	int pace;
	uint64_t speed;
	uint64_t repeat;
	bool strict;
} opts = {
	.pace = PACE_FAST,
	.speed = 1,
	.repeat = 1,
};

/* A trace of --trace */
struct loaded {
	char name[TRACE_NAME_MAX];
	struct trace trace;
};

static struct loaded loaded[OPT_LIST_MAX];
static size_t nr_loaded;

/* A trace played on one heap, or on those that it names */
struct replay_case {
	const char *name;
	struct emit emit;
	const struct trace *trace;
	const char *heap;
};

/* What became of the cases */
struct tally {
	size_t played;
	size_t skipped;
};

static void free_traces(void)
{
	while (nr_loaded)
		trace_free(&loaded[--nr_loaded].trace);
}

/* All of them before any is played, so that a bad one is told of at once */
static int load_traces(void)
{
	for (size_t i = 0; i < opts.traces.n; i++) {
		struct loaded *l = &loaded[i];

		trace_name(l->name, opts.traces.v[i]);
		for (size_t j = 0; j < i; j++) {
			if (!strcmp(loaded[j].name, l->name)) {
				diag("--trace %s: another trace is called %s, too; rename one",
				     opts.traces.v[i], l->name);
				return EXIT_USAGE;
			}
		}
		if (trace_load_or_say(&l->trace, opts.traces.v[i]))
			return EXIT_USAGE;
		nr_loaded++;
	}
	return EXIT_PASS;
}

/* Return: as heap_tune(), for FILE=VALUE. */
static int tune_one(const char *heap, const char *text)
{
	const char *equals = strchr(text, '=');
	size_t length = (size_t)(equals - text);
	char file[HEAP_NAME_MAX];

	if (length >= sizeof(file))
		return -ENOENT;
	memcpy(file, text, length);
	file[length] = '\0';
	return heap_tune(heap, file, equals + 1);
}

/* Where what the trace asks of a heap goes */
static const char *mapped(const char *heap)
{
	const char *to = map_find(&opts.maps, heap);

	return to ? to : heap;
}

static int check_options(void)
{
	if (!opts.traces.n) {
		diag("no --trace; results/traces has some, and session makes others");
		return EXIT_USAGE;
	}
	if (map_check(&opts.maps, "map"))
		return EXIT_USAGE;
	if (map_check(&opts.tunes, "tune"))
		return EXIT_USAGE;
	if (opts.tunes.n && opts.heaps.n != 1) {
		diag("--tune: needs one --heap, whose tunables they are");
		return EXIT_USAGE;
	}
	if (opts.heaps.n && opts.maps.n) {
		diag("--heap and --map: give either one heap for everything, or a map");
		return EXIT_USAGE;
	}
	return EXIT_PASS;
}

static const char *target_name(const struct replay_case *c, size_t i)
{
	return c->heap ? c->heap : mapped(c->trace->heap[i]);
}

static size_t find_target(const struct play *play, const char *name)
{
	size_t i = 0;

	while (i < play->nr_targets &&
	       strcmp(play->target[i].heap.name, name))
		i++;
	return i;
}

static void close_targets(struct play *play)
{
	for (size_t i = 0; i < play->nr_targets; i++)
		heap_close(&play->target[i].heap);
}

/* @bad gets the heap that cannot be opened. */
static int open_targets(struct play *play, const struct replay_case *c,
			const char **bad)
{
	for (size_t i = 0; i < c->trace->nr_heaps; i++) {
		const char *name = target_name(c, i);
		size_t at = find_target(play, name);
		int err;

		play->to[i] = at;
		if (at < play->nr_targets)
			continue;
		err = heap_open(&play->target[at].heap, name);
		if (err) {
			*bad = name;
			close_targets(play);
			return err;
		}
		play->nr_targets++;
	}
	return 0;
}

static int skip(const struct replay_case *c, const char *heap, int why,
		struct tally *tally)
{
	diag("%s on %s: %s; skipped", c->name, heap, heap_strerror(why));
	tally->skipped++;
	why = emit_skipped(&c->emit, heap, why);
	if (why)
		diag("cannot write the measurements: %s", strerror(-why));
	return why;
}

/* Why the trace cannot be played on one of its heaps, 0 if it can. */
static int check_targets(const struct play *play, const char **bad)
{
	for (size_t i = 0; i < play->nr_targets; i++) {
		int err = play_check(&play->target[i]);

		if (err) {
			*bad = play->target[i].heap.name;
			return err;
		}
	}
	return 0;
}

static bool same_counts(const struct play *play,
			const struct play_counts *first)
{
	for (size_t i = 0; i < play->nr_targets; i++)
		if (memcmp(&play->target[i].counts, &first[i], sizeof(*first)))
			return false;
	return true;
}

/*
 * Play as often as asked. Return: 0; -ESTALE, with a word on stderr, when it
 * was not the same each time; else the heap's error.
 */
static int play_all(struct play *play, const struct replay_case *c)
{
	struct play_counts first[TRACE_HEAPS_MAX] = { 0 };

	for (uint64_t n = 0; n < opts.repeat; n++) {
		int err = play_run(play);

		if (err)
			return err;
		for (size_t i = 0; !n && i < play->nr_targets; i++)
			first[i] = play->target[i].counts;
		if (same_counts(play, first))
			continue;
		diag("%s: counts differ between the first time and time %" PRIu64 "; something else uses the heaps: stop it",
		     c->name, n + 1);
		return -ESTALE;
	}
	return 0;
}

static int play_and_check(struct play *play, const struct replay_case *c)
{
	uint64_t buffers;
	int err = quiet_begin(&buffers);

	if (!err)
		err = play_all(play, c);
	return err ? err : quiet_end(buffers, c->name);
}

static int emit(const struct replay_case *c, struct play_target *t,
		const char *stats)
{
	const char *heap = t->heap.name;
	int err = emit_target(&c->emit, t, stats);

	if (!err)
		err = emit_series(&c->emit, heap, "use", "bytes", "us",
				  &t->use);
	/* The report takes it for the end of a case */
	if (!err)
		err = emit_series(&c->emit, heap, "demand", "bytes", "us",
				  &t->demand);
	if (err)
		diag("cannot write the measurements: %s", strerror(-err));
	return err;
}

static int measure(const struct replay_case *c, struct play *play,
		   struct tally *tally)
{
	static char stats[TRACE_HEAPS_MAX][EMIT_STATS_MAX];
	int err;

	for (size_t i = 0; i < play->nr_targets; i++) {
		err = heap_file_read(play->target[i].heap.name, "stats",
				     stats[i], EMIT_STATS_MAX);
		if (err && err != -ENOENT)
			return err;
	}
	err = play_and_check(play, c);
	if (err == -ENODEV || err == -ENXIO)
		return skip(c, play->failed->heap.name, err, tally);
	if (err && err != -ESTALE)
		diag("%s, line %zu: %s", c->name, play->failed_line,
		     heap_strerror(err));
	if (err)
		return err;
	for (size_t i = 0; !err && i < play->nr_targets; i++)
		err = emit(c, &play->target[i], stats[i]);
	tally->played++;
	return err;
}

static int prepare_and_measure(const struct replay_case *c, struct play *play,
			       struct tally *tally)
{
	const char *bad;
	int err = play_prepare(play);

	if (err) {
		diag("%s: cannot prepare: %s", c->name, heap_strerror(err));
		return err;
	}
	err = check_targets(play, &bad);
	return err ? skip(c, bad, err, tally) : measure(c, play, tally);
}

static int run_case(const struct replay_case *c, struct tally *tally)
{
	struct play play = {
		.trace = c->trace,
		.schedule = opts.pace == PACE_SCHEDULE,
		.speed = opts.speed,
	};
	const char *bad = NULL;
	int err = open_targets(&play, c, &bad);

	if (err)
		return skip(c, bad, err, tally);
	diag("%s on %s: %zu operations", c->name,
	     c->heap ? c->heap : "its heaps", c->trace->nr_events);
	err = prepare_and_measure(c, &play, tally);
	play_release(&play);
	close_targets(&play);
	return err;
}

static int run_trace(const struct bench_env *env, const struct loaded *l,
		     struct tally *tally)
{
	struct replay_case c = {
		.name = l->name,
		.emit = { .env = env, .bench = "replay" },
		.trace = &l->trace,
	};
	struct emit_param *p = c.emit.param;
	int err = 0;

	*p++ = (struct emit_param){ "trace", l->name, 0 };
	*p++ = (struct emit_param){ "pace", pace_names[opts.pace], 0 };
	if (opts.pace == PACE_SCHEDULE && opts.speed > 1)
		*p++ = (struct emit_param){ "speed", NULL, opts.speed };
	if (opts.repeat > 1)
		*p++ = (struct emit_param){ "repeat", NULL, opts.repeat };

	for (size_t i = 0; !err && i < opts.heaps.n; i++) {
		c.heap = opts.heaps.v[i];
		err = run_case(&c, tally);
	}
	return opts.heaps.n ? err : run_case(&c, tally);
}

static int run_traces(const struct bench_env *env)
{
	struct tally tally = { 0 };
	int err = 0;

	for (size_t i = 0; !err && i < nr_loaded; i++)
		err = run_trace(env, &loaded[i], &tally);
	if (err == -ENOMEM || err == -EMFILE)
		return EXIT_MISSING;
	if (err)
		return EXIT_UNTRUSTED;
	return tally.played && !(opts.strict && tally.skipped) ?
		EXIT_PASS : EXIT_SKIPPED;
}

static int tune_heap(void)
{
	for (size_t i = 0; i < opts.tunes.n; i++) {
		int err = tune_one(opts.heaps.v[0], opts.tunes.v[i]);

		if (!err)
			continue;
		diag("--tune %s: heap %s does not take it: %s", opts.tunes.v[i],
		     opts.heaps.v[0], strerror(-err));
		return err == -EINVAL ? EXIT_USAGE : EXIT_MISSING;
	}
	return EXIT_PASS;
}

static int run(const struct bench_env *env)
{
	int code = check_options();

	if (!code)
		code = load_traces();
	if (!code)
		code = tune_heap();
	if (!code)
		code = run_traces(env);
	restore_now();
	free_traces();
	return code;
}

static void list_case(const struct loaded *l, const char *heap)
{
	printf("replay trace=%s heap=%s pace=%s ops=%zu\n", l->name, heap,
	       pace_names[opts.pace], l->trace.nr_events);
}

static void list_trace(const struct loaded *l)
{
	for (size_t i = 0; i < opts.heaps.n; i++)
		list_case(l, opts.heaps.v[i]);
	for (size_t i = 0; !opts.heaps.n && i < l->trace.nr_heaps; i++)
		list_case(l, mapped(l->trace.heap[i]));
}

/* Looks at no heap: it tells what is asked for, on any machine. */
static int list(const struct bench_env *env)
{
	int code = check_options();

	(void)env;
	if (!code)
		code = load_traces();
	for (size_t i = 0; !code && i < nr_loaded; i++)
		list_trace(&loaded[i]);
	free_traces();
	return code;
}

static const struct opt options[] = {
	{ "trace", OPT_TEXTS, &opts.traces, .meta = "FILE",
	  .help = "trace to play, see below" },
	{ "heap", OPT_TEXTS, &opts.heaps, .meta = "NAME",
	  .help = "heap that takes all of a trace's operations; default: those that the trace names" },
	{ "map", OPT_TEXTS, &opts.maps, .meta = "FROM=TO",
	  .help = "what the trace asks of heap FROM goes to heap TO; FROM * is any" },
	{ "tune", OPT_TEXTS, &opts.tunes, .meta = "FILE=VALUE",
	  .help = "a tunable of the heap, in order, until the end; as in orders=8,4,0" },
	{ "pace", OPT_CHOICE, &opts.pace, .choices = pace_names,
	  .help = "one operation after the other, or each when the trace says" },
	{ "speed", OPT_COUNT, &opts.speed, .min = 1, .max = 1000000,
	  .meta = "N", .help = "on schedule, so many times as fast" },
	{ "repeat", OPT_COUNT, &opts.repeat, .min = 1, .max = 100000,
	  .meta = "N", .help = "play each trace so often on each heap, for more samples" },
	{ "strict", OPT_FLAG, &opts.strict,
	  .help = "end with 4 when anything was skipped" },
	{ .name = NULL },
};

static const struct bench replay = {
	.name = "replay",
	.help = "How does a heap stand a real load? Plays traces on heaps. A trace is CSV, with\n"
		"the header t_us,op,id,heap,bytes; op is alloc or free.\n\n"
		"metric service is the time of each operation, by op; response, on schedule, the\n"
		"time from when it was due: the load is open, a late operation makes no other\n"
		"later. When instructions are counted, only idle time passes on schedule, and\n"
		"response adds to service what waking up costs: there is nothing to queue behind.\n\n"
		"metric allocs, frees, failures (ENOMEM), skipped_frees (of buffers that were\n"
		"never had), peak_bytes and peak_buffers count one playing; demand_bytes and\n"
		"demand_buffers are what these were if nothing failed, pool_bytes the size of the\n"
		"pool where the heap tells it, fragmented the failures though as much was free. tee_calls\n"
		"and its like count all playings (params.repeat). use is what was held over the\n"
		"trace's time, demand what it were if nothing failed.\n"
		"A case that cannot be played is metric skipped, with params.reason.\n\n"
		"What --tune sets is not told with the measurements; give the plan's section a\n"
		"label. run.json tells of tunables as they were at the end, put back.",
	.examples = "  replay --trace results/traces/1080p-avc-seek.csv\n"
		    "  replay --trace mine.csv --heap restricted_carveout --heap direct_carveout\n"
		    "  replay --trace mine.csv --map vendor_secure=restricted_mtk_cm --pace schedule\n",
	.options = options,
	.list = list,
	.run = run,
};

int main(int argc, char **argv)
{
	return bench_main(&replay, argc, argv);
}
