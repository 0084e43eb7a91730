// SPDX-License-Identifier: GPL-2.0
/*
 * restricted_bench.ko: times inside the kernel what user space cannot see
 * apart.
 *
 * A run starts when the module is loaded with run_mask, or by writing a mask
 * to debugfs' restricted_bench/run, and is made as the parameters say then.
 * What it measured is in restricted_bench/results until the next run begins:
 * a JSON object a line, and lines that begin with "error:" of what went wrong.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "../restricted_heap.h"
#include "bench.h"
#include "clock.h"

static unsigned long run_mask;
module_param(run_mask, ulong, 0444);
MODULE_PARM_DESC(run_mask, "Run these when the module is loaded (default: none):\n"
		"\t\t1 clock: two readings of it\n"
		"\t\t2 known: loops of a known number of instructions\n"
		"\t\t4 dispatch: ways of calling a function\n"
		"\t\t8 phases: of buffers' lives");

static char *heaps[BENCH_MAX_HEAPS];
static unsigned int nr_heaps;
module_param_array(heaps, charp, &nr_heaps, 0644);
MODULE_PARM_DESC(heaps, "phases: heaps and twins (default, and empty: all that are here)");

static unsigned long sizes[BENCH_MAX_SIZES] = { 4096, 65536, 1048576 };
static unsigned int nr_sizes = 3;
module_param_array(sizes, ulong, &nr_sizes, 0644);
MODULE_PARM_DESC(sizes, "phases: bytes in a buffer (default: 4096,65536,1048576)");

static unsigned int instructions[BENCH_MAX_COUNTS] = { 1000, 100000 };
static unsigned int nr_instructions = 2;
module_param_array(instructions, uint, &nr_instructions, 0644);
MODULE_PARM_DESC(instructions, "known: instructions in a loop, even, 2 to 10000000 (default: 1000,100000)");

static unsigned int samples = 1000;
module_param(samples, uint, 0644);
MODULE_PARM_DESC(samples, "Samples of each case, 1 to 16384 (default: 1000)");

static unsigned int warmup = 16;
module_param(warmup, uint, 0644);
MODULE_PARM_DESC(warmup, "Samples before those that count, up to 1000000 (default: 16)");

static unsigned int batch = 1000;
module_param(batch, uint, 0644);
MODULE_PARM_DESC(batch, "dispatch: calls in a sample, 1 to 1000000 (default: 1000)");

static bool icount;
module_param(icount, bool, 0644);
MODULE_PARM_DESC(icount, "This is QEMU with -icount shift=0: count instructions (default: no)");

static struct bench_results results;
/* Protects results, and lets one run go on at a time */
static DEFINE_MUTEX(lock);
static struct dentry *dir;

static const struct {
	unsigned long bit;
	int (*run)(const struct bench_config *config,
		   struct bench_results *results);
} parts[] = {
	{ BENCH_CLOCK, bench_run_clock },
	{ BENCH_KNOWN, bench_run_known },
	{ BENCH_DISPATCH, bench_run_dispatch },
	{ BENCH_PHASES, bench_run_phases },
};

/* A name as user space writes it, with a newline or empty. */
static int copy_name(struct bench_config *config, const char *text)
{
	char *name = config->heaps[config->nr_heaps];
	size_t length = strcspn(text, "\n");

	if (length >= BENCH_NAME_SIZE)
		return -EINVAL;
	memcpy(name, text, length);
	name[length] = '\0';
	config->nr_heaps += !!length;

	return 0;
}

/* Parameters change under the feet of who does not hold their lock. */
static int copy_parameters(struct bench_config *config)
{
	unsigned int i;
	int ret = 0;

	kernel_param_lock(THIS_MODULE);
	for (i = 0; !ret && i < nr_heaps; i++)
		ret = copy_name(config, heaps[i]);
	memcpy(config->sizes, sizes, sizeof(sizes));
	config->nr_sizes = nr_sizes;
	memcpy(config->instructions, instructions, sizeof(instructions));
	config->nr_instructions = nr_instructions;
	config->samples = samples;
	config->warmup = warmup;
	config->batch = batch;
	config->icount = icount;
	kernel_param_unlock(THIS_MODULE);

	return ret;
}

static const char *bad_list(const struct bench_config *config)
{
	unsigned int i;

	for (i = 0; i < config->nr_sizes; i++)
		if (!config->sizes[i] || config->sizes[i] > RESTRICTED_MAX_SIZE)
			return "sizes";
	for (i = 0; i < config->nr_instructions; i++)
		if (!config->instructions[i] || config->instructions[i] % 2 ||
		    config->instructions[i] > BENCH_MAX_INSTRUCTIONS)
			return "instructions";

	return NULL;
}

/* The name of a parameter that is out of range, or NULL. */
static const char *bad_parameter(const struct bench_config *config)
{
	if (!config->mask || config->mask & ~BENCH_ALL)
		return "run_mask";
	if (!config->samples || config->samples > BENCH_MAX_SAMPLES)
		return "samples";
	if (config->warmup > BENCH_MAX_WARMUP)
		return "warmup";
	if (!config->batch || config->batch > BENCH_MAX_BATCH)
		return "batch";

	return bad_list(config);
}

static int configure(struct bench_config *config, unsigned long mask)
{
	const char *bad;
	int ret;

	config->mask = mask;
	ret = copy_parameters(config);
	bad = ret ? "heaps" : bad_parameter(config);
	if (bad) {
		bench_emit_error(&results, "parameter %s is out of range; see modinfo",
				 bad);
		return -EINVAL;
	}

	ret = bench_clock_choose(config->icount);
	if (ret)
		bench_emit_error(&results,
				 "no counter of 1 GHz, so this machine does not count instructions; set icount to 0");

	return ret;
}

static int run_parts(const struct bench_config *config)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < ARRAY_SIZE(parts); i++)
		if (config->mask & parts[i].bit)
			ret = parts[i].run(config, &results);
	if (ret)
		bench_emit_error(&results, "the run ended with %d", ret);

	return ret;
}

static int run(unsigned long mask)
{
	struct bench_config *config __free(kfree) = kzalloc_obj(*config);
	int ret;

	if (!config)
		return -ENOMEM;
	if (mutex_lock_interruptible(&lock))
		return -EINTR;
	bench_results_clear(&results);
	ret = configure(config, mask);
	if (!ret)
		ret = run_parts(config);
	mutex_unlock(&lock);

	return ret;
}

static int run_set(void *data, u64 mask)
{
	return run(mask);
}
DEFINE_DEBUGFS_ATTRIBUTE(run_fops, NULL, run_set, "%llu\n");

static void *results_start(struct seq_file *m, loff_t *pos)
{
	/* A run can take long, and who waits for it may want to leave */
	if (mutex_lock_interruptible(&lock))
		return ERR_PTR(-EINTR);

	return seq_list_start(&results.lines, *pos);
}

static void *results_next(struct seq_file *m, void *at, loff_t *pos)
{
	return seq_list_next(at, &results.lines, pos);
}

static void results_stop(struct seq_file *m, void *at)
{
	if (!IS_ERR(at))
		mutex_unlock(&lock);
}

static int results_show(struct seq_file *m, void *at)
{
	seq_puts(m, list_entry(at, struct bench_line, node)->text);

	return 0;
}

static const struct seq_operations results_sops = {
	.start = results_start,
	.next = results_next,
	.stop = results_stop,
	.show = results_show,
};
DEFINE_SEQ_ATTRIBUTE(results);

static int __init bench_init(void)
{
	int ret;

	ret = bench_results_init(&results);
	if (ret)
		return ret;

	dir = debugfs_create_dir(KBUILD_MODNAME, NULL);
	debugfs_create_file_unsafe("run", 0200, dir, NULL, &run_fops);
	debugfs_create_file("results", 0444, dir, NULL, &results_fops);
	if (run_mask && run(run_mask))
		pr_err("the run failed; see debugfs' restricted_bench/results\n");

	return 0;
}
module_init(bench_init);

static void __exit bench_exit(void)
{
	debugfs_remove(dir);
	bench_results_destroy(&results);
}
module_exit(bench_exit);

MODULE_DESCRIPTION("Restricted memory: bench inside the kernel");
MODULE_LICENSE("GPL");
