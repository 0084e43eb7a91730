/* SPDX-License-Identifier: GPL-2.0 */
/* One call on its way through tee_sim. */
#ifndef TEE_SIM_CALL_H
#define TEE_SIM_CALL_H

#include <linux/bits.h>
#include <linux/tee.h>
#include <linux/types.h>

#include "model.h"

#define SIM_PARAMS	4

/* The one type word a command accepts, as in PARAMS(VALUE_INPUT, NONE, ...) */
#define TYPE(a)			TEE_IOCTL_PARAM_ATTR_TYPE_##a
#define PARAMS(a, b, c, d)	(TYPE(a) | TYPE(b) << 4 | TYPE(c) << 8 | \
				 TYPE(d) << 12)

/* Opening and closing a session are calls, too; no command has these numbers */
#define SIM_CMD_OPEN	BIT_ULL(32)
#define SIM_CMD_CLOSE	BIT_ULL(33)

/* Results of the GlobalPlatform TEE Internal Core API, table 3-4 */
#define TEE_ERROR_GENERIC		0xffff0000
#define TEE_ERROR_ACCESS_DENIED		0xffff0001
#define TEE_ERROR_ACCESS_CONFLICT	0xffff0003
#define TEE_ERROR_BAD_PARAMETERS	0xffff0006
#define TEE_ERROR_ITEM_NOT_FOUND	0xffff0008
#define TEE_ERROR_NOT_SUPPORTED		0xffff000a
#define TEE_ERROR_OUT_OF_MEMORY		0xffff000c
#define TEE_ERROR_SHORT_BUFFER		0xffff0010
#define TEE_ERROR_TARGET_DEAD		0xffff3024

/**
 * struct sim_param - a parameter, as a TEE has it: values of 32 bits
 * @value:	of a value; @a and @b
 * @memref:	of a memory reference: where it is mapped, NULL if it is empty, and
 *		how large it is
 */
struct sim_param {
	union {
		struct {
			u32 a, b;
		} value;
		struct {
			void *buffer;
			size_t size;
		} memref;
	};
};

/**
 * struct sim_reply - how a call ends
 * @error:	a negative errno: the call did not get through, or no answer came
 * @result:	the answer, when @error is 0
 */
struct sim_reply {
	int error;
	u32 result;
};

/**
 * struct sim_call - a call
 * @cmd:	MEMSVC_CMD_... or SIM_CMD_...
 * @types:	of @params, for PARAMS()
 * @params:	changed where they are output
 * @life:	of the service, that the session belongs to
 * @kernel:	whether the kernel opened the session
 * @model:	what the call costs and may carry
 * @work:	what the call did
 * @reply:	how it ends
 */
struct sim_call {
	u64 cmd;
	u32 types;
	struct sim_param params[SIM_PARAMS];
	u32 life;
	bool kernel;
	struct sim_model model;
	struct sim_work work;
	struct sim_reply reply;
};

void sim_call_make(struct sim_call *call);
void sim_calls_look_again(void);
void sim_calls_wait_for_none(void);

#endif /* TEE_SIM_CALL_H */
