/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints at both ends of zeroing by the kernel. Of buddy pages there are
 * none: the page allocator zeroes them as it hands them out.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM restricted_heap

#if !defined(RESTRICTED_MEMORY_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define RESTRICTED_MEMORY_TRACE_H

#include <linux/tracepoint.h>
#include <linux/types.h>

DECLARE_EVENT_CLASS(restricted_zero,

	TP_PROTO(phys_addr_t pa, size_t size),

	TP_ARGS(pa, size),

	TP_STRUCT__entry(
		__field(u64, pa)
		__field(size_t, size)
	),

	TP_fast_assign(
		__entry->pa = pa;
		__entry->size = size;
	),

	TP_printk("pa=%#llx size=%zu", __entry->pa, __entry->size)
);

DEFINE_EVENT(restricted_zero, restricted_zero_begin,
	TP_PROTO(phys_addr_t pa, size_t size),
	TP_ARGS(pa, size)
);

DEFINE_EVENT(restricted_zero, restricted_zero_end,
	TP_PROTO(phys_addr_t pa, size_t size),
	TP_ARGS(pa, size)
);

#endif /* RESTRICTED_MEMORY_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace

#include <trace/define_trace.h>
