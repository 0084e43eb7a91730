/* SPDX-License-Identifier: GPL-2.0 */
/* tee_sim as a driver of the kernel's TEE subsystem: /dev/teeN. */
#ifndef TEE_SIM_DRIVER_H
#define TEE_SIM_DRIVER_H

struct device;
struct tee_device;

struct tee_device *sim_device_add(struct device *parent);
void sim_device_remove(struct tee_device *teedev);

#endif /* TEE_SIM_DRIVER_H */
