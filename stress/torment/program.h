/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a fuzzer did, as the choices that it made: played again they make the same
 * calls, and changed a little, calls that are like them.
 */
#ifndef RHEAP_TORMENT_PROGRAM_H
#define RHEAP_TORMENT_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "rng.h"

#define PROGRAM_CALLS	64
#define PROGRAM_CHOICES	8192

/**
 * struct program - some calls
 * @seed: of the choices that are not told
 * @calls: how many, PROGRAM_CALLS at most
 * @end: of each call, the index behind its last choice
 * @choice: the choices of all calls
 * @cut: there were more choices than fit
 */
struct program {
	uint64_t seed;
	uint16_t calls;
	uint16_t end[PROGRAM_CALLS];
	bool cut;
	uint64_t choice[PROGRAM_CHOICES];
};

/**
 * program_begin - where a call's choices begin
 * @p: the program
 * @call: 0 to @p->calls
 *
 * Return: an index of @p->choice.
 */
static inline size_t program_begin(const struct program *p, size_t call)
{
	return call ? p->end[call - 1] : 0;
}

/**
 * program_clear - make a program of no calls
 * @p: filled
 * @seed: of it
 */
void program_clear(struct program *p, uint64_t seed);

/**
 * program_copy - copy a program, and not the room that it leaves
 * @p: filled
 * @from: the program
 */
void program_copy(struct program *p, const struct program *from);

/**
 * program_open - add a call that has no choices yet
 * @p: the program
 *
 * Return: whether there was room.
 */
bool program_open(struct program *p);

/**
 * program_note - add a choice to the last call
 * @p: a program that has one
 * @choice: any; sets @p->cut where there is no room
 */
void program_note(struct program *p, uint64_t choice);

/**
 * program_append - add a call of another program, with its choices
 * @p: the program
 * @from: the other
 * @call: of @from
 *
 * Return: whether there was room; else @p is as before.
 */
bool program_append(struct program *p, const struct program *from, size_t call);

/**
 * program_without - leave out some calls
 * @p: filled
 * @from: the program with all calls
 * @call: the first of them
 * @n: how many
 */
void program_without(struct program *p, const struct program *from, size_t call,
		     size_t n);

/**
 * program_fresh - make a program of which nothing is told
 * @p: filled
 * @rng: where chance comes from
 */
void program_fresh(struct program *p, struct rng *rng);

/**
 * program_mutate - make a program that is like another
 * @p: filled: @from, or some calls of it, followed by calls of which nothing is
 *	told or by some of @other, and some choices changed; one call at least
 * @from: has a call
 * @other: has a call; may be @from
 * @rng: where chance comes from
 */
void program_mutate(struct program *p, const struct program *from,
		    const struct program *other, struct rng *rng);

/**
 * program_print - write a program as a line, "SEED:CHOICE CHOICE;CHOICE", in hex
 * @p: the program
 * @out: where to
 */
void program_print(const struct program *p, FILE *out);

/**
 * program_parse - read what program_print() wrote
 * @p: filled
 * @line: without a newline
 *
 * Return: 0; -EINVAL when it is no program, -E2BIG when it does not fit.
 */
int program_parse(struct program *p, const char *line);

#endif /* RHEAP_TORMENT_PROGRAM_H */
