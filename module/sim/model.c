// SPDX-License-Identifier: GPL-2.0
#include <kunit/visibility.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kstrtox.h>
#include <linux/moduleparam.h>
#include <linux/prandom.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "../include/uapi/restricted_tee.h"
#include "call.h"
#include "model.h"

/* Longer than anything one wants to wait for; a sum of costs stays in 64 bits */
#define NS_MAX		1000000000

/* The preset's name when a value was written since: nobody's figures */
#define CUSTOM		"custom"

struct sim_preset {
	const char *name;
	struct sim_model model;
};

/* Times are told where somebody published them, and are 0 where nobody did */
static const struct sim_preset presets[] = {
	{ "free", { .max_entries = MEMSVC_BATCH_ENTRIES } },
	{ "qcom-assign", { .max_entries = 32,
			   .max_pages = SZ_2M / SZ_4K - 1 } },
	{ "mtk-page", { .max_entries = 1024 } },
	{ "samsung", { .max_entries = MEMSVC_BATCH_ENTRIES } },
	{ "xring", { .max_entries = 255 } },
	{ "tfa-a53", { .max_entries = MEMSVC_BATCH_ENTRIES,
		       .call_ns = 2900, .jitter_ns = 200 } },
	{ "tfa-a57", { .max_entries = MEMSVC_BATCH_ENTRIES,
		       .call_ns = 520, .jitter_ns = 200 } },
};

static struct sim_model current_model = { .max_entries = MEMSVC_BATCH_ENTRIES };
static const char *preset_name = "free";
static u32 jitter_seed = 1;
static struct rnd_state jitter_state;
/* Protects all above: a call sees one model, not parts of two */
static DEFINE_SPINLOCK(model_lock);

/**
 * sim_cost_ns() - add a call's costs up
 * @model:	the parameters
 * @work:	what the call did
 *
 * Return: how long it takes, without jitter, in nanoseconds.
 */
u64 sim_cost_ns(const struct sim_model *model, const struct sim_work *work)
{
	return model->call_ns +
	       (u64)model->entry_ns * work->entries +
	       (u64)model->protect_page_ns * work->protect_pages +
	       (u64)model->scrub_page_ns * work->scrub_pages;
}
EXPORT_SYMBOL_IF_KUNIT(sim_cost_ns);

static const struct sim_preset *find_preset(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(presets); i++)
		if (sysfs_streq(name, presets[i].name))
			return &presets[i];

	return NULL;
}

/**
 * sim_model_preset() - use a preset's parameters from the next call on
 * @name:	of the preset; a newline at its end is none of it
 *
 * Return: 0, or -EINVAL: there is none of that name.
 */
int sim_model_preset(const char *name)
{
	const struct sim_preset *preset = find_preset(name);

	if (!preset)
		return -EINVAL;

	spin_lock(&model_lock);
	current_model = preset->model;
	preset_name = preset->name;
	spin_unlock(&model_lock);
	sim_calls_look_again();

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(sim_model_preset);

/**
 * sim_model_set() - use these parameters from the next call on
 * @model:	the parameters
 */
void sim_model_set(const struct sim_model *model)
{
	spin_lock(&model_lock);
	current_model = *model;
	preset_name = CUSTOM;
	spin_unlock(&model_lock);
	sim_calls_look_again();
}
EXPORT_SYMBOL_IF_KUNIT(sim_model_set);

/**
 * sim_model_get() - the parameters of a call that begins now
 * @model:	to fill
 */
void sim_model_get(struct sim_model *model)
{
	spin_lock(&model_lock);
	*model = current_model;
	spin_unlock(&model_lock);
}
EXPORT_SYMBOL_IF_KUNIT(sim_model_get);

/**
 * sim_model_seed() - begin the jitter's sequence anew
 * @seed:	which sequence
 */
void sim_model_seed(u32 seed)
{
	spin_lock(&model_lock);
	jitter_seed = seed;
	prandom_seed_state(&jitter_state, seed);
	spin_unlock(&model_lock);
}
EXPORT_SYMBOL_IF_KUNIT(sim_model_seed);

/**
 * sim_model_setup() - begin the jitter's sequence, by the parameter
 */
void sim_model_setup(void)
{
	sim_model_seed(jitter_seed);
}

/**
 * sim_model_jitter() - draw a call's jitter
 * @model:	of the call
 *
 * Return: what it takes beyond its costs, in nanoseconds.
 */
u32 sim_model_jitter(const struct sim_model *model)
{
	u32 drawn;

	if (!model->jitter_ns)
		return 0;
	spin_lock(&model_lock);
	drawn = prandom_u32_state(&jitter_state);
	spin_unlock(&model_lock);

	return mul_u32_u32(drawn, model->jitter_ns + 1) >> 32;
}
EXPORT_SYMBOL_IF_KUNIT(sim_model_jitter);

/**
 * sim_model_allows() - whether a call may carry so much
 * @model:	the parameters
 * @entries:	ranges
 * @pages:	units of 4 KiB
 *
 * Return: true if so.
 */
bool sim_model_allows(const struct sim_model *model, u32 entries, u32 pages)
{
	return entries <= model->max_entries &&
	       (!model->max_pages || pages <= model->max_pages);
}
EXPORT_SYMBOL_IF_KUNIT(sim_model_allows);

/**
 * sim_model_threads() - how many calls may be served at a time
 *
 * Return: the number as it is now, 0 for any.
 */
u32 sim_model_threads(void)
{
	return READ_ONCE(current_model.threads);
}

/*
 * Under /sys/module/tee_sim/parameters. A bad value gets -EINVAL and changes
 * nothing.
 */

struct sim_value {
	u32 *where;
	u32 min, max;
};

static int value_set(const char *text, const struct kernel_param *kp)
{
	const struct sim_value *value = kp->arg;
	u32 number;

	if (kstrtou32(text, 0, &number) ||
	    number < value->min || number > value->max)
		return -EINVAL;

	spin_lock(&model_lock);
	*value->where = number;
	preset_name = CUSTOM;
	spin_unlock(&model_lock);
	sim_calls_look_again();

	return 0;
}

static int value_get(char *buf, const struct kernel_param *kp)
{
	const struct sim_value *value = kp->arg;

	return sysfs_emit(buf, "%u\n", READ_ONCE(*value->where));
}

static const struct kernel_param_ops value_ops = {
	.set = value_set,
	.get = value_get,
};

#define SIM_VALUE(_member, _min, _max)					\
	(&(struct sim_value){						\
		.where = &current_model._member,			\
		.min = _min,						\
		.max = _max,						\
	})

module_param_cb(call_ns, &value_ops, SIM_VALUE(call_ns, 0, NS_MAX), 0644);
MODULE_PARM_DESC(call_ns, "cost of a call, in ns");

module_param_cb(entry_ns, &value_ops, SIM_VALUE(entry_ns, 0, NS_MAX), 0644);
MODULE_PARM_DESC(entry_ns, "cost of each range, in ns");

module_param_cb(protect_page_ns, &value_ops,
		SIM_VALUE(protect_page_ns, 0, NS_MAX), 0644);
MODULE_PARM_DESC(protect_page_ns,
		 "cost of changing the protection of 4 KiB, in ns");

module_param_cb(scrub_page_ns, &value_ops,
		SIM_VALUE(scrub_page_ns, 0, NS_MAX), 0644);
MODULE_PARM_DESC(scrub_page_ns, "cost of scrubbing 4 KiB, in ns");

module_param_cb(jitter_ns, &value_ops, SIM_VALUE(jitter_ns, 0, NS_MAX), 0644);
MODULE_PARM_DESC(jitter_ns, "a call takes up to so much more, in ns");

module_param_cb(threads, &value_ops, SIM_VALUE(threads, 0, U32_MAX), 0644);
MODULE_PARM_DESC(threads,
		 "calls that are served at a time (0: any number, 1: in series)");

module_param_cb(max_entries, &value_ops,
		SIM_VALUE(max_entries, 1, MEMSVC_BATCH_ENTRIES), 0644);
MODULE_PARM_DESC(max_entries, "ranges that a call may carry");

module_param_cb(max_pages, &value_ops, SIM_VALUE(max_pages, 0, U32_MAX), 0644);
MODULE_PARM_DESC(max_pages,
		 "units of 4 KiB that a call may carry (0: any number)");

static int seed_set(const char *text, const struct kernel_param *kp)
{
	u32 seed;

	if (kstrtou32(text, 0, &seed))
		return -EINVAL;
	sim_model_seed(seed);

	return 0;
}

static const struct kernel_param_ops seed_ops = {
	.set = seed_set,
	.get = param_get_uint,
};

module_param_cb(seed, &seed_ops, &jitter_seed, 0644);
MODULE_PARM_DESC(seed, "of the jitter; written, its sequence begins anew");

static int preset_set(const char *text, const struct kernel_param *kp)
{
	return sim_model_preset(text);
}

static int preset_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", READ_ONCE(preset_name));
}

static const struct kernel_param_ops preset_ops = {
	.set = preset_set,
	.get = preset_get,
};

module_param_cb(preset, &preset_ops, NULL, 0644);
MODULE_PARM_DESC(preset,
		 "a set of values: free, qcom-assign, mtk-page, samsung, xring, tfa-a53, tfa-a57");

static int model_show(char *buf, const struct kernel_param *kp)
{
	struct sim_model m;
	const char *name;
	u32 seed;

	spin_lock(&model_lock);
	m = current_model;
	name = preset_name;
	seed = jitter_seed;
	spin_unlock(&model_lock);

	return sysfs_emit(buf,
			  "preset=%s call_ns=%u entry_ns=%u protect_page_ns=%u scrub_page_ns=%u jitter_ns=%u seed=%u threads=%u max_entries=%u max_pages=%u\n",
			  name, m.call_ns, m.entry_ns, m.protect_page_ns,
			  m.scrub_page_ns, m.jitter_ns,
			  seed, m.threads, m.max_entries, m.max_pages);
}

static const struct kernel_param_ops model_ops = {
	.get = model_show,
};

module_param_cb(model, &model_ops, NULL, 0444);
MODULE_PARM_DESC(model, "all of the above in one line; read-only");
