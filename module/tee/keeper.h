/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lent memory that is kept between two users: scrubbed away from their path,
 * given back when nobody has wanted it for a while, or when the kernel needs
 * it. When that is done is decided here; what is kept, and how it is scrubbed
 * and given back, is its owner's.
 */
#ifndef RESTRICTED_KEEPER_H
#define RESTRICTED_KEEPER_H

#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

struct keeper;
struct shrinker;

/**
 * struct keeper_ops - what is kept
 * @scrub:	optional. Scrub a part of what is dirty. Return whether there is
 *		more that should be.
 * @drain:	Give a part of the surplus back: what is beyond the owner's
 *		bounds, and what was last used at @idle_since, in jiffies, or
 *		before. Return whether there is more of it.
 * @count:	How many pages could be given back now. Asked from any context
 *		that can sleep: must take no lock under which memory is allocated.
 * @shrink:	Give pages back, at least @pages if there are as many. Return
 *		how many it were, 0 when it could not be.
 *
 * But for @count all run from a work queue, maybe at the same time.
 */
struct keeper_ops {
	bool (*scrub)(struct keeper *keeper);
	bool (*drain)(struct keeper *keeper, unsigned long idle_since);
	unsigned long (*count)(struct keeper *keeper);
	unsigned long (*shrink)(struct keeper *keeper, unsigned long pages);
};

/**
 * struct keeper_delays - the times of one or more keepers
 * @scrub_ms:	from when something comes back to when it is scrubbed
 * @drain_ms:	from a last use to when what was used is given back
 *
 * May be written at any time.
 */
struct keeper_delays {
	unsigned int scrub_ms;
	unsigned int drain_ms;
};

/* An hour; so that no sum of times wraps */
#define KEEPER_MS_MAX		3600000

#define KEEPER_SCRUB_MS		10
#define KEEPER_DRAIN_MS		1000

/**
 * struct keeper - when to scrub and when to give back
 * @ops:	its owner's
 * @delays:	likewise
 * @scrub_work:	scrubs
 * @drain_work:	gives the surplus back
 * @shrink_work: gives back what the kernel wants
 * @waiting:	users who wait for what the works hold
 * @wq:		where they run
 * @shrinker:	asks for that
 * @asked:	pages that it asked for, ever
 * @served:	how many of them were looked after
 * @shrunk:	how many pages were given back for that
 * @done:	woken when @served rises
 */
struct keeper {
	const struct keeper_ops *ops;
	const struct keeper_delays *delays;
	struct delayed_work scrub_work;
	struct delayed_work drain_work;
	struct work_struct shrink_work;
	atomic_t waiting;
	struct workqueue_struct *wq;
	struct shrinker *shrinker;
	atomic_long_t asked;
	atomic_long_t served;
	atomic_long_t shrunk;
	wait_queue_head_t done;
};

int keeper_init(struct keeper *keeper, const char *name,
		const struct keeper_ops *ops,
		const struct keeper_delays *delays);
void keeper_destroy(struct keeper *keeper);

/**
 * keeper_took_back() - tell that something came back, dirty
 * @keeper:	the keeper
 *
 * Any context. Cheap when it was told before and nothing was done about it yet.
 */
static inline void keeper_took_back(struct keeper *keeper)
{
	const struct keeper_delays *delays = keeper->delays;

	/* What came back is seen by a work that is seen as pending */
	smp_mb();
	if (keeper->ops->scrub && !delayed_work_pending(&keeper->scrub_work))
		queue_delayed_work(keeper->wq, &keeper->scrub_work,
				   msecs_to_jiffies(READ_ONCE(delays->scrub_ms)));
	if (!delayed_work_pending(&keeper->drain_work))
		queue_delayed_work(keeper->wq, &keeper->drain_work,
				   msecs_to_jiffies(READ_ONCE(delays->drain_ms)));
}

/**
 * keeper_lock() - take a lock that scrubbing and giving back hold, as a user
 * @keeper:	the keeper
 * @lock:	that lock
 *
 * Work that is done in turns rests then, so that the user comes in between: a
 * mutex alone would most often be the worker's again.
 */
static inline void keeper_lock(struct keeper *keeper, struct mutex *lock)
{
	if (likely(mutex_trylock(lock)))
		return;
	atomic_inc(&keeper->waiting);
	mutex_lock(lock);
	atomic_dec(&keeper->waiting);
}

/**
 * keeper_look_now() - have the surplus given back at once
 * @keeper:	the keeper
 *
 * For when the owner's bounds are crossed, or were changed. Any context.
 */
static inline void keeper_look_now(struct keeper *keeper)
{
	mod_delayed_work(keeper->wq, &keeper->drain_work, 0);
}

#endif /* RESTRICTED_KEEPER_H */
