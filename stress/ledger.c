// SPDX-License-Identifier: GPL-2.0
/*
 * Are the ledger's defects there? Tries to bring each about, on mainline's own
 * protected heap or on another; ledger/ has them, one by one.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "ledger/defect.h"
#include "tap.h"

static struct {
	struct opt_texts names;
	struct opt_texts heaps;
	uint64_t tries;
	uint64_t seconds;
	uint64_t threads;
	bool fatal;
} opts = {
	.seconds = 10,
	.threads = 8,
};

static const struct defect *find_defect(const char *name)
{
	for (size_t i = 0; defects[i]; i++)
		if (!strcmp(defects[i]->name, name))
			return defects[i];
	return NULL;
}

static int check_options(void)
{
	for (size_t i = 0; i < opts.names.n; i++) {
		const struct defect *defect = find_defect(opts.names.v[i]);

		if (!defect) {
			diag("--defect %s: --list tells which there are",
			     opts.names.v[i]);
			return EXIT_USAGE;
		}
		if (!defect->heap && opts.heaps.n) {
			diag("--heap: %s is tried on no heap", defect->name);
			return EXIT_USAGE;
		}
	}
	if (!opts.names.n) {
		diag("--defect is needed, once or more; --list tells which there are");
		return EXIT_USAGE;
	}
	return EXIT_PASS;
}

static size_t nr_heaps(void)
{
	return opts.heaps.n ? opts.heaps.n : 1;
}

static void tell(const char *name, const struct attempt *a,
		 enum sighting sighting)
{
	char text[sizeof(a->what) + 80];

	switch (sighting) {
	case SIGHT_SKIP:
		tap_skip(name, a->what);
		break;
	case SIGHT_NONE:
		tap_ok(name);
		tap_note("not reproduced, tried %" PRIu64 " times: %s",
			 a->tried, a->what);
		break;
	case SIGHT_SEEN:
		snprintf(text, sizeof(text), "reproduced, %" PRIu64 " of %" PRIu64 " times: %s",
			 a->found, a->tried, a->what);
		if (a->heap && is_ours(a->heap))
			tap_not_ok(name, text);
		else
			tap_expected(name, text);
		break;
	}
}

static void try_defect(const struct bench_env *env,
		       const struct defect *defect, const char *heap)
{
	struct attempt a = {
		.heap = heap,
		.tries = opts.tries ? opts.tries : defect->tries,
		.seconds = opts.seconds,
		.threads = opts.threads,
		.counted = env->clock == CLOCK_ICOUNT,
		.fatal = opts.fatal,
	};
	char name[160];

	snprintf(name, sizeof(name), "%s%s%s", heap ? heap : "",
		 heap ? ": " : "", defect->name);
	tell(name, &a, defect->run(&a));
}

static int run(const struct bench_env *env)
{
	int code = check_options();

	if (code)
		return code;
	tap_begin((unsigned int)(opts.names.n * nr_heaps()));
	for (size_t i = 0; i < opts.names.n; i++) {
		const struct defect *defect = find_defect(opts.names.v[i]);

		if (!opts.heaps.n)
			try_defect(env, defect, defect->heap);
		for (size_t h = 0; h < opts.heaps.n; h++)
			try_defect(env, defect, opts.heaps.v[h]);
	}
	return tap_end();
}

static int list(const struct bench_env *env)
{
	(void)env;
	for (size_t i = 0; defects[i]; i++)
		printf("%-12s %s\n", defects[i]->name, defects[i]->help);
	return EXIT_PASS;
}

static const struct opt options[] = {
	{ "defect", OPT_TEXTS, &opts.names, .meta = "NAME",
	  .help = "which to try to bring about" },
	{ "heap", OPT_TEXTS, &opts.heaps, .meta = "NAME",
	  .help = "on this heap; default: mainline's that has it" },
	{ "tries", OPT_COUNT, &opts.tries, .min = 1, .meta = "N",
	  .help = "how often at most; default: as often as tells" },
	{ "seconds", OPT_COUNT, &opts.seconds, .min = 1, .max = 3600,
	  .meta = "N", .help = "how long to try, or to wait for what should end at once" },
	{ "threads", OPT_COUNT, &opts.threads, .min = 1, .max = 64,
	  .meta = "N", .help = "of what is tried in several" },
	{ "fatal", OPT_FLAG, &opts.fatal,
	  .help = "go on to where the kernel ends" },
	{ .name = NULL },
};

static const struct bench ledger = {
	.name = "ledger",
	.help = "Is a defect of Linux 7.2's own protected heap there? Tries to bring it about.\n"
		"Of mainline's heap it is told as a finding (XFAIL); a heap of ours that has it\n"
		"fails. What hangs or ends the kernel wants a machine of its own: scripts/rheap\n"
		"ledger gives each what it needs.",
	.examples = "  ledger --defect d-unbind\n"
		    "  ledger --defect g-ping-pong --heap restricted_mtk_cma\n",
	.output = "The results go to stdout, as TAP version 13",
	.options = options,
	.list = list,
	.run = run,
};

int main(int argc, char **argv)
{
	return bench_main(&ledger, argc, argv);
}
