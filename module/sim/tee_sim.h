/* SPDX-License-Identifier: GPL-2.0 */
/* What a client of tee_sim has to know of it. */
#ifndef TEE_SIM_H
#define TEE_SIM_H

/*
 * What tee_sim says it is (impl_id of struct tee_ioctl_version_data): a model
 * must not be taken for OP-TEE, so it has a number of its own. Linux gives out
 * small ones in a row; this one, "SIM" in ASCII, is far from them.
 */
#define TEE_IMPL_ID_SIM		0x53494d

#endif /* TEE_SIM_H */
