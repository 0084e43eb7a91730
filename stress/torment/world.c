// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "world.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "memsvc.h"
#include "textfile.h"

#define SLAB		"/sys/kernel/slab/restricted_buffer"
#define FILE_MAX	65536
/* The heap that lends the TEE the kernel's own pages */
#define LENDER		"restricted_pages"

#define NAP_US		20000

/*
 * What the kernel takes for itself meanwhile: slabs that are half full, tables,
 * lists of free pages per processor. Losing a page in a thousand operations
 * shows in any run that is long enough to be called one.
 */
#define SLACK_BYTES	(8 << 20)

/* The first number behind @key at the beginning of a line, -1 without one */
static int64_t number_behind(const char *text, const char *key)
{
	size_t len = strlen(key);

	while (text) {
		if (!strncmp(text, key, len) && (text[len] == ' ' || !len))
			return strtoll(text + len, NULL, 10);
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return -1;
}

static int64_t number_in(const char *path, const char *key)
{
	static char text[FILE_MAX];

	if (textfile_read(path, text, sizeof(text)))
		return -1;
	return number_behind(text, key);
}

static int64_t count_dmabufs(void)
{
	uint64_t buffers, bytes;

	return dmabuf_sum(NULL, &buffers, &bytes) ? -1 : (int64_t)buffers;
}

static int64_t count_lent(void)
{
	struct memsvc svc;
	uint32_t pages;
	int err;

	if (memsvc_open(&svc))
		return -1;
	err = memsvc_lent(&svc, &pages);
	memsvc_close(&svc);
	return err ? -1 : (int64_t)pages;
}

/*
 * Each processor keeps free pages in lists of its own, megabytes of them, which
 * count as taken; where one compacts it gives its own back.
 */
static void drain_processors(void)
{
	cpu_set_t all, one;

	if (sched_getaffinity(0, sizeof(all), &all))
		return;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		if (!sched_setaffinity(0, sizeof(one), &one))
			textfile_write("/proc/sys/vm/compact_memory", "1");
	}
	sched_setaffinity(0, sizeof(all), &all);
}

int64_t world_free_bytes(void)
{
	drain_processors();
	/* Without a line in the kernel's log each time */
	textfile_write("/proc/sys/vm/drop_caches", "4");
	textfile_write("/proc/sys/vm/drop_caches", "3");
	/* Each processor counts for itself, and tells once in a second */
	textfile_write("/proc/sys/vm/stat_refresh", "1");
	return number_in("/proc/vmstat", "nr_free_pages") * PAGE_BYTES;
}

/* Objects that wait to be handed out again would count as in use. */
static int64_t count_objects(void)
{
	textfile_write(SLAB "/shrink", "1");
	return number_in(SLAB "/objects", "");
}

static int read_heaps(struct stress *s, struct world *w)
{
	int err = 0;

	for (size_t i = 0; i < s->nr_heaps && !err; i++)
		err = books_read(&w->heap[i], s->heap[i].heap.name,
				 s->heap[i].exp_name);
	return err;
}

static int read_world(struct stress *s, struct world *w)
{
	w->dmabufs = count_dmabufs();
	w->slab = count_objects();
	w->lent = count_lent();
	w->taint = number_in("/proc/sys/kernel/tainted", "");
	return read_heaps(s, w);
}

static bool nothing_kept(const struct stress *s, const struct world *w)
{
	int64_t kept;

	for (size_t i = 0; i < s->nr_heaps; i++)
		if (books_get(&w->heap[i], "kept_bytes", &kept) && kept)
			return false;
	return true;
}

/* Nor by a heap that is not under stress: the TEE may hold its memory still */
static bool nothing_kept_beside(void)
{
	char names[HEAP_LIST_MAX][HEAP_NAME_MAX];
	static char text[FILE_MAX];
	int n = heap_list(names);

	for (int i = 0; i < n; i++)
		if (!heap_file_read(names[i], "stats", text, sizeof(text)) &&
		    number_behind(text, "kept_bytes") > 0)
			return false;
	return true;
}

int world_begin(struct stress *s, struct world *w)
{
	double end = stress_now() + s->patience;
	int err;

	do {
		err = read_world(s, w);
		if (err || (nothing_kept(s, w) && nothing_kept_beside()))
			break;
		stress_nap(NAP_US);
	} while (stress_now() < end);
	/* What the TEE holds was read before what is kept */
	if (!err)
		err = read_world(s, w);
	w->free = world_free_bytes();
	return err;
}

/* The first heap whose books differ, or -1; @what gets how */
static int different(struct stress *s, const struct world *before,
		     const struct world *now, char *what, size_t size)
{
	for (size_t i = 0; i < s->nr_heaps; i++)
		if (books_changed(&before->heap[i], &now->heap[i],
				  books_standing, what, size))
			return (int)i;
	return -1;
}

static bool same(struct stress *s, const struct world *before,
		 const struct world *now)
{
	char what[16];

	return nothing_kept(s, now) && now->dmabufs == before->dmabufs &&
	       now->slab == before->slab && now->lent == before->lent &&
	       different(s, before, now, what, sizeof(what)) < 0;
}

static bool settle(struct stress *s, const struct world *before,
		   struct world *now)
{
	double end = stress_now() + s->patience;

	do {
		if (!read_world(s, now) && same(s, before, now))
			return true;
		stress_nap(NAP_US);
	} while (stress_now() < end);
	return false;
}

bool world_settled(struct stress *s, const struct world *before)
{
	static struct world now;

	return settle(s, before, &now);
}

/* What a heap may have more of, or less, while it keeps something */
static bool held(const char *name)
{
	return books_standing(name) && strncmp(name, "pool_", 5) &&
	       strncmp(name, "tee.", 4);
}

static int64_t get(const struct books *books, const char *name)
{
	int64_t value;

	return books_get(books, name, &value) ? value : 0;
}

static bool lends_pages(const char *heap)
{
	return !strcmp(heap, LENDER);
}

/* All that the heap has lent, and all that the TEE was lent since @before */
static bool lent_agrees(const struct world *before, const struct books *was,
			const struct books *now, char *what, size_t size)
{
	static const char *const parts[] = {
		"live_bytes", "kept_bytes", "quarantined_bytes",
	};
	int64_t lent = count_lent(), ours, tee;

	if (lent < 0)
		return true;
	ours = (get(now, "quarantined_pages") - get(was, "quarantined_pages")) *
	       PAGE_BYTES;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		ours += get(now, parts[i]) - get(was, parts[i]);
	tee = (lent - before->lent) * PAGE_BYTES;
	if (ours == tee)
		return true;
	snprintf(what, size, "the heap lends %" PRId64 " bytes more, the TEE was lent %" PRId64,
		 ours, tee);
	return false;
}

/* What a heap itself has in quarantine is tried again when the TEE returns. */
static void retry(struct stress *s, const char *heap, const struct books *now)
{
	if (get(now, "quarantined_buffers"))
		heap_file_write(heap, "retry_quarantine", "1");
	if ((!get(now, "quarantined_pages") && !get(now, "stuck_bytes")) ||
	    !fault_possible())
		return;
	fault_life(s, "die");
	fault_life(s, "revive");
}

static bool same_held(struct stress *s, const struct world *before, size_t heap,
		      char *what, size_t size)
{
	const struct stress_heap *of = &s->heap[heap];
	struct books now;
	int err = books_read(&now, of->heap.name, of->exp_name);

	if (err) {
		snprintf(what, size, "the books cannot be read: %s",
			 strerror(-err));
		return false;
	}
	retry(s, of->heap.name, &now);
	if (books_changed(&before->heap[heap], &now, held, what, size))
		return false;
	return !lends_pages(of->heap.name) ||
	       lent_agrees(before, &before->heap[heap], &now, what, size);
}

bool world_same_held(struct stress *s, const struct world *before, size_t heap,
		     char *what, size_t size)
{
	double end = stress_now() + s->patience;

	while (!same_held(s, before, heap, what, size)) {
		if (stress_now() > end)
			return false;
		stress_nap(NAP_US);
	}
	return true;
}

bool world_keeps(struct stress *s, size_t heap)
{
	const char *name = s->heap[heap].heap.name;
	uint64_t kept;
	int fd = heap_alloc(&s->heap[heap].heap, PAGE_BYTES);

	if (fd >= 0)
		heap_free(fd);
	return !heap_stat(name, "kept_bytes", &kept) && kept;
}

/* With no room it keeps nothing. */
bool world_drain(struct stress *s, size_t heap)
{
	const char *name = s->heap[heap].heap.name;
	const char *file = "keep_bytes";
	double end = stress_now() + s->patience;
	char room[64];
	uint64_t kept;

	if (heap_stat(name, "kept_bytes", &kept) || !kept)
		return true;
	if (heap_file_read(name, file, room, sizeof(room)) == -ENOENT)
		file = "pool_bytes";
	if (heap_file_read(name, file, room, sizeof(room)) ||
	    heap_file_write(name, file, "0"))
		return false;
	while (!heap_stat(name, "kept_bytes", &kept) && kept &&
	       stress_now() < end)
		stress_nap(NAP_US);
	return !heap_file_write(name, file, room) && !kept;
}

static void expect(struct stress *s, const char *what, int64_t before,
		   int64_t now)
{
	if (before != now)
		stress_found(s, "%s %" PRId64 " -> %" PRId64, what, before, now);
}

static void tell_difference(struct stress *s, const struct world *before,
			    const struct world *now)
{
	char what[STRESS_WHY_BYTES / 2];

	for (size_t i = 0; i < s->nr_heaps; i++)
		if (books_changed(&before->heap[i], &now->heap[i],
				  books_standing, what, sizeof(what)))
			stress_found(s, "%s: %s", s->heap[i].heap.name, what);
	if (!nothing_kept(s, now))
		stress_found(s, "what is kept is not given back");
	expect(s, "dma-bufs", before->dmabufs, now->dmabufs);
	expect(s, "objects restricted_buffer", before->slab, now->slab);
	expect(s, "pages that the TEE holds", before->lent, now->lent);
}

static void verify_free(struct stress *s, const struct world *before)
{
	double end = stress_now() + s->patience;
	int64_t now;

	do {
		now = world_free_bytes();
		if (now >= before->free - SLACK_BYTES)
			return;
		stress_nap(NAP_US);
	} while (stress_now() < end);
	stress_found(s, "free memory %" PRId64 " -> %" PRId64 " bytes",
		     before->free, now);
}

static void verify_works(struct stress *s)
{
	for (size_t i = 0; i < s->nr_heaps; i++) {
		int fd = heap_alloc(&s->heap[i].heap, PAGE_BYTES);

		if (fd < 0)
			stress_found(s, "%s gives no buffer afterwards: %s",
				     s->heap[i].heap.name, strerror(-fd));
		else
			heap_free(fd);
	}
}

static void verify_torn(struct stress *s, const struct world *before)
{
	int64_t taint = number_in("/proc/sys/kernel/tainted", "");
	double end = stress_now() + s->patience;

	while (count_dmabufs() != before->dmabufs && stress_now() < end)
		stress_nap(NAP_US);
	expect(s, "dma-bufs", before->dmabufs, count_dmabufs());
	expect(s, "the kernel's taint", before->taint, taint);
}

void world_verify(struct stress *s, const struct world *before, bool torn)
{
	static struct world now;

	if (torn) {
		verify_torn(s, before);
		return;
	}
	if (!settle(s, before, &now))
		tell_difference(s, before, &now);
	expect(s, "the kernel's taint", before->taint, now.taint);
	verify_free(s, before);
	verify_works(s);
}
