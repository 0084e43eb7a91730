/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages of the kernel's trace ring buffer, as trace_pipe_raw gives them: the
 * format that events/header_page and events/header_event describe on a 64-bit
 * machine. Text would round times to microseconds.
 */
#ifndef RHEAP_RINGPAGE_H
#define RHEAP_RINGPAGE_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct ring_event - one event of a page
 * @time: of the trace's clock
 * @id: which event, as its file id tells
 * @pid: who was running
 * @data: all of it, from the common fields on
 * @size: of @data in bytes
 */
struct ring_event {
	uint64_t time;
	uint16_t id;
	int32_t pid;
	const unsigned char *data;
	size_t size;
};

/**
 * ringpage_parse - go through the events of a page
 * @page: as read(2) gave it
 * @size: of it in bytes
 * @event: called for each, in their order; returns 0 or a negative errno
 * @context: passed on
 *
 * Return: 0; -EOVERFLOW: events were lost before this page; -EPROTO: this is no
 * such page; else what @event returned.
 */
int ringpage_parse(const unsigned char *page, size_t size,
		   int (*event)(void *context, const struct ring_event *event),
		   void *context);

#endif /* RHEAP_RINGPAGE_H */
