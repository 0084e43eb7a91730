// SPDX-License-Identifier: GPL-2.0
/*
 * How does a heap's memory tear, and what does torn memory do to a heap? Plays
 * loads on heaps, and looks meanwhile at the maps of their pools and at the page
 * allocator, whose free memory can be torn beforehand.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ballast.h"
#include "bench.h"
#include "buddy.h"
#include "emit.h"
#include "heap.h"
#include "load.h"
#include "play.h"
#include "quiet.h"
#include "sample.h"
#include "textfile.h"
#include "trace.h"

#define VMSTAT_MAX	16384
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

enum pages { PAGES_MOVABLE, PAGES_UNMOVABLE };

static const char *const pages_names[] = { "movable", "unmovable", NULL };
static const char *const load_names[] = { "control", "synthetic", "adversary" };
static const char *const default_heaps[] = { "restricted_carveout",
					     "restricted_mtk_cm" };

static struct {
	struct opt_texts loads;
	struct opt_texts traces;
	struct opt_texts heaps;
	uint64_t pool;
	uint64_t size;
	uint64_t smallest;
	uint64_t allocs;
	uint64_t fill;
	struct opt_sizes frames;
	uint64_t samples;
	uint64_t index;
	uint64_t order;
	int pages;
	uint64_t free;
	bool strict;
} opts = {
	.pool = 64 << 20,
	.size = 1 << 20,
	.smallest = 64 << 10,
	.allocs = 2000,
	.fill = 75,
	/* NV12 of 720p, 1080p and 2160p */
	.frames = { { 1413120, 3133440, 12533760 }, 3 },
	.samples = 200,
	.order = 4,
	.pages = PAGES_UNMOVABLE,
	.free = 128 << 20,
};

/* A load, made or read */
struct subject {
	char name[TRACE_NAME_MAX];
	struct trace trace;
	struct sampling sampling;
};

/* What became of the cases */
struct tally {
	size_t played;
	size_t skipped;
};

static size_t nr_loads(void)
{
	if (opts.loads.n || opts.traces.n)
		return opts.loads.n;
	return ARRAY_SIZE(load_names);
}

static int find_load(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(load_names); i++)
		if (!strcmp(load_names[i], name))
			return (int)i;
	return -ENOENT;
}

static size_t nr_heaps(void)
{
	return opts.heaps.n ? opts.heaps.n : ARRAY_SIZE(default_heaps);
}

static const char *heap_name(size_t i)
{
	return opts.heaps.n ? opts.heaps.v[i] : default_heaps[i];
}

static int check_options(void)
{
	for (size_t i = 0; i < opts.loads.n; i++) {
		if (find_load(opts.loads.v[i]) < 0) {
			diag("--load %s: not one of control, synthetic, adversary",
			     opts.loads.v[i]);
			return EXIT_USAGE;
		}
	}
	for (size_t i = 0; opts.index && i < nr_heaps(); i++) {
		if (!strcmp(heap_name(i), BALLAST_CMA_HEAP)) {
			diag("--index: not for heap %s, whose area is filled meanwhile; leave one out",
			     heap_name(i));
			return EXIT_USAGE;
		}
	}
	if (opts.frames.n > SAMPLE_FRAMES_MAX) {
		diag("--frame: given more than %d times", SAMPLE_FRAMES_MAX);
		return EXIT_USAGE;
	}
	if (opts.size > opts.pool || opts.smallest > opts.pool / 16) {
		diag("--pool: too small for --size, or for 16 of --smallest");
		return EXIT_USAGE;
	}
	return EXIT_PASS;
}

static void set_frames(struct subject *s, const uint64_t *frame, size_t n)
{
	memcpy(s->sampling.frame, frame, n * sizeof(*frame));
	s->sampling.nr_frames = n;
}

static int make_subject(const struct bench_env *env, const char *name,
			struct subject *s)
{
	struct load load = {
		.kind = (enum load_kind)find_load(name),
		.pool = opts.pool,
		.size = opts.size,
		.allocs = opts.allocs,
		.fill = opts.fill,
		.seed = env->seed,
	};

	strcpy(s->name, name);
	if (load.kind == LOAD_ADVERSARY)
		load.size = opts.smallest;
	/* What a control promises is about its own size */
	if (load.kind == LOAD_CONTROL)
		set_frames(s, &opts.size, 1);
	if (load_make(&load, &s->trace)) {
		diag("no memory for the load");
		return EXIT_MISSING;
	}
	return EXIT_PASS;
}

/* Subject @i: the loads, and behind them the traces. */
static int get_subject(const struct bench_env *env, size_t i, struct subject *s)
{
	memset(s, 0, sizeof(*s));
	s->sampling.samples = opts.samples;
	s->sampling.order = (unsigned int)opts.order;
	s->sampling.buddy = opts.index;
	set_frames(s, opts.frames.v, opts.frames.n);
	if (i < nr_loads())
		return make_subject(env, opts.loads.n ? opts.loads.v[i] :
							load_names[i], s);
	i -= nr_loads();
	trace_name(s->name, opts.traces.v[i]);
	return trace_load_or_say(&s->trace, opts.traces.v[i]) ? EXIT_USAGE :
								EXIT_PASS;
}

static size_t nr_subjects(void)
{
	return nr_loads() + opts.traces.n;
}

/* What the page allocator did meanwhile, by its own books */
static const char *const vm_counters[] = {
	"allocstall_normal", "allocstall_movable", "compact_stall",
	"compact_fail", "compact_success", "pgmigrate_success",
	"pgmigrate_fail", "cma_alloc_success", "cma_alloc_fail",
};

struct vm_books {
	char text[VMSTAT_MAX];
};

static int read_vm(struct vm_books *books)
{
	return textfile_read("/proc/vmstat", books->text,
			     sizeof(books->text));
}

static int emit_vm(const struct emit *e, const char *heap,
		   const struct vm_books *before, const struct vm_books *after)
{
	int err = 0;

	for (size_t i = 0; !err && i < ARRAY_SIZE(vm_counters); i++) {
		uint64_t then, now;

		if (heap_stat_parse(before->text, vm_counters[i], &then) ||
		    heap_stat_parse(after->text, vm_counters[i], &now))
			continue;
		err = emit_count(e, heap, vm_counters[i], "count", now - then);
	}
	return err;
}

/* A load on a heap, and all that is needed for it */
struct run {
	struct emit emit;
	const struct subject *subject;
	struct play play;
	struct sampler sampler;
	struct ballast *ballast;
	uint64_t reached;
	char stats[EMIT_STATS_MAX];
	struct vm_books before, after;
};

static int say(const struct run *r, int err, const char *what)
{
	if (err)
		diag("%s on %s: %s: %s", r->subject->name,
		     r->play.target[0].heap.name, what, heap_strerror(err));
	return err;
}

static int emit_run(struct run *r)
{
	const struct play_target *t = &r->play.target[0];
	const char *heap = t->heap.name;
	int err = emit_target(&r->emit, t, r->stats);

	if (!err && opts.index)
		err = emit_count(&r->emit, heap, "index_reached", "count",
				 r->reached);
	/* Who has no pool of its own takes pages of the page allocator */
	if (!err && !r->sampler.sees_map)
		err = emit_vm(&r->emit, heap, &r->before, &r->after);
	if (!err)
		err = sampler_emit(&r->sampler, &r->emit);
	if (err)
		diag("cannot write the measurements: %s", strerror(-err));
	return err;
}

/* The page allocator's memory as it was asked to be, when it was */
static int tear_memory(const struct bench_env *env, struct run *r)
{
	const struct tear tear = {
		.permille = opts.index,
		.order = (unsigned int)opts.order,
		.bytes = opts.free,
		.movable = opts.pages == PAGES_MOVABLE,
	};
	struct rng rng = { .state = env->seed };

	return opts.index ? ballast_torn(&r->ballast, &tear, &rng, &r->reached)
			  : 0;
}

static int play_load(struct run *r)
{
	int err = read_vm(&r->before);

	if (!err)
		err = play_run(&r->play);
	if (!err)
		err = read_vm(&r->after);
	if (err == -ENODEV || err == -ENXIO)
		return err;
	if (err && r->play.failed_line)
		diag("%s, operation at line %zu:", r->subject->name,
		     r->play.failed_line);
	err = say(r, err, "cannot play it");
	return err ? err : say(r, r->sampler.err, "cannot see the memory");
}

static int skip(const struct run *r, const char *heap, int why,
		struct tally *tally)
{
	int err;

	diag("%s on %s: %s; skipped", r->subject->name, heap,
	     heap_strerror(why));
	tally->skipped++;
	err = emit_skipped(&r->emit, heap, why);
	if (err)
		diag("cannot write the measurements: %s", strerror(-err));
	return err;
}

/*
 * The ballast is put in place last, when all other memory is taken, and is away
 * before the results are written.
 */
static int measure(const struct bench_env *env, struct run *r,
		   struct tally *tally)
{
	const char *heap = r->play.target[0].heap.name;
	uint64_t buffers;
	int err = quiet_begin(&buffers);

	if (!err)
		err = heap_file_read(heap, "stats", r->stats,
				     sizeof(r->stats));
	if (err && err != -ENOENT)
		return say(r, err, "cannot look at the machine");
	r->play.after = sampler_look;
	r->play.data = &r->sampler;
	err = tear_memory(env, r);
	if (!err)
		err = play_load(r);
	ballast_free(r->ballast);
	r->ballast = NULL;
	if (err == -ENODEV || err == -ENXIO)
		return skip(r, heap, err, tally);
	if (!err)
		err = quiet_end(buffers, r->subject->name);
	if (err)
		return err;
	tally->played++;
	return emit_run(r);
}

static int prepare(struct run *r)
{
	int err = play_prepare(&r->play);

	if (!err)
		err = sampler_new(&r->sampler, &r->subject->sampling,
				  &r->play.target[0],
				  r->subject->trace.nr_events);
	if (!err && !r->sampler.sees_map)
		diag("heap %s: nobody tells where its memory lies, so there is no map",
		     r->play.target[0].heap.name);
	return say(r, err, "cannot prepare");
}

static void set_params(struct run *r)
{
	struct emit_param *p = r->emit.param;

	*p++ = (struct emit_param){ "load", r->subject->name, 0 };
	if (!opts.index)
		return;
	*p++ = (struct emit_param){ "index", NULL, opts.index };
	*p++ = (struct emit_param){ "order", NULL, opts.order };
	*p++ = (struct emit_param){ "pages", pages_names[opts.pages], 0 };
}

static int run_case(const struct bench_env *env, const struct subject *subject,
		    const char *heap, struct tally *tally)
{
	static struct run r;
	struct play_target *t = &r.play.target[0];
	int err;

	memset(&r, 0, sizeof(r));
	r.emit.env = env;
	r.emit.bench = "frag";
	r.subject = subject;
	r.play.trace = &subject->trace;
	r.play.nr_targets = 1;
	r.play.speed = 1;
	set_params(&r);
	err = heap_open(&t->heap, heap);
	if (err)
		return skip(&r, heap, err, tally);
	diag("%s on %s: %zu operations", subject->name, heap,
	     subject->trace.nr_events);
	err = prepare(&r);
	if (!err && play_check(t))
		err = skip(&r, heap, -ENOMEM, tally);
	else if (!err)
		err = measure(env, &r, tally);
	sampler_free(&r.sampler);
	play_release(&r.play);
	heap_close(&t->heap);
	return err;
}

static int run_subject(const struct bench_env *env, size_t i,
		       struct tally *tally)
{
	struct subject subject;
	int code = get_subject(env, i, &subject);
	int err = 0;

	if (code)
		return code;
	for (size_t h = 0; !err && h < nr_heaps(); h++)
		err = run_case(env, &subject, heap_name(h), tally);
	trace_free(&subject.trace);
	if (err == -ENOMEM || err == -EMFILE || err == -EACCES)
		return EXIT_MISSING;
	return err ? EXIT_UNTRUSTED : EXIT_PASS;
}

static int run(const struct bench_env *env)
{
	struct tally tally = { 0 };
	int code = check_options();

	for (size_t i = 0; !code && i < nr_subjects(); i++)
		code = run_subject(env, i, &tally);
	if (code)
		return code;
	return tally.played && !(opts.strict && tally.skipped) ?
		EXIT_PASS : EXIT_SKIPPED;
}

static int list(const struct bench_env *env)
{
	int code = check_options();

	for (size_t i = 0; !code && i < nr_subjects(); i++) {
		struct subject s;

		code = get_subject(env, i, &s);
		for (size_t h = 0; !code && h < nr_heaps(); h++)
			printf("frag load=%s heap=%s ops=%zu\n", s.name,
			       heap_name(h), s.trace.nr_events);
		if (!code)
			trace_free(&s.trace);
	}
	return code;
}

static const struct opt options[] = {
	{ "heap", OPT_TEXTS, &opts.heaps, .meta = "NAME",
	  .help = "heap to play on; default: restricted_carveout and restricted_mtk_cm" },
	{ "load", OPT_TEXTS, &opts.loads, .meta = "LOAD",
	  .help = "made up load, see above; default: all, but none with --trace" },
	{ "trace", OPT_TEXTS, &opts.traces, .meta = "FILE",
	  .help = "trace to play as a load, as replay takes it" },
	{ "pool", OPT_SIZE, &opts.pool, .min = 1 << 20, .meta = "SIZE",
	  .help = "pool that loads are made for" },
	{ "size", OPT_SIZE, &opts.size, .min = 4096, .meta = "SIZE",
	  .help = "of the control's buffers; a divisor of the pool's size" },
	{ "smallest", OPT_SIZE, &opts.smallest, .min = 4096, .meta = "SIZE",
	  .help = "of the adversary's buffers" },
	{ "allocs", OPT_COUNT, &opts.allocs, .min = 1, .max = 1000000,
	  .meta = "N", .help = "buffers of control and synthetic" },
	{ "fill", OPT_COUNT, &opts.fill, .min = 1, .max = 100, .meta = "N",
	  .help = "percent of the pool that they fill on the average" },
	{ "frame", OPT_SIZES, &opts.frames, .min = 1, .meta = "SIZE",
	  .help = "size of buffers that the unusable index is told for" },
	{ "samples", OPT_COUNT, &opts.samples, .min = 1, .max = 10000,
	  .meta = "N", .help = "how often to look, at most" },
	{ "index", OPT_COUNT, &opts.index, .max = 999, .meta = "N",
	  .help = "tear the page allocator's memory to this unusable index, of 1000; 0: leave it" },
	{ "order", OPT_COUNT, &opts.order, .min = 1,
	  .max = BUDDY_ORDERS - 1, .meta = "N",
	  .help = "of blocks that the index is about" },
	{ "pages", OPT_CHOICE, &opts.pages, .choices = pages_names,
	  .help = "what tears it: pages that the kernel may move, or not" },
	{ "free", OPT_SIZE, &opts.free, .min = 1 << 20, .meta = "SIZE",
	  .help = "memory that is free when it is torn" },
	{ "strict", OPT_FLAG, &opts.strict,
	  .help = "end with 4 when anything was skipped" },
	{ .name = NULL },
};

static const struct bench frag = {
	.name = "frag",
	.help = "How does a heap's memory tear, and what does torn memory do to a heap? Plays\n"
		"loads on heaps, each made from the seed alone:\n"
		"  control          buffers of one size: nothing may fragment\n"
		"  synthetic        what video decoders ask for (Poisson arrivals, lognormal\n"
		"                   lifetimes)\n"
		"  adversary        combs: the worst for who takes the first hole large enough\n\n"
		"After every so many operations it looks at the heap's pool, where the kernel or\n"
		"the TEE tells where memory lies. metric free_bytes, largest_bytes (extent),\n"
		"external_permille (1 - largest / free) and unusable_permille (what whole buffers\n"
		"of params.frame leave of free memory) are series over operations, map is the\n"
		"picture, map_digest tells whether two runs' maps are the same. free_extents is\n"
		"the distribution of extents where external_permille was largest.\n"
		"first_fragmented: operations until an allocation first failed though as much\n"
		"was free. All other metrics are replay's.\n\n"
		"With --index the page allocator's memory is torn first, for heaps that live from\n"
		"it: all memory is taken, and given back in whole blocks and in torn ones.\n"
		"index_reached is what it got to, buddy_permille how that went on. Of heaps\n"
		"without a map, compact_*, cma_* and their like are the kernel's own counters.\n"
		"Needs root.",
	.examples = "  frag\n"
		    "  frag --heap restricted_carveout --load adversary --smallest 4K\n"
		    "  frag --heap restricted_pages --index 500 --order 4 --pages movable --load synthetic\n",
	.options = options,
	.list = list,
	.run = run,
};

int main(int argc, char **argv)
{
	return bench_main(&frag, argc, argv);
}
