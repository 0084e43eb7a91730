// SPDX-License-Identifier: GPL-2.0
/*
 * Every failure point of every path, one after the other: the kernel lets the
 * Nth allocation of memory in a call fail, for N from 1 until the call comes
 * through without one. After each the books are as before, and the next works.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "catalogue.h"
#include "crew.h"
#include "restore.h"
#include "textfile.h"
#include "world.h"

#define FAIL_NTH	"/proc/self/fail-nth"
#define DEBUG		"/sys/kernel/debug/"

/* No call has as many */
#define NTH_MAX		1000

static int make_fail(const char *dir)
{
	static const char *const wants[][2] = {
		{ "ignore-gfp-wait", "N" }, { "ignore-gfp-highmem", "N" },
		{ "min-order", "0" }, { "verbose", "0" },
	};
	char path[96];

	snprintf(path, sizeof(path), DEBUG "%s", dir);
	if (access(path, F_OK))
		return -ENOENT;
	for (size_t i = 0; i < sizeof(wants) / sizeof(*wants); i++) {
		int err;

		snprintf(path, sizeof(path), DEBUG "%s/%s", dir, wants[i][0]);
		err = restore_later(path, wants[i][1]);
		if (err && err != -ENOENT)
			return err;
	}
	return 0;
}

static int prepare(struct stress *s)
{
	if (access(FAIL_NTH, W_OK))
		return stress_cannot(s, "this kernel injects no faults (--kernel debug does)");
	if (make_fail("failslab") && make_fail("fail_page_alloc"))
		return stress_cannot(s, "neither failslab nor fail_page_alloc is there");
	return 0;
}

/* Return: 0, or a negative errno. */
static int arm(int control, unsigned int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	return pwrite(control, text, (size_t)len, 0) == len ? 0 : -errno;
}

/* What was not used up: 0 when the failure happened */
static unsigned int disarm(int control)
{
	char text[16] = "";

	if (pread(control, text, sizeof(text) - 1, 0) < 0)
		return 0;
	arm(control, 0);
	return (unsigned int)strtoul(text, NULL, 10);
}

static const uint64_t sizes[] = { PAGE_BYTES, 64 << 10, 1 << 20 };

/* One path: may leave an fd, which is closed without faults */
struct path {
	const char *name;
	int (*go)(const struct heap *heap, uint64_t size, int fd);
};

static int path_open(const struct heap *heap, uint64_t size, int fd)
{
	char path[HEAP_NAME_MAX + 32];

	(void)size;
	(void)fd;
	snprintf(path, sizeof(path), "/dev/dma_heap/%s", heap->name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int path_alloc(const struct heap *heap, uint64_t size, int fd)
{
	(void)fd;
	return heap_alloc(heap, size);
}

/* The buffer's end is in this call: what it cannot free it must not lose. */
static int path_free(const struct heap *heap, uint64_t size, int fd)
{
	(void)heap;
	(void)size;
	return close(fd) ? -errno : -1;
}

static int path_name(const struct heap *heap, uint64_t size, int fd)
{
	char name[DMABUF_NAME_MAX];
	int err;

	(void)heap;
	(void)size;
	err = dmabuf_exp_name(fd, name);
	return err ? err : -1;
}

static const struct path paths[] = {
	{ "open", path_open },
	{ "alloc", path_alloc },
	{ "fdinfo", path_name },
	{ "free", path_free },
};

/* Return: whether a failure was injected; so there may be one more. */
static bool fail_one(struct stress *s, int control, const struct path *path,
		     size_t heap, uint64_t size, unsigned int nth)
{
	const struct heap *of = &s->heap[heap].heap;
	int fd = -1, got;
	unsigned int left;

	if (path->go == path_free || path->go == path_name) {
		fd = stress_alloc(s, heap, size);
		if (fd < 0) {
			stress_found(s, "%s: no buffer before %s %u: %s",
				     of->name, path->name, nth, strerror(-fd));
			return false;
		}
	}
	if (arm(control, nth)) {
		stress_found(s, FAIL_NTH ": %s", strerror(errno));
		return false;
	}
	got = path->go(of, size, fd);
	left = disarm(control);
	if (got >= 0)
		close(got);
	if (fd >= 0 && path->go != path_free)
		close(fd);
	atomic_fetch_add(&s->tally->ops, 1);
	if (left)
		return false;
	stress_injected(s, 1);
	return true;
}

static void expect_works(struct stress *s, const struct path *path, size_t heap,
			 uint64_t size, unsigned int nth)
{
	int fd = stress_alloc(s, heap, size);

	if (fd < 0)
		stress_found(s, "%s: after failure %u of %s of %llu bytes: %s",
			     s->heap[heap].heap.name, nth, path->name,
			     (unsigned long long)size, strerror(-fd));
	else
		close(fd);
}

static void fail_each(struct stress *s, int control, const struct path *path,
		      size_t heap, uint64_t size)
{
	unsigned int nth = 1;

	while (nth < NTH_MAX && stress_now() < s->end &&
	       fail_one(s, control, path, heap, size, nth)) {
		expect_works(s, path, heap, size, nth);
		nth++;
	}
	if (nth == NTH_MAX)
		stress_found(s, "%s: %s fails for ever", s->heap[heap].heap.name,
			     path->name);
	if (!world_same_heap(s, s->before, heap))
		stress_found(s, "%s: the books differ after %u failures of %s of %llu bytes",
			     s->heap[heap].heap.name, nth - 1, path->name,
			     (unsigned long long)size);
}

static void run(struct stress *s)
{
	int control = open(FAIL_NTH, O_RDWR | O_CLOEXEC);

	if (control < 0) {
		stress_found(s, FAIL_NTH ": %s", strerror(errno));
		return;
	}
	for (size_t heap = 0; heap < s->nr_heaps; heap++)
		for (size_t p = 0; p < sizeof(paths) / sizeof(*paths); p++)
			for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
				fail_each(s, control, &paths[p], heap, sizes[i]);
	close(control);
	restore_now();
}

const struct stressor stressor_fail_nth = {
	.name = "fail-nth",
	.help = "each failure point of open, alloc and free in turn loses nothing",
	.ops = 1,
	.workers = 1,
	.prepare = prepare,
	.run = run,
};
