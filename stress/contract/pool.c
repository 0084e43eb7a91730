// SPDX-License-Identifier: GPL-2.0
/* An exhausted pool says so, again and again, and recovers when memory comes back. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "catalogue.h"

#define CHUNK		(UINT64_C(1) << 20)

/* A pool that outlasts this many chunks is not exhausted. */
#define CHUNKS_MAX	512

struct hoard {
	int fd[CHUNKS_MAX];
	int n;
};

/* Return: 0 when the limit was reached, else the error that stopped it. */
static int fill(const struct heap *heap, struct hoard *hoard)
{
	while (hoard->n < CHUNKS_MAX) {
		int fd = heap_alloc(heap, CHUNK);

		if (fd < 0)
			return fd;
		hoard->fd[hoard->n++] = fd;
	}
	return 0;
}

static void empty(struct hoard *hoard)
{
	while (hoard->n)
		heap_free(hoard->fd[--hoard->n]);
}

/* Where the heap tells what is free, all of it has to be had. */
static enum outcome all_was_given(struct trial *t, const struct books *before,
				  int chunks)
{
	int64_t avail;

	if (!books_get(before, "pool_free", &avail) &&
	    !books_get(before, "tee.free", &avail))
		return KEPT;
	if (avail / (int64_t)CHUNK != chunks)
		return broken(t, "of %lld bytes free, %d MiB could be had",
			      (long long)avail, chunks);
	return KEPT;
}

static enum outcome refuses(struct trial *t, const char *when)
{
	int fd = heap_alloc(&t->s->heap, CHUNK);

	if (fd >= 0)
		return broken(t, "%s, it gave one more", when);
	if (fd != -ENOMEM)
		return broken(t, "%s, it gave %s and not ENOMEM", when,
			      err_name(fd));
	return KEPT;
}

static enum outcome recovers(struct trial *t, struct hoard *hoard)
{
	int fd;

	heap_free(hoard->fd[--hoard->n]);
	fd = heap_alloc(&t->s->heap, CHUNK);
	if (fd < 0)
		return broken(t, "after one was freed, it gave %s",
			      err_name(fd));
	hoard->fd[hoard->n++] = fd;
	return KEPT;
}

static enum outcome twice_to_the_brim(struct trial *t, struct hoard *hoard)
{
	int first = hoard->n;
	int err;

	empty(hoard);
	err = fill(&t->s->heap, hoard);
	if (err != -ENOMEM || hoard->n != first)
		return broken(t, "the first time it held %d MiB, then %d (%s)",
			      first, hoard->n, err_name(err));
	return KEPT;
}

static enum outcome run(struct trial *t)
{
	struct hoard hoard = { .n = 0 };
	struct books before;
	enum outcome o;
	int err;

	if (!t->s->bounded)
		return skipped(t, "the heap has no pool that ends before the machine's memory");
	err = subject_books(t->s, &before);
	if (err)
		return broken(t, "the books cannot be read: %s", err_name(err));
	err = fill(&t->s->heap, &hoard);
	if (!err)
		return skipped(t, "not exhausted by %d MiB", CHUNKS_MAX);
	if (err != -ENOMEM || !hoard.n)
		return broken(t, "after %d MiB it gave %s and not ENOMEM",
			      hoard.n, err_name(err));
	o = all_was_given(t, &before, hoard.n);
	if (o == KEPT)
		o = refuses(t, "exhausted");
	if (o == KEPT)
		o = recovers(t, &hoard);
	if (o == KEPT)
		o = refuses(t, "exhausted again");
	return o == KEPT ? twice_to_the_brim(t, &hoard) : o;
}

const struct promise promise_exhausted = {
	.name = "pool-exhausted",
	.help = "an exhausted pool gives ENOMEM, and works again after a free",
	.run = run,
};
