/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The service itself: the commands of restricted_tee.h, on the books that the
 * service inside OP-TEE keeps, too.
 */
#ifndef TEE_SIM_SERVICE_H
#define TEE_SIM_SERVICE_H

#include "call.h"

int sim_service_setup(size_t pool_size);
void sim_service_leave(void);
void sim_service_forget(void);
u32 sim_service(struct sim_call *call);

#endif /* TEE_SIM_SERVICE_H */
