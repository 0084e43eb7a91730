// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "ballast.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "buddy.h"
#include "heap.h"
#include "restore.h"
#include "textfile.h"

#define PAGE		4096u
#define PAGEMAP		"/proc/self/pagemap"
#define MEMINFO		"/proc/meminfo"
#define MOVE_LOCKED	"/proc/sys/vm/compact_unevictable_allowed"

/* Bits of pagemap's entries */
#define PRESENT		(UINT64_C(1) << 63)
#define PFN		((UINT64_C(1) << 55) - 1)

/* Left for the kernel and for whoever runs beside */
#define SPARE		(UINT64_C(24) << 20)

/* Taken between two looks at how much is free */
#define STEP		(UINT64_C(4) << 20)

/* CMA areas' heap, and pieces that they are filled with */
#define CMA_HEAP	"default_cma_region"
#define CMA_PIECE	(UINT64_C(1) << 20)
#define CMA_PIECES	4096

/* What is reached may be off by a 50th; more tries than it ever takes */
#define CLOSE_ENOUGH	50
#define TRIES		16

/* A page of ours: where it lies, and where we see it */
struct page {
	uint64_t pfn;
	size_t index;
};

struct ballast {
	struct tear tear;
	char *base;
	size_t bytes;
	/* In the order of their places */
	struct page *page;
	size_t nr_pages;
	/* Blocks that were ours whole, by their first pages; nr_used are not any more */
	size_t *block;
	size_t nr_blocks;
	size_t nr_used;
	struct heap cma;
	int *piece;
	size_t nr_pieces;
};

static int meminfo(const char *key, uint64_t *bytes)
{
	char text[8192];
	uint64_t kib;
	char *line;
	int err = textfile_read(MEMINFO, text, sizeof(text));

	if (err)
		return err;
	line = strstr(text, key);
	if (!line || sscanf(line + strlen(key), ": %" SCNu64, &kib) != 1)
		return -EPROTO;
	*bytes = kib * 1024;
	return 0;
}

/* Free memory beside CMA's; the first line of its name is MemFree's */
static int free_bytes(uint64_t *bytes)
{
	uint64_t cma;
	int err = meminfo("MemFree", bytes);

	if (err || meminfo("CmaFree", &cma))
		return err;
	*bytes -= cma < *bytes ? cma : *bytes;
	return 0;
}

static int fill_cma(struct ballast *b)
{
	b->piece = calloc(CMA_PIECES, sizeof(*b->piece));
	if (!b->piece)
		return -ENOMEM;
	if (heap_open(&b->cma, CMA_HEAP)) {
		b->cma.fd = -1;
		return 0;
	}
	while (b->nr_pieces < CMA_PIECES) {
		int fd = heap_alloc(&b->cma, CMA_PIECE);

		if (fd < 0)
			return 0;
		b->piece[b->nr_pieces++] = fd;
	}
	return 0;
}

/*
 * Pages given back lie on the processors' own lists at first, where they count
 * for nothing. An allocation from a CMA area empties these lists.
 */
static void drain_lists(struct ballast *b)
{
	int fd;

	if (!b->nr_pieces)
		return;
	heap_free(b->piece[--b->nr_pieces]);
	fd = heap_alloc(&b->cma, CMA_PIECE);
	if (fd >= 0)
		b->piece[b->nr_pieces++] = fd;
}

static int take_step(struct ballast *b, size_t taken)
{
	char *at = b->base + taken;

	if (madvise(at, STEP, MADV_POPULATE_WRITE))
		return -errno;
	return !b->tear.movable && mlock(at, STEP) ? -errno : 0;
}

static int take_memory(struct ballast *b)
{
	uint64_t left;
	size_t taken = 0;
	int err = free_bytes(&left);

	if (err)
		return err;
	b->bytes = left / STEP * STEP;
	b->base = mmap(NULL, b->bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (b->base == MAP_FAILED) {
		b->base = NULL;
		return -errno;
	}
	while (!err && left > SPARE + STEP && taken < b->bytes) {
		err = take_step(b, taken);
		taken += STEP;
		if (!err)
			err = free_bytes(&left);
	}
	b->nr_pages = taken / PAGE;
	return err;
}

static int compare_pfns(const void *a, const void *b)
{
	const struct page *x = a, *y = b;

	return x->pfn < y->pfn ? -1 : x->pfn > y->pfn;
}

/* The places of a step's pages, the first of which is @first */
static int read_step(struct ballast *b, int pagemap, size_t first)
{
	static uint64_t entry[STEP / PAGE];
	off_t at = (off_t)(((uintptr_t)b->base / PAGE + first) *
			   sizeof(*entry));

	if (pread(pagemap, entry, sizeof(entry), at) != sizeof(entry))
		return -EIO;
	for (size_t i = 0; i < STEP / PAGE; i++) {
		/* Who may not see them gets zeroes */
		if (!(entry[i] & PRESENT) || !(entry[i] & PFN))
			return -EACCES;
		b->page[first + i] = (struct page){ entry[i] & PFN, first + i };
	}
	return 0;
}

static int read_places(struct ballast *b, int pagemap)
{
	int err = 0;

	for (size_t i = 0; !err && i < b->nr_pages; i += STEP / PAGE)
		err = read_step(b, pagemap, i);
	if (err)
		return err;
	qsort(b->page, b->nr_pages, sizeof(*b->page), compare_pfns);
	return 0;
}

static int find_places(struct ballast *b)
{
	int err, pagemap;

	b->page = calloc(b->nr_pages + 1, sizeof(*b->page));
	b->block = calloc(b->nr_pages + 1, sizeof(*b->block));
	if (!b->page || !b->block)
		return -ENOMEM;
	pagemap = open(PAGEMAP, O_RDONLY | O_CLOEXEC);
	if (pagemap < 0)
		return -errno;
	err = read_places(b, pagemap);
	close(pagemap);
	return err;
}

/* A block is ours when as many pages on from its first lies its last. */
static void find_blocks(struct ballast *b)
{
	uint64_t pages = UINT64_C(1) << b->tear.order;

	for (size_t i = 0; i + pages <= b->nr_pages; i++)
		if (!(b->page[i].pfn & (pages - 1)) &&
		    b->page[i + pages - 1].pfn == b->page[i].pfn + pages - 1)
			b->block[b->nr_blocks++] = i;
}

int ballast_new(struct ballast **result, const struct tear *tear)
{
	struct ballast *b = calloc(1, sizeof(*b));
	int err = 0;

	*result = b;
	if (!b)
		return -ENOMEM;
	b->tear = *tear;
	b->cma.fd = -1;
	if (!tear->movable)
		err = restore_later(MOVE_LOCKED, "0");
	if (!err)
		err = fill_cma(b);
	if (!err)
		err = take_memory(b);
	if (!err)
		err = find_places(b);
	if (!err) {
		find_blocks(b);
		if (b->nr_blocks << tear->order < tear->bytes / PAGE)
			err = -ENOMEM;
	}
	if (err) {
		ballast_free(b);
		*result = NULL;
	}
	return err;
}

void ballast_free(struct ballast *b)
{
	if (!b)
		return;
	if (b->base)
		munmap(b->base, b->bytes);
	while (b->nr_pieces)
		heap_free(b->piece[--b->nr_pieces]);
	if (b->cma.fd >= 0)
		heap_close(&b->cma);
	free(b->piece);
	free(b->block);
	free(b->page);
	free(b);
}

static int give_page(struct ballast *b, const struct page *page)
{
	char *at = b->base + page->index * PAGE;

	if (madvise(at, PAGE, b->tear.movable ? MADV_DONTNEED :
						MADV_DONTNEED_LOCKED))
		return -errno;
	return 0;
}

/* Give back the next block, all of it but for page @keep, if it has that */
static int give_block(struct ballast *b, uint64_t keep)
{
	uint64_t pages = UINT64_C(1) << b->tear.order;
	const struct page *first;
	int err = 0;

	if (b->nr_used == b->nr_blocks)
		return -ERANGE;
	first = &b->page[b->block[b->nr_used++]];
	for (uint64_t i = 0; !err && i < pages; i++)
		if (i != keep)
			err = give_page(b, &first[i]);
	return err;
}

/*
 * With W whole blocks given back and X torn ones, of N pages each:
 *
 *	free     = free now + W N + X (N - 1)
 *	suitable = suitable now + W
 *	index    = 1 - suitable N / free
 *
 * solved for the free memory that is wanted, or for as little more as brings
 * the index to where it is wanted.
 */
struct steps {
	uint64_t whole;
	uint64_t torn;
};

static struct steps plan(const struct ballast *b, const struct buddy *now)
{
	uint64_t pages = UINT64_C(1) << b->tear.order;
	uint64_t free = buddy_free(now);
	uint64_t usable = buddy_suitable(now, b->tear.order) * pages;
	uint64_t want = b->tear.bytes / PAGE;
	uint64_t part = 1000 - b->tear.permille;
	struct steps s = { 0, 0 };

	if (want < free)
		want = free;
	/* More is usable than may be: then more that is not has to come */
	if (want * part / 1000 < usable)
		want = usable * 1000 / part;
	s.whole = (want * part / 1000 - usable) / pages;
	if (want > free + s.whole * pages)
		s.torn = (want - free - s.whole * pages) / (pages - 1);
	return s;
}

static bool close_enough(const struct ballast *b, uint64_t permille)
{
	uint64_t want = b->tear.permille;
	uint64_t off = permille > want ? permille - want : want - permille;

	return off * CLOSE_ENOUGH <= want;
}

static int give_steps(struct ballast *b, struct rng *rng,
		      const struct steps *s)
{
	uint64_t pages = UINT64_C(1) << b->tear.order;
	int err = 0;

	for (uint64_t i = 0; !err && i < s->whole; i++)
		err = give_block(b, UINT64_MAX);
	for (uint64_t i = 0; !err && i < s->torn; i++)
		err = give_block(b, rng_below(rng, pages));
	return err;
}

int ballast_tear(struct ballast *b, struct rng *rng, uint64_t *permille)
{
	int err = 0;

	/* Spread over all memory, in an order that chance decides */
	rng_shuffle(rng, b->block, b->nr_blocks);
	for (int i = 0; !err && i < TRIES; i++) {
		struct buddy now;
		struct steps s;

		drain_lists(b);
		err = buddy_read(&now);
		if (err)
			return err;
		*permille = buddy_unusable(&now, b->tear.order);
		s = plan(b, &now);
		/* Nothing is missing, but for less than a block */
		if (!s.whole && !s.torn)
			return close_enough(b, *permille) ? 0 : -ERANGE;
		err = give_steps(b, rng, &s);
	}
	return err ? err : -ERANGE;
}
