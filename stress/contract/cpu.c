// SPDX-License-Identifier: GPL-2.0
/* The CPU cannot map it, and cannot pretend to sync it. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/dma-buf.h>

#include "catalogue.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

static enum outcome run_mmap(struct trial *t)
{
	static const struct {
		const char *what;
		int prot;
		int flags;
	} ways[] = {
		{ "a shared mapping for reading", PROT_READ, MAP_SHARED },
		{ "a shared mapping for writing", PROT_WRITE, MAP_SHARED },
		{ "a shared mapping of no access", PROT_NONE, MAP_SHARED },
		{ "a private mapping", PROT_READ, MAP_PRIVATE },
	};
	int fd = heap_alloc(&t->s->heap, SOME_SIZE);

	if (fd < 0)
		return broken(t, "no buffer: %s", err_name(fd));
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (mmap(NULL, SOME_SIZE, ways[i].prot, ways[i].flags, fd, 0) !=
		    MAP_FAILED)
			return broken(t, "%s was given", ways[i].what);
	return KEPT;
}

const struct promise promise_mmap = {
	.name = "mmap-refused",
	.help = "the CPU cannot map it: mmap(2) is refused",
	.run = run_mmap,
};

static enum outcome run_read(struct trial *t)
{
	int fd = heap_alloc(&t->s->heap, SOME_SIZE);
	char byte = 0;

	if (fd < 0)
		return broken(t, "no buffer: %s", err_name(fd));
	if (read(fd, &byte, 1) >= 0)
		return broken(t, "read(2) was done");
	if (write(fd, &byte, 1) >= 0)
		return broken(t, "write(2) was done");
	return KEPT;
}

const struct promise promise_read = {
	.name = "read-refused",
	.help = "the CPU cannot read or write it through its file: read(2) and write(2) are refused",
	.run = run_read,
};

static enum outcome run_sync(struct trial *t)
{
	static const struct {
		const char *what;
		uint64_t flags;
	} ways[] = {
		{ "begin read", DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ },
		{ "begin write", DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE },
		{ "begin both", DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW },
		{ "end read", DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ },
		{ "end write", DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE },
		{ "end both", DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW },
	};
	int fd = heap_alloc(&t->s->heap, SOME_SIZE);

	if (fd < 0)
		return broken(t, "no buffer: %s", err_name(fd));
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		struct dma_buf_sync sync = { .flags = ways[i].flags };
		int err = ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync) ? -errno : 0;

		if (err != -EPERM)
			return broken(t, "sync, %s, gave %s and not EPERM",
				      ways[i].what, err_name(err));
	}
	return KEPT;
}

const struct promise promise_sync = {
	.name = "sync-refused",
	.help = "the CPU cannot sync it: DMA_BUF_IOCTL_SYNC gives EPERM",
	.run = run_sync,
};
