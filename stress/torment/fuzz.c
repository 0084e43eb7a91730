// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "guide.h"
#include "kcov.h"

/* One program in so many owes nothing to those that were kept. */
#define FRESH_ONE_IN	4
#define TRIM_ONE_IN	8

/* The longest line: each choice is 16 digits and what divides it from the next. */
#define LINE_BYTES	(64 + PROGRAM_CHOICES * 17 + PROGRAM_CALLS)

/**
 * struct trial - a program that is tried
 * @told: what is told of it
 * @made: what it did
 * @reach: what that reached
 * @fresh: what of it nobody had reached before
 * @newest: calls up to the last that reached some of @fresh, 0 if there is none
 * @early: what they reached
 */
struct trial {
	struct program told;
	struct program made;
	struct reach reach;
	struct reach fresh;
	uint16_t newest;
	struct reach early;
};

static const struct fuzz *fuzz;
static struct guide *guide;
static FILE *journal;
/* Of this process */
static struct kcov kcov;
/* Operations of this process, and what of them was for trim() */
static uint64_t played, trimmed;

int fuzz_load(struct fuzz_plan *plan, const struct opt_texts *files)
{
	char why[CORPUS_WHY_BYTES];

	for (size_t i = 0; i < files->n; i++) {
		if (corpus_load(&plan->corpus[i], files->v[i], why)) {
			diag("--corpus %s: %s", files->v[i], why);
			return -EINVAL;
		}
		plan->corpora++;
	}
	return 0;
}

/* Take in what the kernel told since the last time; @t may be NULL. */
static void collect(struct hand *h, struct trial *t)
{
	size_t n = kcov_count(&kcov);
	bool news = false;

	if (!kcov.area)
		return;
	for (size_t i = 0; i < n; i++) {
		bool fresh;
		uint32_t slot = pcset_add(&guide->seen, kcov_at(&kcov, i),
					  &fresh);

		if (!t || slot == PCSET_FULL)
			continue;
		reach_add(&t->reach, slot);
		if (fresh)
			reach_add(&t->fresh, slot);
		news |= fresh;
	}
	kcov_reset(&kcov);
	guide_within(guide, atomic_load(&h->s->tally->ops));
	if (!t || !news)
		return;
	t->newest = t->made.calls;
	t->early = t->reach;
}

static int begin(struct hand *h)
{
	return fuzz->begin ? fuzz->begin(h) : 0;
}

static void end(struct hand *h)
{
	if (fuzz->end)
		fuzz->end(h);
}

/* In one write(2), as others write to it, too */
static void note(struct hand *h, const struct program *told)
{
	if (!journal)
		return;
	fprintf(journal, "%u ", h->index);
	program_print(told, journal);
	fflush(journal);
}

static void play_calls(struct hand *h, struct trial *t)
{
	for (size_t i = 0; i < t->told.calls && hand_next(h); i++) {
		choices_play(&h->choices, &t->told, i, &t->made);
		fuzz->call(h);
		collect(h, t);
	}
	h->choices = (struct choices){ .rng = &h->rng };
	end(h);
	collect(h, t);
}

/*
 * Changes when something is found, by whichever worker: a broken promise, or what
 * the kernel complained of and so is tainted by.
 */
static uint64_t trouble(struct hand *h)
{
	static int fd = -1;
	char text[32] = "";

	if (fd < 0)
		fd = open("/proc/sys/kernel/tainted", O_RDONLY | O_CLOEXEC);
	if (pread(fd, text, sizeof(text) - 1, 0) < 0)
		return atomic_load(&h->s->tally->found);
	return atomic_load(&h->s->tally->found) + (strtoull(text, NULL, 10) << 32);
}

/* Play what is told from a clean slate. Return: what begin() said. */
static int play(struct hand *h, struct trial *t)
{
	uint64_t before = trouble(h);
	struct rng rng = { .state = t->told.seed };
	int err;

	program_clear(&t->made, t->told.seed);
	memset(&t->reach, 0, sizeof(t->reach));
	memset(&t->fresh, 0, sizeof(t->fresh));
	t->newest = 0;
	note(h, &t->told);
	kcov_reset(&kcov);
	err = begin(h);
	if (err)
		return err;
	h->choices.rng = &rng;
	play_calls(h, t);
	played += t->made.calls;
	atomic_fetch_add(&guide->programs, 1);
	if (trouble(h) != before)
		guide_suspect(guide, &t->made);
	/* What came after the last news is not worth keeping. */
	if (t->newest) {
		t->made.calls = t->newest;
		t->reach = t->early;
	}
	return 0;
}

static bool is_over(struct hand *h)
{
	return !h->left || atomic_load(&h->s->tally->stop) ||
	       stress_now() > h->s->end;
}

static bool may_trim(struct hand *h)
{
	return trimmed * TRIM_ONE_IN < played && !is_over(h);
}

/* A program that brought news, and as little else as was seen yet */
static struct {
	struct program program;
	struct reach reach;
} best;

/* Return: whether it brings the same news without some of its calls. */
static bool can_spare(struct hand *h, struct trial *t, const struct reach *news,
		      size_t call, size_t n)
{
	program_without(&t->told, &best.program, call, n);
	if (play(h, t))
		return false;
	trimmed += t->made.calls;
	if (reach_has(&t->reach, news)) {
		program_copy(&best.program, &t->made);
		best.reach = t->reach;
		return true;
	}
	if (t->newest)
		guide_keep(guide, &t->made, &t->reach);
	return false;
}

/*
 * Leave out of a program that brought news what it can spare, by halves, quarters
 * and so on. That may cost one operation in so many.
 */
static void trim(struct hand *h, struct trial *t)
{
	const struct reach news = t->fresh;

	program_copy(&best.program, &t->made);
	best.reach = t->reach;
	for (size_t n = best.program.calls / 2; n; n /= 2) {
		size_t at = 0;

		while (at + n <= best.program.calls && n < best.program.calls &&
		       may_trim(h))
			if (!can_spare(h, t, &news, at, n))
				at += n;
	}
	guide_keep(guide, &best.program, &best.reach);
}

/* The programs to begin with, one after the other, all workers together */
static const struct program *next_of_corpora(struct stress *s)
{
	const struct fuzz_plan *plan = s->fuzz;
	size_t i = atomic_fetch_add(&guide->played, 1);

	for (size_t c = 0; c < plan->corpora; c++) {
		const struct corpus *corpus = &plan->corpus[c];

		if (strcmp(corpus->name, s->name))
			continue;
		if (i < corpus->n)
			return &corpus->program[i];
		i -= corpus->n;
	}
	return NULL;
}

static int play_corpora(struct hand *h, struct trial *t)
{
	const struct program *program;
	int err = 0;

	while (!err && !is_over(h) && (program = next_of_corpora(h->s))) {
		program_copy(&t->told, program);
		err = play(h, t);
		if (!err && t->newest)
			guide_keep(guide, &t->made, &t->reach);
	}
	return err;
}

static void choose_program(struct hand *h, struct program *told)
{
	const struct program *from = guide_pick(guide, &h->rng);
	const struct program *other = guide_pick(guide, &h->rng);

	if (!from || !other || !rng_below(&h->rng, FRESH_ONE_IN))
		program_fresh(told, &h->rng);
	else
		program_mutate(told, from, other, &h->rng);
}

static void work_guided(struct hand *h, struct trial *t)
{
	int err = 0;

	while (!err && !is_over(h)) {
		choose_program(h, &t->told);
		err = play(h, t);
		if (!err && t->newest)
			trim(h, t);
	}
}

static void work_by_chance(struct hand *h)
{
	while (!is_over(h)) {
		if (begin(h))
			return;
		for (uint64_t i = 0; i < fuzz->turn && hand_next(h); i++) {
			fuzz->call(h);
			collect(h, NULL);
		}
		end(h);
	}
}

static void work(struct hand *h)
{
	static struct trial trial;
	int err = kcov_there() ? kcov_open(&kcov) : 0;

	if (err) {
		stress_found(h->s, "the kernel does not tell what is reached: %s",
			     strerror(-err));
		return;
	}
	if (play_corpora(h, &trial))
		return;
	if (kcov_there() && !h->s->fuzz->unguided)
		work_guided(h, &trial);
	else
		work_by_chance(h);
}

static void save(struct stress *s, const char *suffix,
		 const struct program *const *program, size_t n)
{
	char path[PATH_MAX];
	int err;

	snprintf(path, sizeof(path), "%s/%s%s", s->fuzz->keep, s->name, suffix);
	err = corpus_save(path, s->name, program, n);
	if (err)
		diag("%s cannot be written: %s", path, strerror(-err));
}

static void tell_suspects(struct stress *s)
{
	const struct program *list[GUIDE_SUSPECTS_MAX];
	size_t n = guide_suspects(guide);

	for (size_t i = 0; i < n; i++) {
		list[i] = &guide->suspect[i];
		fprintf(stderr, "something was found during ");
		program_print(list[i], stderr);
	}
	if (n && s->fuzz->keep)
		save(s, ".found", list, n);
}

static uint64_t count_corpora(const struct stress *s)
{
	const struct fuzz_plan *plan = s->fuzz;
	uint64_t n = 0;

	for (size_t i = 0; i < plan->corpora; i++)
		if (!strcmp(plan->corpus[i].name, s->name))
			n += plan->corpus[i].n;
	return n;
}

static void tell_reach(struct stress *s)
{
	static const struct program *list[CORPUS_PROGRAMS_MAX];
	struct stress_reach *reach = &s->tally->reach;

	reach->told = true;
	reach->guided = !s->fuzz->unguided;
	reach->pcs = atomic_load(&guide->seen.n);
	reach->begun = count_corpora(s);
	reach->programs = atomic_load(&guide->programs);
	reach->kept = guide_distil(guide, list);
	for (size_t i = 0; i < STRESS_POWERS; i++)
		reach->within[i] = atomic_load(&guide->within[i]);
	if (atomic_load(&guide->seen.lost))
		diag("more than %d places were reached: some do not count",
		     PCSET_SLOTS);
	if (reach->guided && s->fuzz->keep)
		save(s, "", list, reach->kept);
}

static int open_journal(const char *path)
{
	static char line[LINE_BYTES];

	if (!path)
		return 0;
	journal = fopen(path, "we");
	if (!journal)
		return -errno;
	return setvbuf(journal, line, _IOFBF, sizeof(line)) ? -ENOMEM : 0;
}

void fuzz_run(struct stress *s, const struct fuzz *what)
{
	const struct crew crew = { .work = work };
	int err = open_journal(s->fuzz->journal);

	if (err) {
		stress_found(s, "--journal %s: %s", s->fuzz->journal,
			     strerror(-err));
		return;
	}
	fuzz = what;
	guide = guide_new();
	if (!guide) {
		stress_found(s, "no memory for what is reached");
		return;
	}
	crew_run(s, &crew);
	tell_suspects(s);
	if (kcov_there())
		tell_reach(s);
	guide_free(guide);
}
