// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "victim.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tap.h"

/* For a heap to give back, unasked, what it could not before */
#define PATIENCE_SECONDS	10
#define NAP_NS			20000000
#define NAPS			(PATIENCE_SECONDS * (1000000000 / NAP_NS))

#define PAGE_BYTES		4096

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

static const uint64_t sizes[VICTIM_BUFFERS] = {
	4 << 10, 1 << 20, 64 << 10, 4 << 10, 128 << 10, 2 << 20,
};

__attribute__((format(printf, 3, 4)))
static void tell(const struct victim *v, const char *what, const char *fmt, ...)
{
	char name[160], why[400];
	va_list ap;

	snprintf(name, sizeof(name), "%s: %s", v->heap.name, what);
	if (!fmt) {
		tap_ok(name);
		return;
	}
	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	tap_not_ok(name, why);
}

static const char *err_name(int err)
{
	const char *name = err < 0 ? strerrorname_np(-err) : "success";

	return name ? name : "an unknown error";
}

static int read_books(const struct victim *v, struct books *books)
{
	return books_read(books, v->heap.name, v->exp_name);
}

/* A first buffer wakes what sleeps until then, and shows the exporter's name. */
int victim_open(struct victim *v, const char *name)
{
	int err = heap_open(&v->heap, name);
	int fd;

	if (err)
		return err;
	fd = heap_alloc(&v->heap, sizes[0]);
	err = fd < 0 ? fd : dmabuf_exp_name(fd, v->exp_name);
	if (fd >= 0)
		heap_free(fd);
	if (!err)
		err = read_books(v, &v->before);
	if (err)
		heap_close(&v->heap);
	return err;
}

void victim_close(struct victim *v)
{
	heap_close(&v->heap);
}

void victim_take(struct victim *v)
{
	static const char what[] = "buffers can be had";
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		v->fd[i] = heap_alloc(&v->heap, sizes[i]);
		if (v->fd[i] < 0)
			err = v->fd[i];
	}
	if (err)
		tell(v, what, "an allocation gave %s", err_name(err));
	else
		tell(v, what, NULL);
}

static bool holds(const struct victim *v, size_t i)
{
	return v->fd[i] >= 0 && dmabuf_size(v->fd[i]) == (int64_t)sizes[i];
}

void victim_is_refused(struct victim *v)
{
	static const char what[] = "without the TEE new buffers give ENODEV, and old ones stay";

	for (int i = 0; i < 3; i++) {
		int fd = heap_alloc(&v->heap, sizes[i]);

		if (fd == -ENODEV)
			continue;
		if (fd >= 0)
			heap_free(fd);
		tell(v, what, "an allocation gave %s", err_name(fd));
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		if (!holds(v, i)) {
			tell(v, what, "a buffer of %llu bytes is gone",
			     (unsigned long long)sizes[i]);
			return;
		}
	}
	tell(v, what, NULL);
}

static void give_back(struct victim *v, size_t i)
{
	if (v->fd[i] >= 0)
		heap_free(v->fd[i]);
	v->fd[i] = -1;
}

/* A counter that not every heap has */
static int64_t stat_or_0(const struct victim *v, const char *counter)
{
	uint64_t value;

	return heap_stat(v->heap.name, counter, &value) ? 0 : (int64_t)value;
}

/* Things in quarantine: buffers, or pages where a heap keeps them itself */
static int64_t quarantined(const struct victim *v)
{
	return stat_or_0(v, "quarantined_buffers") +
	       stat_or_0(v, "quarantined_pages");
}

/* Bytes that nobody has and nobody gets: in quarantine, or kept */
static int64_t withheld(const struct victim *v)
{
	return stat_or_0(v, "quarantined_bytes") + stat_or_0(v, "kept_bytes") +
	       stat_or_0(v, "quarantined_pages") * PAGE_BYTES;
}

/* A heap that lends more than a buffer needs may withhold more, never less. */
void victim_gives_back_some(struct victim *v)
{
	static const char what[] = "what is freed without the TEE is withheld";
	int64_t before = withheld(v), freed = 0, now;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i += 2) {
		give_back(v, i);
		freed += (int64_t)sizes[i];
	}
	now = withheld(v);
	if (now - before >= freed)
		tell(v, what, NULL);
	else
		tell(v, what, "%lld bytes were freed, and those in quarantine or kept went from %lld to %lld",
		     (long long)freed, (long long)before, (long long)now);
}

/* Wait for the quarantine to be as it was before all. */
static bool quarantine_empties(const struct victim *v, int64_t *now)
{
	const struct timespec nap = { .tv_nsec = NAP_NS };
	int64_t buffers, pages, want = 0;

	if (books_get(&v->before, "quarantined_buffers", &buffers))
		want += buffers;
	if (books_get(&v->before, "quarantined_pages", &pages))
		want += pages;
	for (int i = 0; i < NAPS; i++) {
		*now = quarantined(v);
		if (*now == want)
			return true;
		nanosleep(&nap, NULL);
	}
	return false;
}

void victim_recovers(struct victim *v)
{
	static const char what[] = "with the TEE back the quarantine empties and buffers can be had";
	int fd = heap_alloc(&v->heap, sizes[1]);
	int64_t now;

	if (fd >= 0)
		heap_free(fd);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		give_back(v, i);
	if (fd < 0)
		tell(v, what, "an allocation gave %s", err_name(fd));
	else if (!quarantine_empties(v, &now))
		tell(v, what, "%lld buffers or pages are in quarantine after %d s",
		     (long long)now, PATIENCE_SECONDS);
	else
		tell(v, what, NULL);
}

static void tell_books(const struct victim *v, const char *what)
{
	struct books after;
	char why[300];
	int err = read_books(v, &after);

	if (err)
		tell(v, what, "they cannot be read: %s", err_name(err));
	else if (books_changed(&v->before, &after, books_standing, why,
			       sizeof(why)))
		tell(v, what, "%s", why);
	else
		tell(v, what, NULL);
}

void victim_is_as_before(struct victim *v)
{
	tell_books(v, "the books of both worlds are what they were");
}

void victim_settles(struct victim *v)
{
	int64_t now;

	/* If it does not, the books tell */
	quarantine_empties(v, &now);
	tell_books(v, "after the load the books of both worlds are what they were");
}
