/* SPDX-License-Identifier: GPL-2.0 */
/* The service as a device on the tee bus, where its clients look for it. */
#ifndef TEE_SIM_BUS_H
#define TEE_SIM_BUS_H

#include <linux/types.h>

struct device;

struct device *sim_bus_find_service(void);
int sim_bus_offer(struct device *parent);
void sim_bus_withdraw(void);

#endif /* TEE_SIM_BUS_H */
