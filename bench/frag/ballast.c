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
#include "diag.h"
#include "files.h"
#include "heap.h"
#include "restore.h"
#include "textfile.h"

#define PAGE		4096u
#define PAGEMAP		"/proc/self/pagemap"
#define MEMINFO		"/proc/meminfo"
#define MOVE_LOCKED	"/proc/sys/vm/compact_unevictable_allowed"
#define MEND_AHEAD	"/proc/sys/vm/compaction_proactiveness"
#define MEND_MIXED	"/proc/sys/vm/watermark_boost_factor"

/* Bits of pagemap's entries */
#define PRESENT		(UINT64_C(1) << 63)
#define PFN		((UINT64_C(1) << 55) - 1)

/* Left for the kernel and for whoever runs beside */
#define SPARE		(UINT64_C(24) << 20)

/* Taken between two looks at how much is free */
#define STEP		(UINT64_C(4) << 20)

/* What CMA areas are filled with */
#define CMA_PIECE	(UINT64_C(1) << 20)

/* A heap that takes blocks as large as this before it takes smaller ones */
#define PAGE_HEAP	"system"
#define PAGE_PIECE	(UINT64_C(64) << 10)

#define PIECES_MAX	4096

/* Descriptors beside those of buffers */
#define OTHER_FILES	64

/* What is reached may be off by a 50th */
#define CLOSE_ENOUGH	50

/* Each brings it closer, until what others do meanwhile is more than is missing */
#define TRIES		8

/* A page of ours: where it lies, and where we see it */
struct page {
	uint64_t pfn;
	size_t index;
};

/* Buffers of a heap that are held */
struct pieces {
	struct heap heap;
	bool open;
	int fd[PIECES_MAX];
	size_t n;
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
	struct pieces cma;
	struct pieces pages;
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

/* Return: whether there was one more. */
static bool take_piece(struct pieces *p, uint64_t size)
{
	int fd = -1;

	if (p->open && p->n < PIECES_MAX)
		fd = heap_alloc(&p->heap, size);
	if (fd < 0)
		return false;
	p->fd[p->n++] = fd;
	return true;
}

static void open_pieces(struct pieces *p, const char *heap)
{
	p->open = !heap_open(&p->heap, heap);
}

static void close_pieces(struct pieces *p)
{
	while (p->n)
		heap_free(p->fd[--p->n]);
	if (p->open)
		heap_close(&p->heap);
}

/*
 * Pages given back lie on the processors' own lists at first, where they count
 * for nothing. An allocation from a CMA area empties these lists.
 */
static void drain_lists(struct ballast *b)
{
	if (!b->cma.n)
		return;
	heap_free(b->cma.fd[--b->cma.n]);
	take_piece(&b->cma, CMA_PIECE);
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

/*
 * Locked pages stay where they are. Nobody else's are moved ahead of time into
 * what is torn, which would make large blocks of where they lay: neither by and
 * by, nor when unmovable pages come to lie among movable ones.
 */
static int keep_torn(void)
{
	static const char *const off[] = { MOVE_LOCKED, MEND_AHEAD,
					   MEND_MIXED };
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(off) / sizeof(*off); i++)
		err = restore_later(off[i], "0");
	return err;
}

int ballast_new(struct ballast **result, const struct tear *tear)
{
	struct ballast *b = calloc(1, sizeof(*b));
	int err = 0;

	*result = b;
	if (!b)
		return -ENOMEM;
	b->tear = *tear;
	err = files_allow(2 * PIECES_MAX + OTHER_FILES);
	if (!err && !tear->movable)
		err = keep_torn();
	open_pieces(&b->pages, PAGE_HEAP);
	open_pieces(&b->cma, BALLAST_CMA_HEAP);
	while (take_piece(&b->cma, CMA_PIECE))
		;
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
	close_pieces(&b->pages);
	close_pieces(&b->cma);
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

/* Give back @count pages of the next block of ours, from page @first of it on */
static int give_pages(struct ballast *b, uint64_t first, uint64_t count)
{
	uint64_t pages = UINT64_C(1) << b->tear.order;
	const struct page *block;
	int err = 0;

	if (b->nr_used == b->nr_blocks)
		return -ERANGE;
	block = &b->page[b->block[b->nr_used++]];
	for (uint64_t i = 0; !err && i < count; i++)
		err = give_page(b, &block[(first + i) % pages]);
	return err;
}

/*
 * What is to be done: give back @whole blocks, or take @taken that are usable, and
 * give back @torn pages of blocks that are not given back whole. As
 *
 *	index = torn / (torn + usable)
 *
 * the torn pages follow from how many are usable, which are whole blocks; so the
 * index is reached to a page, and the free memory that is wanted to a block. It
 * gets to be more where others' pages are torn more than that allows.
 */
struct steps {
	uint64_t whole;
	uint64_t torn;
	uint64_t taken;
};

static uint64_t over(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static uint64_t most_of(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static struct steps plan(const struct ballast *b, const struct buddy *now)
{
	uint64_t pages = UINT64_C(1) << b->tear.order;
	uint64_t permille = b->tear.permille, rest = 1000 - permille;
	uint64_t usable = buddy_suitable(now, b->tear.order) * pages;
	uint64_t torn = buddy_free(now) - usable;
	uint64_t want = most_of(b->tear.bytes / PAGE * rest / 1000,
				torn * rest / permille);
	struct steps s;

	want = most_of(want / pages, 1) * pages;
	s.whole = over(want, usable) / pages;
	s.taken = over(usable, want) / pages;
	s.torn = over(want * permille / rest, torn);
	return s;
}

static bool close_enough(const struct ballast *b, uint64_t permille)
{
	uint64_t want = b->tear.permille;

	return over(permille, want) * CLOSE_ENOUGH <= want &&
	       over(want, permille) * CLOSE_ENOUGH <= want;
}

/* Of a torn block one page stays, or more of the last one; anywhere in it. */
static int give_torn(struct ballast *b, struct rng *rng, uint64_t torn)
{
	uint64_t pages = UINT64_C(1) << b->tear.order;
	int err = 0;

	while (!err && torn) {
		uint64_t count = torn < pages - 1 ? torn : pages - 1;

		err = give_pages(b, rng_below(rng, pages), count);
		torn -= count;
	}
	return err;
}

/* Torn blocks first, so that there is always memory left. */
static int take_steps(struct ballast *b, struct rng *rng, const struct steps *s)
{
	uint64_t pages = UINT64_C(1) << b->tear.order;
	uint64_t pieces = s->taken * pages * PAGE / PAGE_PIECE;
	int err = give_torn(b, rng, s->torn);

	for (uint64_t i = 0; !err && i < s->whole; i++)
		err = give_pages(b, 0, pages);
	for (uint64_t i = 0; !err && i < pieces; i++)
		if (!take_piece(&b->pages, PAGE_PIECE))
			break;
	return err;
}

int ballast_tear(struct ballast *b, struct rng *rng, uint64_t *permille)
{
	int err = 0;

	/* Spread over all memory, in an order that chance decides */
	rng_shuffle(rng, b->block, b->nr_blocks);
	for (int i = 0; !err; i++) {
		struct buddy now;
		struct steps s;

		drain_lists(b);
		err = buddy_read(&now);
		if (err)
			return err;
		*permille = buddy_unusable(&now, b->tear.order);
		s = plan(b, &now);
		/* Pages that come and go meanwhile keep it from ever being exact */
		if (i == TRIES || (!s.whole && !s.torn && !s.taken))
			break;
		err = take_steps(b, rng, &s);
	}
	return err || close_enough(b, *permille) ? err : -ERANGE;
}

int ballast_torn(struct ballast **result, const struct tear *tear,
		 struct rng *rng, uint64_t *permille)
{
	int err = ballast_new(result, tear);

	if (err) {
		diag("cannot take the machine's memory: %s", strerror(-err));
		return err;
	}
	err = ballast_tear(*result, rng, permille);
	if (err == -ERANGE)
		diag("cannot tear memory to %" PRIu64 " of 1000 at order %u, within 2 %%: got to %" PRIu64 "; ask for another index, or for less memory with --free",
		     tear->permille, tear->order, *permille);
	else if (err)
		diag("cannot tear the machine's memory: %s", strerror(-err));
	else
		diag("memory is torn to %" PRIu64 " of 1000 at order %u",
		     *permille, tear->order);
	return err;
}
