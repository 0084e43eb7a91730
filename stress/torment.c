// SPDX-License-Identifier: GPL-2.0
/*
 * Does every promise hold under torture? Runs stressors, one after the other,
 * each in a process of its own, and lets the oracles judge what they leave.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "tap.h"
#include "textfile.h"
#include "torment/crew.h"
#include "torment/fault.h"
#include "torment/fuzz.h"
#include "torment/prove.h"
#include "torment/stressor.h"
#include "torment/world.h"

/* Without --seconds; what does not end by its ops ends then */
#define SECONDS		600

enum format { FORMAT_TAP, FORMAT_JSON };
enum where { WHERE_ANY, WHERE_SIM };
enum guidance { GUIDE_ON, GUIDE_OFF };

static const char *const formats[] = { "tap", "json", NULL };
static const char *const places[] = { "any", "sim", NULL };
static const char *const guidances[] = { "on", "off", NULL };

static struct {
	struct opt_texts only;
	struct opt_texts heaps;
	struct opt_texts corpora;
	const char *keep;
	const char *journal;
	uint64_t ops;
	uint64_t seconds;
	uint64_t workers;
	uint64_t max;
	int format;
	int needs;
	int guide;
	bool prove;
} opts = {
	.seconds = SECONDS,
	.needs = -1,
};

static const struct bench_env *env;
static struct tally *tally;
static struct fuzz_plan fuzz_plan;

static bool is_named(const struct opt_texts *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (!strcmp(names->v[i], name))
			return true;
	return !names->n;
}

static bool is_chosen(const struct stressor *stressor)
{
	if (opts.needs >= 0 && stressor->faults != (opts.needs == WHERE_SIM))
		return false;
	return is_named(&opts.only, stressor->name);
}

static unsigned int count_chosen(void)
{
	unsigned int n = 0;

	for (size_t i = 0; stressors[i]; i++)
		n += is_chosen(stressors[i]);
	return n;
}

static const struct stressor *find_stressor(const char *name)
{
	for (size_t i = 0; stressors[i]; i++)
		if (!strcmp(stressors[i]->name, name))
			return stressors[i];
	return NULL;
}

static int load_corpora(void)
{
	if (fuzz_load(&fuzz_plan, &opts.corpora))
		return EXIT_USAGE;
	for (size_t i = 0; i < fuzz_plan.corpora; i++) {
		const char *name = fuzz_plan.corpus[i].name;
		const struct stressor *stressor = find_stressor(name);

		if (!stressor || !stressor->plays || !is_chosen(stressor)) {
			diag("--corpus %s: it is of %s, which %s",
			     opts.corpora.v[i], name,
			     stressor && stressor->plays ? "is not run" :
			     "is no fuzzer that plays programs");
			return EXIT_USAGE;
		}
	}
	if (opts.keep && access(opts.keep, W_OK)) {
		diag("--keep %s: %s", opts.keep, strerror(errno));
		return EXIT_USAGE;
	}
	fuzz_plan.keep = opts.keep;
	fuzz_plan.journal = opts.journal;
	fuzz_plan.unguided = opts.guide == GUIDE_OFF;
	return EXIT_PASS;
}

static int check_options(void)
{
	for (size_t i = 0; i < opts.only.n; i++) {
		if (!find_stressor(opts.only.v[i])) {
			diag("--only %s: no such stressor; --list lists them",
			     opts.only.v[i]);
			return EXIT_USAGE;
		}
	}
	return load_corpora();
}

/*
 * Ours, and the controls; of the peers only who is named. The controls have no
 * quarantine: what a faulty TEE does not take back they lose, and say so.
 */
static bool is_asked_for(const char *name, bool ours)
{
	return !strncmp(name, "restricted_", 11) ||
	       (!ours && !strncmp(name, "direct_", 7));
}

/* A first buffer wakes what sleeps until then, and shows the exporter's name. */
static int open_heap(struct stress *s, const char *name)
{
	struct stress_heap *heap = &s->heap[s->nr_heaps];
	int err = heap_open(&heap->heap, name);
	int fd;

	if (err)
		return err;
	fd = heap_alloc(&heap->heap, PAGE_BYTES);
	err = fd < 0 ? fd : dmabuf_exp_name(fd, heap->exp_name);
	if (fd >= 0)
		heap_free(fd);
	if (err)
		heap_close(&heap->heap);
	else
		s->nr_heaps++;
	return err;
}

static int open_named(struct stress *s)
{
	for (size_t i = 0; i < opts.heaps.n; i++) {
		int err = s->nr_heaps < STRESS_HEAPS_MAX ?
			  open_heap(s, opts.heaps.v[i]) : -E2BIG;

		if (err) {
			diag("heap %s: %s", opts.heaps.v[i],
			     heap_strerror(err));
			return err;
		}
	}
	return 0;
}

/* Heaps that have no TEE are not there. */
static int open_all(struct stress *s, bool ours)
{
	char names[HEAP_LIST_MAX][HEAP_NAME_MAX];
	int n = heap_list(names);

	for (int i = 0; i < n && s->nr_heaps < STRESS_HEAPS_MAX; i++) {
		int err = is_asked_for(names[i], ours) ?
			  open_heap(s, names[i]) : -ENODEV;

		if (err && err != -ENODEV)
			diag("heap %s: %s", names[i], heap_strerror(err));
	}
	if (!s->nr_heaps)
		diag("there is no heap of ours here that gives a buffer");
	return s->nr_heaps ? 0 : -ENOENT;
}

static void print_replay(const struct stress *s, const struct stressor *stressor)
{
	printf("# replay: torment --only %s --seed %" PRIu64 " --ops %" PRIu64 " --seconds %" PRIu64 " --workers %" PRIu64,
	       stressor->name, s->seed, s->ops, opts.seconds, s->workers);
	if (opts.max)
		printf(" --max %" PRIu64, opts.max);
	for (size_t i = 0; i < opts.heaps.n; i++)
		printf(" --heap %s", opts.heaps.v[i]);
	for (size_t i = 0; i < opts.corpora.n; i++)
		printf(" --corpus %s", opts.corpora.v[i]);
	putchar('\n');
	fflush(stdout);
}

static void print_tap(const struct stressor *stressor)
{
	char name[160];

	if (atomic_load(&tally->skipped)) {
		tap_skip(stressor->name, tally->why[0]);
		return;
	}
	snprintf(name, sizeof(name), "%s: %" PRIuFAST64 " operations, %" PRIuFAST64 " blows",
		 stressor->name, atomic_load(&tally->ops),
		 atomic_load(&tally->injected));
	if (atomic_load(&tally->found))
		tap_not_ok(name, tally->why[0]);
	else
		tap_ok(name);
}

static void begin_record(struct record *r, const struct stress *s,
			 const struct stressor *stressor, const char *metric)
{
	record_begin(r, "torment", metric, "count");
	if (env->label)
		record_text(r, "label", env->label);
	record_text(r, "clock", clock_name(env->clock));
	record_count(r, "seed", s->seed);
	if (env->tee)
		record_text(r, "tee", env->tee);
	record_text(r, "stressor", stressor->name);
	record_count(r, "asked", s->ops);
	record_count(r, "seconds", opts.seconds);
	record_count(r, "workers", s->workers);
	if (opts.max)
		record_count(r, "max", opts.max);
	if (tally->reach.told)
		record_text(r, "guide", guidances[!tally->reach.guided]);
}

static void end_record(struct record *r, uint64_t value)
{
	if (record_emit_count(r, STDOUT_FILENO, value))
		diag("a result could not be written");
}

static void emit(const struct stress *s, const struct stressor *stressor,
		 const char *metric, uint64_t value, const char *why)
{
	struct record r;

	begin_record(&r, s, stressor, metric);
	if (why)
		record_text(&r, "why", why);
	end_record(&r, value);
}

static void emit_row(const struct stress *s, const struct stressor *stressor,
		     const struct stress_row *row, const char *metric,
		     uint64_t value)
{
	struct record r;

	begin_record(&r, s, stressor, metric);
	record_text(&r, "path", row->path);
	record_text(&r, "heap", row->heap);
	record_text(&r, "cause", row->cause);
	end_record(&r, value);
}

static void print_rows(const struct stress *s, const struct stressor *stressor)
{
	for (size_t i = 0; i < tally->rows; i++) {
		const struct stress_row *row = &tally->row[i];

		emit_row(s, stressor, row, "points", row->points);
		emit_row(s, stressor, row, "failed", row->failed);
		emit_row(s, stressor, row, "whole", row->whole);
	}
}

static void emit_within(const struct stress *s,
			const struct stressor *stressor, uint64_t ops,
			uint64_t pcs)
{
	struct record r;

	begin_record(&r, s, stressor, "pcs-within");
	record_count(&r, "within", ops);
	end_record(&r, pcs);
}

static void print_reach(const struct stress *s, const struct stressor *stressor)
{
	const struct stress_reach *reach = &tally->reach;

	if (!reach->told)
		return;
	emit(s, stressor, "pcs", reach->pcs, NULL);
	emit(s, stressor, "begun", reach->begun, NULL);
	emit(s, stressor, "programs", reach->programs, NULL);
	emit(s, stressor, "kept", reach->kept, NULL);
	for (size_t i = 0; i < STRESS_POWERS; i++)
		if (reach->within[i])
			emit_within(s, stressor, UINT64_C(1) << i,
				    reach->within[i]);
}

static void print_json(const struct stress *s, const struct stressor *stressor)
{
	uint64_t found = atomic_load(&tally->found);

	if (atomic_load(&tally->skipped)) {
		emit(s, stressor, "skipped", 1, tally->why[0]);
		return;
	}
	emit(s, stressor, "operations", atomic_load(&tally->ops), NULL);
	emit(s, stressor, "blows", atomic_load(&tally->injected), NULL);
	emit(s, stressor, "found", found, found ? tally->why[0] : NULL);
	print_rows(s, stressor);
	print_reach(s, stressor);
}

static void report(const struct stress *s, const struct stressor *stressor)
{
	unsigned int told = atomic_load(&tally->told);

	if (opts.format == FORMAT_JSON)
		print_json(s, stressor);
	else
		print_tap(stressor);
	if (!atomic_load(&tally->found))
		return;
	for (unsigned int i = 0; i < told && i < STRESS_WHYS_MAX; i++)
		diag("%s: %s", stressor->name, tally->why[i]);
	if (opts.format == FORMAT_TAP)
		print_replay(s, stressor);
}

/* The kernel's log tells whose time a complaint came in. */
static void mark(const char *what, const char *name)
{
	char line[80];

	snprintf(line, sizeof(line), "torment: %s %s\n", what, name);
	textfile_write("/dev/kmsg", line);
}

static int set_up(struct stress *s, const struct stressor *stressor)
{
	if (stressor->faults && !fault_possible())
		return stress_cannot(s, "needs the TEE in software, for its faults (--tee sim)");
	return stressor->prepare ? stressor->prepare(s) : 0;
}

/* Who never got what it asked for has tortured nothing. */
static void verify_given(struct stress *s)
{
	for (size_t i = 0; i < s->nr_heaps; i++)
		if (atomic_load(&tally->tried[i]) &&
		    !atomic_load(&tally->given[i]))
			stress_found(s, "%s: not one of %" PRIuFAST64 " allocations gave a buffer",
				     s->heap[i].heap.name,
				     atomic_load(&tally->tried[i]));
}

static void torture(struct stress *s, const struct stressor *stressor)
{
	static struct world before;
	int err = world_begin(s, &before);

	if (err) {
		stress_found(s, "the books cannot be read: %s", strerror(-err));
		return;
	}
	s->before = &before;
	s->end = stress_now() + (double)opts.seconds;
	stressor->run(s);
	if (!stressor->faults)
		verify_given(s);
	world_verify(s, &before, stressor->torn);
	if (stressor->verify)
		stressor->verify(s);
}

static void plan(struct stress *s, const struct stressor *stressor)
{
	s->name = stressor->name;
	s->fuzz = &fuzz_plan;
	s->tally = tally;
	s->patience = STRESS_PATIENCE;
	s->seed = env->seed;
	s->ops = opts.ops ? opts.ops : stressor->ops;
	s->workers = opts.workers ? opts.workers : stressor->workers;
}

static int open_heaps(struct stress *s, bool ours)
{
	return opts.heaps.n ? open_named(s) : open_all(s, ours);
}

/* In a process of its own; what it changed is put back by exit() */
static void run_one(struct stress *s, const struct stressor *stressor)
{
	if (open_heaps(s, stressor->faults || stressor->tee_goes))
		exit(EXIT_MISSING);
	if (!set_up(s, stressor)) {
		mark("begin", stressor->name);
		torture(s, stressor);
		mark("end", stressor->name);
	}
	exit(EXIT_PASS);
}

static int judge_one(struct stress *s, const struct stressor *stressor,
		     int status)
{
	if (WIFSIGNALED(status))
		stress_found(s, "it died of signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status))
		return WEXITSTATUS(status);
	report(s, stressor);
	return atomic_load(&tally->found) ? EXIT_FAIL : EXIT_PASS;
}

/* Return: how it ended. */
static int start_one(const struct stressor *stressor)
{
	static struct stress s;
	int status;
	pid_t pid;

	memset(tally, 0, sizeof(*tally));
	memset(&s, 0, sizeof(s));
	plan(&s, stressor);
	fflush(NULL);
	pid = fork();
	if (!pid)
		run_one(&s, stressor);
	if (pid < 0 || waitpid(pid, &status, 0) < 0) {
		diag("%s: %s", stressor->name, strerror(errno));
		return EXIT_MISSING;
	}
	return judge_one(&s, stressor, status);
}

static int run_chosen(void)
{
	int code, worst = EXIT_PASS;

	if (opts.format == FORMAT_TAP)
		tap_begin(count_chosen());
	for (size_t i = 0; stressors[i]; i++) {
		if (!is_chosen(stressors[i]))
			continue;
		diag("%s: %s", stressors[i]->name, stressors[i]->help);
		code = start_one(stressors[i]);
		if (code > worst)
			worst = code;
	}
	return worst;
}

static int run_proof(void)
{
	static struct stress s = { .patience = STRESS_PATIENCE };
	int err;

	s.tally = tally;
	if (open_heaps(&s, false))
		return EXIT_MISSING;
	err = prove(&s);
	if (err == -EUCLEAN)
		return EXIT_FAIL;
	return err ? EXIT_MISSING : EXIT_PASS;
}

static int run(const struct bench_env *environment)
{
	int code = check_options();

	env = environment;
	if (code)
		return code;
	if (opts.max)
		stress_set_largest(opts.max);
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tally == MAP_FAILED) {
		diag("no memory: %s", strerror(errno));
		return EXIT_MISSING;
	}
	return opts.prove ? run_proof() : run_chosen();
}

static int list(const struct bench_env *environment)
{
	int code = check_options();

	(void)environment;
	if (code)
		return code;
	for (size_t i = 0; stressors[i]; i++)
		if (is_chosen(stressors[i]))
			printf("%-10s %s\n", stressors[i]->name,
			       stressors[i]->help);
	return EXIT_PASS;
}

static const struct opt options[] = {
	{ "only", OPT_TEXTS, &opts.only, .meta = "NAME",
	  .help = "stressor to run; repeat for more; default: all" },
	{ "heap", OPT_TEXTS, &opts.heaps, .meta = "NAME",
	  .help = "heap under stress; repeat for more; default: all of ours" },
	{ "ops", OPT_COUNT, &opts.ops, .min = 1, .max = 1000000000000,
	  .meta = "N", .help = "operations of a stressor; default: a few seconds' worth" },
	{ "seconds", OPT_COUNT, &opts.seconds, .min = 1, .max = 1000000,
	  .meta = "N", .help = "a stressor begins no operation after so long" },
	{ "workers", OPT_COUNT, &opts.workers, .min = 1, .max = CREW_MAX,
	  .meta = "N", .help = "processes at the same time; default: the stressor's" },
	{ "max", OPT_SIZE, &opts.max, .min = PAGE_BYTES, .meta = "SIZE",
	  .help = "largest buffer of those whose size is drawn; default: the stressor's" },
	{ "format", OPT_CHOICE, &opts.format, .choices = formats,
	  .help = "TAP, or measurements" },
	{ "prove", OPT_FLAG, &opts.prove,
	  .help = "make mistakes that the oracles have to tell, and run nothing; needs restricted_faults.ko" },
	{ "corpus", OPT_TEXTS, &opts.corpora, .meta = "FILE",
	  .help = "programs that a fuzzer begins with; repeat for more" },
	{ "keep", OPT_TEXT, &opts.keep, .meta = "DIR",
	  .help = "folder for the programs that reach something new, and those that find something" },
	{ "journal", OPT_TEXT, &opts.journal, .meta = "FILE",
	  .help = "gets each program before a fuzzer plays it, for who looks for a crash" },
	{ "guide", OPT_CHOICE, &opts.guide, .choices = guidances,
	  .help = "whether what was reached guides fuzzers, on a kernel that tells it (kcov)" },
	{ "needs", OPT_CHOICE, &opts.needs, .choices = places,
	  .help = "those only that work with any TEE, or that need tee_sim" },
	{ .name = NULL },
};

static const struct bench torment_bench = {
	.name = "torment",
	.help = "Does every promise hold under torture? Each stressor breaks one in a certain way,\n"
		"from a seed; then the oracles have to find the machine as it was: all books,\n"
		"the kernel's dma-bufs, objects and free memory, and the TEE's tables.",
	.examples = "  torment --list\n"
		    "  torment --only churn --ops 1000000 --seed 7\n"
		    "  torment --seconds 60 --format json\n"
		    "  torment --only fuzz-ioctl --corpus found/fuzz-ioctl.found\n",
	.output = "The results go to stdout, as TAP version 13, or as one JSON object a line",
	.options = options,
	.list = list,
	.run = run,
};

int main(int argc, char **argv)
{
	return bench_main(&torment_bench, argc, argv);
}
