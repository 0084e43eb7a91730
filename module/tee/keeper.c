// SPDX-License-Identifier: GPL-2.0
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/shrinker.h>

#include "keeper.h"

/*
 * How long an allocation anywhere in the kernel waits for memory of ours. Not
 * for ever: it may be made by whom the TEE waits for.
 */
#define SHRINK_WAIT	(HZ / 10)

/* A chunk that is worth a call into the TEE */
#define SHRINK_PAGES	256

static unsigned long drain_jiffies(const struct keeper *keeper)
{
	return msecs_to_jiffies(READ_ONCE(keeper->delays->drain_ms));
}

/* A user who waits for the TEE comes in between two turns. */
static unsigned long next_turn(struct keeper *keeper)
{
	return atomic_read(&keeper->waiting) ? 1 : 0;
}

static void scrub_some(struct work_struct *work)
{
	struct keeper *keeper = container_of(to_delayed_work(work),
					     struct keeper, scrub_work);

	if (keeper->ops->scrub(keeper))
		queue_delayed_work(keeper->wq, &keeper->scrub_work,
				   next_turn(keeper));
}

static void drain_some(struct work_struct *work)
{
	struct keeper *keeper = container_of(to_delayed_work(work),
					     struct keeper, drain_work);
	unsigned long wait = drain_jiffies(keeper);
	unsigned long now = jiffies;

	if (keeper->ops->drain(keeper, now - wait))
		queue_delayed_work(keeper->wq, &keeper->drain_work,
				   next_turn(keeper));
	else if (keeper->ops->count(keeper))
		queue_delayed_work(keeper->wq, &keeper->drain_work,
				   max(wait, 1UL));
}

static void shrink_some(struct work_struct *work)
{
	struct keeper *keeper = container_of(work, struct keeper, shrink_work);
	long asked = atomic_long_read(&keeper->asked);
	long pages = asked - atomic_long_read(&keeper->served);

	if (pages > 0)
		atomic_long_add(keeper->ops->shrink(keeper, pages),
				&keeper->shrunk);
	atomic_long_set(&keeper->served, asked);
	wake_up_all(&keeper->done);
}

static unsigned long keeper_count(struct shrinker *shrinker,
				  struct shrink_control *sc)
{
	struct keeper *keeper = shrinker->private_data;

	return keeper->ops->count(keeper);
}

/*
 * Giving back is a call into the TEE, and this may be anybody: one who is in
 * such a call, and holds what ours needs, a thread of the TEE's for example. So
 * the work queue makes the call, and this waits for it, but not for ever.
 */
static unsigned long keeper_scan(struct shrinker *shrinker,
				 struct shrink_control *sc)
{
	struct keeper *keeper = shrinker->private_data;
	long before = atomic_long_read(&keeper->shrunk);
	long mine, given;

	/* Below a call of ours: it would wait for itself */
	if (!(sc->gfp_mask & __GFP_IO))
		return SHRINK_STOP;

	mine = atomic_long_add_return(sc->nr_to_scan, &keeper->asked);
	queue_work(keeper->wq, &keeper->shrink_work);
	wait_event_timeout(keeper->done,
			   atomic_long_read(&keeper->served) - mine >= 0,
			   SHRINK_WAIT);
	given = atomic_long_read(&keeper->shrunk) - before;

	return given > 0 ? given : SHRINK_STOP;
}

static int add_shrinker(struct keeper *keeper, const char *name)
{
	keeper->shrinker = shrinker_alloc(0, "%s", name);
	if (!keeper->shrinker)
		return -ENOMEM;

	keeper->shrinker->count_objects = keeper_count;
	keeper->shrinker->scan_objects = keeper_scan;
	keeper->shrinker->batch = SHRINK_PAGES;
	keeper->shrinker->private_data = keeper;
	shrinker_register(keeper->shrinker);

	return 0;
}

/**
 * keeper_init() - begin to keep, with nothing kept yet
 * @keeper:	to fill
 * @name:	of its workers and its shrinker
 * @ops:	what is kept; ready to be called
 * @delays:	stays the caller's
 *
 * Return: 0, or -ENOMEM.
 */
int keeper_init(struct keeper *keeper, const char *name,
		const struct keeper_ops *ops,
		const struct keeper_delays *delays)
{
	int ret;

	keeper->ops = ops;
	keeper->delays = delays;
	INIT_DELAYED_WORK(&keeper->scrub_work, scrub_some);
	INIT_DELAYED_WORK(&keeper->drain_work, drain_some);
	INIT_WORK(&keeper->shrink_work, shrink_some);
	init_waitqueue_head(&keeper->done);
	atomic_set(&keeper->waiting, 0);
	atomic_long_set(&keeper->asked, 0);
	atomic_long_set(&keeper->served, 0);
	atomic_long_set(&keeper->shrunk, 0);

	keeper->wq = alloc_workqueue("%s", WQ_UNBOUND | WQ_MEM_RECLAIM, 0, name);
	if (!keeper->wq)
		return -ENOMEM;

	ret = add_shrinker(keeper, name);
	if (ret)
		destroy_workqueue(keeper->wq);

	return ret;
}
EXPORT_SYMBOL_GPL(keeper_init);

/**
 * keeper_destroy() - undo keeper_init()
 * @keeper:	of which nothing is in use; what is kept is still the owner's
 */
void keeper_destroy(struct keeper *keeper)
{
	shrinker_free(keeper->shrinker);
	cancel_delayed_work_sync(&keeper->scrub_work);
	cancel_delayed_work_sync(&keeper->drain_work);
	destroy_workqueue(keeper->wq);
}
EXPORT_SYMBOL_GPL(keeper_destroy);
