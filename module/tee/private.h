/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of restricted_tee.ko know of each other. */
#ifndef RESTRICTED_TEE_PRIVATE_H
#define RESTRICTED_TEE_PRIVATE_H

#include <linux/types.h>

int memsvc_result_to_errno(u32 result);

int memsvc_driver_register(void);
void memsvc_driver_unregister(void);

#endif /* RESTRICTED_TEE_PRIVATE_H */
