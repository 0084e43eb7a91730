// SPDX-License-Identifier: GPL-2.0
/* All or nothing, also under load: tunables are written while buffers come and go. */
#include "catalogue.h"
#include "fuzz.h"
#include "load.h"
#include "restore.h"
#include "tunable.h"

#define REST_US		2000

static void beside(struct hand *h)
{
	tunable_write(h);
	stress_injected(h->s, 1);
	hand_nap(h, REST_US);
}

static void run(struct stress *s)
{
	const struct crew crew = { .work = load_work, .beside = beside };

	crew_run(s, &crew);
	restore_now();
}

const struct stressor stressor_tune = {
	.name = "tune",
	.help = "a tunable is written whole or not at all, also under load",
	.ops = 20000,
	.workers = 3,
	.prepare = tunables_find,
	.run = run,
};

static void run_fuzz(struct stress *s)
{
	static const struct fuzz fuzz = {
		.call = tunable_write, .turn = FUZZ_ONE_TURN,
	};

	/* What was written before must still be there. */
	s->workers = 1;
	fuzz_run(s, &fuzz);
	restore_now();
}

const struct stressor stressor_fuzz_sysfs = {
	.name = "fuzz-sysfs",
	.help = "whatever is written to a tunable is taken, or gets EINVAL and changes nothing",
	.ops = 20000,
	.workers = 1,
	.plays = true,
	.prepare = tunables_find,
	.run = run_fuzz,
};
