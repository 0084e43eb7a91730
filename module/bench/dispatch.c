// SPDX-License-Identifier: GPL-2.0
/*
 * What a call through the ops costs, against the same function called directly.
 *
 * Interrupts are off while a batch of calls runs. The loop that calls nothing
 * is one of the loops: nothing is subtracted here.
 */
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string_choices.h>

#include "../restricted_heap.h"
#include "bench.h"
#include "dispatch.h"

static const struct bench_loops * const variants[] = {
	&bench_loops_as_built,
#ifdef CONFIG_ARM64
	&bench_loops_protected,
#endif
};

static u64 time_batch(const struct bench_loop *loop,
		      const struct bench_dispatch *d)
{
	unsigned long flags;
	u64 time;

	local_irq_save(flags);
	time = loop->time(d);
	local_irq_restore(flags);

	return time;
}

/* The ways of calling take turns, sample by sample. */
static int sample(const struct bench_config *config,
		  const struct bench_loops *variant,
		  const struct bench_dispatch *d, struct bench_series *series)
{
	unsigned int i, k;

	for (i = 0; i < config->warmup + config->samples; i++) {
		for (k = 0; k < variant->count; k++) {
			u64 time = time_batch(&variant->loops[k], d);

			if (i >= config->warmup)
				bench_series_add(&series[k], time);
		}
		if (signal_pending(current))
			return -EINTR;
	}

	return 0;
}

static int emit(const struct bench_config *config,
		const struct bench_loops *variant, struct bench_series *series,
		struct bench_results *results)
{
	unsigned int k;
	int ret = 0;

	for (k = 0; !ret && k < variant->count; k++)
		ret = bench_emit_series(results, &series[k], config->batch,
					"\"case\":\"dispatch\",\"call\":\"%s\",\"protection\":\"%s\",\"config_ptr_auth\":%s,\"config_bti\":%s,\"config_retpoline\":%s,\"config_static_call\":%s",
					variant->loops[k].call,
					variant->protection,
					str_true_false(IS_ENABLED(CONFIG_ARM64_PTR_AUTH_KERNEL)),
					str_true_false(IS_ENABLED(CONFIG_ARM64_BTI_KERNEL)),
					str_true_false(IS_ENABLED(CONFIG_MITIGATION_RETPOLINE)),
					str_true_false(IS_ENABLED(CONFIG_HAVE_STATIC_CALL)));

	return ret;
}

static int run_variant(const struct bench_config *config,
		       const struct bench_loops *variant,
		       struct bench_results *results)
{
	struct restricted_heap_ops ops = { .memory_alloc = variant->target };
	struct restricted_heap heap = { .ops = &ops, .active = &ops };
	struct restricted_buffer buf = {};
	struct bench_dispatch d = {
		.heap = &heap,
		.buf = &buf,
		.calls = config->batch,
	};
	struct bench_series *series __free(kfree) =
		kzalloc_objs(*series, variant->count);
	unsigned int k;
	int ret = 0;

	if (!series)
		return -ENOMEM;

	for (k = 0; !ret && k < variant->count; k++)
		ret = bench_series_init(&series[k], config->samples);
	if (!ret)
		ret = sample(config, variant, &d, series);
	if (!ret)
		ret = emit(config, variant, series, results);
	for (k = 0; k < variant->count; k++)
		bench_series_destroy(&series[k]);

	return ret;
}

/**
 * bench_run_dispatch() - measure ways of calling
 * @config:	how many calls and samples
 * @results:	where they go
 *
 * Return: 0, -ENOMEM or -EINTR.
 */
int bench_run_dispatch(const struct bench_config *config,
		       struct bench_results *results)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < ARRAY_SIZE(variants); i++)
		ret = run_variant(config, variants[i], results);

	return ret;
}
