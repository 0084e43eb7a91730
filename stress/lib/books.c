// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "books.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dmabuf.h"
#include "heap.h"
#include "memsvc.h"

#define STATS_MAX	4096
#define TABLE		"tee.table"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

int books_add(struct books *books, const char *name, int64_t value)
{
	int64_t old;

	if (books->n == BOOKS_MAX || strlen(name) >= BOOKS_NAME_MAX)
		return -E2BIG;
	if (books_get(books, name, &old))
		return -EEXIST;
	strcpy(books->line[books->n].name, name);
	books->line[books->n++].value = value;
	return 0;
}

bool books_get(const struct books *books, const char *name, int64_t *value)
{
	for (size_t i = 0; i < books->n; i++) {
		if (!strcmp(books->line[i].name, name)) {
			*value = books->line[i].value;
			return true;
		}
	}
	return false;
}

/* Digits, after a minus perhaps, and nothing else up to @end */
static int parse_value(const char *text, const char *end, int64_t *value)
{
	const char *digit = text + (*text == '-');
	char *rest;

	if (*digit < '0' || *digit > '9')
		return -EPROTO;
	errno = 0;
	*value = strtoll(text, &rest, 10);
	return errno || rest != end ? -EPROTO : 0;
}

static int parse_line(struct books *books, const char *line, const char *end)
{
	const char *space = memchr(line, ' ', (size_t)(end - line));
	char name[BOOKS_NAME_MAX];
	int64_t value;
	size_t len;
	int err;

	if (!space || space == line)
		return -EPROTO;
	len = (size_t)(space - line);
	if (len >= sizeof(name))
		return -E2BIG;
	memcpy(name, line, len);
	name[len] = '\0';
	err = parse_value(space + 1, end, &value);
	return err ? err : books_add(books, name, value);
}

int books_parse(struct books *books, const char *text)
{
	while (*text) {
		const char *end = strchr(text, '\n');
		int err;

		if (!end)
			return -EPROTO;
		err = parse_line(books, text, end);
		if (err)
			return err;
		text = end + 1;
	}
	return 0;
}

static int read_stats(struct books *books, const char *heap)
{
	char text[STATS_MAX];
	int err = heap_file_read(heap, "stats", text, sizeof(text));

	if (err)
		return err == -ENOENT ? 0 : err;
	return books_parse(books, text);
}

static int read_dmabufs(struct books *books, const char *exp_name)
{
	uint64_t buffers, bytes;
	int err = dmabuf_sum(exp_name, &buffers, &bytes);

	if (err)
		return err == -ENOENT ? 0 : err;
	err = books_add(books, "dmabuf.buffers", (int64_t)buffers);
	return err ? err : books_add(books, "dmabuf.bytes", (int64_t)bytes);
}

static int add_tee(struct books *books, const struct memsvc_books *tee,
		   const struct memsvc_listing *list)
{
	const struct books_line lines[] = {
		{ "tee.pool", tee->pool },
		{ "tee.free", tee->free },
		{ "tee.used", (int64_t)tee->pool - tee->free },
		{ "tee.buffers", tee->buffers },
		{ "tee.ranges", tee->ranges },
		{ "tee.added", tee->added },
		{ "tee.removed", tee->removed },
		{ TABLE, (int64_t)(memsvc_list_digest(list) >> 1) },
	};
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(lines) && !err; i++)
		err = books_add(books, lines[i].name, lines[i].value);
	return err;
}

static int read_tee(struct books *books, uint32_t type)
{
	struct memsvc_listing list;
	struct memsvc_books tee;
	struct memsvc svc;
	int err;

	err = memsvc_open(&svc);
	if (err)
		return err == -ENODEV ? 0 : err;
	err = memsvc_books(&svc, type, &tee);
	if (err)
		goto close_svc;
	err = memsvc_list(&svc, type, &list);
	if (err)
		goto close_svc;
	err = add_tee(books, &tee, &list);
	memsvc_list_free(&list);
close_svc:
	memsvc_close(&svc);
	return err;
}

int books_read(struct books *books, const char *heap, const char *exp_name)
{
	uint32_t type = memsvc_type_of(heap);
	int err;

	books->n = 0;
	err = read_stats(books, heap);
	if (!err)
		err = read_dmabufs(books, exp_name);
	if (!err && type)
		err = read_tee(books, type);
	return err;
}

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(name, *names))
			return true;
	return false;
}

bool books_standing(const char *name)
{
	static const char *const standing[] = {
		"live_buffers", "live_bytes", "taken_bytes", "stuck_bytes",
		"pool_bytes", "pool_free",
		"quarantined_buffers", "quarantined_bytes",
		"quarantined_pages", "dmabuf.buffers", "dmabuf.bytes",
		"tee.pool", "tee.free", "tee.used", "tee.buffers",
		"tee.ranges", TABLE, NULL,
	};

	return is_one_of(name, standing);
}

bool books_untouched(const char *name)
{
	static const char *const touched[] = {
		"failures", "tee_calls", "tee_ranges", "lends", "reclaims",
		"kept_bytes", "clean_bytes", "dirty_bytes", "scrubbed_bytes",
		"drained_bytes", "pool_hits", "pool_misses", NULL,
	};

	return !is_one_of(name, touched);
}

/* Append to @what as long as there is room. */
__attribute__((format(printf, 3, 4)))
static void tell(char *what, size_t size, const char *fmt, ...)
{
	size_t used = strlen(what);
	va_list ap;

	va_start(ap, fmt);
	if (used < size)
		vsnprintf(what + used, size - used, fmt, ap);
	va_end(ap);
}

static void missing(const struct books *in, const struct books *from,
		    bool (*concerns)(const char *name), const char *when,
		    char *what, size_t size)
{
	int64_t value;

	for (size_t i = 0; i < in->n; i++) {
		const char *name = in->line[i].name;

		if (concerns(name) && !books_get(from, name, &value))
			tell(what, size, "%s%s not there %s", *what ? ", " : "",
			     name, when);
	}
}

static void tell_change(const struct books_line *old, int64_t now, char *what,
			size_t size)
{
	const char *comma = *what ? ", " : "";

	/* A digest: its two values mean nothing to a person. */
	if (!strcmp(old->name, TABLE))
		tell(what, size, "%s%s changed", comma, old->name);
	else
		tell(what, size, "%s%s %" PRId64 " -> %" PRId64, comma,
		     old->name, old->value, now);
}

bool books_changed(const struct books *before, const struct books *after,
		   bool (*concerns)(const char *name), char *what,
		   size_t size)
{
	int64_t now;

	*what = '\0';
	for (size_t i = 0; i < before->n; i++) {
		const struct books_line *old = &before->line[i];

		if (concerns(old->name) && books_get(after, old->name, &now) &&
		    now != old->value)
			tell_change(old, now, what, size);
	}
	missing(before, after, concerns, "afterwards", what, size);
	missing(after, before, concerns, "before", what, size);
	return *what;
}

bool books_moved(const struct books *before, const struct books *after,
		 const char *name, int64_t by, char *what, size_t size)
{
	int64_t old = 0, now = 0, want;
	bool was = books_get(before, name, &old);
	bool is = books_get(after, name, &now);

	if (!was && !is)
		return true;
	want = old + by;
	if (!strncmp(name, "tee.", 4))
		want = (uint32_t)want;
	if (was && is && now == want)
		return true;
	snprintf(what, size, "%s %" PRId64 " -> %" PRId64 ", expected %" PRId64,
		 name, old, now, want);
	return false;
}
