/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's client of the memory service (include/uapi/restricted_tee.h). */
#ifndef RESTRICTED_MEMSVC_H
#define RESTRICTED_MEMSVC_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "../include/uapi/restricted_tee.h"

struct tee_context;
struct tee_param;

/**
 * struct memsvc - one session with the memory service
 * @ctx:	the TEE that offers the service
 * @session:	its session
 * @calls:	calls into the secure world, failed ones included
 */
struct memsvc {
	struct tee_context *ctx;
	u32 session;
	atomic64_t calls;
};

/**
 * struct memsvc_grant - what a ZALLOC gave
 * @handle:	names the memory in later calls
 * @count:	number of ranges
 * @base:	address of the first range
 */
struct memsvc_grant {
	u32 handle;
	u32 count;
	phys_addr_t base;
};

int memsvc_open(struct memsvc *svc);
void memsvc_close(struct memsvc *svc);
int memsvc_invoke(struct memsvc *svc, u32 cmd, struct tee_param *params,
		  unsigned int count);
int memsvc_zalloc(struct memsvc *svc, size_t size, struct memsvc_grant *grant);
int memsvc_retrieve(struct memsvc *svc, u32 handle,
		    struct memsvc_range *ranges, unsigned int count);
int memsvc_free(struct memsvc *svc, u32 handle);

#endif /* RESTRICTED_MEMSVC_H */
