/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The defects of Linux 7.2's own protected heap, one attempt each to bring them
 * about (results/ledger.md). Some can be tried on any heap, ours too.
 */
#ifndef RHEAP_DEFECT_H
#define RHEAP_DEFECT_H

#include <stdbool.h>
#include <stdint.h>

#define PAGE_BYTES	4096

/**
 * enum sighting - how an attempt ended
 * @SIGHT_NONE: the defect did not show itself
 * @SIGHT_SEEN: it did
 * @SIGHT_SKIP: it could not be tried here
 */
enum sighting {
	SIGHT_NONE,
	SIGHT_SEEN,
	SIGHT_SKIP,
};

/**
 * struct attempt - a defect that is being looked for
 * @heap: on which heap
 * @tries: how often to try at most; 0 for what is usual
 * @seconds: how long to try, or to wait for what should not take so long
 * @threads: of what is tried in several
 * @counted: the clock counts the instructions of one processor
 * @fatal: go on to where the kernel ends
 * @tried: how often it was
 * @found: in how many of them it was seen
 * @what: was seen, or why it could not be tried; one line
 */
struct attempt {
	const char *heap;
	uint64_t tries;
	uint64_t seconds;
	uint64_t threads;
	bool counted;
	bool fatal;
	uint64_t tried;
	uint64_t found;
	char what[512];
};

/**
 * struct defect - one line of the ledger
 * @name: its letter and a word or some, joined by dashes
 * @help: what is wrong, a sentence
 * @heap: mainline's heap that has it; NULL where it is tried on no heap
 * @tries: how often it is tried unless the user says
 * @run: try it, for example by "return seen(a, ...)"
 */
struct defect {
	const char *name;
	const char *help;
	const char *heap;
	uint64_t tries;
	enum sighting (*run)(struct attempt *a);
};

extern const struct defect defect_race;
extern const struct defect defect_reclaim;
extern const struct defect defect_leak;
extern const struct defect defect_unbind;
extern const struct defect defect_register;
extern const struct defect defect_length;
extern const struct defect defect_ping_pong;

/* All of them, in the order of their letters; ends with NULL */
extern const struct defect *const defects[];

/**
 * seen - say what was seen
 * @a: the attempt
 * @fmt: one line
 *
 * Return: SIGHT_SEEN.
 */
enum sighting seen(struct attempt *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * unseen - say what was seen in place of the defect
 * @a: the attempt
 * @fmt: one line
 *
 * Return: SIGHT_NONE.
 */
enum sighting unseen(struct attempt *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * cannot - say why a defect cannot be tried here
 * @a: the attempt
 * @fmt: one line
 *
 * Return: SIGHT_SKIP.
 */
enum sighting cannot(struct attempt *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * is_ours - whether a heap is one of this project's, by its name
 * @heap: the name
 */
bool is_ours(const char *heap);

#endif /* RHEAP_DEFECT_H */
