// SPDX-License-Identifier: GPL-2.0
#define CREATE_TRACE_POINTS
#include "trace.h"

DEFINE_STATIC_KEY_FALSE(restricted_tracing_key);

/* Called for each tracepoint that gets its first listener. */
int restricted_tracing_reg(void)
{
	static_branch_inc(&restricted_tracing_key);

	return 0;
}

/* Called for each tracepoint that lost its last listener. */
void restricted_tracing_unreg(void)
{
	static_branch_dec(&restricted_tracing_key);
}
