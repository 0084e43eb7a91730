// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "line.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

/* A thread's name, right-aligned, comes before everything else */
#define NAME_COLUMNS	16

/* More than arm64 and x86 address: no buffer's size */
#define SIZE_LIMIT	(UINT64_C(1) << 52)

/* Behind the value of the field @name ("size="), or NULL */
static const char *field(const char *fields, const char *name)
{
	const char *at = strstr(fields, name);

	/* At the beginning, or behind a blank; names hold no blanks */
	while (at && at != fields && at[-1] != ' ')
		at = strstr(at + 1, name);
	return at ? at + strlen(name) : NULL;
}

static bool take_number(const char *fields, const char *name, int base,
			uint64_t *value)
{
	const char *at = field(fields, name);
	char *end;

	if (!at)
		return false;
	errno = 0;
	*value = strtoull(at, &end, base);
	return !errno && end != at && strchr(" )", *end);
}

static bool take_name(const char *fields, const char *name,
		      char value[HEAP_NAME_MAX])
{
	const char *at = field(fields, name);
	size_t len;

	if (!at)
		return false;
	len = strcspn(at, " ");
	if (!len || len >= HEAP_NAME_MAX)
		return false;
	memcpy(value, at, len);
	value[len] = '\0';
	return true;
}

static bool take_export(const char *fields, struct line *line)
{
	return take_name(fields, "exp_name=", line->name) &&
	       take_number(fields, "size=", 10, &line->size) &&
	       line->size < SIZE_LIMIT &&
	       take_number(fields, "ino=", 10, &line->ino);
}

static bool take_fd(const char *fields, struct line *line)
{
	return take_number(fields, "ino=", 10, &line->ino) &&
	       take_number(fields, "fd=", 10, &line->fd);
}

/* sys_close(fd: 5), in base 10 or 16 with its prefix, as the kernel likes */
static bool take_close(const char *fields, struct line *line)
{
	return take_number(fields, "fd: ", 0, &line->fd);
}

static bool take_taken(const char *fields, struct line *line)
{
	return take_name(fields, "heap=", line->name) &&
	       take_number(fields, "buf=", 16, &line->buf);
}

static bool take_given(const char *fields, struct line *line)
{
	uint64_t ret;

	if (!take_taken(fields, line) || !take_number(fields, "ret=", 10, &ret))
		return false;
	line->ret = (int64_t)ret;
	return true;
}

/* How the text behind the time begins, and what the rest is */
static const struct {
	const char *begins;
	enum line_kind kind;
	bool (*take)(const char *fields, struct line *line);
} events[] = {
	{ "dma_buf_export: ", LINE_EXPORT, take_export },
	{ "dma_buf_fd: ", LINE_FD, take_fd },
	{ "sys_close(", LINE_CLOSE, take_close },
	{ "restricted_export_end: ", LINE_GIVEN, take_given },
	{ "restricted_memory_unrestrict_begin: ", LINE_TAKEN, take_taken },
	{ "restricted_memory_free_begin: ", LINE_TAKEN, take_taken },
};

static void take_event(const char *text, struct line *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		size_t len = strlen(events[i].begins);

		if (!strncmp(text, events[i].begins, len) &&
		    events[i].take(text + len, line))
			line->kind = events[i].kind;
	}
}

/*
 * "          replay-71      (     71) [000] .....    12.345678: event: ...". The
 * name may be anything, a process that the kernel has forgotten is all dashes.
 */
void line_parse(const char *text, struct line *line)
{
	uint64_t seconds, micros;
	int used = 0;

	memset(line, 0, sizeof(*line));
	if (!strncmp(text, "CPU:", 4) && strstr(text, " [LOST ")) {
		line->kind = LINE_LOST;
		return;
	}
	if (strnlen(text, NAME_COLUMNS + 1) <= NAME_COLUMNS ||
	    text[NAME_COLUMNS] != '-')
		return;
	text += NAME_COLUMNS + 1;
	if (sscanf(text, "%" SCNu64 " (%n", &line->thread, &used) != 1 || !used)
		return;
	text += used;
	if (sscanf(text, "%" SCNu64 ")", &line->process) != 1)
		line->process = 0;
	text = strchr(text, ')');
	used = 0;
	if (!text || sscanf(text, ") [%*u] %*s %" SCNu64 ".%6" SCNu64 ": %n",
			    &seconds, &micros, &used) != 2 || !used ||
	    seconds >= TRACE_US_MAX / 1000000)
		return;
	line->t_us = seconds * 1000000 + micros;
	take_event(text + used, line);
}
