// SPDX-License-Identifier: GPL-2.0
/*
 * For how long should memory stay lent to the TEE? For as long as a buffer
 * lives, in a pool that drains, or as one region: what each policy costs a lone
 * buffer, what it holds when all buffers are gone, and how soon the kernel has
 * that back, left alone and when it wants it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "emit.h"
#include "policy/subject.h"
#include "policy/trial.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

static const char *const default_heaps[] = {
	"restricted_pages", "restricted_mtk_cma",
};

static const char *const whens[] = {
	[WHEN_IDLE] = "idle", [WHEN_PRESSED] = "pressed",
};

static struct {
	struct opt_texts heaps;
	struct opt_texts policies;
	struct opt_sizes sizes;
	struct opt_sizes pauses;
	uint64_t samples;
	uint64_t warmup;
	uint64_t buffers;
	uint64_t rounds;
	bool strict;
} opts = {
	.policies = { { "buffer", "pool", "region" }, 3 },
	.sizes = { { 64 << 10, 1 << 20 }, 2 },
	.pauses = { { 0, 50 }, 2 },
	.samples = 100,
	.warmup = 4,
	.buffers = 8,
	.rounds = 3,
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

/* The parameters that all measurements of a subject have; returns the next free */
static struct emit_param *set_params(struct emit *e, const struct subject *s,
				     uint64_t size)
{
	struct emit_param *p = e->param;

	if (*s->policy)
		*p++ = (struct emit_param){ "policy", s->policy, 0 };
	if (size)
		*p++ = (struct emit_param){ "size", NULL, size };
	return p;
}

static int emit_dist(const struct emit *e, const char *heap,
		     const char *metric, const char *unit, struct hist *h)
{
	struct record r;

	emit_begin(e, &r, heap, metric, unit);
	return record_emit_hist(&r, STDOUT_FILENO, h);
}

static int emit_lone(const struct bench_env *env,
		     const struct trial_plan *plan, const struct trial *t,
		     uint64_t pause)
{
	static const char *const ops[PAIR_OPS] = { "alloc", "free", "cycle" };
	struct emit e = { .env = env, .bench = "policy" };
	const char *heap = plan->s->heap.name;
	struct emit_param *p = set_params(&e, plan->s, plan->size);
	int err = 0;

	*p++ = (struct emit_param){ "pause", NULL, pause };
	for (int op = 0; !err && op < PAIR_OPS; op++) {
		*p = (struct emit_param){ "op", ops[op], 0 };
		err = emit_dist(&e, heap, "latency", NULL, t->pair.hist[op]);
	}
	*p = (struct emit_param){ 0 };
	if (!err && plan->s->has_calls)
		err = emit_count(&e, heap, "tee_calls", "count",
				 t->lone_calls);
	return err;
}

static int emit_return(const struct bench_env *env,
		       const struct trial_plan *plan, struct trial *t,
		       enum trial_when when)
{
	struct emit e = { .env = env, .bench = "policy" };
	const char *heap = plan->s->heap.name;
	struct emit_param *p = set_params(&e, plan->s, plan->size);
	int err;

	*p++ = (struct emit_param){ "buffers", NULL, plan->buffers };
	*p = (struct emit_param){ "when", whens[when], 0 };
	err = emit_dist(&e, heap, "fill", NULL, t->fill);
	if (!err)
		err = emit_dist(&e, heap, "give", NULL, t->give);
	if (!err)
		err = emit_dist(&e, heap, "back", NULL, t->back);
	if (!err)
		err = emit_dist(&e, heap, "held", "bytes", t->held);
	if (!err && plan->s->has_calls)
		err = emit_dist(&e, heap, "fill_calls", "count", t->fill_calls);
	if (!err && plan->s->has_calls)
		err = emit_dist(&e, heap, "back_calls", "count", t->back_calls);
	return err ? err : emit_series(&e, heap, "course", "bytes", "us",
				       &t->course);
}

static int emit_skip(const struct bench_env *env, const char *heap,
		     const char *policy, uint64_t size, int why)
{
	const struct subject s = { .policy = policy };
	struct emit e = { .env = env, .bench = "policy" };

	set_params(&e, &s, size);
	diag("%s%s%s: %s; skipped", heap, *policy ? ", " : "", policy,
	     heap_strerror(why));
	nr_skipped++;
	return emit_skipped(&e, heap, why);
}

static int measure(const struct bench_env *env, const struct trial_plan *plan,
		   struct trial *t)
{
	int err = 0;

	for (size_t i = 0; !err && i < opts.pauses.n; i++) {
		err = trial_lone(t, plan, opts.pauses.v[i]);
		if (!err)
			err = emit_lone(env, plan, t, opts.pauses.v[i]);
	}
	for (int when = WHEN_IDLE; !err && when <= WHEN_PRESSED; when++) {
		err = trial_return(t, plan, (enum trial_when)when);
		if (!err)
			err = emit_return(env, plan, t, (enum trial_when)when);
	}
	return err;
}

static int run_size(const struct bench_env *env, const struct subject *s,
		    struct trial *t, uint64_t size)
{
	const struct trial_plan plan = {
		.s = s,
		.size = size,
		.warmup = opts.warmup,
		.samples = opts.samples,
		.buffers = opts.buffers,
		.rounds = opts.rounds,
	};
	int err = heap_check_size(&s->heap, size * opts.buffers);

	if (!err)
		err = measure(env, &plan, t);
	if (err == -ENOMEM || err == -EINVAL || err == -ENODEV)
		return emit_skip(env, s->heap.name, s->policy, size, err);
	if (err)
		diag("%s, %" PRIu64 " bytes: %s", s->heap.name, size,
		     err == -EBUSY || err == -ETIMEDOUT ?
		     "memory stays lent; does something else use the heap?" :
		     strerror(-err));
	else
		nr_measured++;
	return err;
}

static int run_policy(const struct bench_env *env, struct trial *t,
		      const char *heap, const char *policy)
{
	struct subject s;
	int err = subject_open(&s, heap, policy);

	if (err == -EACCES || err == -EPERM) {
		diag("%s: %s; run as root", heap, strerror(-err));
		return err;
	}
	if (err)
		return emit_skip(env, heap, policy, 0, err);
	diag("%s %s", heap, policy);
	for (size_t i = 0; !err && i < opts.sizes.n; i++)
		err = run_size(env, &s, t, opts.sizes.v[i]);
	subject_close(&s);
	return err;
}

static int run_heap(const struct bench_env *env, struct trial *t,
		    const char *heap)
{
	int err = 0;

	if (!subject_has_policies(heap))
		return run_policy(env, t, heap, "");
	for (size_t i = 0; !err && i < opts.policies.n; i++)
		err = run_policy(env, t, heap, opts.policies.v[i]);
	return err;
}

static int run(const struct bench_env *env)
{
	struct trial t;
	int err = trial_new(&t);

	if (err)
		diag("no memory for the samples");
	for (size_t i = 0; !err && i < nr_heaps(); i++)
		err = run_heap(env, &t, heap_name(i));
	trial_free(&t);
	if (err)
		return err == -ENOMEM || err == -EACCES || err == -EPERM ?
			       EXIT_MISSING : EXIT_UNTRUSTED;
	return nr_measured && !(opts.strict && nr_skipped) ? EXIT_PASS :
							     EXIT_SKIPPED;
}

/* Looks at no heap: it tells what is asked for, on any machine. */
static int list(const struct bench_env *env)
{
	char text[24];

	(void)env;
	for (size_t i = 0; i < nr_heaps(); i++)
		for (size_t k = 0; k < opts.sizes.n; k++)
			printf("policy heap=%s size=%s n=%" PRIu64 " buffers=%" PRIu64 " rounds=%" PRIu64 "\n",
			       heap_name(i),
			       format_size(text, opts.sizes.v[k]),
			       opts.samples, opts.buffers, opts.rounds);
	return EXIT_PASS;
}

static const struct opt options[] = {
	{ "heap", OPT_TEXTS, &opts.heaps, .meta = "NAME",
	  .help = "heap to look at; default: restricted_pages and restricted_mtk_cma" },
	{ "policy", OPT_TEXTS, &opts.policies, .meta = "WORD",
	  .help = "what a heap that has policies is set to" },
	{ "size", OPT_SIZES, &opts.sizes, .min = 1, .meta = "SIZE",
	  .help = "bytes in a buffer, with K, M or G" },
	{ "pause", OPT_SIZES, &opts.pauses, .max = 10000, .meta = "MS",
	  .help = "milliseconds of rest before each lone buffer" },
	{ "samples", OPT_COUNT, &opts.samples, .min = 1, .max = HIST_RAW,
	  .meta = "N", .help = "lone buffers of each heap, size and pause" },
	{ "warmup", OPT_COUNT, &opts.warmup, .max = 100000, .meta = "N",
	  .help = "lone buffers before those that count" },
	{ "buffers", OPT_COUNT, &opts.buffers, .min = 1,
	  .max = TRIAL_BUFFERS_MAX, .meta = "N",
	  .help = "buffers that are held, and given back, together" },
	{ "rounds", OPT_COUNT, &opts.rounds, .min = 1, .max = 10000,
	  .meta = "N", .help = "how often that is done" },
	{ "strict", OPT_FLAG, &opts.strict,
	  .help = "end with 4 when anything was skipped" },
	{ .name = NULL },
};

static const struct bench policy = {
	.name = "policy",
	.help = "For how long should memory stay lent to the TEE? Of each heap and policy:\n"
		"  latency     of one buffer that comes and goes, params.pause ms apart, and the\n"
		"              tee_calls of all of them, those off their path included\n"
		"  fill, give  the time to allocate and to free params.buffers, nothing being kept\n"
		"              before, and fill_calls\n"
		"  held        bytes that are lent when the last of these was freed\n"
		"  back        from before the first is freed until nothing is lent, as the TEE counts\n"
		"              it, and back_calls; params.when tells whether the heap is left alone\n"
		"              (idle), or the kernel asks for all that it can have (pressed)\n"
		"  course      what is lent meanwhile, over time\n\n"
		"Needs root, and the memory service, whose books are asked.",
	.examples = "  policy\n"
		    "  policy --heap restricted_pages --policy pool --size 8M --buffers 4\n"
		    "  policy --heap restricted_mtk_cma --heap protected,secure-video --pause 0\n",
	.options = options,
	.list = list,
	.run = run,
};

int main(int argc, char **argv)
{
	return bench_main(&policy, argc, argv);
}
