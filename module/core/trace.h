/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints at both ends of each phase of a buffer's life.
 *
 * A phase begins with its _begin event and ends with its _end event, in one
 * thread. @buf is the same in all events of a buffer, and may be given to
 * another one after restricted_memory_free_end.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM restricted_heap

#if !defined(RESTRICTED_HEAP_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define RESTRICTED_HEAP_TRACE_H

#include <linux/tracepoint.h>

#include "../restricted_heap.h"
#include "tracing.h"

DECLARE_EVENT_CLASS(restricted_phase_begin,

	TP_PROTO(const struct restricted_buffer *buf),

	TP_ARGS(buf),

	TP_STRUCT__entry(
		__string(heap, buf->heap->name)
		__field(const void *, buf)
		__field(size_t, size)
	),

	TP_fast_assign(
		__assign_str(heap);
		__entry->buf = buf;
		__entry->size = buf->size;
	),

	TP_printk("heap=%s buf=%p size=%zu", __get_str(heap), __entry->buf,
		  __entry->size)
);

DECLARE_EVENT_CLASS(restricted_phase_end,

	TP_PROTO(const struct restricted_heap *heap, const void *buf,
		 size_t size, int ret),

	TP_ARGS(heap, buf, size, ret),

	TP_STRUCT__entry(
		__string(heap, heap->name)
		__field(const void *, buf)
		__field(size_t, size)
		__field(int, ret)
	),

	TP_fast_assign(
		__assign_str(heap);
		__entry->buf = buf;
		__entry->size = size;
		__entry->ret = ret;
	),

	TP_printk("heap=%s buf=%p size=%zu ret=%d", __get_str(heap),
		  __entry->buf, __entry->size, __entry->ret)
);

#define DEFINE_RESTRICTED_PHASE(phase)					\
DEFINE_EVENT_FN(restricted_phase_begin, phase##_begin,			\
	TP_PROTO(const struct restricted_buffer *buf),			\
	TP_ARGS(buf),							\
	restricted_tracing_reg, restricted_tracing_unreg);		\
DEFINE_EVENT_FN(restricted_phase_end, phase##_end,			\
	TP_PROTO(const struct restricted_heap *heap, const void *buf,	\
		 size_t size, int ret),					\
	TP_ARGS(heap, buf, size, ret),					\
	restricted_tracing_reg, restricted_tracing_unreg)

DEFINE_RESTRICTED_PHASE(restricted_memory_alloc);
DEFINE_RESTRICTED_PHASE(restricted_memory_restrict);
DEFINE_RESTRICTED_PHASE(restricted_export);
DEFINE_RESTRICTED_PHASE(restricted_memory_unrestrict);
DEFINE_RESTRICTED_PHASE(restricted_memory_free);

#endif /* RESTRICTED_HEAP_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace

#include <trace/define_trace.h>
