/* SPDX-License-Identifier: GPL-2.0 */
/* Lines of tracefs' trace_pipe, as far as they tell of dma-bufs. */
#ifndef RECORDER_LINE_H
#define RECORDER_LINE_H

#include <stdint.h>

#include "heap.h"

/**
 * enum line_kind - what a line tells
 * @LINE_OTHER: nothing that is looked for
 * @LINE_LOST: that events were lost
 * @LINE_EXPORT: dma_buf_export: exporter @name exports a dma-buf of @size and
 *	@ino
 * @LINE_FD: dma_buf_fd: the dma-buf @ino got descriptor @fd
 * @LINE_CLOSE: sys_enter_close: of descriptor @fd
 * @LINE_GIVEN: restricted_export_end: buffer @buf of heap @name is handed out,
 *	when @ret is 0
 * @LINE_TAKEN: restricted_memory_unrestrict_begin or _free_begin: buffer @buf of
 *	heap @name is given back
 */
enum line_kind {
	LINE_OTHER,
	LINE_LOST,
	LINE_EXPORT,
	LINE_FD,
	LINE_CLOSE,
	LINE_GIVEN,
	LINE_TAKEN,
};

/**
 * struct line - an event
 * @kind: what it tells; only members named there are set, and those below
 * @t_us: when, in microseconds
 * @thread: whose it is
 * @process: that thread's, 0 when the kernel did not know any more
 * @name: of the heap or the exporter
 * @size: in bytes
 * @ino: of the dma-buf
 * @fd: descriptor
 * @buf: the restricted buffer, as the kernel names it
 * @ret: what an operation returned
 */
struct line {
	enum line_kind kind;
	uint64_t t_us;
	uint64_t thread;
	uint64_t process;
	char name[HEAP_NAME_MAX];
	uint64_t size;
	uint64_t ino;
	uint64_t fd;
	uint64_t buf;
	int64_t ret;
};

/**
 * line_parse - read a line
 * @text: it, without its newline
 * @line: filled
 *
 * What does not read as expected is LINE_OTHER.
 */
void line_parse(const char *text, struct line *line);

#endif /* RECORDER_LINE_H */
