// SPDX-License-Identifier: GPL-2.0
#include "bench.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CLOCK_ENV "RHEAP_CLOCK"
#define TEE_ENV "RHEAP_TEE"
#define PASS_ENV "RHEAP_PASS"

static const char *const clock_names[] = { "wall", "icount", NULL };

/* The clock that whoever booted the machine named, else the wall clock. */
static int clock_from_env(int *clock)
{
	const char *name = getenv(CLOCK_ENV);

	*clock = CLOCK_WALL;
	if (!name || !*name)
		return 0;
	for (int i = 0; clock_names[i]; i++) {
		if (!strcmp(name, clock_names[i])) {
			*clock = i;
			return 0;
		}
	}
	diag(CLOCK_ENV "=%s: not one of wall, icount", name);
	return -EINVAL;
}

static void print_help(const struct bench *bench,
		       const struct opt *const *tables)
{
	printf("%s\n\nUsage: %s [OPTION]...\n\n", bench->help, bench->name);
	opt_help(stdout, tables);
	printf("\nExamples:\n%s\n"
	       "%s; what is going on, to stderr.\n"
	       "Exit code: 0 done, 2 a test failed, 3 something needed is not there,\n"
	       "4 nothing could be measured or tested, 7 the figures cannot be trusted, 64 usage.\n",
	       bench->examples,
	       bench->output ? bench->output :
	       "Measurements go to stdout, one JSON object a line");
}

/* Where the options all programs take go to */
struct common {
	int clock;
	uint64_t seed;
	const char *label;
	bool list;
	bool help;
};

/* The TEE that whoever booted the machine named; NULL where nobody did. */
static const char *tee_from_env(void)
{
	const char *name = getenv(TEE_ENV);

	return name && *name ? name : NULL;
}

static int pass_from_env(uint64_t *pass)
{
	const char *number = getenv(PASS_ENV);

	*pass = 0;
	if (!number || !*number)
		return 0;
	if (!parse_count(number, pass) && *pass)
		return 0;
	diag(PASS_ENV "=%s: not a number from 1 on", number);
	return -EINVAL;
}

static int start(const struct bench *bench, const struct common *c)
{
	struct bench_env env = {
		.clock = (enum clock_kind)c->clock,
		.seed = c->seed,
		.label = c->label,
		.tee = tee_from_env(),
	};

	if (pass_from_env(&env.pass))
		return EXIT_USAGE;
	if (c->list)
		return bench->list(&env);
	if (clock_check(env.clock)) {
		diag("--clock %s: this machine has no such clock",
		     clock_name(env.clock));
		return EXIT_MISSING;
	}
	return bench->run(&env);
}

int bench_main(const struct bench *bench, int argc, char **argv)
{
	static const struct opt none[] = { { .name = NULL } };
	struct common c = { .seed = 1 };
	const struct opt common[] = {
		{ "clock", OPT_CHOICE, &c.clock, .choices = clock_names,
		  .help = "what to count time in; default from $" CLOCK_ENV },
		{ "seed", OPT_COUNT, &c.seed, .meta = "N",
		  .help = "seed of every random choice" },
		{ "label", OPT_TEXT, &c.label, .meta = "TEXT",
		  .help = "goes into params.label of every measurement" },
		{ "list", OPT_FLAG, &c.list,
		  .help = "print the cases that would run, and end" },
		{ "help", OPT_FLAG, &c.help, .help = "print this, and end" },
		{ .name = NULL },
	};
	const struct opt *const tables[] = {
		bench->options ? bench->options : none, common, NULL
	};
	char help_text[] = "--help";

	diag_init(bench->name);
	if (clock_from_env(&c.clock))
		return EXIT_USAGE;
	/* Before parsing, as it prints what the destinations hold */
	if (argc == 2 && !strcmp(argv[1], help_text)) {
		print_help(bench, tables);
		return EXIT_PASS;
	}
	if (opt_parse(tables, argc, argv))
		return EXIT_USAGE;
	if (c.help) {
		print_help(bench, tables);
		return EXIT_PASS;
	}
	return start(bench, &c);
}

void bench_params(const struct bench_env *env, struct record *r)
{
	if (env->label)
		record_text(r, "label", env->label);
	record_text(r, "clock", clock_name(env->clock));
	record_count(r, "seed", env->seed);
	if (env->tee)
		record_text(r, "tee", env->tee);
	if (env->pass)
		record_count(r, "pass", env->pass);
}

void bench_record(const struct bench_env *env, struct record *r,
		  const char *bench, const char *metric, const char *unit)
{
	record_begin(r, bench, metric, unit ? unit : clock_unit(env->clock));
	bench_params(env, r);
}
