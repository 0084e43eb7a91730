// SPDX-License-Identifier: GPL-2.0
#include "program.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CHANGES_MAX	4

void program_clear(struct program *p, uint64_t seed)
{
	p->seed = seed;
	p->calls = 0;
	p->cut = false;
}

void program_copy(struct program *p, const struct program *from)
{
	size_t n = program_begin(from, from->calls);

	memcpy(p, from, offsetof(struct program, choice));
	memcpy(p->choice, from->choice, n * sizeof(from->choice[0]));
}

bool program_open(struct program *p)
{
	if (p->calls == PROGRAM_CALLS)
		return false;
	p->end[p->calls] = (uint16_t)program_begin(p, p->calls);
	p->calls++;
	return true;
}

void program_note(struct program *p, uint64_t choice)
{
	uint16_t *end = &p->end[p->calls - 1];

	if (*end < PROGRAM_CHOICES)
		p->choice[(*end)++] = choice;
	else
		p->cut = true;
}

bool program_append(struct program *p, const struct program *from, size_t call)
{
	size_t begin = program_begin(from, call);
	size_t n = from->end[call] - begin;

	if (program_begin(p, p->calls) + n > PROGRAM_CHOICES || !program_open(p))
		return false;
	memcpy(&p->choice[p->end[p->calls - 1]], &from->choice[begin],
	       n * sizeof(p->choice[0]));
	p->end[p->calls - 1] += (uint16_t)n;
	return true;
}

void program_without(struct program *p, const struct program *from, size_t call,
		     size_t n)
{
	program_clear(p, from->seed);
	for (size_t i = 0; i < from->calls; i++)
		if (i < call || i >= call + n)
			program_append(p, from, i);
}

/* Add calls of which nothing is told, one at least if there is room. */
static void append_fresh(struct program *p, struct rng *rng)
{
	size_t n = 1 + rng_below(rng, PROGRAM_CALLS);

	while (n-- && program_open(p))
		;
}

void program_fresh(struct program *p, struct rng *rng)
{
	program_clear(p, rng_next(rng));
	append_fresh(p, rng);
}

/* Add some calls of another program, as long as there is room. */
static void append_calls(struct program *p, const struct program *from,
			 size_t begin, size_t end)
{
	while (begin < end && program_append(p, from, begin))
		begin++;
}

/* What a program leads to is a good place to go on from: half of all do that. */
static void change_calls(struct program *p, const struct program *from,
			 const struct program *other, struct rng *rng)
{
	size_t at = rng_below(rng, from->calls);

	program_clear(p, rng_next(rng));
	switch (rng_below(rng, 8)) {
	case 0:
		append_calls(p, from, 0, at);
		append_calls(p, other, rng_below(rng, other->calls), other->calls);
		break;
	case 1:
		append_calls(p, from, 0, from->calls);
		append_calls(p, other, 0, other->calls);
		break;
	case 2:
		append_calls(p, from, 0, at + 1);
		append_calls(p, from, at, from->calls);
		break;
	case 3:
		append_calls(p, from, 0, from->calls > 1 ? at : 1);
		append_calls(p, from, at + 1, from->calls);
		break;
	default:
		append_calls(p, from, 0, from->calls);
		append_fresh(p, rng);
	}
}

static uint64_t other_choice(const struct program *p, uint64_t old, size_t n,
			     struct rng *rng)
{
	switch (rng_below(rng, 4)) {
	case 0:
		return old + 1 - 2 * rng_below(rng, 2);
	case 1:
		return old ^ UINT64_C(1) << rng_below(rng, 64);
	case 2:
		return p->choice[rng_below(rng, n)];
	default:
		return rng_next(rng) >> rng_below(rng, 64);
	}
}

static void change_choice(struct program *p, struct rng *rng)
{
	size_t n = program_begin(p, p->calls);
	uint64_t *choice;

	if (!n)
		return;
	choice = &p->choice[rng_below(rng, n)];
	*choice = other_choice(p, *choice, n, rng);
}

void program_mutate(struct program *p, const struct program *from,
		    const struct program *other, struct rng *rng)
{
	size_t changes = rng_below(rng, 2) ? 1 + rng_below(rng, CHANGES_MAX) : 0;

	change_calls(p, from, other, rng);
	while (changes--)
		change_choice(p, rng);
}

void program_print(const struct program *p, FILE *out)
{
	fprintf(out, "%" PRIx64 ":", p->seed);
	for (size_t call = 0; call < p->calls; call++) {
		const char *before = call ? ";" : "";

		for (size_t i = program_begin(p, call); i < p->end[call]; i++) {
			fprintf(out, "%s%" PRIx64, before, p->choice[i]);
			before = " ";
		}
		if (program_begin(p, call) == p->end[call])
			fputs(before, out);
	}
	fputc('\n', out);
}

/* Read a number of 1 to 16 hexadecimal digits, and nothing before it. */
static int parse_number(const char **at, uint64_t *value)
{
	size_t digits = strspn(*at, "0123456789abcdef");

	if (!digits || digits > 16)
		return -EINVAL;
	*value = strtoull(*at, NULL, 16);
	*at += digits;
	return 0;
}

static int parse_call(struct program *p, const char **at)
{
	uint64_t choice;

	if (!program_open(p))
		return -E2BIG;
	if (**at == ';' || !**at)
		return 0;
	do {
		if (parse_number(at, &choice))
			return -EINVAL;
		program_note(p, choice);
	} while (**at == ' ' && (*at)++);
	return p->cut ? -E2BIG : 0;
}

int program_parse(struct program *p, const char *line)
{
	uint64_t seed;
	int err;

	if (parse_number(&line, &seed) || *line++ != ':')
		return -EINVAL;
	program_clear(p, seed);
	for (;;) {
		err = parse_call(p, &line);
		if (err || !*line)
			return err;
		if (*line++ != ';')
			return -EINVAL;
	}
}
