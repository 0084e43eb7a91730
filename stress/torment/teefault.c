// SPDX-License-Identifier: GPL-2.0
/* What the TEE does wrong hurts nobody: calls that fail, hang, and answer nonsense. */
#include <inttypes.h>

#include "catalogue.h"
#include "fault.h"
#include "load.h"

#define STORM_US	40000
#define CALM_US		2000

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

/* What can be undone: everything adds up again when it is over. */
static const char *const kinds[] = {
	"fail", "fail cmd=zalloc result=0xffff000c", "fail cmd=free",
	"fail cmd=free result=-5", "fail cmd=restrict", "fail cmd=unrestrict",
	"fail cmd=scrub", "fail cmd=retrieve_sg", "fail cmd=open",
	"fail result=-12", "timeout ms=1", "timeout ms=1 cmd=unrestrict",
	"refuse_unrestrict", "refuse_scrub", "corrupt field=count",
	"corrupt field=base", "corrupt field=bytes xor=1",
	"corrupt field=size",
};

static void beside(struct hand *h)
{
	const char *kind = kinds[rng_below(&h->rng, ARRAY_SIZE(kinds))];
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

static void run(struct stress *s)
{
	const struct crew crew = { .work = load_work_any, .beside = beside };

	crew_run(s, &crew);
	fault_end(s);
}

const struct stressor stressor_fault = {
	.name = "fault",
	.help = "a call of the TEE that fails, hangs or answers nonsense loses nothing",
	.ops = 20000,
	.workers = 4,
	.faults = true,
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

/* Any bits of any answer; also those that no client can tell from right ones */
static void answer(struct hand *h)
{
	static const char *const fields[] = {
		"count", "base", "handle", "bytes", "length", "size",
	};
	uint64_t xor = (rng_next(&h->rng) >> rng_below(&h->rng, 32)) & UINT32_MAX;

	if (rng_below(&h->rng, 8))
		fault_arm(h->s, "corrupt field=%s xor=%" PRIu64 " permille=1000",
			  fields[rng_below(&h->rng, ARRAY_SIZE(fields))],
			  xor ? xor : 1);
	else
		fault_arm(h->s, "lie permille=1000 cmd=%s",
			  rng_below(&h->rng, 2) ? "restrict" : "unrestrict");
	hand_nap(h, STORM_US);
	stress_injected(h->s, fault_count());
	fault_arm(h->s, "off");
}

static void run_answers(struct stress *s)
{
	const struct crew crew = { .work = load_work_any, .beside = answer };

	crew_run(s, &crew);
	fault_arm(s, "off");
}

const struct stressor stressor_fuzz_answer = {
	.name = "fuzz-answer",
	.help = "no answer of the TEE, however wrong, hurts the kernel",
	.ops = 20000,
	.workers = 4,
	.faults = true,
	.torn = true,
	.run = run_answers,
};
