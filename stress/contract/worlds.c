// SPDX-License-Identifier: GPL-2.0
/* All books that there are of a heap's buffers say the same. */
#include <errno.h>
#include <time.h>

#include "catalogue.h"
#include "memsvc.h"

/* How often, and how far apart, what changes by itself is looked at */
#define AREA_LOOKS	20
#define AREA_NAP_NS	10000000

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

/* Lines that mean the same thing; those that are there have to agree. */
static const char *const buffers[] = {
	"live_buffers", "dmabuf.buffers", "tee.buffers",
};
static const char *const bytes[] = {
	"live_bytes", "dmabuf.bytes", "tee.used",
};

static enum outcome agree(struct trial *t, const struct books *books,
			  const char *const *names, size_t n)
{
	const char *first = NULL;
	int64_t want = 0, value;

	for (size_t i = 0; i < n; i++) {
		if (!books_get(books, names[i], &value))
			continue;
		if (first && value != want)
			return broken(t, "%s is %lld and %s is %lld", first,
				      (long long)want, names[i],
				      (long long)value);
		first = names[i];
		want = value;
	}
	return KEPT;
}

/* Of a pool of granules a buffer takes more than it has */
static enum outcome pool_adds_up(struct trial *t, const struct books *books)
{
	const char *taken = "taken_bytes";
	int64_t used, avail, pool;

	if (!books_get(books, taken, &used))
		taken = "live_bytes";
	if (books_get(books, "pool_bytes", &pool) &&
	    books_get(books, "pool_free", &avail) &&
	    books_get(books, taken, &used) && used + avail != pool)
		return broken(t, "%s and pool_free are not pool_bytes", taken);
	return KEPT;
}

/* The TEE's table, line by line, against the TEE's own sums */
static enum outcome table_adds_up(struct trial *t, const struct memsvc *svc,
				  uint32_t type)
{
	struct memsvc_listing list;
	uint64_t used, handles;
	struct memsvc_books sums;
	const char *wrong;
	int err = memsvc_books(svc, type, &sums);

	if (!err)
		err = memsvc_list(svc, type, &list);
	if (err)
		return broken(t, "the TEE's books cannot be read: %s",
			      err_name(err));
	wrong = memsvc_list_check(&list, &used, &handles);
	if (!wrong && (list.n != sums.ranges || handles != sums.buffers ||
		       used != sums.pool - sums.free ||
		       sums.added - sums.removed != sums.buffers))
		wrong = "the TEE's table and its sums do not agree";
	memsvc_list_free(&list);
	return wrong ? broken(t, "%s", wrong) : KEPT;
}

static enum outcome look_into_tee(struct trial *t)
{
	uint32_t type = memsvc_type_of(t->s->heap.name);
	struct memsvc svc;
	enum outcome o;
	int err;

	if (!type)
		return KEPT;
	err = memsvc_open(&svc);
	if (err)
		return broken(t, "no session with the memory service: %s",
			      err_name(err));
	o = table_adds_up(t, &svc, type);
	memsvc_close(&svc);
	return o;
}

/* Return: what the heap has of the area less what the TEE has handed out of it. */
static int area_difference(struct trial *t, const struct memsvc *svc,
			   int64_t *difference)
{
	static const char *const parts[] = {
		"taken_bytes", "kept_bytes", "stuck_bytes",
	};
	struct memsvc_books sums;
	struct books books;
	int64_t value;
	int err = subject_books(t->s, &books);

	if (!err)
		err = memsvc_books(svc, MEMSVC_TYPE_CMA, &sums);
	if (err)
		return err;
	*difference = (int64_t)sums.free - sums.pool;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (books_get(&books, parts[i], &value))
			*difference += value;
	return 0;
}

/* What is kept may be given back between two looks. */
static enum outcome area_agrees(struct trial *t, const struct memsvc *svc)
{
	const struct timespec nap = { .tv_nsec = AREA_NAP_NS };
	int64_t difference = 0;

	for (int i = 0; i < AREA_LOOKS; i++) {
		int err = area_difference(t, svc, &difference);

		if (err)
			return broken(t, "the books cannot be read: %s",
				      err_name(err));
		if (!difference)
			return KEPT;
		nanosleep(&nap, NULL);
	}
	return broken(t, "the heap has %lld bytes more of its area than the TEE handed out",
		      (long long)difference);
}

/* A heap that tells what it takes has it of an area. */
static enum outcome look_into_area(struct trial *t, const struct books *books)
{
	struct memsvc svc;
	enum outcome o;
	int64_t taken;
	int err;

	if (!books_get(books, "taken_bytes", &taken))
		return KEPT;
	err = memsvc_open(&svc);
	if (err)
		return broken(t, "no session with the memory service: %s",
			      err_name(err));
	o = area_agrees(t, &svc);
	memsvc_close(&svc);
	return o;
}

static enum outcome look(struct trial *t)
{
	struct books books;
	enum outcome o;
	int err = subject_books(t->s, &books);

	if (err)
		return broken(t, "the books cannot be read: %s", err_name(err));
	o = agree(t, &books, buffers, ARRAY_SIZE(buffers));
	if (o == KEPT)
		o = agree(t, &books, bytes, ARRAY_SIZE(bytes));
	if (o == KEPT)
		o = pool_adds_up(t, &books);
	if (o == KEPT)
		o = look_into_area(t, &books);
	return o == KEPT ? look_into_tee(t) : o;
}

/* Looked at after each step of a way that leaves a hole in the middle */
static enum outcome run(struct trial *t)
{
	static const uint64_t sizes[] = {
		4 << 10, 64 << 10, 12 << 10, 1 << 20, 4 << 10,
	};
	static const int frees[] = { 1, 3, 0, 4, 2 };
	int fd[ARRAY_SIZE(sizes)];
	enum outcome o;
	struct books books;
	int64_t value;

	if (!subject_books(t->s, &books) &&
	    !books_get(&books, "live_buffers", &value))
		return skipped(t, "the heap keeps no books");
	o = look(t);
	for (size_t i = 0; i < ARRAY_SIZE(sizes) && o == KEPT; i++) {
		fd[i] = heap_alloc(&t->s->heap, sizes[i]);
		o = fd[i] < 0 ? broken(t, "no buffer: %s", err_name(fd[i])) :
		    look(t);
	}
	for (size_t i = 0; i < ARRAY_SIZE(frees) && o == KEPT; i++) {
		heap_free(fd[frees[i]]);
		o = look(t);
	}
	return o;
}

const struct promise promise_books = {
	.name = "books-agree",
	.help = "the heap, the kernel's list of dma-bufs and the TEE count the same buffers and bytes",
	.run = run,
};
