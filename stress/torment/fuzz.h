/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A fuzzer's workers. Where the kernel tells which of its code a process reached,
 * programs that reached what none had reached before are kept, and others are made
 * of them; elsewhere all is up to chance.
 */
#ifndef RHEAP_TORMENT_FUZZ_H
#define RHEAP_TORMENT_FUZZ_H

#include "corpus.h"
#include "crew.h"
#include "options.h"

/**
 * struct fuzz - a fuzzer
 * @begin: optional; make what the calls work on, which is a worker's own. What it
 *	returns but 0 ends the worker
 * @call: one call; all of its choices come from the worker's choices
 * @end: optional; undo what was made, whatever the calls did to it
 * @turn: calls from @begin to @end where all is up to chance
 */
struct fuzz {
	int (*begin)(struct hand *h);
	void (*call)(struct hand *h);
	void (*end)(struct hand *h);
	uint64_t turn;
};

/* For struct fuzz: all calls are one turn */
#define FUZZ_ONE_TURN	UINT64_MAX

/**
 * struct fuzz_plan - how fuzzers are run
 * @unguided: tell what was reached, and let it guide nobody
 * @keep: folder that gets the programs that were kept, as the fuzzer's name, and
 *	those during which something was found, with ".found" behind; or NULL
 * @journal: file that gets each program before it is played, behind the number of
 *	the worker that plays it: what a machine that crashed had done last; or NULL
 * @corpus: programs to begin with
 * @corpora: how many of them
 */
struct fuzz_plan {
	bool unguided;
	const char *keep;
	const char *journal;
	struct corpus corpus[OPT_LIST_MAX];
	size_t corpora;
};

/**
 * fuzz_load - read corpora
 * @plan: gets them
 * @files: their names
 *
 * Return: 0; -EINVAL after a line on stderr.
 */
int fuzz_load(struct fuzz_plan *plan, const struct opt_texts *files);

/**
 * fuzz_run - a stressor's run()
 * @s: the run
 * @fuzz: the fuzzer
 */
void fuzz_run(struct stress *s, const struct fuzz *fuzz);

#endif /* RHEAP_TORMENT_FUZZ_H */
