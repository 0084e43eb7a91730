// SPDX-License-Identifier: GPL-2.0
/* What the TEE does wrong hurts nobody: calls that fail, hang, and answer nonsense. */
#include <inttypes.h>
#include <string.h>

#include "catalogue.h"
#include "fault.h"
#include "load.h"
#include "restore.h"

#define STORM_US	40000
#define CALM_US		2000
#define ANSWER_MAX	(64 << 10)
#define LOADS_AN_ANSWER	1000
#define ANSWERS_A_LIFE	500
#define LOOKS_A_LIFE	32
#define LOOKS_AT_LEAST	4
#define LOOK_US		4000
#define FAILURES_A_NAP	16

static void beside(struct hand *h)
{
	const char *kind = fault_kinds[rng_below(&h->rng, FAULT_KINDS)];
	uint64_t permille = 50 + rng_below(&h->rng, 950);
	uint64_t seed = 1 + rng_below(&h->rng, UINT32_MAX);

	fault_arm(h->s, "%s permille=%" PRIu64 " seed=%" PRIu64, kind, permille,
		  seed);
	hand_nap(h, STORM_US);
	stress_injected(h->s, fault_count());
	/* What was counted is not counted twice */
	fault_arm(h->s, "off");
	hand_nap(h, CALM_US);
}

/* Many ranges and few a call, so that a call in the middle of some can fail */
static int prepare(struct stress *s)
{
	static const char heap[] = "restricted_pages";
	int err;

	if (!stress_heap_of(s, heap))
		return 0;
	err = heap_tune(heap, "orders", "1,0");
	if (!err)
		err = heap_tune(heap, "batch_entries", "4");
	return err ? stress_cannot(s, "%s: %s", heap, strerror(-err)) : 0;
}

static void run(struct stress *s)
{
	const struct crew crew = { .work = load_work_any, .beside = beside };

	crew_run(s, &crew);
	fault_end(s);
	restore_now();
}

const struct stressor stressor_fault = {
	.name = "fault",
	.help = "a call of the TEE that fails, hangs or answers nonsense loses nothing",
	.ops = 20000,
	.workers = 4,
	.faults = true,
	.prepare = prepare,
	.run = run,
};

static void kill_it(struct hand *h)
{
	fault_life(h->s, rng_below(&h->rng, 2) ? "die" : "die -19");
	hand_nap(h, CALM_US);
	fault_life(h->s, "revive");
	stress_injected(h->s, 1);
	hand_nap(h, STORM_US);
}

static void run_death(struct stress *s)
{
	const struct crew crew = { .work = load_work_any, .beside = kill_it };

	crew_run(s, &crew);
	fault_end(s);
}

const struct stressor stressor_death = {
	.name = "death",
	.help = "a TEE that dies under load, and returns, hurts no old buffer and loses nothing",
	.ops = 20000,
	.workers = 4,
	.faults = true,
	.run = run_death,
};

/* The wrong answers that are asked for */
static uint64_t answers;

static void arm_answers(struct hand *h)
{
	uint64_t permille = 100 + rng_below(&h->rng, 901);
	uint64_t seed = 1 + rng_below(&h->rng, UINT32_MAX);

	if (rng_below(&h->rng, 8))
		fault_arm(h->s, "garble permille=%" PRIu64 " seed=%" PRIu64,
			  permille, seed);
	else
		fault_arm(h->s, "lie permille=%" PRIu64 " seed=%" PRIu64 " cmd=%s",
			  permille, seed,
			  rng_below(&h->rng, 2) ? "restrict" : "unrestrict");
}

/* Who gets no more of them may have found nobody to ask. */
static uint64_t wait_for_answers(struct hand *h)
{
	uint64_t given = 0, before;
	int i = 0;

	do {
		before = given;
		hand_nap(h, LOOK_US);
		given = fault_count();
	} while (++i < LOOKS_A_LIFE && given < ANSWERS_A_LIFE &&
		 (i < LOOKS_AT_LEAST || given > before));
	return given;
}

/*
 * Any part of any answer; also what no client can tell from a right one. So the
 * books of both worlds drift apart, until the TEE begins anew: soon, or the heaps
 * have nothing left that they dare to hand out, and ask for nothing. Now and then
 * the first answers of a TEE that returns are wrong, too.
 */
static void answer(struct hand *h)
{
	bool from_birth = !rng_below(&h->rng, 8);
	uint64_t given;

	fault_life(h->s, "die");
	if (from_birth)
		arm_answers(h);
	fault_life(h->s, rng_below(&h->rng, 4) ? "revive amnesia" : "revive");
	if (!from_birth)
		arm_answers(h);
	given = wait_for_answers(h);
	stress_injected(h->s, given);
	fault_arm(h->s, "off");
	if (atomic_load(&h->s->tally->injected) >= answers)
		atomic_store(&h->s->tally->stop, true);
}

/* Who gets nothing has made no call, perhaps, and so got no answer. */
static void work_answers(struct hand *h)
{
	struct load load;
	unsigned int failed = 0;

	load_begin(&load, ANSWER_MAX);
	load.allowed = 1;
	while (hand_next(h)) {
		failed = load_step(h, &load) ? 0 : failed + 1;
		if (failed && !(failed % FAILURES_A_NAP))
			hand_nap(h, CALM_US);
	}
	load_end(h, &load);
}

static void run_answers(struct stress *s)
{
	const struct crew crew = { .work = work_answers, .beside = answer };

	/* What ends it is the number of answers. */
	answers = s->ops;
	s->ops *= LOADS_AN_ANSWER;
	crew_run(s, &crew);
	fault_arm(s, "off");
	fault_life(s, "die");
	fault_life(s, "revive amnesia");
}

const struct stressor stressor_fuzz_answer = {
	.name = "fuzz-answer",
	.help = "no answer of the TEE, however wrong, hurts the kernel (--ops: wrong answers)",
	.ops = 20000,
	.workers = 4,
	.faults = true,
	.torn = true,
	.run = run_answers,
};
