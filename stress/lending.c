// SPDX-License-Identifier: GPL-2.0
/*
 * Is memory lent to the TEE as the page heap's tunables say: in so many calls,
 * for so long, and so much of it?
 */
#define _GNU_SOURCE
#include <stdio.h>

#include "bench.h"
#include "lending/checks.h"
#include "tap.h"

static unsigned int nr_checks(void)
{
	unsigned int n = 0;

	while (checks[n].name)
		n++;
	return n;
}

/* From the same ground each, and back to it, so that none helps another. */
static void try_check(struct ground *g, const struct check *check)
{
	bool ok;

	g->why[0] = '\0';
	ok = !ground_reset(g) && check->run(g);
	if (ok && ground_reset(g))
		ok = failed(g, "left behind: live %lld, kept %lld bytes",
			    (long long)counter("live_bytes"),
			    (long long)counter("kept_bytes"));
	if (ok)
		tap_ok(check->name);
	else
		tap_not_ok(check->name, g->why);
}

static int run(const struct bench_env *env)
{
	struct ground g;
	int code = ground_open(&g);

	(void)env;
	if (code)
		return code;
	tap_begin(nr_checks());
	for (unsigned int i = 0; checks[i].name; i++)
		try_check(&g, &checks[i]);
	ground_close(&g);
	return tap_end();
}

static int list(const struct bench_env *env)
{
	(void)env;
	for (unsigned int i = 0; checks[i].name; i++)
		printf("%s\n", checks[i].name);
	return EXIT_PASS;
}

static const struct opt options[] = {
	{ .name = NULL },
};

static const struct bench lending = {
	.name = "lending",
	.help = "Is memory lent to the TEE as the tunables of " PAGES_HEAP " say? Counts calls,\n"
		"waits for what is to go back, and compares with what the TEE counts as lent.\n"
		"Nobody else may use the heap, or lend to the TEE, meanwhile. The tunables are\n"
		"put back at the end; needs root.",
	.examples = "  lending\n",
	.output = "The results go to stdout, as TAP version 13",
	.options = options,
	.list = list,
	.run = run,
};

int main(int argc, char **argv)
{
	return bench_main(&lending, argc, argv);
}
