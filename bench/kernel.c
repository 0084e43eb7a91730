// SPDX-License-Identifier: GPL-2.0
/*
 * What does it cost inside the kernel? Drives the module restricted_bench,
 * which times dispatch and the phases of a buffer's life where no ioctl, file
 * descriptor or user space is in the way.
 *
 * Every line the module wrote is checked before it is passed on. Where the
 * clock counts instructions, loops of a known number of them must be measured
 * as that number, or the program ends with EXIT_UNTRUSTED.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "relay.h"
#include "textfile.h"

#define MODULE		"restricted_bench"
#define PARAMETERS	"/sys/module/" MODULE "/parameters"
#define DEBUGFS		"/sys/kernel/debug"
#define RUN_FILE	DEBUGFS "/" MODULE "/run"
#define RESULTS_FILE	DEBUGFS "/" MODULE "/results"

/* The module's limits, and that of a module parameter's text */
#define MAX_SAMPLES	16384
#define MAX_BATCH	1000000
#define MAX_INSTRUCTIONS 10000000
#define MAX_TEXT	1024

/* So few samples still give a median, however large the buffer */
#define MIN_SAMPLES	30

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

/* What the module can do; a case's bit in the mask is its place here. */
static const struct {
	const char *name;
	const char *help;
} cases[] = {
	{ "clock", "two readings of the clock" },
	{ "known", "loops of a known number of instructions, and of none" },
	{ "dispatch", "a function called directly, through the ops, and otherwise" },
	{ "phase", "each phase of a buffer's life" },
};

#define PHASE_CASE 3

static struct {
	struct opt_texts cases;
	struct opt_texts heaps;
	struct opt_sizes sizes;
	struct opt_sizes instructions;
	uint64_t samples;
	uint64_t warmup;
	uint64_t budget;
	uint64_t batch;
} opts = {
	.sizes = { { 4 << 10, 64 << 10, 1 << 20, 8 << 20, 32 << 20 }, 5 },
	.instructions = { { 1000, 100000 }, 2 },
	.samples = 1000,
	.warmup = 16,
	.budget = 256 << 20,
	.batch = 1000,
};

/* Loops of known cost that were measured, the one of none among them */
static struct {
	json_int_t instructions;
	double p50;
} known[OPT_LIST_MAX];
static size_t nr_known;

/* Measurements of the whole run, and of them those that say "skipped" */
static uint64_t nr_records;
static uint64_t nr_skipped;

static uint64_t samples_of(uint64_t size)
{
	uint64_t n = opts.budget / size;

	if (n < MIN_SAMPLES)
		n = MIN_SAMPLES;
	return n < opts.samples ? n : opts.samples;
}

/* The mask of the cases that are wanted, or 0 after a line on stderr. */
static unsigned int choose_cases(void)
{
	unsigned int mask = 0;

	if (!opts.cases.n)
		return (1u << ARRAY_SIZE(cases)) - 1;
	for (size_t i = 0; i < opts.cases.n; i++) {
		size_t k = 0;

		while (k < ARRAY_SIZE(cases) &&
		       strcmp(opts.cases.v[i], cases[k].name))
			k++;
		if (k == ARRAY_SIZE(cases)) {
			diag("--case %s: no such case, see --list",
			     opts.cases.v[i]);
			return 0;
		}
		mask |= 1u << k;
	}
	return mask;
}

static int check_instructions(void)
{
	for (size_t i = 0; i < opts.instructions.n; i++) {
		if (opts.instructions.v[i] % 2) {
			diag("--instructions %" PRIu64 ": a turn of the loop has two, give an even number",
			     opts.instructions.v[i]);
			return EXIT_USAGE;
		}
	}
	return EXIT_PASS;
}

static int find_module(void)
{
	if (access(PARAMETERS, F_OK)) {
		diag("the module " MODULE " is not loaded; insmod " MODULE ".ko, after restricted_heap.ko");
		return EXIT_MISSING;
	}
	if (access(RUN_FILE, W_OK) || access(RESULTS_FILE, R_OK)) {
		diag(RUN_FILE ": %s; %s", strerror(errno), errno == EACCES ?
		     "run as root" : "mount -t debugfs debugfs " DEBUGFS);
		return EXIT_MISSING;
	}
	return EXIT_PASS;
}

static int set_text(const char *parameter, const char *text)
{
	char path[128];
	int err;

	snprintf(path, sizeof(path), PARAMETERS "/%s", parameter);
	err = textfile_write(path, text);
	if (err)
		diag("%s: the module does not take '%s': %s", path, text,
		     strerror(-err));
	return err;
}

static int set_count(const char *parameter, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return set_text(parameter, text);
}

static int set_counts(const char *parameter, const struct opt_sizes *list)
{
	char text[MAX_TEXT] = "";
	size_t used = 0;

	for (size_t i = 0; i < list->n && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%s%" PRIu64, i ? "," : "",
					 list->v[i]);
	return set_text(parameter, text);
}

/* No name is an empty one: all heaps that are here. */
static int set_heaps(void)
{
	char text[MAX_TEXT] = "\n";
	size_t used = 0;

	for (size_t i = 0; i < opts.heaps.n && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%s%s", i ? "," : "", opts.heaps.v[i]);
	if (used >= sizeof(text)) {
		diag("--heap: too many names, or too long ones");
		return -E2BIG;
	}
	return set_text("heaps", text);
}

static int set_parameters(const struct bench_env *env)
{
	int err = set_count("icount", env->clock == CLOCK_ICOUNT);

	if (!err)
		err = set_count("warmup", opts.warmup);
	if (!err)
		err = set_count("batch", opts.batch);
	if (!err)
		err = set_counts("instructions", &opts.instructions);
	if (!err)
		err = set_heaps();
	return err ? EXIT_UNTRUSTED : EXIT_PASS;
}

static void note_known(const json_t *measurement)
{
	json_t *params = json_object_get(measurement, "params");
	json_t *instructions = json_object_get(params, "instructions");

	if (!json_is_integer(instructions) || nr_known == ARRAY_SIZE(known))
		return;
	known[nr_known].instructions = json_integer_value(instructions);
	known[nr_known++].p50 =
		json_number_value(json_object_get(measurement, "p50"));
}

static int pass_on(const struct bench_env *env, const char *line)
{
	json_t *measurement;
	struct record r;
	const char *why;
	int err;

	measurement = relay_parse(line, "kernel", clock_unit(env->clock), &why);
	if (!measurement) {
		diag("the module wrote a line with %s: %.200s", why, line);
		return EXIT_UNTRUSTED;
	}
	note_known(measurement);
	nr_records++;
	nr_skipped += !strcmp(json_string_value(json_object_get(measurement,
								"metric")),
			      "skipped");
	record_adopt(&r, measurement);
	bench_params(env, &r);
	err = record_emit(&r, STDOUT_FILENO);
	if (err) {
		diag("cannot write the measurements: %s", strerror(-err));
		return EXIT_UNTRUSTED;
	}
	return EXIT_PASS;
}

/* Lines that are no measurements say what went wrong. */
static int pass_all_on(const struct bench_env *env)
{
	FILE *file = fopen(RESULTS_FILE, "re");
	char *line = NULL;
	size_t room = 0;
	int code = EXIT_PASS;

	if (!file) {
		diag(RESULTS_FILE ": %s", strerror(errno));
		return EXIT_UNTRUSTED;
	}
	while (!code && getline(&line, &room, file) > 0) {
		if (*line == '{')
			code = pass_on(env, line);
		else
			diag("%.*s", (int)strcspn(line, "\n"), line);
	}
	if (!code && ferror(file)) {
		diag(RESULTS_FILE ": %s", strerror(errno));
		code = EXIT_UNTRUSTED;
	}
	free(line);
	fclose(file);
	return code;
}

static int code_of(int err)
{
	switch (err) {
	case 0:
		return EXIT_PASS;
	case -ENOENT:
	case -ENODEV:
	case -ENOMEM:
	case -EOPNOTSUPP:
		return EXIT_MISSING;
	default:
		return EXIT_UNTRUSTED;
	}
}

/* What was measured before a failure is passed on, too. */
static int run_mask(const struct bench_env *env, unsigned int mask)
{
	char text[24];
	int code, err;

	snprintf(text, sizeof(text), "%u", mask);
	err = textfile_write(RUN_FILE, text);
	if (err)
		diag("the module's run failed: %s", strerror(-err));
	code = pass_all_on(env);
	return err ? code_of(err) : code;
}

static int run_phases(const struct bench_env *env)
{
	int code = EXIT_PASS;
	char text[24];

	for (size_t i = 0; !code && i < opts.sizes.n; i++) {
		uint64_t size = opts.sizes.v[i];

		diag("phases, size %s: %" PRIu64 " samples",
		     format_size(text, size), samples_of(size));
		if (set_count("sizes", size) ||
		    set_count("samples", samples_of(size)))
			return EXIT_UNTRUSTED;
		code = run_mask(env, 1u << PHASE_CASE);
	}
	return code;
}

/* The cross-check of the clock, where there is one. */
static int check_known(const struct bench_env *env)
{
	double none = 0;

	if (env->clock != CLOCK_ICOUNT)
		return EXIT_PASS;
	for (size_t i = 0; i < nr_known; i++)
		if (!known[i].instructions)
			none = known[i].p50;
	for (size_t i = 0; i < nr_known; i++) {
		double cost = known[i].p50 - none;

		if (cost == (double)known[i].instructions)
			continue;
		diag("a loop of %" JSON_INTEGER_FORMAT " instructions was measured as %.0f: the clock does not count instructions; is this QEMU with -icount shift=0?",
		     known[i].instructions, cost);
		return EXIT_UNTRUSTED;
	}
	return EXIT_PASS;
}

static int run_cases(const struct bench_env *env, unsigned int mask)
{
	unsigned int others = mask & ~(1u << PHASE_CASE);
	int code = EXIT_PASS;

	if (others) {
		diag("%" PRIu64 " samples of what needs no heap", opts.samples);
		if (set_count("samples", opts.samples))
			return EXIT_UNTRUSTED;
		code = run_mask(env, others);
	}
	if (!code)
		code = check_known(env);
	if (!code && mask != others)
		code = run_phases(env);
	return code;
}

static int run(const struct bench_env *env)
{
	unsigned int mask = choose_cases();
	int code;

	if (!mask || check_instructions())
		return EXIT_USAGE;
	code = find_module();
	if (!code)
		code = set_parameters(env);
	if (!code)
		code = run_cases(env, mask);
	if (!code && nr_records == nr_skipped)
		code = EXIT_SKIPPED;
	return code;
}

static void list_phases(void)
{
	char text[24];

	for (size_t s = 0; s < opts.sizes.n; s++) {
		format_size(text, opts.sizes.v[s]);
		for (size_t i = 0; i < opts.heaps.n; i++)
			printf("kernel case=phase heap=%s size=%s n=%" PRIu64 "\n",
			       opts.heaps.v[i], text,
			       samples_of(opts.sizes.v[s]));
		if (!opts.heaps.n)
			printf("kernel case=phase size=%s n=%" PRIu64 "  of all heaps that are here\n",
			       text, samples_of(opts.sizes.v[s]));
	}
}

static int list(const struct bench_env *env)
{
	unsigned int mask = choose_cases();

	(void)env;
	if (!mask || check_instructions())
		return EXIT_USAGE;
	for (size_t i = 0; i < PHASE_CASE; i++)
		if (mask & (1u << i))
			printf("kernel case=%s n=%" PRIu64 "  %s\n",
			       cases[i].name, opts.samples, cases[i].help);
	if (mask & (1u << PHASE_CASE))
		list_phases();
	return EXIT_PASS;
}

static const struct opt options[] = {
	{ "case", OPT_TEXTS, &opts.cases, .meta = "NAME",
	  .help = "clock, known, dispatch or phase; default: all" },
	{ "heap", OPT_TEXTS, &opts.heaps, .meta = "NAME",
	  .help = "of ours, heap or twin; default: all that are here" },
	{ "size", OPT_SIZES, &opts.sizes, .min = 1, .meta = "SIZE",
	  .help = "bytes in a buffer, with K, M or G" },
	{ "samples", OPT_COUNT, &opts.samples, .min = 1, .max = MAX_SAMPLES,
	  .meta = "N", .help = "samples of each case" },
	{ "budget", OPT_SIZE, &opts.budget, .min = 1, .meta = "SIZE",
	  .help = "fewer samples of a phase where they would allocate more than this in sum, but at least 30" },
	{ "warmup", OPT_COUNT, &opts.warmup, .max = 1000000, .meta = "N",
	  .help = "samples before those that count" },
	{ "batch", OPT_COUNT, &opts.batch, .min = 1, .max = MAX_BATCH,
	  .meta = "N", .help = "calls in a sample of a dispatch, which is their mean" },
	{ "instructions", OPT_SIZES, &opts.instructions, .min = 2,
	  .max = MAX_INSTRUCTIONS, .meta = "N",
	  .help = "instructions in a loop of known cost" },
	{ .name = NULL },
};

static const struct bench kernel = {
	.name = "kernel",
	.help = "What does it cost inside the kernel, without ioctl, file descriptor or user space?\n"
		"Drives the module " MODULE ". params.case tells what was timed:\n"
		"  clock     two readings of the clock; contained in all that follows\n"
		"  known     a loop of params.instructions instructions; 0 is the loop of none\n"
		"  dispatch  a call (params.call: nothing but the loop; direct; ops, as in a free;\n"
		"            ops_acquire, as in an allocation; ops_absent, an op that is not there;\n"
		"            static_call) in code with params.protection of its branches; the\n"
		"            config_ parameters tell what the kernel was built with\n"
		"  phase     params.phase of a buffer's life: an op by its name; table, setting one\n"
		"            up and freeing it (part of an op, done once more by itself);\n"
		"            buffer_alloc and buffer_free, the whole for an in-kernel user; export;\n"
		"            release, the dma-buf's last reference with all of the free in it\n"
		"clock, known and dispatch run with interrupts off, phases with all on. Nothing is\n"
		"subtracted. metric skipped is 1 for a heap and size that could not be measured.",
	.examples = "  kernel\n"
		    "  kernel --case dispatch --samples 10000\n"
		    "  kernel --case phase --heap restricted_pages --heap direct_pages --size 8M\n",
	.options = options,
	.list = list,
	.run = run,
};

int main(int argc, char **argv)
{
	return bench_main(&kernel, argc, argv);
}
