/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether anybody listens to the tracepoints of trace.h: one patched branch for
 * an allocation and one for a free, however many phases they have.
 */
#ifndef RESTRICTED_HEAP_TRACING_H
#define RESTRICTED_HEAP_TRACING_H

#include <linux/jump_label.h>
#include <linux/tracepoint.h>

DECLARE_STATIC_KEY_FALSE(restricted_tracing_key);

int restricted_tracing_reg(void);
void restricted_tracing_unreg(void);

static __always_inline bool restricted_tracing(void)
{
#ifdef TRACEPOINTS_ENABLED
	return static_branch_unlikely(&restricted_tracing_key);
#else
	return false;
#endif
}

#endif /* RESTRICTED_HEAP_TRACING_H */
