// SPDX-License-Identifier: GPL-2.0
/*
 * Which page orders, and how much in one call into the TEE? Sweeps the tunables of
 * restricted_pages, in memory as it is and in torn memory, and tells of each
 * combination what buffers cost and what they are made of.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ballast.h"
#include "bench.h"
#include "buddy.h"
#include "heap.h"
#include "memsvc.h"
#include "orders/price.h"
#include "orders/setting.h"
#include "restore.h"

/* So few samples still give a median, however large the buffer */
#define MIN_SAMPLES	30

#define MIN_PAGE	4096

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

enum pages { PAGES_MOVABLE, PAGES_UNMOVABLE };

static const char *const pages_names[] = { "movable", "unmovable", NULL };
static const char *const reclaim_names[] = { "smallest", "all", NULL };
static const char *const policy_names[] = { "buffer", "pool", NULL };

static struct {
	struct opt_texts orders;
	struct opt_texts batches;
	struct opt_texts presets;
	struct opt_texts reclaims;
	struct opt_texts policies;
	struct opt_sizes sizes;
	struct opt_sizes indices;
	struct opt_sizes iommu;
	uint64_t order;
	int pages;
	uint64_t free;
	uint64_t samples;
	uint64_t budget;
	uint64_t warmup;
	uint64_t looks;
	bool strict;
} opts = {
	/* Mainline's system heap, Qualcomm's, MediaTek's, and their ends */
	.orders = { { "8,4,0", "9,4,0", "4,2,0", "0" }, 4 },
	.batches = { { "1024", "255", "32/2044K" }, 3 },
	.reclaims = { { "smallest" }, 1 },
	.policies = { { "buffer" }, 1 },
	.sizes = { { 4 << 10, 64 << 10, 256 << 10, 1 << 20, 3133440, 8 << 20 },
		   6 },
	.indices = { { 0 }, 1 },
	/* Of an SMMU with pages of 4 KiB, contiguous bits and blocks */
	.iommu = { { 4 << 10, 64 << 10, 2 << 20 }, 3 },
	.order = 4,
	.pages = PAGES_UNMOVABLE,
	.free = 128 << 20,
	.samples = 100,
	.budget = 64 << 20,
	.warmup = 4,
	.looks = 8,
};

/* All that cases are made with */
struct sweep {
	const struct bench_env *env;
	struct heap heap;
	struct memsvc svc;
	struct memsvc_layout layout;
	struct price price;
	struct batch batch[2 * OPT_LIST_MAX];
	size_t nr_batches;
	uint64_t index;
	uint64_t reached;
	size_t priced;
	size_t skipped;
};

/* One combination and one size */
struct orders_case {
	struct setting setting;
	uint64_t size;
};

static uint64_t samples_of(uint64_t size)
{
	uint64_t n = opts.budget / size;

	if (n < MIN_SAMPLES)
		n = MIN_SAMPLES;
	return n < opts.samples ? n : opts.samples;
}

static int find_word(const char *const *words, const char *text)
{
	for (int i = 0; words[i]; i++)
		if (!strcmp(words[i], text))
			return i;
	return -1;
}

static int check_words(const char *option, const struct opt_texts *given,
		       const char *const *words)
{
	for (size_t i = 0; i < given->n; i++) {
		if (find_word(words, given->v[i]) < 0) {
			diag("--%s %s: neither %s nor %s", option, given->v[i],
			     words[0], words[1]);
			return EXIT_USAGE;
		}
	}
	return EXIT_PASS;
}

static int check_options(void)
{
	struct batch batch;
	int code = check_words("reclaim", &opts.reclaims, reclaim_names);

	if (!code)
		code = check_words("policy", &opts.policies, policy_names);
	for (size_t i = 0; !code && i < opts.batches.n; i++) {
		if (batch_parse(&batch, opts.batches.v[i])) {
			diag("--batch %s: neither ENTRIES nor ENTRIES/BYTES in whole pages, as in 32/2044K",
			     opts.batches.v[i]);
			code = EXIT_USAGE;
		}
	}
	for (size_t i = 0; !code && i < opts.indices.n; i++) {
		if (opts.indices.v[i] > 999) {
			diag("--index %" PRIu64 ": more than 999",
			     opts.indices.v[i]);
			code = EXIT_USAGE;
		}
	}
	for (size_t i = 0; !code && i < opts.iommu.n; i++) {
		if (opts.iommu.v[i] & (opts.iommu.v[i] - 1)) {
			diag("--iommu-page: a size that is no power of two");
			code = EXIT_USAGE;
		}
	}
	return code;
}

static void begin_record(const struct sweep *s, const struct orders_case *c,
			 struct record *r, const char *metric, const char *unit)
{
	const struct setting *set = &c->setting;

	bench_record(s->env, r, "orders", metric, unit);
	record_text(r, "heap", PAGES_HEAP);
	record_count(r, "size", c->size);
	record_text(r, "orders", set->orders);
	record_count(r, "batch_entries", set->batch.entries);
	record_count(r, "batch_bytes", set->batch.bytes);
	if (set->batch.preset)
		record_text(r, "preset", set->batch.preset);
	record_text(r, "reclaim", reclaim_names[set->reclaim]);
	record_text(r, "policy", policy_names[set->policy]);
	record_count(r, "index", s->index);
	if (s->index) {
		record_count(r, "order", opts.order);
		record_text(r, "pages", pages_names[opts.pages]);
	}
}

static const char *const op_names[PAIR_OPS] = { "alloc", "free", "cycle" };

static const struct {
	const char *metric;
	const char *unit;
	const char *op;
} counted[PRICE_METRICS] = {
	[PRICE_ALLOC_CALLS] = { "tee_calls", "count", "alloc" },
	[PRICE_ALLOC_RANGES] = { "tee_ranges", "count", "alloc" },
	[PRICE_FREE_CALLS] = { "tee_calls", "count", "free" },
	[PRICE_FREE_RANGES] = { "tee_ranges", "count", "free" },
	[PRICE_ENTRIES] = { "entries", "count", NULL },
	[PRICE_OVER] = { "over_bytes", "bytes", NULL },
	[PRICE_TLB] = { "tlb_entries", "count", NULL },
	[PRICE_REACH] = { "tlb_reach", "bytes", NULL },
};

static int emit_counted(const struct sweep *s, const struct orders_case *c,
			int i)
{
	struct record r;

	if (!hist_count(s->price.count[i]))
		return 0;
	begin_record(s, c, &r, counted[i].metric, counted[i].unit);
	if (counted[i].op)
		record_text(&r, "op", counted[i].op);
	return record_emit_hist(&r, STDOUT_FILENO, s->price.count[i]);
}

static int emit_value(const struct sweep *s, const struct orders_case *c,
		      const char *metric, uint64_t value)
{
	struct record r;

	begin_record(s, c, &r, metric, "count");
	return record_emit_count(&r, STDOUT_FILENO, value);
}

static int emit_case(const struct sweep *s, const struct orders_case *c)
{
	int err = 0;

	for (int op = 0; !err && op < PAIR_OPS; op++) {
		struct record r;

		begin_record(s, c, &r, "latency", NULL);
		record_text(&r, "op", op_names[op]);
		err = record_emit_hist(&r, STDOUT_FILENO,
				       s->price.pair.hist[op]);
	}
	for (int i = 0; !err && i < PRICE_METRICS; i++)
		err = emit_counted(s, c, i);
	if (!err && s->price.failures)
		err = emit_value(s, c, "failures", s->price.failures);
	if (!err && s->index)
		err = emit_value(s, c, "index_reached", s->reached);
	return err;
}

/* For whoever has only the measurements, and not what goes to stderr. */
static int emit_skipped(struct sweep *s, const struct orders_case *c, int why)
{
	const char *reason = strerrorname_np(-why);
	char size[24];
	struct record r;

	diag("orders %s, size %s: %s; skipped", c->setting.orders,
	     format_size(size, c->size), heap_strerror(why));
	s->skipped++;
	begin_record(s, c, &r, "skipped", "count");
	record_text(&r, "reason", reason ? reason : "unknown");
	return record_emit_count(&r, STDOUT_FILENO, 1);
}

static int say_unwritten(int err)
{
	if (err)
		diag("cannot write the measurements: %s", strerror(-err));
	return err;
}

/* Return: as price_find(), in memory as it is. */
static int find_price(struct sweep *s, const struct orders_case *c)
{
	bool kept = c->setting.policy == POLICY_POOL;
	const struct pricing how = {
		.heap = &s->heap,
		.svc = &s->svc,
		.layout = &s->layout,
		.size = c->size,
		.warmup = opts.warmup,
		.samples = samples_of(c->size),
		/* What a pool keeps is lent beside the buffer */
		.looks = kept ? 0 : opts.looks,
		.kept = kept,
		.page = &opts.iommu,
	};

	return price_find(&s->price, &how);
}

/*
 * Memory is torn anew for each case, or what the kernel mended for one would be
 * there for the next.
 */
static int find_torn_price(struct sweep *s, const struct orders_case *c)
{
	const struct tear tear = {
		.permille = s->index,
		.order = (unsigned int)opts.order,
		.bytes = opts.free,
		.movable = opts.pages == PAGES_MOVABLE,
	};
	struct rng rng = { .state = s->env->seed };
	struct ballast *ballast;
	int err = ballast_torn(&ballast, &tear, &rng, &s->reached);

	/* No buffer of the heap's is why */
	if (err == -ENOMEM)
		err = -ENOBUFS;
	if (!err)
		err = find_price(s, c);
	ballast_free(ballast);
	return err;
}

static int run_case(struct sweep *s, const struct orders_case *c)
{
	int err = s->index ? find_torn_price(s, c) : find_price(s, c);

	if (err == -ENOMEM)
		return say_unwritten(emit_skipped(s, c, err));
	if (err) {
		diag("orders %s: %s", c->setting.orders, heap_strerror(err));
		return err;
	}
	s->priced++;
	return say_unwritten(emit_case(s, c));
}

static int run_sizes(struct sweep *s, struct orders_case *c)
{
	int err = setting_apply(&c->setting);

	for (size_t i = 0; !err && i < opts.sizes.n; i++) {
		c->size = opts.sizes.v[i];
		err = run_case(s, c);
	}
	return err;
}

static int run_reclaims(struct sweep *s, struct orders_case *c)
{
	int err = 0;

	for (size_t i = 0; !err && i < opts.reclaims.n; i++) {
		c->setting.reclaim =
			(enum setting_reclaim)find_word(reclaim_names,
							opts.reclaims.v[i]);
		err = run_sizes(s, c);
	}
	return err;
}

static int run_orders(struct sweep *s, struct orders_case *c)
{
	int err = 0;

	for (size_t i = 0; !err && i < opts.orders.n; i++) {
		c->setting.orders = opts.orders.v[i];
		err = run_reclaims(s, c);
	}
	return err;
}

static int run_policies(struct sweep *s, struct orders_case *c)
{
	int err = 0;

	for (size_t i = 0; !err && i < opts.policies.n; i++) {
		c->setting.policy =
			(enum setting_policy)find_word(policy_names,
						       opts.policies.v[i]);
		err = run_orders(s, c);
	}
	return err;
}

static int run_batches(struct sweep *s)
{
	struct orders_case c = { 0 };
	int err = 0;

	for (size_t i = 0; !err && i < s->nr_batches; i++) {
		c.setting.batch = s->batch[i];
		diag("calls of %" PRIu64 " ranges and %" PRIu64 " bytes (0: any)%s%s, index %" PRIu64,
		     c.setting.batch.entries, c.setting.batch.bytes,
		     c.setting.batch.preset ? ", tee_sim's " : "",
		     c.setting.batch.preset ? c.setting.batch.preset : "",
		     s->index);
		err = run_policies(s, &c);
	}
	return err;
}

static int exit_code(int err)
{
	switch (-err) {
	case 0:
		return EXIT_PASS;
	case EINVAL:
		return EXIT_USAGE;
	case ENOBUFS:
	case ENOENT:
	case ENODEV:
	case ENXIO:
	case EACCES:
		return EXIT_MISSING;
	default:
		return EXIT_UNTRUSTED;
	}
}

static int take_batches(struct sweep *s)
{
	for (size_t i = 0; i < opts.presets.n; i++) {
		const char *preset = opts.presets.v[i];
		int err = batch_preset(&s->batch[s->nr_batches++], preset);

		if (err == -ENOENT)
			diag("--preset %s: tee_sim is not loaded; use --batch, or boot with --tee sim",
			     preset);
		else if (err)
			diag("--preset %s: %s", preset,
			     err == -EINVAL ? "tee_sim has no such preset" :
					      strerror(-err));
		if (err)
			return err;
	}
	/* Presets have limits of their own */
	for (size_t i = 0; !opts.presets.n && i < opts.batches.n; i++)
		batch_parse(&s->batch[s->nr_batches++], opts.batches.v[i]);
	return 0;
}

static int open_sweep(struct sweep *s)
{
	int err = heap_open(&s->heap, PAGES_HEAP);

	if (err) {
		diag("heap " PAGES_HEAP ": %s", heap_strerror(err));
		return err;
	}
	err = memsvc_open(&s->svc);
	if (err) {
		diag("no session with the memory service: %s",
		     heap_strerror(err));
		heap_close(&s->heap);
	}
	return err;
}

/* As many as there are if each page lies alone, and one for an odd end */
static size_t most_ranges(void)
{
	uint64_t most = 0;

	for (size_t i = 0; i < opts.sizes.n; i++)
		if (opts.sizes.v[i] > most)
			most = opts.sizes.v[i];
	return most / MIN_PAGE + 1;
}

static int run_sweep(struct sweep *s)
{
	int err = price_new(&s->price);

	if (!err)
		err = memsvc_layout_new(&s->svc, &s->layout, most_ranges());
	if (err) {
		diag("cannot prepare: %s", strerror(-err));
		price_free(&s->price);
		return err;
	}
	err = take_batches(s);
	for (size_t i = 0; !err && i < opts.indices.n; i++) {
		s->index = opts.indices.v[i];
		err = run_batches(s);
	}
	memsvc_layout_free(&s->layout);
	price_free(&s->price);
	return err;
}

static int run(const struct bench_env *env)
{
	static struct sweep s;
	int code = check_options();
	int err;

	if (code)
		return code;
	s.env = env;
	err = open_sweep(&s);
	if (err)
		return exit_code(err);
	err = run_sweep(&s);
	restore_now();
	memsvc_close(&s.svc);
	heap_close(&s.heap);
	if (err)
		return exit_code(err);
	return s.priced && !(opts.strict && s.skipped) ? EXIT_PASS :
							 EXIT_SKIPPED;
}

static size_t nr_cases_of_a_size(void)
{
	size_t batches = opts.presets.n ? opts.presets.n : opts.batches.n;

	return opts.indices.n * batches * opts.policies.n * opts.orders.n *
	       opts.reclaims.n;
}

static int list(const struct bench_env *env)
{
	int code = check_options();
	char text[24];

	(void)env;
	for (size_t i = 0; !code && i < opts.sizes.n; i++)
		printf("orders size=%s cases=%zu n=%" PRIu64 "\n",
		       format_size(text, opts.sizes.v[i]), nr_cases_of_a_size(),
		       samples_of(opts.sizes.v[i]));
	return code;
}

static const struct opt options[] = {
	{ "orders", OPT_TEXTS, &opts.orders, .meta = "TABLE",
	  .help = "order table, falling, as in 8,4,0; default: 8,4,0 9,4,0 4,2,0 0" },
	{ "batch", OPT_TEXTS, &opts.batches, .meta = "E[/B]",
	  .help = "what a call carries at most: ranges, and bytes; default: 1024 255 32/2044K" },
	{ "preset", OPT_TEXTS, &opts.presets, .meta = "NAME",
	  .help = "of tee_sim, whose limits and costs hold instead of --batch; a model" },
	{ "reclaim", OPT_TEXTS, &opts.reclaims, .meta = "WHICH",
	  .help = "orders to reclaim memory for, smallest or all; default: smallest" },
	{ "policy", OPT_TEXTS, &opts.policies, .meta = "POLICY",
	  .help = "buffer or pool (warm and clean); default: buffer" },
	{ "size", OPT_SIZES, &opts.sizes, .min = 1, .meta = "SIZE",
	  .help = "bytes in a buffer, with K, M or G" },
	{ "index", OPT_SIZES, &opts.indices, .meta = "N",
	  .help = "tear the page allocator's memory first to this unusable index, of 1000; 0: leave it" },
	{ "order", OPT_COUNT, &opts.order, .min = 1, .max = BUDDY_ORDERS - 1,
	  .meta = "N", .help = "of blocks that the index is about" },
	{ "pages", OPT_CHOICE, &opts.pages, .choices = pages_names,
	  .help = "what tears it: pages that the kernel may move, or not" },
	{ "free", OPT_SIZE, &opts.free, .min = 1 << 20, .meta = "SIZE",
	  .help = "memory that is free when it is torn" },
	{ "iommu-page", OPT_SIZES, &opts.iommu, .min = MIN_PAGE, .meta = "SIZE",
	  .help = "sizes of an IOMMU's pages, that tlb_entries are counted with" },
	{ "samples", OPT_COUNT, &opts.samples, .min = 1, .max = HIST_RAW,
	  .meta = "N", .help = "buffers of each case" },
	{ "budget", OPT_SIZE, &opts.budget, .min = 1, .meta = "SIZE",
	  .help = "fewer samples where they would allocate more than this in sum, but at least 30" },
	{ "warmup", OPT_COUNT, &opts.warmup, .max = 1000000, .meta = "N",
	  .help = "buffers of each case before those that count" },
	{ "looks", OPT_COUNT, &opts.looks, .max = 1000000, .meta = "N",
	  .help = "further buffers of each case, whose layout the TEE is asked for" },
	{ "strict", OPT_FLAG, &opts.strict,
	  .help = "end with 4 when anything was skipped" },
	{ .name = NULL },
};

static const struct bench orders = {
	.name = "orders",
	.help = "Which page orders, and how much in one call into the TEE? Sweeps order tables,\n"
		"limits of calls, and what else restricted_pages can be told, over sizes and over\n"
		"how torn memory is. Of each combination:\n"
		"  latency      of an alloc, of a free, and of both (cycle)\n"
		"  tee_calls    and tee_ranges: calls into the TEE, and what they carried\n"
		"  entries      of the scatterlist\n"
		"  over_bytes   that a buffer has beyond what was asked for\n"
		"  tlb_entries  that an IOMMU with pages of --iommu-page needs, and tlb_reach: the\n"
		"               bytes that each covers on the average\n"
		"The layout is what the TEE's own table tells. With --policy pool buffers come from\n"
		"memory that is lent and clean, and the layout is not looked at. A combination that\n"
		"cannot be had is metric skipped, with params.reason. The tunables are put back at\n"
		"the end; needs root.",
	.examples = "  orders --orders 8,4,0 --orders 9,4,0 --batch 32/2044K --size 8M\n"
		    "  orders --index 0 --index 500 --index 900 --reclaim smallest --reclaim all\n"
		    "  orders --preset qcom-assign --preset tfa-a53\n",
	.options = options,
	.list = list,
	.run = run,
};

int main(int argc, char **argv)
{
	return bench_main(&orders, argc, argv);
}
