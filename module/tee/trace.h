/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints at both ends of a call that protects memory, or scrubs it, or lets
 * it go: which (MEMSVC_CMD_...), for how many ranges, and of how many bytes; 0
 * where a call does not say (FREE names a handle, and only the answer to ZALLOC
 * tells of ranges).
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM restricted_heap

#if !defined(RESTRICTED_TEE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define RESTRICTED_TEE_TRACE_H

#include <linux/tracepoint.h>

#include "../include/uapi/restricted_tee.h"

#define show_memsvc_cmd(cmd)						\
	__print_symbolic(cmd,						\
			 { MEMSVC_CMD_ZALLOC, "ZALLOC" },		\
			 { MEMSVC_CMD_FREE, "FREE" },			\
			 { MEMSVC_CMD_RESTRICT, "RESTRICT" },		\
			 { MEMSVC_CMD_UNRESTRICT, "UNRESTRICT" },	\
			 { MEMSVC_CMD_SCRUB, "SCRUB" })

TRACE_EVENT(restricted_tee_call_begin,

	TP_PROTO(u32 cmd, unsigned int entries, size_t bytes),

	TP_ARGS(cmd, entries, bytes),

	TP_STRUCT__entry(
		__field(u32, cmd)
		__field(unsigned int, entries)
		__field(size_t, bytes)
	),

	TP_fast_assign(
		__entry->cmd = cmd;
		__entry->entries = entries;
		__entry->bytes = bytes;
	),

	TP_printk("cmd=%s entries=%u bytes=%zu", show_memsvc_cmd(__entry->cmd),
		  __entry->entries, __entry->bytes)
);

TRACE_EVENT(restricted_tee_call_end,

	TP_PROTO(u32 cmd, unsigned int entries, size_t bytes, int ret),

	TP_ARGS(cmd, entries, bytes, ret),

	TP_STRUCT__entry(
		__field(u32, cmd)
		__field(unsigned int, entries)
		__field(size_t, bytes)
		__field(int, ret)
	),

	TP_fast_assign(
		__entry->cmd = cmd;
		__entry->entries = entries;
		__entry->bytes = bytes;
		__entry->ret = ret;
	),

	TP_printk("cmd=%s entries=%u bytes=%zu ret=%d",
		  show_memsvc_cmd(__entry->cmd), __entry->entries,
		  __entry->bytes, __entry->ret)
);

#endif /* RESTRICTED_TEE_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace

#include <trace/define_trace.h>
