// SPDX-License-Identifier: GPL-2.0
/*
 * The clock against itself: what two readings cost, and what a loop costs of
 * which the number of instructions is known.
 *
 * Interrupts are off. Where the clock counts instructions, a loop of N of them
 * takes exactly N more than the loop of none, which is measured with it.
 */
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/sched/signal.h>

#include "bench.h"
#include "clock.h"
#include "known_loop.h"

static u64 time_nothing(void)
{
	unsigned long flags;
	u64 begin, end;

	local_irq_save(flags);
	begin = bench_now();
	end = bench_now();
	local_irq_restore(flags);

	return end - begin;
}

#ifdef KNOWN_LOOP
/* One function for loops of all lengths, none included: the rest is the same. */
static noinline u64 time_loop(unsigned long turns)
{
	unsigned long flags;
	u64 begin, end;

	local_irq_save(flags);
	begin = bench_now();
	known_loop(turns);
	end = bench_now();
	local_irq_restore(flags);

	return end - begin;
}
#endif

/**
 * bench_run_clock() - measure two readings of the clock
 * @config:	how many
 * @results:	where they go
 *
 * Return: 0, or -ENOMEM.
 */
int bench_run_clock(const struct bench_config *config,
		    struct bench_results *results)
{
	struct bench_series series;
	unsigned int i;
	int ret;

	ret = bench_series_init(&series, config->samples);
	if (ret)
		return ret;
	for (i = 0; i < config->warmup; i++)
		time_nothing();
	for (i = 0; i < config->samples; i++)
		bench_series_add(&series, time_nothing());
	ret = bench_emit_series(results, &series, 1, "\"case\":\"clock\"");
	bench_series_destroy(&series);

	return ret;
}

#ifdef KNOWN_LOOP
static int run_loop(const struct bench_config *config,
		    unsigned int instructions, struct bench_series *series,
		    struct bench_results *results)
{
	unsigned int i;

	series->n = 0;
	for (i = 0; i < config->warmup + config->samples; i++) {
		u64 time = time_loop(instructions / INSTRUCTIONS_A_TURN);

		if (i >= config->warmup)
			bench_series_add(series, time);
		if (signal_pending(current))
			return -EINTR;
	}

	return bench_emit_series(results, series, 1,
				 "\"case\":\"known\",\"instructions\":%u",
				 instructions);
}

/**
 * bench_run_known() - measure loops of known cost
 * @config:	how many instructions, beside none, and how many samples
 * @results:	where they go
 *
 * Return: 0, -ENOMEM or -EINTR.
 */
int bench_run_known(const struct bench_config *config,
		    struct bench_results *results)
{
	struct bench_series series;
	unsigned int i;
	int ret;

	ret = bench_series_init(&series, config->samples);
	if (ret)
		return ret;
	ret = run_loop(config, 0, &series, results);
	for (i = 0; !ret && i < config->nr_instructions; i++)
		ret = run_loop(config, config->instructions[i], &series,
			       results);
	bench_series_destroy(&series);

	return ret;
}
#else
int bench_run_known(const struct bench_config *config,
		    struct bench_results *results)
{
	return bench_emit_failure(results, "skipped", -EOPNOTSUPP,
				  "\"case\":\"known\"");
}
#endif
