/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether the service lives. When it dies its device leaves the tee bus, and
 * whatever one asks gets the same answer; when it comes back it has a new life,
 * in which the sessions of the old one are as dead as before.
 */
#ifndef TEE_SIM_LIFE_H
#define TEE_SIM_LIFE_H

#include "call.h"

struct device;

int sim_life_setup(struct device *parent);
void sim_life_leave(void);

u32 sim_life_number(void);
bool sim_life_over(struct sim_call *call);
void sim_life_sleep(struct sim_call *call, unsigned int ms);

void sim_life_end(struct sim_reply reply);
int sim_life_begin(bool amnesia);
void sim_life_settle(void);
bool sim_life_lost(struct sim_reply *reply);

#endif /* TEE_SIM_LIFE_H */
