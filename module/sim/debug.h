/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TEE_SIM_DEBUG_H
#define TEE_SIM_DEBUG_H

void sim_debug_setup(void);
void sim_debug_leave(void);

#endif /* TEE_SIM_DEBUG_H */
