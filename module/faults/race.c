// SPDX-License-Identifier: GPL-2.0
/* Two threads at one number, with a lock or without. */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "faults.h"

#define THREADS		2
#define SECONDS		4

/* Protects number, where it is taken */
static DEFINE_SPINLOCK(number_lock);
static unsigned long number;

struct counter {
	struct completion done;
	bool wrong;
};

static void count_locked(void)
{
	spin_lock(&number_lock);
	number++;
	spin_unlock(&number_lock);
}

static void count(bool wrong)
{
	if (wrong)
		number++;
	else
		count_locked();
}

static int count_on(void *data)
{
	struct counter *counter = data;
	unsigned long end = jiffies + SECONDS * HZ;

	while (time_before(jiffies, end)) {
		count(counter->wrong);
		cond_resched();
	}
	complete(&counter->done);

	return 0;
}

int fault_race(bool wrong)
{
	struct counter counters[THREADS];
	int ret = 0, n;

	for (n = 0; n < THREADS; n++) {
		struct task_struct *task;

		counters[n].wrong = wrong;
		init_completion(&counters[n].done);
		task = kthread_run(count_on, &counters[n], "counter/%d", n);
		if (IS_ERR(task)) {
			ret = PTR_ERR(task);
			break;
		}
	}
	while (n)
		wait_for_completion(&counters[--n].done);

	return ret;
}
