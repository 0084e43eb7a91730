// SPDX-License-Identifier: GPL-2.0
/*
 * What the loops call, in a file of its own: no compiler looks into it from
 * there, so that every call is made, with all that the ABI asks for.
 */
#include "dispatch.h"

int bench_target(struct restricted_heap *heap, struct restricted_buffer *buf)
{
	return 0;
}
