// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "options.h"

#define HEADER		"t_us,op,id,heap,bytes"
#define FILE_MAX	(UINT64_C(1) << 30)
#define FIRST_ROOM	1024

enum field { T_US, OP, ID, HEAP, BYTES, NR_FIELDS };

static const char *const field_names[NR_FIELDS] = {
	"t_us", "op", "id", "heap", "bytes",
};

/* One field of a line, its quotes gone */
struct text {
	char v[HEAP_NAME_MAX];
	size_t len;
	size_t column;
};

/*
 * What reading needs beyond the trace: which buffer has an id now. A slot of
 * the table holds the index of the id's last buffer plus 1, 0 when empty.
 */
struct reader {
	struct trace *trace;
	struct trace_error *error;
	size_t room_events;
	size_t room_buffers;
	size_t *slot;
	size_t nr_slots;
	size_t line;
	uint64_t live_bytes;
};

__attribute__((format(printf, 3, 4)))
static int bad(struct reader *r, size_t column, const char *fmt, ...)
{
	va_list ap;

	r->error->line = r->line;
	r->error->column = column;
	va_start(ap, fmt);
	vsnprintf(r->error->what, sizeof(r->error->what), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* Return: @array with room for one more than @n, or NULL. */
static void *make_room(void *array, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : FIRST_ROOM;
	void *moved;

	if (n < *room)
		return array;
	moved = reallocarray(array, more, size);
	if (moved)
		*room = more;
	return moved;
}

/* The slot of an id: its own, or the empty one that it would get. */
static size_t *find_slot(const struct reader *r, uint64_t id)
{
	const struct trace_buffer *buffer = r->trace->buffer;
	uint64_t hash = id * UINT64_C(0x9e3779b97f4a7c15);
	size_t i = (hash ^ (hash >> 32)) & (r->nr_slots - 1);

	while (r->slot[i] && buffer[r->slot[i] - 1].id != id)
		i = (i + 1) & (r->nr_slots - 1);
	return &r->slot[i];
}

/* Never more than half full, so that an empty slot is always near. */
static int grow_slots(struct reader *r)
{
	size_t *old = r->slot;
	size_t nr_old = r->nr_slots;

	if (2 * (r->trace->nr_buffers + 1) <= r->nr_slots)
		return 0;
	r->nr_slots = nr_old ? 2 * nr_old : FIRST_ROOM;
	r->slot = calloc(r->nr_slots, sizeof(*r->slot));
	if (!r->slot) {
		r->slot = old;
		return -ENOMEM;
	}
	for (size_t i = 0; i < nr_old; i++)
		if (old[i])
			*find_slot(r, r->trace->buffer[old[i] - 1].id) = old[i];
	free(old);
	return 0;
}

/* Take a field's text from @at on; return where it ends, NULL when too long. */
static const char *take_plain(const char *at, const char *end, struct text *f)
{
	while (at < end && *at != ',' && *at != '"') {
		if (f->len == sizeof(f->v) - 1)
			return NULL;
		f->v[f->len++] = *at++;
	}
	return at;
}

/* As take_plain(), from behind the opening quote to behind the closing one. */
static const char *take_quoted(const char *at, const char *end, struct text *f,
			       bool *closed)
{
	for (; at < end; at++) {
		if (*at == '"' && (at + 1 == end || at[1] != '"')) {
			*closed = true;
			return at + 1;
		}
		if (*at == '"')
			at++;
		if (f->len == sizeof(f->v) - 1)
			return NULL;
		f->v[f->len++] = *at;
	}
	return at;
}

/* Return: where the field ends in the line, or NULL after an error. */
static const char *take_field(struct reader *r, const char *line,
			      const char *at, const char *end, struct text *f)
{
	bool closed = false;

	f->len = 0;
	f->column = (size_t)(at - line) + 1;
	if (at < end && *at == '"') {
		at = take_quoted(at + 1, end, f, &closed);
		if (at && !closed) {
			bad(r, f->column, "the quote is never closed");
			return NULL;
		}
	} else {
		at = take_plain(at, end, f);
	}
	if (!at) {
		bad(r, f->column, "a field of more than %zu bytes",
		    sizeof(f->v) - 1);
		return NULL;
	}
	f->v[f->len] = '\0';
	if (at < end && *at != ',') {
		bad(r, (size_t)(at - line) + 1,
		    "a quote within a field; quote the whole field and double it");
		return NULL;
	}
	return at;
}

static bool printable(char c)
{
	return c >= ' ' && c <= '~';
}

static int split(struct reader *r, const char *line, const char *end,
		 struct text field[NR_FIELDS])
{
	const char *at = line;

	for (const char *c = line; c < end; c++)
		if (!printable(*c))
			return bad(r, (size_t)(c - line) + 1,
				   "byte 0x%02x is not printable ASCII",
				   (unsigned char)*c);
	for (int i = 0; i < NR_FIELDS; i++) {
		at = take_field(r, line, at, end, &field[i]);
		if (!at)
			return -EINVAL;
		if (at == end && i < NR_FIELDS - 1)
			return bad(r, (size_t)(end - line) + 1,
				   "the line ends before field %s; a record is "
				   HEADER, field_names[i + 1]);
		at++;
	}
	if (at <= end)
		return bad(r, (size_t)(at - line),
			   "more than %d fields; a record is " HEADER, NR_FIELDS);
	return 0;
}

static int take_number(struct reader *r, const struct text *f, enum field which,
		       uint64_t *value)
{
	int err = parse_count(f->v, value);

	if (err == -ERANGE)
		return bad(r, f->column, "%s is over 2^64 - 1",
			   field_names[which]);
	if (err)
		return bad(r, f->column, "%s '%s' is no number (digits only)",
			   field_names[which], f->v);
	return 0;
}

static int take_time(struct reader *r, const struct text *f, uint64_t *t_us)
{
	const struct trace *trace = r->trace;
	int err = take_number(r, f, T_US, t_us);

	if (err)
		return err;
	if (*t_us > TRACE_US_MAX)
		return bad(r, f->column, "t_us is over %" PRId64, TRACE_US_MAX);
	if (trace->nr_events && *t_us < trace->event[trace->nr_events - 1].t_us)
		return bad(r, f->column,
			   "time goes back from %" PRIu64 " to %" PRIu64,
			   trace->event[trace->nr_events - 1].t_us, *t_us);
	return 0;
}

static int take_heap(struct reader *r, const struct text *f, size_t *heap)
{
	struct trace *trace = r->trace;

	if (!f->len)
		return bad(r, f->column, "an alloc needs a heap");
	for (*heap = 0; *heap < trace->nr_heaps; ++*heap)
		if (!strcmp(trace->heap[*heap], f->v))
			return 0;
	if (trace->nr_heaps == TRACE_HEAPS_MAX)
		return bad(r, f->column, "more than %d heaps", TRACE_HEAPS_MAX);
	strcpy(trace->heap[trace->nr_heaps++], f->v);
	return 0;
}

static int take_bytes(struct reader *r, const struct text *f, uint64_t *bytes)
{
	int err;

	if (!f->len)
		return bad(r, f->column, "an alloc needs its bytes");
	err = take_number(r, f, BYTES, bytes);
	if (err)
		return err;
	if (!*bytes)
		return bad(r, f->column, "a buffer of 0 bytes; no heap gives one");
	if (*bytes > INT64_MAX - r->live_bytes)
		return bad(r, f->column,
			   "the buffers that live here are over 2^63 - 1 bytes");
	return 0;
}

static int add_alloc(struct reader *r, const struct text field[NR_FIELDS],
		     struct trace_event *event)
{
	struct trace *trace = r->trace;
	struct trace_buffer buffer = { .line = r->line };
	struct trace_buffer *room;
	size_t *slot;
	int err = take_number(r, &field[ID], ID, &buffer.id);

	if (!err)
		err = take_heap(r, &field[HEAP], &buffer.heap);
	if (!err)
		err = take_bytes(r, &field[BYTES], &buffer.bytes);
	if (!err)
		err = grow_slots(r);
	if (err)
		return err;
	slot = find_slot(r, buffer.id);
	if (*slot && !trace->buffer[*slot - 1].freed)
		return bad(r, field[ID].column,
			   "id %" PRIu64 " lives already, allocated at line %zu",
			   buffer.id, trace->buffer[*slot - 1].line);
	room = make_room(trace->buffer, trace->nr_buffers, &r->room_buffers,
			 sizeof(*room));
	if (!room)
		return -ENOMEM;
	trace->buffer = room;
	event->buffer = trace->nr_buffers;
	trace->buffer[trace->nr_buffers++] = buffer;
	*slot = trace->nr_buffers;
	trace->never_freed++;
	r->live_bytes += buffer.bytes;
	return 0;
}

static int add_free(struct reader *r, const struct text field[NR_FIELDS],
		    struct trace_event *event)
{
	struct trace *trace = r->trace;
	struct trace_buffer *buffer;
	uint64_t id;
	size_t slot;
	int err = take_number(r, &field[ID], ID, &id);

	if (err)
		return err;
	slot = r->nr_slots ? *find_slot(r, id) : 0;
	if (!slot)
		return bad(r, field[ID].column,
			   "id %" PRIu64 " is freed and was never allocated", id);
	buffer = &trace->buffer[slot - 1];
	if (buffer->freed)
		return bad(r, field[ID].column,
			   "id %" PRIu64 " is freed twice, before at line %zu",
			   id, buffer->freed);
	if (field[HEAP].len && strcmp(field[HEAP].v, trace->heap[buffer->heap]))
		return bad(r, field[HEAP].column,
			   "id %" PRIu64 " is of heap %s, see line %zu", id,
			   trace->heap[buffer->heap], buffer->line);
	if (field[BYTES].len)
		return bad(r, field[BYTES].column, "a free has no bytes");
	buffer->freed = r->line;
	trace->never_freed--;
	r->live_bytes -= buffer->bytes;
	event->buffer = slot - 1;
	return 0;
}

static int add_record(struct reader *r, const char *line, const char *end)
{
	struct trace *trace = r->trace;
	struct text field[NR_FIELDS];
	struct trace_event event, *room;
	int err = split(r, line, end, field);

	if (!err)
		err = take_time(r, &field[T_US], &event.t_us);
	if (err)
		return err;
	event.alloc = !strcmp(field[OP].v, "alloc");
	if (event.alloc)
		err = add_alloc(r, field, &event);
	else if (!strcmp(field[OP].v, "free"))
		err = add_free(r, field, &event);
	else
		err = bad(r, field[OP].column, "op '%s' is neither alloc nor free",
			  field[OP].v);
	if (err)
		return err;
	room = make_room(trace->event, trace->nr_events, &r->room_events,
			 sizeof(*room));
	if (!room)
		return -ENOMEM;
	trace->event = room;
	trace->event[trace->nr_events++] = event;
	return 0;
}

static int take_line(struct reader *r, const char *line, const char *end)
{
	static const char header[] = HEADER;

	if (end > line && end[-1] == '\r')
		end--;
	if (r->line > 1)
		return add_record(r, line, end);
	if ((size_t)(end - line) != strlen(header) ||
	    memcmp(line, header, strlen(header)))
		return bad(r, 1, "the first line is not " HEADER);
	return 0;
}

static int take_lines(struct reader *r, const char *text, size_t size)
{
	const char *end = text + size;
	const char *newline;

	if (!size) {
		r->line = 1;
		return bad(r, 1, "empty; the first line is " HEADER);
	}
	for (const char *line = text; line < end; line = newline + 1) {
		size_t left = (size_t)(end - line);
		int err;

		r->line++;
		newline = memchr(line, '\n',
				 left < TRACE_LINE_MAX ? left : TRACE_LINE_MAX);
		if (!newline && left >= TRACE_LINE_MAX)
			return bad(r, TRACE_LINE_MAX, "a line of %d bytes or more",
				   TRACE_LINE_MAX);
		if (!newline)
			return bad(r, left + 1,
				   "the last line has no newline: the file was cut off");
		err = take_line(r, line, newline);
		if (err)
			return err;
	}
	return 0;
}

int trace_parse(struct trace *trace, const char *text, size_t size,
		struct trace_error *error)
{
	struct reader r = { .trace = trace, .error = error };
	int err;

	memset(trace, 0, sizeof(*trace));
	err = take_lines(&r, text, size);
	free(r.slot);
	if (err)
		trace_free(trace);
	return err;
}

/* Return: 0 with @text to be freed, or a negative errno. */
static int read_all(int fd, char **text, size_t *size)
{
	size_t room = 0;
	ssize_t got;

	*text = NULL;
	*size = 0;
	do {
		char *more = make_room(*text, *size, &room, 1);
		int err = more ? 0 : -ENOMEM;

		if (more)
			*text = more;
		if (*size > FILE_MAX)
			err = -EFBIG;
		got = err ? 0 : read(fd, *text + *size, room - *size);
		if (got < 0)
			err = -errno;
		if (err) {
			free(*text);
			return err;
		}
		*size += (size_t)got;
	} while (got);
	return 0;
}

int trace_load(struct trace *trace, const char *path,
	       struct trace_error *error)
{
	size_t size;
	char *text;
	int err, fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = read_all(fd, &text, &size);
	close(fd);
	if (err)
		return err;
	err = trace_parse(trace, text, size, error);
	free(text);
	return err;
}

void trace_name(char name[TRACE_NAME_MAX], const char *path)
{
	const char *base = strrchr(path, '/');
	size_t len;

	base = base ? base + 1 : path;
	len = strlen(base);
	if (len > 4 && !strcmp(base + len - 4, ".csv"))
		len -= 4;
	snprintf(name, TRACE_NAME_MAX, "%.*s", (int)len, base);
}

int trace_load_or_say(struct trace *trace, const char *path)
{
	struct trace_error error;
	int err = trace_load(trace, path, &error);

	if (err == -EINVAL)
		diag("%s:%zu:%zu: %s", path, error.line, error.column,
		     error.what);
	else if (err)
		diag("%s: %s", path, strerror(-err));
	if (err)
		return err;
	if (!trace->nr_events) {
		diag("%s: has no operation to play", path);
		trace_free(trace);
		return -ENODATA;
	}
	if (trace->never_freed)
		diag("%s: warning: %zu of %zu buffers are never freed; they are freed at the end, untimed",
		     path, trace->never_freed, trace->nr_buffers);
	return 0;
}

void trace_free(struct trace *trace)
{
	free(trace->event);
	free(trace->buffer);
	memset(trace, 0, sizeof(*trace));
}

bool trace_heap_ok(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < len; i++)
		if (!printable(name[i]))
			return false;
	return len && len < HEAP_NAME_MAX;
}

void trace_print_header(FILE *out)
{
	fputs(HEADER "\n", out);
}

static void print_name(FILE *out, const char *name)
{
	bool quote = strpbrk(name, ",\"");

	if (quote)
		fputc('"', out);
	for (; *name; name++) {
		if (*name == '"')
			fputc('"', out);
		fputc(*name, out);
	}
	if (quote)
		fputc('"', out);
}

void trace_print_alloc(FILE *out, uint64_t t_us, uint64_t id, const char *heap,
		       uint64_t bytes)
{
	fprintf(out, "%" PRIu64 ",alloc,%" PRIu64 ",", t_us, id);
	print_name(out, heap);
	fprintf(out, ",%" PRIu64 "\n", bytes);
}

void trace_print_free(FILE *out, uint64_t t_us, uint64_t id)
{
	fprintf(out, "%" PRIu64 ",free,%" PRIu64 ",,\n", t_us, id);
}
