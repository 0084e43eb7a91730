// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "tracefs.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static int set_up(struct tracefs *t, uint64_t buffer_kb)
{
	const struct tracing *own = &t->tracing;
	char kb[24];
	int err;

	snprintf(kb, sizeof(kb), "%" PRIu64, buffer_kb);
	err = tracing_set(own, "buffer_size_kb", kb);
	if (!err)
		err = tracing_set(own, "options/record-tgid", "1");
	if (!err)
		err = tracing_enable(own, "dma_buf/dma_buf_export");
	if (!err)
		err = tracing_enable(own, "dma_buf/dma_buf_fd");
	if (err)
		return err;
	/* Not in every kernel, nor for every heap */
	tracing_enable(own, "restricted_heap/restricted_export_end");
	tracing_enable(own, "restricted_heap/restricted_memory_unrestrict_begin");
	tracing_enable(own, "restricted_heap/restricted_memory_free_begin");
	t->closes = !tracing_enable(own, "syscalls/sys_enter_close");
	t->pipe = tracing_open(own, "trace_pipe");
	return t->pipe < 0 ? t->pipe : 0;
}

int tracefs_open(struct tracefs *t, uint64_t buffer_kb)
{
	int err = tracing_make(&t->tracing);

	if (err)
		return err;
	err = set_up(t, buffer_kb);
	if (err)
		tracing_remove(&t->tracing);
	return err;
}

void tracefs_stop(struct tracefs *t)
{
	tracing_set(&t->tracing, "tracing_on", "0");
}

void tracefs_close(struct tracefs *t)
{
	close(t->pipe);
	tracing_remove(&t->tracing);
}
