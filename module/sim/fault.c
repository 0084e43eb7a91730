// SPDX-License-Identifier: GPL-2.0
#include <kunit/visibility.h>
#include <linux/bits.h>
#include <linux/export.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "../include/uapi/restricted_tee.h"
#include "fault.h"
#include "life.h"

/* Kinds that are about a call's answer */
#define AFTERWARDS	(BIT(SIM_FAULT_CORRUPT) | BIT(SIM_FAULT_GARBLE))

static struct sim_fault faults[SIM_FAULT_KINDS];
/* Kinds that are armed, a bit each */
static unsigned long armed_kinds;
/* Protects all above */
static DEFINE_SPINLOCK(fault_lock);

/**
 * sim_fault_arm() - let something go wrong from now on
 * @fault:	what, and when; its counters begin at 0
 *
 * Takes the place of what was armed of the same kind.
 */
void sim_fault_arm(const struct sim_fault *fault)
{
	struct sim_fault *mine = &faults[fault->kind];

	spin_lock(&fault_lock);
	*mine = *fault;
	mine->armed = true;
	mine->seen = 0;
	mine->injected = 0;
	prandom_seed_state(&mine->random, mine->seed);
	WRITE_ONCE(armed_kinds, armed_kinds | BIT(fault->kind));
	spin_unlock(&fault_lock);
}

/**
 * sim_fault_off() - let it go wrong no more
 * @kind:	what
 *
 * Its counters stay.
 */
void sim_fault_off(enum sim_fault_kind kind)
{
	spin_lock(&fault_lock);
	faults[kind].armed = false;
	WRITE_ONCE(armed_kinds, armed_kinds & ~BIT(kind));
	spin_unlock(&fault_lock);
}

/**
 * sim_fault_get() - what is armed, and its counters
 * @kind:	what
 * @fault:	to fill
 */
void sim_fault_get(enum sim_fault_kind kind, struct sim_fault *fault)
{
	spin_lock(&fault_lock);
	*fault = faults[kind];
	fault->kind = kind;
	spin_unlock(&fault_lock);
}

/**
 * sim_fault_injected() - how often something went wrong
 * @kind:	what
 *
 * Return: the number, since it was last armed.
 */
u32 sim_fault_injected(enum sim_fault_kind kind)
{
	return READ_ONCE(faults[kind].injected);
}
EXPORT_SYMBOL_IF_KUNIT(sim_fault_injected);

/* Unless it is named, opening a session is no call */
static bool matches(const struct sim_fault *fault, const struct sim_call *call)
{
	if (!fault->armed || (!call->kernel && !fault->any))
		return false;

	return fault->cmd ? fault->cmd == call->cmd : call->cmd != SIM_CMD_OPEN;
}

static bool is_due(struct sim_fault *fault)
{
	fault->seen++;
	if (fault->permille ?
	    prandom_u32_state(&fault->random) % 1000 >= fault->permille :
	    fault->seen < fault->nth)
		return false;

	return !fault->times || fault->injected < fault->times;
}

/* The first of @kinds that is due in @call, or SIM_FAULT_NONE */
static void find_due(struct sim_call *call, unsigned long kinds,
		     struct sim_fault *due)
{
	struct sim_fault *fault;

	if (likely(!(READ_ONCE(armed_kinds) & kinds)))
		return;

	spin_lock(&fault_lock);
	for (fault = faults; fault < faults + SIM_FAULT_KINDS; fault++) {
		if (!(BIT(fault - faults) & kinds) || !matches(fault, call) ||
		    !is_due(fault))
			continue;
		fault->injected++;
		*due = *fault;
		break;
	}
	spin_unlock(&fault_lock);
}

static void halve_list(struct sim_param *param)
{
	size_t count = param->memref.size / sizeof(struct memsvc_range);

	param->memref.size = (count + 1) / 2 * sizeof(struct memsvc_range);
}

/**
 * sim_fault_before() - let a call go wrong before anything is done
 * @call:	the call
 * @fault:	its kind is SIM_FAULT_NONE; filled with what is to go wrong later
 *
 * Return: whether this was all of the call: its reply is set.
 */
bool sim_fault_before(struct sim_call *call, struct sim_fault *fault)
{
	find_due(call, ~AFTERWARDS, fault);

	switch (fault->kind) {
	case SIM_FAULT_NONE:
		return false;
	case SIM_FAULT_LIE:
		halve_list(call->params);
		return false;
	case SIM_FAULT_DIE:
		sim_life_end(fault->reply);
		break;
	case SIM_FAULT_TIMEOUT:
		sim_life_sleep(call, fault->ms);
		break;
	default:
		break;
	}
	call->reply = fault->reply;

	return true;
}

static void corrupt(struct sim_call *call, const struct sim_fault *fault)
{
	struct sim_param *params = call->params;
	struct memsvc_range *range = params[1].memref.buffer;

	switch (fault->field) {
	case SIM_FIELD_COUNT:
		params[2].value.a ^= fault->xor;
		break;
	case SIM_FIELD_BASE:
		params[2].value.b ^= fault->xor;
		break;
	case SIM_FIELD_HANDLE:
		params[3].value.a ^= fault->xor;
		break;
	case SIM_FIELD_BYTES:
		params[3].value.b ^= fault->xor;
		break;
	case SIM_FIELD_LENGTH:
		range->length ^= fault->xor;
		break;
	case SIM_FIELD_SIZE:
		params[1].memref.size ^= fault->xor;
		break;
	default:
		break;
	}
}

/* A bit, some neighbours, or any */
static u32 wrong_bits(struct rnd_state *random)
{
	u32 bits = prandom_u32_state(random);

	switch (bits & 3) {
	case 0:
		return BIT(bits >> 27);
	case 1:
		return (bits >> 8 & 0xff) << (bits >> 27);
	default:
		return bits >> (bits >> 27) | 1;
	}
}

static void garble_memref(struct sim_param *param, struct rnd_state *random)
{
	u32 *words = param->memref.buffer;
	size_t count = param->memref.size / sizeof(*words);
	u32 at = prandom_u32_state(random);

	if (count && at & 3)
		words[at / 4 % count] ^= wrong_bits(random);
	else
		param->memref.size ^= wrong_bits(random);
}

/* Whether the parameter is a part of the answer */
static bool garble_param(struct sim_param *param, u32 type,
			 struct rnd_state *random)
{
	switch (type) {
	case TYPE(VALUE_OUTPUT):
	case TYPE(VALUE_INOUT):
		if (prandom_u32_state(random) & 1)
			param->value.a ^= wrong_bits(random);
		else
			param->value.b ^= wrong_bits(random);
		return true;
	case TYPE(MEMREF_OUTPUT):
	case TYPE(MEMREF_INOUT):
		garble_memref(param, random);
		return true;
	default:
		return false;
	}
}

/* One part of the answer, which may be how the call ended */
static void garble(struct sim_call *call, struct rnd_state *random)
{
	u32 first = prandom_u32_state(random);
	int i;

	for (i = 0; first & 0x70 && i < SIM_PARAMS; i++) {
		int at = (first + i) % SIM_PARAMS;

		if (garble_param(&call->params[at],
				 call->types >> 4 * at & 0xf, random))
			return;
	}
	call->reply.result = wrong_bits(random);
}

/**
 * sim_fault_after() - let a call go wrong that was served
 * @call:	the call
 * @fault:	what sim_fault_before() left
 */
void sim_fault_after(struct sim_call *call, const struct sim_fault *fault)
{
	struct sim_fault wrong = { .kind = SIM_FAULT_NONE };

	if (call->reply.result)
		return;
	if (fault->kind == SIM_FAULT_LIE) {
		call->reply = fault->reply;
		return;
	}
	find_due(call, AFTERWARDS, &wrong);
	if (wrong.kind == SIM_FAULT_CORRUPT)
		corrupt(call, &wrong);
	else if (wrong.kind == SIM_FAULT_GARBLE)
		garble(call, &wrong.random);
}
