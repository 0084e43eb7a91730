/* SPDX-License-Identifier: GPL-2.0 */
/* What the workers of a fuzzer share: places that were reached, and by what. */
#ifndef RHEAP_TORMENT_GUIDE_H
#define RHEAP_TORMENT_GUIDE_H

#include "corpus.h"
#include "pcset.h"
#include "stressor.h"

#define GUIDE_WORDS		(PCSET_SLOTS / 64)
#define GUIDE_SUSPECTS_MAX	8

/**
 * struct reach - places that a program reached
 * @bit: one for each slot of the pcset
 */
struct reach {
	uint64_t bit[GUIDE_WORDS];
};

/**
 * struct guide_entry - a program that was kept
 * @program: it reached what none had reached before
 * @reach: all that it reached
 * @whole: all is written
 */
struct guide_entry {
	struct program program;
	struct reach reach;
	atomic_bool whole;
};

/**
 * struct guide - shared by all workers; all zeroes at first
 * @seen: all places that were reached
 * @entries: programs that were kept, more than CORPUS_PROGRAMS_MAX if some had no
 *	room
 * @entry: they
 * @played: how many of the corpora's programs were played, or more
 * @programs: how many were, of any kind
 * @suspects: programs during which something was found, or more
 * @suspect: the first ones
 * @within: of each power of two, the places reached within so many operations
 */
struct guide {
	struct pcset seen;
	atomic_uint entries;
	struct guide_entry entry[CORPUS_PROGRAMS_MAX];
	atomic_uint played;
	atomic_uint_fast64_t programs;
	atomic_uint suspects;
	struct program suspect[GUIDE_SUSPECTS_MAX];
	atomic_uint_fast64_t within[STRESS_POWERS];
};

/**
 * reach_add - a place was reached
 * @reach: of a program
 * @slot: from pcset_add(), not PCSET_FULL
 */
static inline void reach_add(struct reach *reach, uint32_t slot)
{
	reach->bit[slot / 64] |= UINT64_C(1) << slot % 64;
}

/**
 * reach_has - was all of it reached?
 * @reach: of a program
 * @all: places
 */
bool reach_has(const struct reach *reach, const struct reach *all);

/**
 * guide_new - memory that this process and its children share
 *
 * Return: a guide, freed by guide_free(); or NULL.
 */
struct guide *guide_new(void);

/**
 * guide_free - free it
 * @guide: from guide_new()
 */
void guide_free(struct guide *guide);

/**
 * guide_keep - keep a program, for guide_pick() of all workers
 * @guide: shared
 * @program: is copied; one of no calls, or that was cut, is not kept
 * @reach: what it reached
 */
void guide_keep(struct guide *guide, const struct program *program,
		const struct reach *reach);

/**
 * guide_pick - choose one of those that were kept
 * @guide: shared
 * @rng: where chance comes from
 *
 * Return: a program that does not change any more; NULL without one.
 */
const struct program *guide_pick(struct guide *guide, struct rng *rng);

/**
 * guide_suspect - remember a program during which something was found
 * @guide: shared
 * @program: is copied
 */
void guide_suspect(struct guide *guide, const struct program *program);

/**
 * guide_suspects - how many programs are remembered
 * @guide: shared; nobody works any more
 */
size_t guide_suspects(const struct guide *guide);

/**
 * guide_within - remember what was reached within some operations
 * @guide: shared
 * @ops: operations so far
 */
void guide_within(struct guide *guide, uint64_t ops);

/**
 * guide_distil - of what was kept, the programs that reach all that was reached
 * @guide: shared; nobody works any more
 * @program: filled: those that reach most first, and none that adds nothing
 *
 * Return: how many.
 */
size_t guide_distil(const struct guide *guide,
		    const struct program *program[CORPUS_PROGRAMS_MAX]);

#endif /* RHEAP_TORMENT_GUIDE_H */
