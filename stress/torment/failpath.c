// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "failpath.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/dma-buf.h>

#include "device.h"
#include "memsvc.h"

#define TEXT_MAX	4096

static const struct heap *heap_of(const struct ground *g)
{
	return &g->s->heap[g->heap].heap;
}

static int result(int ret)
{
	return ret < 0 ? -errno : ret;
}

static void close_got(struct ground *g, int got)
{
	(void)g;
	if (got > 0)
		close(got);
}

static int go_open(struct ground *g)
{
	char path[HEAP_NAME_MAX + 32];

	snprintf(path, sizeof(path), "/dev/dma_heap/%s", heap_of(g)->name);
	return result(open(path, O_RDONLY | O_CLOEXEC));
}

static int go_alloc(struct ground *g)
{
	return heap_alloc(heap_of(g), g->size);
}

static int before_buffer(struct ground *g)
{
	g->fd = stress_alloc(g->s, g->heap, g->size);
	return g->fd < 0 ? g->fd : 0;
}

static void after_buffer(struct ground *g, int got)
{
	close_got(g, got);
	if (g->fd >= 0)
		close(g->fd);
	g->fd = -1;
}

/* The buffer's end is in this call: what it cannot free it must not lose. */
static int go_free(struct ground *g)
{
	int fd = g->fd;

	g->fd = -1;
	return result(close(fd));
}

static int go_fdinfo(struct ground *g)
{
	char name[DMABUF_NAME_MAX];

	return dmabuf_exp_name(g->fd, name);
}

static int go_set_name(struct ground *g)
{
	return result(ioctl(g->fd, DMA_BUF_SET_NAME_B, "failnth"));
}

static int go_sync(struct ground *g)
{
	struct dma_buf_sync arg = { .flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW };

	return result(ioctl(g->fd, DMA_BUF_IOCTL_SYNC, &arg));
}

static int go_mmap(struct ground *g)
{
	void *map = mmap(NULL, g->size, PROT_READ, MAP_SHARED, g->fd, 0);

	if (map == MAP_FAILED)
		return -errno;
	munmap(map, g->size);
	return 0;
}

static int go_vmap(struct ground *g)
{
	return device_vmap(g->importer, g->fd);
}

static int go_attach(struct ground *g)
{
	return device_attach(g->importer, g->fd, RESTRICTED_IMPORTER_GRANTED,
			     &g->id);
}

static int go_attach_narrow(struct ground *g)
{
	return device_attach(g->importer, g->fd, RESTRICTED_IMPORTER_NARROW,
			     &g->id);
}

static int before_attached(struct ground *g)
{
	int err = before_buffer(g);

	return err ? err : go_attach(g);
}

static int go_map(struct ground *g)
{
	return device_ask(g->importer, RESTRICTED_IMPORTER_MAP, g->id);
}

static int before_mapped(struct ground *g)
{
	int err = before_attached(g);

	return err ? err : go_map(g);
}

static int go_unmap(struct ground *g)
{
	return device_ask(g->importer, RESTRICTED_IMPORTER_UNMAP, g->id);
}

static int go_detach(struct ground *g)
{
	int err = device_ask(g->importer, RESTRICTED_IMPORTER_DETACH, g->id);

	if (!err)
		g->id = 0;
	return err;
}

/* Whatever is left of it: detached, and so unmapped */
static void after_attached(struct ground *g, int got)
{
	(void)got;
	if (g->id && go_detach(g))
		stress_found(g->s, "%s: an attachment cannot be detached",
			     heap_of(g)->name);
	after_buffer(g, 0);
}

/* The last reference is the importer's: its end is the buffer's. */
static int before_last(struct ground *g)
{
	int err = before_mapped(g);

	if (!err)
		err = go_free(g);
	return err;
}

static int go_read(struct ground *g)
{
	char text[TEXT_MAX];

	return heap_file_read(heap_of(g)->name, g->file, text, sizeof(text));
}

static int before_write(struct ground *g)
{
	return heap_file_read(heap_of(g)->name, g->file, g->old, sizeof(g->old));
}

static int go_write(struct ground *g)
{
	return heap_file_write(heap_of(g)->name, g->file, g->old);
}

/* All or nothing: it says what it said. */
static void after_write(struct ground *g, int got)
{
	char now[sizeof(g->old)];
	int err = heap_file_read(heap_of(g)->name, g->file, now, sizeof(now));

	if (err || strcmp(now, g->old))
		stress_found(g->s, "%s: %s says %s after a write that gave %d",
			     heap_of(g)->name, g->file, err ? strerror(-err) : now,
			     got);
}

static int go_retry(struct ground *g)
{
	return heap_file_write(heap_of(g)->name, g->file, "1");
}

/* A whole session: opened, used with shared memory, closed */
static int go_tee(struct ground *g)
{
	struct memsvc_listing list;
	struct memsvc svc;
	int err;

	(void)g;
	err = memsvc_open(&svc);
	if (err)
		return err;
	err = memsvc_list(&svc, MEMSVC_TYPE_STATIC, &list);
	if (!err)
		memsvc_list_free(&list);
	memsvc_close(&svc);
	return err;
}

const struct failpath failpaths[] = {
	{ .name = "open", .go = go_open, .after = close_got },
	{ .name = "alloc", .go = go_alloc, .after = close_got, .sizes = true,
	  .cold = true },
	{ .name = "alloc-kept", .go = go_alloc, .after = close_got,
	  .sizes = true, .warm = true },
	{ .name = "free", .before = before_buffer, .go = go_free,
	  .after = after_buffer, .sizes = true, .cold = true },
	{ .name = "free-kept", .before = before_buffer, .go = go_free,
	  .after = after_buffer, .sizes = true, .warm = true },
	{ .name = "fdinfo", .before = before_buffer, .go = go_fdinfo,
	  .after = after_buffer },
	{ .name = "set-name", .before = before_buffer, .go = go_set_name,
	  .after = after_buffer },
	{ .name = "sync", .before = before_buffer, .go = go_sync,
	  .after = after_buffer, .refused = -EPERM },
	{ .name = "mmap", .before = before_buffer, .go = go_mmap,
	  .after = after_buffer, .refused = -EINVAL },
	{ .name = "vmap", .before = before_buffer, .go = go_vmap,
	  .after = after_buffer, .refused = -EINVAL },
	{ .name = "attach", .before = before_buffer, .go = go_attach,
	  .after = after_attached, .sizes = true },
	{ .name = "attach-refused", .before = before_buffer,
	  .go = go_attach_narrow, .after = after_attached, .refused = -EBUSY },
	{ .name = "map", .before = before_attached, .go = go_map,
	  .after = after_attached, .sizes = true },
	{ .name = "unmap", .before = before_mapped, .go = go_unmap,
	  .after = after_attached },
	{ .name = "detach", .before = before_mapped, .go = go_detach,
	  .after = after_attached },
	{ .name = "detach-last", .before = before_last, .go = go_detach,
	  .after = after_attached },
	/* A TEE that lacks memory is not believed to have the service. */
	{ .name = "tee-session", .go = go_tee, .refused = -EPROTO },
	{ .name = "read stats", .file = "stats", .go = go_read },
	{ .name = "read semantics", .file = "semantics", .go = go_read },
	{ .name = "write retry_quarantine", .file = "retry_quarantine",
	  .go = go_retry },
	{ .name = "write policy", .file = "policy", .before = before_write,
	  .go = go_write, .after = after_write },
	{ .name = "write orders", .file = "orders", .before = before_write,
	  .go = go_write, .after = after_write },
	{ .name = "write reclaim", .file = "reclaim", .before = before_write,
	  .go = go_write, .after = after_write },
	{ .name = "write batch_entries", .file = "batch_entries",
	  .before = before_write, .go = go_write, .after = after_write },
	{ .name = "write batch_bytes", .file = "batch_bytes",
	  .before = before_write, .go = go_write, .after = after_write },
	{ .name = "write pool_bytes", .file = "pool_bytes",
	  .before = before_write, .go = go_write, .after = after_write },
	{ .name = "write scrub_ms", .file = "scrub_ms", .before = before_write,
	  .go = go_write, .after = after_write },
	{ .name = "write drain_ms", .file = "drain_ms", .before = before_write,
	  .go = go_write, .after = after_write },
	{ .name = "write scrub", .file = "scrub", .before = before_write,
	  .go = go_write, .after = after_write },
	{ .name = NULL },
};
