// SPDX-License-Identifier: GPL-2.0
/* The parser of traces: any bytes are a trace that holds together, or refused. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "trace.h"

const char *const fuzz_words[] = {
	"alloc", "free", "\n", "\r\n", ",", "\"\"", "\"", "0", "-1",
	"18446744073709551615", "18446744073709551616", "9223372036854775807",
	"4096", "system", "protected,secure-video", "t_us,op,id,heap,bytes\n",
	NULL
};

static void check(const struct trace *trace)
{
	uint64_t last = 0;
	size_t allocs = 0;

	for (size_t i = 0; i < trace->nr_events; i++) {
		const struct trace_event *event = &trace->event[i];

		FUZZ_EXPECT(event->t_us >= last);
		FUZZ_EXPECT(event->buffer < trace->nr_buffers);
		last = event->t_us;
		allocs += event->alloc;
	}
	FUZZ_EXPECT(allocs == trace->nr_buffers);
	FUZZ_EXPECT(trace->nr_events - allocs ==
		    trace->nr_buffers - trace->never_freed);
	for (size_t i = 0; i < trace->nr_buffers; i++) {
		const struct trace_buffer *buffer = &trace->buffer[i];

		FUZZ_EXPECT(buffer->bytes > 0);
		FUZZ_EXPECT(buffer->heap < trace->nr_heaps);
		FUZZ_EXPECT(!buffer->freed || buffer->freed > buffer->line);
	}
	for (size_t i = 0; i < trace->nr_heaps; i++)
		FUZZ_EXPECT(strnlen(trace->heap[i], HEAP_NAME_MAX) < HEAP_NAME_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trace_error error = { 0 };
	struct trace trace;
	int err = trace_parse(&trace, (const char *)data, size, &error);

	if (!err) {
		check(&trace);
		trace_free(&trace);
	} else {
		/* A refusal says where, and why. */
		FUZZ_EXPECT(error.line > 0 && error.column > 0);
		FUZZ_EXPECT(strnlen(error.what, sizeof(error.what)) <
			    sizeof(error.what) && *error.what);
	}
	return 0;
}
