// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <kunit/visibility.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "bus.h"
#include "life.h"
#include "service.h"

static bool dead;
static u32 life;
static struct sim_reply last_words;
/* Protects all above */
static DEFINE_SPINLOCK(life_lock);
static DECLARE_WAIT_QUEUE_HEAD(life_ended);

static struct device *bus_parent;

/*
 * The device comes and goes by a work item, which may wait for calls: a call
 * during which the service dies must not.
 */
static void follow(struct work_struct *work)
{
	if (READ_ONCE(dead))
		sim_bus_withdraw();
	else if (sim_bus_offer(bus_parent))
		pr_err("the service is here, but not on the tee bus\n");
}

static DECLARE_WORK(follow_work, follow);

/**
 * sim_life_setup() - offer the service on the tee bus
 * @parent:	of its device
 *
 * Return: 0 or a negative errno.
 */
int sim_life_setup(struct device *parent)
{
	bus_parent = parent;

	return sim_bus_offer(parent);
}

/**
 * sim_life_leave() - undo sim_life_setup()
 */
void sim_life_leave(void)
{
	cancel_work_sync(&follow_work);
	sim_bus_withdraw();
}

/**
 * sim_life_number() - which life this is
 *
 * Return: what a session opened now belongs to.
 */
u32 sim_life_number(void)
{
	return READ_ONCE(life);
}

/**
 * sim_life_over() - whether a call finds nobody any more
 * @call:	its reply is set if so
 *
 * Return: true if so.
 */
bool sim_life_over(struct sim_call *call)
{
	bool over;

	spin_lock(&life_lock);
	over = dead || call->life != life;
	if (unlikely(over))
		call->reply = last_words;
	spin_unlock(&life_lock);

	return over;
}

/**
 * sim_life_sleep() - sleep, at most until the service dies
 * @call:	who sleeps
 * @ms:		how long, in milliseconds
 */
void sim_life_sleep(struct sim_call *call, unsigned int ms)
{
	wait_event_idle_timeout(life_ended, sim_life_over(call),
				msecs_to_jiffies(ms));
}

/**
 * sim_life_end() - the service dies
 * @reply:	what everybody gets from now on
 *
 * May be called during a call. Does nothing if the service is dead.
 */
void sim_life_end(struct sim_reply reply)
{
	spin_lock(&life_lock);
	if (!dead) {
		dead = true;
		last_words = reply;
	}
	spin_unlock(&life_lock);
	wake_up_all(&life_ended);
	sim_calls_look_again();
	schedule_work(&follow_work);
}
EXPORT_SYMBOL_IF_KUNIT(sim_life_end);

/**
 * sim_life_begin() - the service comes back
 * @amnesia:	its books are lost: nothing is restricted, all of the pool is free
 *
 * Return: 0, or -EALREADY: it is not dead.
 */
int sim_life_begin(bool amnesia)
{
	/* Protects against another who brings it back at the same time */
	static DEFINE_MUTEX(begin_lock);
	int ret = -EALREADY;

	mutex_lock(&begin_lock);
	if (!READ_ONCE(dead))
		goto out_unlock;
	/* Who gets in from now on finds nobody, and changes no books */
	sim_calls_wait_for_none();
	if (amnesia)
		sim_service_forget();

	spin_lock(&life_lock);
	dead = false;
	life++;
	spin_unlock(&life_lock);
	schedule_work(&follow_work);
	ret = 0;
out_unlock:
	mutex_unlock(&begin_lock);

	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(sim_life_begin);

/**
 * sim_life_settle() - wait until the bus, and clients there, know of the above
 */
void sim_life_settle(void)
{
	flush_work(&follow_work);
}
EXPORT_SYMBOL_IF_KUNIT(sim_life_settle);

/**
 * sim_life_lost() - whether the service is dead
 * @reply:	filled with what everybody gets, if it is
 *
 * Return: true if so.
 */
bool sim_life_lost(struct sim_reply *reply)
{
	bool lost;

	spin_lock(&life_lock);
	lost = dead;
	*reply = last_words;
	spin_unlock(&life_lock);

	return lost;
}
