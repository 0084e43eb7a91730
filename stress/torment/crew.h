/* SPDX-License-Identifier: GPL-2.0 */
/* Processes that work at the same time, and who watches over them. */
#ifndef RHEAP_CREW_H
#define RHEAP_CREW_H

#include <sys/types.h>

#include "stressor.h"

/* Workers at most */
#define CREW_MAX	64

/**
 * struct hand - a worker; a process of its own
 * @s: the run
 * @index: 0 to workers - 1
 * @rng: chance, which depends on the seed and on @index alone
 * @choices: what @rng says, unless a fuzzer plays a program
 * @left: operations still to do
 */
struct hand {
	struct stress *s;
	unsigned int index;
	struct rng rng;
	struct choices choices;
	uint64_t left;
};

/**
 * struct crew - what processes do at the same time
 * @work: what each worker does: it calls hand_next() before each operation, and
 *	returns when that says no
 * @held: optional. Called while all workers are in hand_rest(), which each
 *	then has to call once, when it has done its operations
 * @beside: optional. What one more process does, again and again, for as long
 *	as there are workers: a blow, and a rest
 */
struct crew {
	void (*work)(struct hand *h);
	void (*held)(struct stress *s);
	void (*beside)(struct hand *h);
};

/**
 * crew_run - let the workers work, and wait for them
 * @s: the run
 * @crew: what they do
 *
 * What dies, or what does nothing for two minutes, is found; what hangs in the
 * kernel then cannot be ended, and so the program ends.
 */
void crew_run(struct stress *s, const struct crew *crew);

/**
 * hand_next - is there another operation to do? Counts it.
 * @h: the worker
 */
bool hand_next(struct hand *h);

/**
 * hand_rest - wait, with what is held, until crew_run() has looked at it
 * @h: the worker
 */
void hand_rest(struct hand *h);

/**
 * hand_heap - choose a heap
 * @h: the worker
 *
 * Return: its index.
 */
size_t hand_heap(struct hand *h);

/**
 * hand_nap - rest for a while
 * @h: the worker
 * @us: microseconds at most
 */
void hand_nap(struct hand *h, unsigned int us);

/**
 * crew_wait - wait for a child, and find it if it ended in an unforeseen way
 * @s: the run
 * @pid: the child
 * @signal: that may have ended it, or 0
 * @what: it was
 */
void crew_wait(struct stress *s, pid_t pid, int signal, const char *what);

#endif /* RHEAP_CREW_H */
