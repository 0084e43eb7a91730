/* SPDX-License-Identifier: GPL-2.0 */
/* Where a fuzzer's choices come from: chance, or a program that was recorded. */
#ifndef RHEAP_TORMENT_CHOICES_H
#define RHEAP_TORMENT_CHOICES_H

#include "program.h"

/**
 * struct choices - a source of choices
 * @rng: chance, for what is not told
 * @told: the program that is played; NULL for chance alone
 * @at: the next of its choices
 * @end: behind the last choice of the call
 * @made: gets the choices that were made; may be NULL
 */
struct choices {
	struct rng *rng;
	const struct program *told;
	size_t at;
	size_t end;
	struct program *made;
};

/**
 * choices_play - let a call of a program tell the next choices
 * @c: the source
 * @told: the program
 * @call: of it
 * @made: has room for a call
 */
static inline void choices_play(struct choices *c, const struct program *told,
				size_t call, struct program *made)
{
	c->told = told;
	c->at = program_begin(told, call);
	c->end = told->end[call];
	c->made = made;
	program_open(made);
}

/* Is the next choice told? */
static inline bool choices_told(struct choices *c, uint64_t *choice)
{
	if (c->at == c->end)
		return false;
	*choice = c->told->choice[c->at++];
	return true;
}

/**
 * choose_any - choose a number, any
 * @c: where choices come from
 */
static inline uint64_t choose_any(struct choices *c)
{
	uint64_t choice;

	if (!choices_told(c, &choice))
		choice = rng_next(c->rng);
	if (c->made)
		program_note(c->made, choice);
	return choice;
}

/**
 * choose_below - choose a number from 0 to @limit - 1
 * @c: where choices come from
 * @limit: 1 to 2^32
 */
static inline uint64_t choose_below(struct choices *c, uint64_t limit)
{
	uint64_t choice;

	if (choices_told(c, &choice))
		choice %= limit;
	else
		choice = rng_below(c->rng, limit);
	if (c->made)
		program_note(c->made, choice);
	return choice;
}

#endif /* RHEAP_TORMENT_CHOICES_H */
