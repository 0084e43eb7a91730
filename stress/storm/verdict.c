// SPDX-License-Identifier: GPL-2.0
#include "verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tap.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

int verdict_begin(struct target *target)
{
	return books_read(&target->before, target->heap.name,
			  target->exp_name);
}

static bool starts(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

/* Whose books a line is in */
static bool of_tee(const char *name)
{
	return starts(name, "tee.");
}

static bool of_kernel(const char *name)
{
	return starts(name, "dmabuf.");
}

static bool of_heap(const char *name)
{
	return !of_tee(name) && !of_kernel(name);
}

static bool of_anybody(const char *name)
{
	(void)name;
	return true;
}

/* What the books must have gained over those from before the storm */
static bool gained(const struct target *target, const struct books *now,
		   bool (*concerns)(const char *name), char *what, size_t size)
{
	int64_t allocs = (int64_t)atomic_load(&target->allocs);
	int64_t held = (int64_t)atomic_load(&target->held);
	int64_t bytes = (int64_t)atomic_load(&target->in_use);
	int64_t full = (int64_t)atomic_load(&target->full);
	const struct {
		const char *name;
		int64_t by;
	} lines[] = {
		{ "allocs", allocs }, { "frees", allocs - held },
		{ "live_buffers", held }, { "live_bytes", bytes },
		{ "pool_bytes", 0 }, { "pool_free", -bytes },
		{ "quarantined_buffers", 0 }, { "quarantined_bytes", 0 },
		{ "failures", full },
		{ "dmabuf.buffers", held }, { "dmabuf.bytes", bytes },
		{ "tee.pool", 0 }, { "tee.free", -bytes },
		{ "tee.used", bytes }, { "tee.buffers", held },
		{ "tee.added", allocs }, { "tee.removed", allocs - held },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (concerns(lines[i].name) &&
		    !books_moved(&target->before, now, lines[i].name,
				 lines[i].by, what, size))
			return false;
	return true;
}

void verdict_held(struct target *target)
{
	struct books now;
	char what[160];
	int err = books_read(&now, target->heap.name, target->exp_name);

	if (err)
		target_wrong(target, "the books cannot be read: %s",
			     strerror(-err));
	else if (!gained(target, &now, of_anybody, what, sizeof(what)))
		target_wrong(target, "with %" PRIuFAST64 " buffers held: %s",
			     atomic_load(&target->held), what);
}

static bool pool_bytes(const struct target *target, int64_t *pool)
{
	return books_get(&target->before, "pool_bytes", pool) ||
	       books_get(&target->before, "tee.pool", pool);
}

/* An allocation may fail, but only for a reason. */
static void print_allocations(const struct storm *storm,
			      const struct target *target, const char *name)
{
	uint64_t full = atomic_load(&target->full);
	uint64_t peak = atomic_load(&target->peak);
	int64_t pool;
	char why[200];

	if (atomic_load(&target->wrong)) {
		tap_not_ok(name, target->why);
	} else if (!full) {
		tap_ok(name);
	} else if (!pool_bytes(target, &pool)) {
		snprintf(why, sizeof(why),
			 "%" PRIu64 " gave ENOMEM, and the heap does not tell how large its pool is",
			 full);
		tap_not_ok(name, why);
	} else if (storm_fits(storm, peak, (uint64_t)pool)) {
		snprintf(why, sizeof(why),
			 "%" PRIu64 " gave ENOMEM, though never more than %" PRIu64 " bytes were held or asked for, of %" PRId64,
			 full, peak, pool);
		tap_not_ok(name, why);
	} else {
		tap_ok(name);
		tap_note("%" PRIu64 " gave ENOMEM; up to %" PRIu64 " bytes were held or asked for, of %" PRId64,
			 full, peak, pool);
	}
}

static bool any(const struct books *books, bool (*concerns)(const char *name))
{
	for (size_t i = 0; i < books->n; i++)
		if (concerns(books->line[i].name))
			return true;
	return false;
}

/* The TEE's table whole; all other lines are looked at one by one. */
static bool is_table(const char *name)
{
	return !strcmp(name, "tee.table");
}

static void print_books(const struct target *target, const struct books *after,
			bool (*concerns)(const char *name), const char *whose)
{
	char name[160], what[200];

	snprintf(name, sizeof(name), "%s: %s after as before",
		 target->heap.name, whose);
	if (!any(&target->before, concerns))
		tap_skip(name, "there are none");
	else if (!gained(target, after, concerns, what, sizeof(what)) ||
		 (concerns == of_tee &&
		  books_changed(&target->before, after, is_table, what,
				sizeof(what))))
		tap_not_ok(name, what);
	else
		tap_ok(name);
}

void verdict_print(const struct storm *storm, struct target *target)
{
	struct books after;
	char name[160];
	int err = books_read(&after, target->heap.name, target->exp_name);

	if (err) {
		target_wrong(target, "the books cannot be read: %s",
			     strerror(-err));
		after.n = 0;
	}
	snprintf(name, sizeof(name), "%s: every allocation gave a buffer, or the pool was full",
		 target->heap.name);
	print_allocations(storm, target, name);
	print_books(target, &after, of_heap, "the heap's books");
	print_books(target, &after, of_tee, "the TEE's books");
	print_books(target, &after, of_kernel, "the kernel's list of dma-bufs");
}
