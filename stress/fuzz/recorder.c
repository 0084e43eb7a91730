// SPDX-License-Identifier: GPL-2.0
/* The kernel's words on buffers: any lines are a trace that replay takes. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "line.h"
#include "model.h"
#include "trace.h"

#define LINES_MAX	64

const char *const fuzz_words[] = {
	"          replay-71      (     70) [001] .....    12.345678: ",
	"           <...>-71      (-------) [000] d.h2.    12.345679: ",
	"dma_buf_export: exp_name=system size=8192 ino=17\n",
	"dma_buf_fd: exp_name=system size=8192 ino=17 fd=4\n", "sys_close(fd: 4)\n",
	"restricted_export_end: heap=a buf=00000000deadbeef size=4096 ret=0\n",
	"restricted_memory_free_begin: heap=a buf=00000000deadbeef size=4096\n",
	"CPU:1 [LOST 123 EVENTS]\n", "\n", "18446744073709551615", "0", "-1", "ino=17",
	"ino=18", "size=0", "fd=", "fd: ", "heap=", "look\n", NULL
};

/* Exporters of names that a trace cannot have are not recorded. */
static const char *heap_of(const char *exporter)
{
	return trace_heap_ok(exporter) ? exporter : NULL;
}

static void take(struct model *model, const char *text, uint64_t *last)
{
	uint64_t ino[] = { 17, 1 };
	struct line line;

	if (!strcmp(text, "look")) {
		model_look(model, *last, ino, 2);
		return;
	}
	line_parse(text, &line);
	FUZZ_EXPECT(strnlen(line.name, HEAP_NAME_MAX) < HEAP_NAME_MAX);
	*last = line.t_us;
	FUZZ_EXPECT(!model_event(model, &line));
}

static void check(const struct model *model)
{
	struct model_counts counts;
	struct trace_error error = { 0 };
	struct trace trace;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	FUZZ_EXPECT(out);
	FUZZ_EXPECT(!model_print(model, out, &counts));
	FUZZ_EXPECT(!fclose(out));
	if (trace_parse(&trace, text, size, &error)) {
		fprintf(stderr, "%zu:%zu: %s\n%s", error.line, error.column,
			error.what, text);
		abort();
	}
	FUZZ_EXPECT(trace.nr_buffers == counts.allocs);
	FUZZ_EXPECT(trace.nr_events == counts.allocs + counts.frees);
	trace_free(&trace);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct model *model = model_new(heap_of);
	const char *at = (const char *)data, *end = at + size;
	uint64_t last = 0;

	FUZZ_EXPECT(model);
	for (int i = 0; i < LINES_MAX && at < end; i++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		char *line = strndup(at, (size_t)((stop ? stop : end) - at));

		FUZZ_EXPECT(line);
		take(model, line, &last);
		free(line);
		at = stop ? stop + 1 : end;
	}
	check(model);
	model_free(model);
	return 0;
}
