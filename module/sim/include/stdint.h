/* SPDX-License-Identifier: GPL-2.0 */
/* For the service's books: the fixed width types, from the kernel. */
#ifndef TEE_SIM_STDINT_H
#define TEE_SIM_STDINT_H

#include <linux/limits.h>
#include <linux/types.h>

#define UINT32_MAX	U32_MAX
#define UINT64_MAX	U64_MAX

#endif /* TEE_SIM_STDINT_H */
