// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "ground.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "bench.h"
#include "tap.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

/* For what is done in its own time */
#define PATIENCE_MS	10000
#define NAP_MS		20

/* stdio, the heaps, the TEE */
#define SPARE_FDS	64

static struct {
	const char *file;
	char text[64];
} tunables[] = {
	{ .file = "policy" }, { .file = "orders" }, { .file = "reclaim" },
	{ .file = "batch_entries" }, { .file = "batch_bytes" },
	{ .file = "pool_bytes" }, { .file = "scrub_ms" },
	{ .file = "drain_ms" },
};

static bool remembered;

static void put_back(void)
{
	for (size_t i = 0; remembered && i < ARRAY_SIZE(tunables); i++)
		heap_file_write(PAGES_HEAP, tunables[i].file,
				tunables[i].text);
}

static int remember(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(tunables); i++) {
		int err = heap_file_read(PAGES_HEAP, tunables[i].file,
					 tunables[i].text,
					 sizeof(tunables[i].text));

		if (err)
			return err;
	}
	remembered = true;
	return atexit(put_back) ? -ENOMEM : 0;
}

static int complain(const char *what, int err)
{
	diag("%s: %s", what, err ? strerror(-err) : "not there");
	return EXIT_MISSING;
}

int ground_open(struct ground *g)
{
	int err = heap_open(&g->heap, PAGES_HEAP);

	if (err) {
		diag("heap " PAGES_HEAP ": %s", heap_strerror(err));
		return EXIT_MISSING;
	}
	err = memsvc_open(&g->svc);
	if (err) {
		heap_close(&g->heap);
		return complain("no session with the memory service", err);
	}
	err = remember();
	if (err) {
		memsvc_close(&g->svc);
		heap_close(&g->heap);
		return complain("tunables of " PAGES_HEAP, err);
	}
	return 0;
}

void ground_close(struct ground *g)
{
	put_back();
	memsvc_close(&g->svc);
	heap_close(&g->heap);
}

void nap(unsigned int ms)
{
	const struct timespec rest = {
		.tv_sec = ms / 1000,
		.tv_nsec = (long)(ms % 1000) * 1000000,
	};

	nanosleep(&rest, NULL);
}

bool failed(struct ground *g, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(g->why, sizeof(g->why), fmt, ap);
	va_end(ap);
	return false;
}

bool tune(struct ground *g, const char *file, const char *text)
{
	int err = heap_file_write(PAGES_HEAP, file, text);

	return err ? failed(g, "%s does not take \"%s\": %s", file, text,
			    strerror(-err)) : true;
}

int64_t counter(const char *name)
{
	uint64_t value;
	int err = heap_stat(PAGES_HEAP, name, &value);

	if (err) {
		diag("stats of " PAGES_HEAP ": no %s: %s", name,
		     strerror(-err));
		tap_bail_out("the heap's counters cannot be read");
	}
	return (int64_t)value;
}

bool wait_for(struct ground *g, const char *name, int64_t value)
{
	int64_t now = counter(name);

	for (int waited = 0; now != value && waited < PATIENCE_MS;
	     waited += NAP_MS) {
		nap(NAP_MS);
		now = counter(name);
	}
	return now == value ? true :
	       failed(g, "%s is %lld and not %lld after %d s", name,
		      (long long)now, (long long)value, PATIENCE_MS / 1000);
}

int ground_reset(struct ground *g)
{
	put_back();
	if (!tune(g, "policy", "buffer") || !wait_for(g, "kept_bytes", 0) ||
	    counter("live_bytes"))
		return -EBUSY;
	put_back();
	return 0;
}

/* Two readings that belong together: the heap's books did not move between. */
static int64_t lent_by_heap(void)
{
	return counter("live_bytes") + counter("kept_bytes") +
	       counter("quarantined_pages") * PAGE_BYTES +
	       counter("quarantined_bytes");
}

bool agrees_with_tee(struct ground *g)
{
	int64_t heap = 0, tee = 0;
	uint32_t pages;
	int err;

	for (int waited = 0; waited < PATIENCE_MS; waited += NAP_MS) {
		heap = lent_by_heap();
		err = memsvc_lent(&g->svc, &pages);
		if (err)
			return failed(g, "the TEE does not tell what is lent: %s",
				      strerror(-err));
		tee = (int64_t)pages * PAGE_BYTES;
		if (heap == tee && heap == lent_by_heap())
			return true;
		nap(NAP_MS);
	}
	return failed(g, "the heap has lent %lld bytes, and the TEE was lent %lld",
		      (long long)heap, (long long)tee);
}

static int make_room_for_fds(size_t n)
{
	struct rlimit limit = { .rlim_cur = n, .rlim_max = n };

	return setrlimit(RLIMIT_NOFILE, &limit) ? -errno : 0;
}

/*
 * Pages that are not movable, as the heap's are: the kernel takes movable ones
 * for those only in large pieces. Each buffer is a page, and what the kernel
 * needs for it lies between them.
 */
int scatter(size_t pages, int **fds)
{
	size_t n = 2 * pages, held = 0;
	struct heap heap;
	int err = make_room_for_fds(n + SPARE_FDS);

	if (!err)
		err = heap_open(&heap, "system");
	if (err)
		return err;
	*fds = calloc(n, sizeof(**fds));
	err = *fds ? 0 : -ENOMEM;
	for (; !err && held < n; held++) {
		(*fds)[held] = heap_alloc(&heap, PAGE_BYTES);
		if ((*fds)[held] < 0)
			err = (*fds)[held];
	}
	heap_close(&heap);
	for (size_t i = 0; !err && i < n; i += 2) {
		heap_free((*fds)[i]);
		(*fds)[i] = -1;
	}
	if (err) {
		gather(*fds, (int)held);
		return err;
	}
	return (int)n;
}

void gather(int *fds, int n)
{
	for (int i = 0; i < n; i++)
		if (fds[i] >= 0)
			heap_free(fds[i]);
	free(fds);
}
