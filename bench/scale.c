// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of a heap when many use it at once? Threads and processes have
 * buffers and give them back, as fast as they can or on a schedule, alone on a
 * heap or beside others on another one.
 *
 * Where instructions are counted the machine has one processor: nothing is
 * faster with more workers there. What is told then is what the crowd costs
 * each, whom locks held up, and how much of a buffer's time is in calls into
 * the TEE, which no processor more makes shorter.
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
#include "overhead/phases.h"
#include "scale/case.h"

#define NAMES_MAX	(CREW_HEAPS_MAX * HEAP_NAME_MAX)
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

/* Lives of a buffer whose calls into the TEE are timed, and those before */
#define TEE_LIVES	50
#define TEE_WARMUP	4

enum on_off { OFF, ON };
enum kind { KIND_THREADS, KIND_PROCESSES, KIND_BOTH };
enum loop { LOOP_CLOSED, LOOP_OPEN, LOOP_BOTH };

static const char *const on_off_names[] = { "off", "on", NULL };
static const char *const kind_names[] = { "threads", "processes", "both",
					  NULL };
static const char *const loop_names[] = { "closed", "open", "both", NULL };

static const char *const default_heaps[] = {
	"restricted_carveout", "restricted_mtk_cm", "restricted_pages",
	"protected,secure-video", "system",
};
static const char *const default_together[] = {
	"restricted_mtk_cm+restricted_carveout",
};

static struct {
	struct opt_texts heaps;
	struct opt_texts together;
	struct opt_sizes workers;
	struct opt_sizes sizes;
	struct opt_sizes loads;
	uint64_t buffers;
	uint64_t rounds;
	int kind;
	int mixed;
	int loop;
	int trace;
	bool strict;
} opts = {
	.workers = { { 1, 2, 4 }, 3 },
	.sizes = { { 64 << 10, 1 << 20 }, 2 },
	.loads = { { 50, 90 }, 2 },
	.buffers = 200,
	.rounds = 7,
	.kind = KIND_BOTH,
	.mixed = ON,
	.loop = LOOP_BOTH,
	.trace = ON,
};

/* A heap, or several at once */
struct subject {
	struct heap heap[CREW_HEAPS_MAX];
	size_t nr_heaps;
	const char *name;
};

static uint64_t nr_measured;
static uint64_t nr_skipped;

/* Those at once come behind those alone. */
static size_t nr_alone(void)
{
	return opts.heaps.n ? opts.heaps.n : ARRAY_SIZE(default_heaps);
}

static bool nothing_together(void)
{
	return opts.together.n == 1 && !strcmp(opts.together.v[0], "none");
}

static size_t nr_together(void)
{
	if (nothing_together())
		return 0;
	if (opts.together.n)
		return opts.together.n;
	/* Who names heaps has not asked for others */
	return opts.heaps.n ? 0 : ARRAY_SIZE(default_together);
}

static size_t nr_subjects(void)
{
	return nr_alone() + nr_together();
}

static const char *subject_name(size_t i)
{
	if (i < nr_alone())
		return opts.heaps.n ? opts.heaps.v[i] : default_heaps[i];
	i -= nr_alone();
	return opts.together.n ? opts.together.v[i] : default_together[i];
}

static bool is_together(size_t i)
{
	return i >= nr_alone();
}

static size_t heaps_in(const char *names)
{
	size_t n = 1;

	while ((names = strchr(names, '+'))) {
		names++;
		n++;
	}
	return n;
}

static int check_together(void)
{
	for (size_t i = 0; i < nr_together(); i++) {
		const char *names = subject_name(nr_alone() + i);
		size_t n = heaps_in(names);

		if (n >= 2 && n <= CREW_HEAPS_MAX && strlen(names) < NAMES_MAX)
			continue;
		diag("--together %s: not HEAP+HEAP, of %d heaps at most, nor none",
		     names, CREW_HEAPS_MAX);
		return EXIT_USAGE;
	}
	return EXIT_PASS;
}

static int check_options(void)
{
	for (size_t i = 0; i < opts.workers.n; i++) {
		if (opts.workers.v[i] <= CREW_WORKERS_MAX)
			continue;
		diag("--workers %" PRIu64 ": more than %d", opts.workers.v[i],
		     CREW_WORKERS_MAX);
		return EXIT_USAGE;
	}
	return check_together();
}

static void close_subject(struct subject *s)
{
	while (s->nr_heaps)
		heap_close(&s->heap[--s->nr_heaps]);
}

/* @bad is set to the name of a heap that is not here. */
static int open_subject(struct subject *s, size_t i, char bad[NAMES_MAX])
{
	char names[NAMES_MAX], *rest = names, *name;

	memset(s, 0, sizeof(*s));
	s->name = subject_name(i);
	snprintf(names, sizeof(names), "%s", s->name);
	while ((name = is_together(i) ? strsep(&rest, "+") : rest)) {
		int err = heap_open(&s->heap[s->nr_heaps], name);

		if (err) {
			strcpy(bad, name);
			close_subject(s);
			return err;
		}
		s->nr_heaps++;
		if (!is_together(i))
			break;
	}
	return 0;
}

/* One of the crews that are let loose on a subject */
struct crew_case {
	size_t subject;
	size_t workers;
	bool processes;
	const uint64_t *size;
	size_t nr_sizes;
};

/*
 * All of them, in their order; a number out of range ends them. Mixed sizes
 * come after each size alone, processes after threads.
 */
static bool get_case(size_t n, size_t subject, struct crew_case *c)
{
	size_t mixed = opts.mixed == ON && opts.sizes.n > 1;
	size_t sizes = opts.sizes.n + mixed, size = n % sizes;
	size_t kinds = opts.kind == KIND_BOTH ? 2 : 1;
	size_t kind = n / sizes % kinds;
	size_t worker = n / sizes / kinds;

	if (worker >= opts.workers.n)
		return false;
	*c = (struct crew_case){
		.subject = subject,
		.workers = opts.workers.v[worker],
		.processes = opts.kind == KIND_PROCESSES || kind,
		.size = opts.sizes.v,
		.nr_sizes = opts.sizes.n,
	};
	if (size < opts.sizes.n) {
		c->size += size;
		c->nr_sizes = 1;
	}
	return true;
}

/*
 * One process is as good as one thread; at once there are as many workers as
 * heaps, at least.
 */
static bool is_wanted(const struct crew_case *c)
{
	if (c->processes && c->workers == 1 && opts.kind == KIND_BOTH)
		return false;
	return !is_together(c->subject) ||
	       c->workers >= heaps_in(subject_name(c->subject));
}

/* On a schedule there are threads only, on one heap, of one size. */
static bool goes_open(const struct crew_case *c)
{
	return opts.loop != LOOP_CLOSED && !is_together(c->subject) &&
	       c->nr_sizes == 1 && !c->processes;
}

static void size_text(const struct crew_case *c, char text[24])
{
	if (c->nr_sizes == 1)
		format_size(text, c->size[0]);
	else
		strcpy(text, "mixed");
}

static struct bench_case bench_case_of(const struct subject *s,
				       const struct crew_case *c)
{
	struct bench_case bench = {
		.nr_heaps = s->nr_heaps,
		.together = is_together(c->subject) ? s->name : NULL,
		.workers = c->workers,
		.processes = c->processes,
		.size = c->size,
		.nr_sizes = c->nr_sizes,
	};

	for (size_t i = 0; i < s->nr_heaps; i++)
		bench.heap[i] = &s->heap[i];
	return bench;
}

static int emit_skip(const struct bench_env *env, size_t subject,
		     const char *heap, const struct crew_case *c, int why)
{
	struct emit e = { .env = env, .bench = "scale" };
	struct emit_param *p = e.param;
	char text[24];

	if (is_together(subject))
		*p++ = (struct emit_param){ "together", subject_name(subject),
					    0 };
	if (c) {
		*p++ = (struct emit_param){ "workers", NULL, c->workers };
		*p++ = (struct emit_param){ "kind",
					    kind_names[c->processes], 0 };
		size_text(c, text);
		*p++ = (struct emit_param){ "sizes", text, 0 };
	}
	diag("%s: %s; skipped", heap, heap_strerror(why));
	nr_skipped++;
	return emit_skipped(&e, heap, why);
}

/* What a heap says when it has no such buffer, or none any more */
static bool is_refusal(int err)
{
	return err == -ENOMEM || err == -EINVAL || err == -ENODEV ||
	       err == -ENXIO;
}

static int run_case(struct lab *lab, const struct subject *s,
		    const struct crew_case *c)
{
	struct bench_case bench = bench_case_of(s, c);
	char text[24];
	uint64_t cost;
	int err = 0;

	size_text(c, text);
	diag("%s, %zu %s, %s", s->name, c->workers, kind_names[c->processes],
	     text);
	for (size_t i = 0; !err && i < s->nr_heaps; i++)
		err = heap_check_size(&s->heap[i],
				      c->workers * opts.sizes.v[opts.sizes.n - 1]);
	if (!err)
		err = case_closed(lab, &bench, &cost);
	for (size_t i = 0; !err && goes_open(c) && i < opts.loads.n; i++)
		err = case_open(lab, &bench, opts.loads.v[i], cost);
	if (is_refusal(err))
		return emit_skip(lab->env, c->subject, s->heap[0].name, c, err);
	nr_measured += !err;
	return err;
}

static int emit_tee_time(const struct bench_env *env, const char *heap,
			 uint64_t size, struct hist *h)
{
	struct emit e = { .env = env, .bench = "scale",
			  .param = { { "size", NULL, size } } };
	struct record r;

	if (!hist_count(h))
		return 0;
	emit_begin(&e, &r, heap, "tee_time", NULL);
	return record_emit_hist(&r, STDOUT_FILENO, h);
}

/* How long a buffer's life is in the TEE, where the heap tells */
static int time_tee(struct lab *lab, const struct subject *s)
{
	struct phases phases;
	int err;

	if (opts.trace == OFF || s->nr_heaps > 1 || phases_here())
		return 0;
	err = phases_new(&phases);
	for (size_t i = 0; !err && i < opts.sizes.n; i++) {
		err = phases_take(&phases, s->heap, opts.sizes.v[i],
				  TEE_WARMUP, TEE_LIVES);
		if (err == -EOVERFLOW || err == -EPROTO)
			diag("%s: cannot trace its calls into the TEE",
			     s->name);
		else if (!err)
			err = emit_tee_time(lab->env, s->name, opts.sizes.v[i],
					    phases.hist[PHASE_TEE_CALL]);
		/* The case itself tells why a heap has no such buffer */
		if (is_refusal(err))
			err = 0;
	}
	phases_free(&phases);
	return err;
}

static int run_subject(struct lab *lab, size_t subject)
{
	char bad[NAMES_MAX];
	struct crew_case c;
	struct subject s;
	int err = open_subject(&s, subject, bad);

	if (err)
		return emit_skip(lab->env, subject, bad, NULL, err);
	for (size_t n = 0; !err && get_case(n, subject, &c); n++)
		if (is_wanted(&c))
			err = run_case(lab, &s, &c);
	if (!err)
		err = time_tee(lab, &s);
	close_subject(&s);
	return err;
}

static int run_subjects(struct lab *lab)
{
	int err = 0;

	for (size_t i = 0; !err && i < nr_subjects(); i++)
		err = run_subject(lab, i);
	if (err) {
		diag("cannot go on: %s", strerror(-err));
		return EXIT_UNTRUSTED;
	}
	return nr_measured && !(opts.strict && nr_skipped) ? EXIT_PASS :
							     EXIT_SKIPPED;
}

static int run(const struct bench_env *env)
{
	struct lab lab = {
		.env = env,
		.rounds = opts.rounds,
		.buffers = opts.buffers,
		.cpus = (size_t)sysconf(_SC_NPROCESSORS_ONLN),
		.traced = opts.trace == ON,
	};
	int code = check_options();

	if (code)
		return code;
	if (lab.traced && waits_here()) {
		diag("no tracepoints of locks here; waits are not told");
		lab.traced = false;
	}
	if (lab_new(&lab)) {
		diag("no memory for the samples");
		return EXIT_MISSING;
	}
	code = run_subjects(&lab);
	lab_free(&lab);
	return code;
}

static void list_case(const struct crew_case *c)
{
	char text[24];

	size_text(c, text);
	printf("scale heap=%s workers=%zu kind=%s size=%s loop=closed n=%" PRIu64 "\n",
	       subject_name(c->subject), c->workers, kind_names[c->processes],
	       text, opts.rounds * opts.buffers);
	for (size_t i = 0; goes_open(c) && i < opts.loads.n; i++)
		printf("scale heap=%s workers=%zu kind=%s size=%s loop=open load=%" PRIu64 " n=%" PRIu64 "\n",
		       subject_name(c->subject), c->workers,
		       kind_names[c->processes], text, opts.loads.v[i],
		       opts.rounds * opts.buffers);
}

/* Looks at no heap: it tells what is asked for, on any machine. */
static int list(const struct bench_env *env)
{
	struct crew_case c;
	int code = check_options();

	(void)env;
	for (size_t i = 0; !code && i < nr_subjects(); i++)
		for (size_t n = 0; get_case(n, i, &c); n++)
			if (is_wanted(&c))
				list_case(&c);
	return code;
}

static const struct opt options[] = {
	{ "heap", OPT_TEXTS, &opts.heaps, .meta = "NAME",
	  .help = "heap to use; default: those of ours and of mainline that are here" },
	{ "together", OPT_TEXTS, &opts.together, .meta = "HEAP+HEAP",
	  .help = "heaps to use at once, each by its own part of the workers, or none; default: two of ours that have nothing in common" },
	{ "workers", OPT_SIZES, &opts.workers, .min = 1, .meta = "N",
	  .help = "how many use a heap at once" },
	{ "kind", OPT_CHOICE, &opts.kind, .choices = kind_names,
	  .help = "what they are" },
	{ "size", OPT_SIZES, &opts.sizes, .min = 1, .meta = "SIZE",
	  .help = "bytes in a buffer, with K, M or G" },
	{ "mixed", OPT_CHOICE, &opts.mixed, .choices = on_off_names,
	  .help = "after each size alone all of them by chance" },
	{ "loop", OPT_CHOICE, &opts.loop, .choices = loop_names,
	  .help = "closed: the next buffer when one is free; open: when it is due, after a closed one of the same that tells how many are a load" },
	{ "load", OPT_SIZES, &opts.loads, .min = 1, .max = 100, .meta = "PERCENT",
	  .help = "buffers that are due in the open loop, of those that the closed one had in the same time" },
	{ "buffers", OPT_COUNT, &opts.buffers, .min = 1, .max = 100000,
	  .meta = "N", .help = "buffers of a round, of all workers on a heap in sum" },
	{ "rounds", OPT_COUNT, &opts.rounds, .min = 1, .max = 1000,
	  .meta = "N", .help = "rounds that count" },
	{ "trace", OPT_CHOICE, &opts.trace, .choices = on_off_names,
	  .help = "after them a round in which waits for locks are traced" },
	{ "strict", OPT_FLAG, &opts.strict,
	  .help = "end with 4 when anything was skipped" },
	{ .name = NULL },
};

static const struct bench scale = {
	.name = "scale",
	.help = "What becomes of a heap when many use it at once: each worker has a buffer and gives\n"
		"it back, and takes the next one that nobody has taken.\n\n"
		"metric cost is the time of a round over its buffers: with more processors it falls,\n"
		"and its inverse is throughput. metric service is the time of an operation. In the\n"
		"open loop buffers are due at times that are chance alone (a Poisson process), and\n"
		"metric response is the time from when one was due until it was back: whoever is\n"
		"late is not excused, and makes others late.\n\n"
		"metric fairness is Jain's index of the buffers that each worker had, 1 for all the\n"
		"same; least_of_most what the last had of what the first had. Both only with more\n"
		"than one processor. metric lock_waits counts, in one round of `buffers`, the times\n"
		"that a worker waited for a lock of the kernel; lock_wait is how long, lock_hold how\n"
		"long one who had waited kept it from the next. tee_calls and its like are of that\n"
		"round, too. metric tee_time is what of a buffer's life is calls into the TEE, by\n"
		"the framework's tracepoints.",
	.examples = "  scale\n"
		    "  scale --heap restricted_pages --workers 8 --kind processes --loop closed\n"
		    "  scale --heap system --together restricted_mtk_cm+restricted_secure_ram --workers 4\n",
	.options = options,
	.list = list,
	.run = run,
};

int main(int argc, char **argv)
{
	return bench_main(&scale, argc, argv);
}
