// SPDX-License-Identifier: GPL-2.0
/*
 * Does a dead TEE hurt nobody else, and is all as before when it is back? Takes
 * the TEE's driver from its device while buffers are held, and gives it back.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "driver.h"
#include "teedeath/load.h"
#include "teedeath/victim.h"
#include "tap.h"

/* Results of a round, and of one under load, that belong to no heap */
#define COMMON_LINES		2
#define COMMON_LOAD_LINES	3

/* For the threads of the load to get going, with the TEE and without */
#define LOAD_NAP_NS		20000000

static struct {
	struct opt_texts heaps;
	const char *driver;
	uint64_t rounds;
	uint64_t threads;
	uint64_t seconds;
} opts = {
	.heaps = { { "restricted_mtk_cm", "restricted_mtk_cma",
		     "restricted_pages" }, 3 },
	.driver = "optee",
	.rounds = 2,
	.threads = 4,
	.seconds = 20,
};

static struct victim victims[OPT_LIST_MAX];

static int open_victims(void)
{
	for (size_t i = 0; i < opts.heaps.n; i++) {
		int err = victim_open(&victims[i], opts.heaps.v[i]);

		if (err) {
			diag("heap %s: %s", opts.heaps.v[i],
			     heap_strerror(err));
			while (i)
				victim_close(&victims[--i]);
			return EXIT_MISSING;
		}
	}
	return EXIT_PASS;
}

static void close_victims(void)
{
	for (size_t i = 0; i < opts.heaps.n; i++)
		victim_close(&victims[i]);
}

static void for_each_victim(void (*step)(struct victim *v))
{
	for (size_t i = 0; i < opts.heaps.n; i++)
		step(&victims[i]);
}

/* What hangs cannot be waited for, and leaves nothing to go on with. */
static void switch_driver(struct driver *driver, enum driver_switch to,
			  const char *name)
{
	int err = driver_turn(driver, to, (unsigned int)opts.seconds);

	if (!err) {
		tap_ok(name);
		return;
	}
	tap_not_ok(name, strerror(-err));
	tap_bail_out(err == -ETIMEDOUT ? "it hangs, and cannot be stopped" :
		     "without that there is no going on");
}

static void round_trip(struct driver *driver)
{
	for_each_victim(victim_take);
	switch_driver(driver, DRIVER_UNBIND,
		      "the TEE's driver lets go while buffers are held");
	for_each_victim(victim_is_refused);
	for_each_victim(victim_gives_back_some);
	switch_driver(driver, DRIVER_BIND, "the TEE's driver takes its device again");
	for_each_victim(victim_recovers);
	for_each_victim(victim_is_as_before);
}

static void nap(void)
{
	const struct timespec ts = { .tv_nsec = LOAD_NAP_NS };

	nanosleep(&ts, NULL);
}

static void tell_load(struct load *load)
{
	static const char name[] = "under load an allocation gives a buffer or ENODEV";
	int err = atomic_load(&load->err);
	char why[80];

	diag("%" PRIuFAST64 " buffers, %" PRIuFAST64 " refused",
	     atomic_load(&load->given), atomic_load(&load->refused));
	snprintf(why, sizeof(why), "one gave: %s", strerror(-err));
	if (err)
		tap_not_ok(name, why);
	else if (!atomic_load(&load->given) || !atomic_load(&load->refused))
		tap_not_ok(name, "the load did not meet both, it was too light");
	else
		tap_ok(name);
}

static void round_under_load(struct driver *driver, uint64_t seed)
{
	static const struct heap *heaps[OPT_LIST_MAX];
	struct load load = { .heaps = heaps, .seed = seed };

	for (; load.nr_heaps < opts.heaps.n; load.nr_heaps++)
		heaps[load.nr_heaps] = &victims[load.nr_heaps].heap;
	if (load_start(&load, opts.threads))
		tap_bail_out("a thread could not be started");
	nap();
	switch_driver(driver, DRIVER_UNBIND,
		      "the TEE's driver lets go while calls are made");
	nap();
	switch_driver(driver, DRIVER_BIND,
		      "the TEE's driver takes its device again, under load");
	nap();
	load_stop(&load);
	tell_load(&load);
	for_each_victim(victim_settles);
}

static unsigned int results(void)
{
	uint64_t lines = COMMON_LINES + VICTIM_LINES * opts.heaps.n;

	if (opts.threads)
		lines += COMMON_LOAD_LINES + VICTIM_LOAD_LINES * opts.heaps.n;
	return (unsigned int)(opts.rounds * lines);
}

static int run(const struct bench_env *env)
{
	struct driver driver;
	int code, err;

	err = driver_find(&driver, opts.driver);
	if (err) {
		diag("no device of the driver %s to take away (%s): is there a TEE, and are you root?",
		     opts.driver, strerror(-err));
		return EXIT_MISSING;
	}
	code = open_victims();
	if (code)
		return code;
	tap_begin(results());
	for (uint64_t i = 0; i < opts.rounds; i++) {
		round_trip(&driver);
		if (opts.threads)
			round_under_load(&driver, env->seed + i);
	}
	close_victims();
	return tap_end();
}

static int list(const struct bench_env *env)
{
	(void)env;
	for (size_t i = 0; i < opts.heaps.n; i++)
		printf("teedeath heap=%s driver=%s rounds=%" PRIu64 "\n",
		       opts.heaps.v[i], opts.driver, opts.rounds);
	return EXIT_PASS;
}

static const struct opt options[] = {
	{ "heap", OPT_TEXTS, &opts.heaps, .meta = "NAME",
	  .help = "heap whose memory the TEE protects; more than one: all at once" },
	{ "driver", OPT_TEXT, &opts.driver, .meta = "NAME",
	  .help = "the TEE's driver, of /sys/bus/platform/drivers" },
	{ "rounds", OPT_COUNT, &opts.rounds, .min = 1, .max = 1000,
	  .meta = "N", .help = "deaths and returns, each with buffers held and under load" },
	{ "threads", OPT_COUNT, &opts.threads, .max = LOAD_THREADS_MAX,
	  .meta = "N", .help = "threads of the load; 0: no load" },
	{ "seconds", OPT_COUNT, &opts.seconds, .min = 1, .max = 3600,
	  .meta = "N", .help = "what takes longer hangs" },
	{ .name = NULL },
};

static const struct bench teedeath_bench = {
	.name = "teedeath",
	.help = "Does a dead TEE hurt nobody else, and is all as before when it is back? Takes\n"
		"the TEE's driver from its device while buffers are held: that must not hang;\n"
		"new buffers get ENODEV at once, old ones stay, and what is freed meanwhile goes\n"
		"to quarantine, or stays kept. Gives the device back: the quarantine empties,\n"
		"buffers can be had, and the books of both worlds are what they were. Then the\n"
		"same while threads allocate and free. Disturbs every other user of the TEE;\n"
		"needs root.",
	.examples = "  teedeath\n"
		    "  teedeath --heap restricted_pages --rounds 100\n",
	.output = "The results go to stdout, as TAP version 13",
	.options = options,
	.list = list,
	.run = run,
};

int main(int argc, char **argv)
{
	return bench_main(&teedeath_bench, argc, argv);
}
