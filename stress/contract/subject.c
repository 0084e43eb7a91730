// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "memsvc.h"
#include "promise.h"

/* How our heaps are called, with the framework and without */
#define OUR_PREFIX	"restricted_"
#define TWIN_PREFIX	"direct_"

/* Its memory is the machine's; asked for all of it, the kernel would kill. */
#define UNBOUNDED_PREFIX "system"

static bool has_prefix(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

/* One of ours by its name stays ours without its stats: that is a failure. */
static enum origin find_origin(const char *name)
{
	char text[4096];

	if (has_prefix(name, OUR_PREFIX))
		return ORIGIN_FRAMEWORK;
	if (has_prefix(name, TWIN_PREFIX))
		return ORIGIN_TWIN;
	return heap_file_read(name, "stats", text, sizeof(text)) == -ENOENT ?
	       ORIGIN_PEER : ORIGIN_FRAMEWORK;
}

/* A heap that cannot be asked, or has no fdinfo, goes by its own name. */
static void find_exp_name(struct subject *s)
{
	int fd = heap_alloc(&s->heap, PAGE_BYTES);

	if (fd < 0 || dmabuf_exp_name(fd, s->exp_name))
		snprintf(s->exp_name, sizeof(s->exp_name), "%s", s->heap.name);
	if (fd >= 0)
		heap_free(fd);
}

static bool needs_tee(const char *name)
{
	static const char *const heaps[] = {
		"restricted_mtk_cma", "restricted_pages", "direct_pages",
	};

	for (size_t i = 0; i < sizeof(heaps) / sizeof(*heaps); i++)
		if (!strcmp(name, heaps[i]))
			return true;
	return memsvc_type_of(name);
}

int subject_open(struct subject *s, const char *name, bool tee_gone)
{
	int err = heap_open(&s->heap, name);

	if (err)
		return err;
	s->origin = find_origin(name);
	s->bounded = !has_prefix(name, UNBOUNDED_PREFIX);
	s->tee_gone = tee_gone && needs_tee(name);
	find_exp_name(s);
	return 0;
}

int subject_books(const struct subject *s, struct books *books)
{
	return books_read(books, s->heap.name, s->exp_name);
}

uint64_t subject_too_large(const struct books *books)
{
	struct sysinfo info;
	int64_t pool;

	if (books_get(books, "pool_bytes", &pool) ||
	    books_get(books, "tee.pool", &pool))
		return (uint64_t)pool + PAGE_BYTES;
	/* Cannot fail: the address is good. */
	sysinfo(&info);
	return ((uint64_t)info.totalram * info.mem_unit / PAGE_BYTES + 1) *
	       PAGE_BYTES;
}

int ask(const struct subject *s, struct dma_heap_allocation_data *data)
{
	return ioctl(s->heap.fd, DMA_HEAP_IOCTL_ALLOC, data) ? -errno : 0;
}

enum outcome ask_refused(struct trial *t, const char *what,
			 struct dma_heap_allocation_data data, int want)
{
	int err = ask(t->s, &data);
	int64_t size;

	if (!err) {
		size = dmabuf_size((int)data.fd);
		heap_free((int)data.fd);
		return broken(t, "%s gave a buffer of %lld bytes", what,
			      (long long)size);
	}
	if (err != want)
		return broken(t, "%s gave %s and not %s", what, err_name(err),
			      err_name(want));
	return KEPT;
}
