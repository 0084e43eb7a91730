// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../direct/direct.h"
#include "../restricted_heap.h"
#include "bench.h"
#include "subject.h"

/* What is measured where nobody says what, as far as it is here */
static const char * const default_names[] = {
	"restricted_mtk_cm", "restricted_mtk_cma", "restricted_secure_ram",
	"restricted_carveout", "direct_carveout",
	"restricted_pages", "direct_pages",
};

static_assert(ARRAY_SIZE(default_names) <= BENCH_MAX_HEAPS);

/* By symbol, not by linking: a twin's module may not be loaded, or not exist. */
static bool get_direct_carveout(struct bench_twin *twin)
{
	twin->take = symbol_get(direct_carveout_take);
	if (!twin->take)
		return false;
	twin->give = symbol_get(direct_carveout_give);
	twin->export = symbol_get(direct_carveout_export);

	return true;
}

static void put_direct_carveout(void)
{
	symbol_put(direct_carveout_take);
	symbol_put(direct_carveout_give);
	symbol_put(direct_carveout_export);
}

static bool get_direct_pages(struct bench_twin *twin)
{
	twin->take = symbol_get(direct_pages_take);
	if (!twin->take)
		return false;
	twin->give = symbol_get(direct_pages_give);
	twin->export = symbol_get(direct_pages_export);

	return true;
}

static void put_direct_pages(void)
{
	symbol_put(direct_pages_take);
	symbol_put(direct_pages_give);
	symbol_put(direct_pages_export);
}

static const struct {
	const char *name;
	bool (*get)(struct bench_twin *twin);
	void (*put)(void);
} twins[] = {
	{ "direct_carveout", get_direct_carveout, put_direct_carveout },
	{ "direct_pages", get_direct_pages, put_direct_pages },
};

static bool get_twin(struct bench_subject *subject)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(twins); i++)
		if (!strcmp(subject->name, twins[i].name))
			return twins[i].get(&subject->twin);

	return false;
}

static void put_twin(struct bench_subject *subject)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(twins); i++)
		if (!strcmp(subject->name, twins[i].name))
			twins[i].put();
}

static bool get_subject(struct bench_subject *subject, const char *name)
{
	subject->name = name;
	subject->heap = restricted_heap_find(name);

	return subject->heap || get_twin(subject);
}

static int init_phases(struct bench_subject *subject, unsigned int samples)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < BENCH_PHASES_COUNT; i++)
		ret = bench_series_init(&subject->phases[i], samples);

	return ret;
}

static int add_subject(struct bench_subjects *subjects, const char *name,
		       unsigned int samples)
{
	struct bench_subject *subject = &subjects->one[subjects->count];

	if (!get_subject(subject, name))
		return -ENOENT;
	subjects->count++;

	return init_phases(subject, samples);
}

/**
 * bench_subjects_get() - find heaps and twins
 * @subjects:	to fill; to be given to bench_subjects_put(), on success only
 * @config:	which, and for how many samples
 * @missing:	set to the name that there is none of, for -ENOENT
 *
 * Return: 0, -ENOENT, or -ENOMEM.
 */
int bench_subjects_get(struct bench_subjects *subjects,
		       const struct bench_config *config,
		       const char **missing)
{
	bool all = !config->nr_heaps;
	unsigned int i, n = all ? ARRAY_SIZE(default_names) : config->nr_heaps;
	int ret = 0;

	subjects->count = 0;
	subjects->one = kzalloc_objs(*subjects->one, n);
	if (!subjects->one)
		return -ENOMEM;

	for (i = 0; !ret && i < n; i++) {
		*missing = all ? default_names[i] : config->heaps[i];
		ret = add_subject(subjects, *missing, config->samples);
		if (all && ret == -ENOENT)
			ret = 0;
	}
	if (ret)
		bench_subjects_put(subjects);

	return ret;
}

/**
 * bench_subjects_put() - undo bench_subjects_get()
 * @subjects:	the subjects
 */
void bench_subjects_put(struct bench_subjects *subjects)
{
	unsigned int i, k;

	for (i = 0; i < subjects->count; i++) {
		struct bench_subject *subject = &subjects->one[i];

		if (!subject->heap)
			put_twin(subject);
		for (k = 0; k < BENCH_PHASES_COUNT; k++)
			bench_series_destroy(&subject->phases[k]);
	}
	kfree(subjects->one);
}
