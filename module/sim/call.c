// SPDX-License-Identifier: GPL-2.0
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "../include/uapi/restricted_tee.h"
#include "call.h"
#include "clock.h"
#include "fault.h"
#include "life.h"
#include "service.h"

static unsigned int inside;
/* Protects inside */
static DEFINE_SPINLOCK(inside_lock);
static DECLARE_WAIT_QUEUE_HEAD(door);

static bool enter(void)
{
	u32 threads = sim_model_threads();
	bool entered;

	spin_lock(&inside_lock);
	entered = !threads || inside < threads;
	inside += entered;
	spin_unlock(&inside_lock);

	return entered;
}

static void leave(void)
{
	spin_lock(&inside_lock);
	inside--;
	spin_unlock(&inside_lock);
	if (wq_has_sleeper(&door))
		wake_up_all(&door);
}

static bool nobody_inside(void)
{
	bool nobody;

	spin_lock(&inside_lock);
	nobody = !inside;
	spin_unlock(&inside_lock);

	return nobody;
}

/**
 * sim_calls_look_again() - tell calls that wait that they may get in now
 */
void sim_calls_look_again(void)
{
	wake_up_all(&door);
}

/**
 * sim_calls_wait_for_none() - wait until the calls that are inside have ended
 *
 * Others may come at any time.
 */
void sim_calls_wait_for_none(void)
{
	wait_event(door, nobody_inside());
}

static void serve(struct sim_call *call)
{
	struct sim_fault fault = { .kind = SIM_FAULT_NONE };

	if (sim_life_over(call) || sim_fault_before(call, &fault))
		return;
	if (call->cmd != SIM_CMD_OPEN)
		call->reply.result = sim_service(call);
	sim_fault_after(call, &fault);
}

/**
 * sim_call_make() - serve a call, and let it take its time
 * @call:	set but for the model, the work and the reply, which are zero
 *
 * Its time begins when it gets in, and what is done here is a part of it: a call
 * takes as long as the model says, or as long as the work, if that is longer.
 */
void sim_call_make(struct sim_call *call)
{
	u64 begin, cost;

	/* Not to be interrupted: who is killed gives memory back, too */
	wait_event(door, sim_life_over(call) || enter());
	if (call->reply.error || call->reply.result)
		return;

	begin = sim_clock();
	sim_model_get(&call->model);
	cost = sim_model_jitter(&call->model);
	serve(call);
	cost += sim_cost_ns(&call->model, &call->work);
	sim_clock_spin(begin, cost);
	leave();
}
