// SPDX-License-Identifier: GPL-2.0
/*
 * Every failure point of every path, one after the other: the kernel lets the
 * Nth allocation of memory in a call fail, or copy, or call of the TEE, for N
 * from 1 until the call comes through without one. After each the books of both
 * worlds are as before, and the next allocation works.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "catalogue.h"
#include "device.h"
#include "diag.h"
#include "failpath.h"
#include "failpoint.h"
#include "fault.h"
#include "restore.h"
#include "world.h"

/* No call has as many */
#define NTH_MAX		2000

/* How often in a row none has to be hit: what is allocated varies. */
#define ROUNDS		2

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

static const uint64_t sizes[] = { 64 << 10, PAGE_BYTES, 1 << 20 };

/* A heap, and a way that it works in; NULL for as it is */
struct subject {
	const char *heap;
	const char *policy;
};

static const struct subject subjects[] = {
	{ "restricted_pages", "pool" },
	{ "restricted_pages", "region" },
};

static int prepare(struct stress *s)
{
	int err = failpoint_prepare(s);

	return err ? err : stress_importer(s);
}

static struct stress_row *row_new(struct ground *g, const struct failpath *path,
				  const struct failpoint *kind,
				  const char *policy)
{
	struct tally *tally = g->s->tally;
	struct stress_row *row;

	if (tally->rows == STRESS_ROWS_MAX) {
		stress_found(g->s, "more than %d paths", STRESS_ROWS_MAX);
		return NULL;
	}
	row = &tally->row[tally->rows++];
	snprintf(row->path, sizeof(row->path), "%s", path->name);
	snprintf(row->cause, sizeof(row->cause), "%s", kind->cause);
	snprintf(row->heap, sizeof(row->heap), "%.40s%s%s",
		 g->s->heap[g->heap].heap.name, policy ? " " : "",
		 policy ? policy : "");
	row->whole = true;
	return row;
}

/* Give back what is kept, or see to it that something is. */
static bool set_kept(struct ground *g, const struct failpath *path)
{
	int fd;

	if (path->cold)
		return world_drain(g->s, g->heap);
	if (!path->warm)
		return true;
	fd = stress_alloc(g->s, g->heap, g->size);
	return fd >= 0 && !heap_free(fd);
}

/*
 * The kernel's own ioctl leaves a buffer's fd behind, of which it cannot tell
 * any more that it is there. It would be the next one.
 */
static void close_untold(int next)
{
	if (fcntl(next, F_GETFD) >= 0)
		close(next);
}

static int next_fd(void)
{
	int fd = fcntl(0, F_DUPFD_CLOEXEC, 0);

	if (fd >= 0)
		close(fd);
	return fd;
}

/* Lack of memory, or an address that is none, is all that may be told. */
static bool is_clear(const struct failpath *path, int got)
{
	return got >= 0 || got == -ENOMEM || got == -EFAULT ||
	       got == path->refused;
}

static void judge(struct ground *g, const struct failpath *path,
		  const struct failpoint *kind, unsigned int nth, int got)
{
	struct stress *s = g->s;
	const char *heap = s->heap[g->heap].heap.name;
	char what[STRESS_WHY_BYTES / 2];
	int fd;

	if (!is_clear(path, got))
		stress_found(s, "%s: %s says %s at failure %u (%s)", heap,
			     path->name, strerror(-got), nth, kind->cause);
	if (!world_same_held(s, s->before, g->heap, what, sizeof(what)))
		stress_found(s, "%s: after failure %u (%s) of %s: %s", heap,
			     nth, kind->cause, path->name, what);
	fd = stress_alloc(s, g->heap, g->size);
	if (fd < 0)
		stress_found(s, "%s: no buffer after failure %u (%s) of %s: %s",
			     heap, nth, kind->cause, path->name, strerror(-fd));
	else
		heap_free(fd);
}

/* Return: whether the @nth was hit. */
static bool fail_one(struct ground *g, const struct failpath *path,
		     const struct failpoint *kind, struct stress_row *row,
		     unsigned int nth)
{
	struct stress *s = g->s;
	bool hit = false;
	int next, got;

	if (!set_kept(g, path) || (path->before && path->before(g))) {
		stress_found(s, "%s: %s cannot be begun",
			     s->heap[g->heap].heap.name, path->name);
		row->whole = false;
		return false;
	}
	next = next_fd();
	if (nth)
		kind->arm(s, nth);
	got = path->go(g);
	if (nth)
		hit = kind->disarm(s);
	if (got < 0)
		close_untold(next);
	if (path->after)
		path->after(g, got);
	atomic_fetch_add(&s->tally->ops, 1);
	if (!hit)
		return false;
	stress_injected(s, 1);
	row->points++;
	row->failed += got < 0 && got != path->refused;
	judge(g, path, kind, nth, got);
	return true;
}

/* Each costs the oracles their patience. */
static bool told_enough(struct stress *s)
{
	return atomic_load(&s->tally->told) >= STRESS_WHYS_MAX;
}

static void fail_each(struct ground *g, const struct failpath *path,
		      const struct failpoint *kind, struct stress_row *row)
{
	unsigned int nth = 1, missed = 0;

	/* What a first time takes for good it takes now. */
	fail_one(g, path, kind, row, 0);
	while (row->whole && missed < ROUNDS && nth < NTH_MAX &&
	       stress_now() < g->s->end && !told_enough(g->s)) {
		if (fail_one(g, path, kind, row, nth)) {
			nth++;
			missed = 0;
		} else {
			missed++;
		}
	}
	if (missed < ROUNDS)
		row->whole = false;
}

static bool is_there(struct ground *g, const struct failpath *path)
{
	const char *name = g->s->heap[g->heap].heap.name;
	char text[4096];

	g->file = path->file;
	if (path->warm && !world_keeps(g->s, g->heap))
		return false;
	/* What can be written only cannot be read. */
	return !path->file ||
	       heap_file_read(name, path->file, text, sizeof(text)) != -ENOENT;
}

static void fail_path(struct ground *g, const struct failpath *path,
		      const struct failpoint *kind, const char *policy)
{
	struct stress_row *row = row_new(g, path, kind, policy);

	if (!row)
		return;
	for (size_t i = 0; i < (path->sizes ? ARRAY_SIZE(sizes) : 1); i++) {
		g->size = sizes[i];
		fail_each(g, path, kind, row);
	}
	diag("%s: %s, %s: %" PRIu64 " points, of which %" PRIu64 " fail it",
	     row->heap, row->path, row->cause, row->points, row->failed);
	if (!row->whole)
		stress_found(g->s, "%s: not all failure points (%s) of %s were reached",
			     row->heap, row->cause, row->path);
}

static void fail_paths(struct ground *g, const struct failpoint *kind,
		       const char *policy)
{
	for (const struct failpath *path = failpaths; path->name; path++)
		if (is_there(g, path))
			fail_path(g, path, kind, policy);
}

static bool is_control(const char *heap)
{
	return !strncmp(heap, "direct_", 7);
}

static void fail_heap(struct stress *s, size_t heap, int importer,
		      const char *policy)
{
	struct ground g = {
		.s = s, .heap = heap, .importer = importer, .fd = -1,
	};

	fail_paths(&g, &failpoint_memory, policy);
	/* The controls lose what the TEE does not give back. */
	if (fault_possible() && !is_control(s->heap[heap].heap.name))
		fail_paths(&g, &failpoint_tee, policy);
	world_drain(s, heap);
}

static void fail_subject(struct stress *s, const struct subject *subject,
			 int importer)
{
	for (size_t i = 0; i < s->nr_heaps; i++) {
		const char *name = s->heap[i].heap.name;
		int err;

		if (strcmp(name, subject->heap))
			continue;
		err = heap_tune(name, "policy", subject->policy);
		if (err)
			stress_found(s, "%s: policy %s: %s", name,
				     subject->policy, strerror(-err));
		else
			fail_heap(s, i, importer, subject->policy);
	}
}

static void run(struct stress *s)
{
	int importer = device_open();

	if (importer < 0) {
		stress_found(s, "the importer: %s", strerror(-importer));
		return;
	}
	for (size_t i = 0; i < s->nr_heaps; i++)
		fail_heap(s, i, importer, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(subjects); i++)
		fail_subject(s, &subjects[i], importer);
	close(importer);
	restore_now();
}

const struct stressor stressor_fail_nth = {
	.name = "fail-nth",
	.help = "each failure point of each path in turn loses nothing, and the next call works",
	.ops = 1,
	.workers = 1,
	.tee_goes = true,
	.prepare = prepare,
	.run = run,
};
