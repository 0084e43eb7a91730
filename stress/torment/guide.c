// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "guide.h"

#include <stdlib.h>
#include <sys/mman.h>

bool reach_has(const struct reach *reach, const struct reach *all)
{
	for (size_t i = 0; i < GUIDE_WORDS; i++)
		if (all->bit[i] & ~reach->bit[i])
			return false;
	return true;
}

struct guide *guide_new(void)
{
	struct guide *guide = mmap(NULL, sizeof(*guide), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return guide == MAP_FAILED ? NULL : guide;
}

void guide_free(struct guide *guide)
{
	munmap(guide, sizeof(*guide));
}

void guide_keep(struct guide *guide, const struct program *program,
		const struct reach *reach)
{
	unsigned int i;

	if (program->cut || !program->calls)
		return;
	i = atomic_fetch_add(&guide->entries, 1);
	if (i >= CORPUS_PROGRAMS_MAX)
		return;
	program_copy(&guide->entry[i].program, program);
	guide->entry[i].reach = *reach;
	atomic_store(&guide->entry[i].whole, true);
}

static size_t entries(const struct guide *guide)
{
	unsigned int n = atomic_load(&guide->entries);

	return n < CORPUS_PROGRAMS_MAX ? n : CORPUS_PROGRAMS_MAX;
}

const struct program *guide_pick(struct guide *guide, struct rng *rng)
{
	size_t n = entries(guide);
	struct guide_entry *entry;
	size_t i, j;

	if (!n)
		return NULL;
	/* Rather one that was found late: who came far comes farther. */
	i = rng_below(rng, n);
	j = rng_below(rng, n);
	entry = &guide->entry[i > j ? i : j];
	return atomic_load(&entry->whole) ? &entry->program : NULL;
}

void guide_suspect(struct guide *guide, const struct program *program)
{
	unsigned int i = atomic_fetch_add(&guide->suspects, 1);

	if (i < GUIDE_SUSPECTS_MAX)
		program_copy(&guide->suspect[i], program);
}

size_t guide_suspects(const struct guide *guide)
{
	unsigned int n = atomic_load(&guide->suspects);

	return n < GUIDE_SUSPECTS_MAX ? n : GUIDE_SUSPECTS_MAX;
}

void guide_within(struct guide *guide, uint64_t ops)
{
	unsigned int power = ops < 2 ? 0 :
		64 - (unsigned int)__builtin_clzll(ops - 1);

	if (power < STRESS_POWERS)
		atomic_store(&guide->within[power],
			     atomic_load(&guide->seen.n));
}

static size_t weight(const struct reach *reach)
{
	size_t n = 0;

	for (size_t i = 0; i < GUIDE_WORDS; i++)
		n += (size_t)__builtin_popcountll(reach->bit[i]);
	return n;
}

struct weighed {
	const struct guide_entry *entry;
	size_t weight;
};

static int heavier(const void *a, const void *b)
{
	const struct weighed *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

/* Those that are whole, that which reaches most first */
static size_t weigh(const struct guide *guide,
		    struct weighed list[CORPUS_PROGRAMS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < entries(guide); i++) {
		const struct guide_entry *entry = &guide->entry[i];

		if (atomic_load(&entry->whole))
			list[n++] = (struct weighed){ entry,
						      weight(&entry->reach) };
	}
	qsort(list, n, sizeof(*list), heavier);
	return n;
}

size_t guide_distil(const struct guide *guide,
		    const struct program *program[CORPUS_PROGRAMS_MAX])
{
	static struct weighed list[CORPUS_PROGRAMS_MAX];
	size_t all = weigh(guide, list), n = 0;
	struct reach so_far = { { 0 } };

	for (size_t i = 0; i < all; i++) {
		const struct guide_entry *entry = list[i].entry;

		if (reach_has(&so_far, &entry->reach))
			continue;
		for (size_t w = 0; w < GUIDE_WORDS; w++)
			so_far.bit[w] |= entry->reach.bit[w];
		program[n++] = &entry->program;
	}
	return n;
}
