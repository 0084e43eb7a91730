/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of commands take from each other. restricted_tee.h tells what
 * each command does, and what it returns.
 */
#ifndef TEE_SIM_CMD_H
#define TEE_SIM_CMD_H

#include "../service/bitmap.h"
#include "call.h"

/* cmd_grant.c */
u32 sim_cmd_zalloc(struct sim_call *call);
u32 sim_cmd_free(struct sim_call *call);
u32 sim_cmd_retrieve_sg(struct sim_call *call);
u32 sim_cmd_stats(struct sim_call *call);
u32 sim_cmd_table(struct sim_call *call);
int sim_grant_setup(size_t pool_size);
void sim_grant_leave(void);
void sim_grant_forget(void);

/* cmd_lent.c */
u32 sim_cmd_restrict(struct sim_call *call);
u32 sim_cmd_unrestrict(struct sim_call *call);
u32 sim_cmd_scrub(struct sim_call *call);
u32 sim_cmd_limits(struct sim_call *call);
u32 sim_cmd_lent(struct sim_call *call);
u32 sim_cmd_lent_table(struct sim_call *call);
int sim_lent_setup(void);
void sim_lent_leave(void);
void sim_lent_forget(void);
u32 sim_lent_begin_area(struct sim_call *call, u64 pa, u32 size);
u32 sim_lent_end_area(struct sim_call *call, u64 pa, u32 size);

void sim_keep_module(bool was_needed, bool is_needed);

/**
 * sim_claim_memref() - ask for room in memory of the caller's
 * @param:	a memref; its size becomes @need
 * @need:	in bytes
 *
 * Return: false when it was smaller: the caller is told TEE_ERROR_SHORT_BUFFER.
 */
static inline bool sim_claim_memref(struct sim_param *param, size_t need)
{
	bool fits = param->memref.size >= need;

	param->memref.size = need;

	return fits;
}

#endif /* TEE_SIM_CMD_H */
