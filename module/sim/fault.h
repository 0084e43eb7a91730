/* SPDX-License-Identifier: GPL-2.0 */
/* What goes wrong on purpose; README.md tells how to ask for it. */
#ifndef TEE_SIM_FAULT_H
#define TEE_SIM_FAULT_H

#include <linux/prandom.h>

#include "call.h"

struct seq_file;

/**
 * enum sim_fault_kind - what goes wrong
 * @SIM_FAULT_DIE:	the service dies, before it has done anything
 * @SIM_FAULT_TIMEOUT:	the call sleeps, then fails, with nothing done
 * @SIM_FAULT_FAIL:	the call fails, with nothing done
 * @SIM_FAULT_REFUSE_UNRESTRICT: likewise, UNRESTRICT alone
 * @SIM_FAULT_REFUSE_SCRUB: likewise, SCRUB alone
 * @SIM_FAULT_LIE:	the first half of a list is done, and the call fails
 * @SIM_FAULT_CORRUPT:	the call succeeds, and its answer is wrong
 * @SIM_FAULT_GARBLE:	the call is done, and any part of its answer is wrong
 * @SIM_FAULT_KINDS:	how many there are
 * @SIM_FAULT_NONE:	nothing goes wrong
 */
enum sim_fault_kind {
	SIM_FAULT_DIE,
	SIM_FAULT_TIMEOUT,
	SIM_FAULT_FAIL,
	SIM_FAULT_REFUSE_UNRESTRICT,
	SIM_FAULT_REFUSE_SCRUB,
	SIM_FAULT_LIE,
	SIM_FAULT_CORRUPT,
	SIM_FAULT_GARBLE,
	SIM_FAULT_KINDS,
	SIM_FAULT_NONE = SIM_FAULT_KINDS,
};

/**
 * enum sim_fault_field - what is wrong in an answer
 * @SIM_FIELD_NONE:	not told
 * @SIM_FIELD_COUNT:	of ZALLOC: the number of ranges
 * @SIM_FIELD_BASE:	of ZALLOC: the address
 * @SIM_FIELD_HANDLE:	of ZALLOC: the handle
 * @SIM_FIELD_BYTES:	of ZALLOC: the bytes taken
 * @SIM_FIELD_LENGTH:	of RETRIEVE_SG: the first range's length
 * @SIM_FIELD_SIZE:	of RETRIEVE_SG: the size of the answer
 */
enum sim_fault_field {
	SIM_FIELD_NONE,
	SIM_FIELD_COUNT,
	SIM_FIELD_BASE,
	SIM_FIELD_HANDLE,
	SIM_FIELD_BYTES,
	SIM_FIELD_LENGTH,
	SIM_FIELD_SIZE,
};

/**
 * struct sim_fault - one thing that goes wrong, and when
 * @kind:	what
 * @armed:	whether it does at all
 * @any:	in sessions of user space, too
 * @cmd:	in which command; 0: in any
 * @nth:	from which matching call on, 1 being the next
 * @permille:	if not 0: instead, how many in a thousand of them
 * @times:	in so many calls, 0 for any number
 * @seed:	of the sequence that decides by @permille
 * @reply:	how a call fails
 * @ms:		how long it sleeps
 * @field:	what is wrong in the answer
 * @xor:	which bits of it
 * @seen:	matching calls since it was armed
 * @injected:	of them, those in which something went wrong
 * @random:	the sequence's state
 */
struct sim_fault {
	enum sim_fault_kind kind;
	bool armed;
	bool any;
	u64 cmd;
	u32 nth;
	u32 permille;
	u32 times;
	u32 seed;
	struct sim_reply reply;
	u32 ms;
	enum sim_fault_field field;
	u32 xor;
	u32 seen;
	u32 injected;
	struct rnd_state random;
};

/* fault.c */
void sim_fault_arm(const struct sim_fault *fault);
void sim_fault_off(enum sim_fault_kind kind);
void sim_fault_get(enum sim_fault_kind kind, struct sim_fault *fault);
u32 sim_fault_injected(enum sim_fault_kind kind);
bool sim_fault_before(struct sim_call *call, struct sim_fault *fault);
void sim_fault_after(struct sim_call *call, const struct sim_fault *fault);

/* fault_text.c */
int sim_fault_write(const char *text);
void sim_fault_show(struct seq_file *file);
int sim_reply_parse(const char *text, struct sim_reply *reply);
void sim_reply_show(struct seq_file *file, struct sim_reply reply);

#endif /* TEE_SIM_FAULT_H */
