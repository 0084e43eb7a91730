// SPDX-License-Identifier: GPL-2.0
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>

#include "race.h"

struct racer {
	int (*run)(void *data);
	void *data;
	struct completion *start;
	struct completion done;
	int result;
};

static int racer_thread(void *data)
{
	struct racer *racer = data;

	wait_for_completion(racer->start);
	racer->result = racer->run(racer->data);
	complete(&racer->done);

	return 0;
}

/**
 * race() - run a function in RACERS threads, started together
 * @test:	fails unless all of them return 0
 * @run:	the function; not in the test's context, so it expects nothing
 * @data:	for all of them
 *
 * Returns when all have ended.
 */
void race(struct kunit *test, int (*run)(void *data), void *data)
{
	struct racer *racers = kunit_kcalloc(test, RACERS, sizeof(*racers),
					     GFP_KERNEL);
	DECLARE_COMPLETION_ONSTACK(start);
	struct task_struct *task;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, racers);
	for (i = 0; i < RACERS; i++) {
		racers[i].run = run;
		racers[i].data = data;
		racers[i].start = &start;
		init_completion(&racers[i].done);
		task = kthread_run(racer_thread, &racers[i], "racer%d", i);
		/* Those that did start still wait: let them end */
		if (IS_ERR(task)) {
			racers[i].result = PTR_ERR(task);
			complete(&racers[i].done);
		}
	}
	complete_all(&start);
	for (i = 0; i < RACERS; i++) {
		wait_for_completion(&racers[i].done);
		KUNIT_EXPECT_EQ(test, racers[i].result, 0);
	}
}
