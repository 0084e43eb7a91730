// SPDX-License-Identifier: GPL-2.0
/*
 * A device attaches, maps, unmaps and detaches while buffers come and go: who
 * may not is refused, a buffer lives as long as its importer holds it, and the
 * word that one owner's device left in it the next owner never sees.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "catalogue.h"
#include "crew.h"
#include "device.h"

/* Its memory the bus closes: a read by the CPU, for the device, would fault. */
#define CLOSED_HEAP	"restricted_secure_ram"

#define CANARY		UINT64_C(0xc0ffee5eedc0ffee)
#define MAX_BYTES	(256 << 10)
#define LIVE		8

/**
 * struct import - an attachment that is kept for a while
 * @id: of it, 0 for none
 * @fd: of the buffer, -1 when only the importer holds it
 */
struct import {
	__u32 id;
	int fd;
};

static void refused(struct hand *h, int importer, const char *heap, int fd)
{
	__u32 id;
	int err = device_attach(importer, fd, RESTRICTED_IMPORTER_NARROW, &id);

	if (err != -EBUSY)
		stress_found(h->s, "%s: a device that would bounce attached: %s",
			     heap, strerror(-err));
	if (!err)
		device_ask(importer, RESTRICTED_IMPORTER_DETACH, id);
	stress_injected(h->s, 1);
}

/* A new buffer is zero; then its device leaves its mark. */
static void look_and_mark(struct hand *h, int importer, const char *heap,
			  __u32 id)
{
	struct restricted_importer_access arg = { .id = id };

	if (!strcmp(heap, CLOSED_HEAP))
		return;
	if (ioctl(importer, RESTRICTED_IMPORTER_COUNT, &arg))
		stress_found(h->s, "%s: cannot be read: %s", heap,
			     strerror(errno));
	else if (arg.words)
		stress_found(h->s, "%s: %llu words of a new buffer are not zero",
			     heap, (unsigned long long)arg.words);
	arg.word = CANARY;
	if (ioctl(importer, RESTRICTED_IMPORTER_FILL, &arg))
		stress_found(h->s, "%s: cannot be written: %s", heap,
			     strerror(errno));
}

static void use(struct hand *h, int importer, const char *heap, __u32 id)
{
	int err = device_ask(importer, RESTRICTED_IMPORTER_MAP, id);

	if (err) {
		stress_found(h->s, "%s: map: %s", heap, strerror(-err));
		return;
	}
	look_and_mark(h, importer, heap, id);
	/* Or it stays mapped, for detach to undo */
	if (rng_below(&h->rng, 2))
		err = device_ask(importer, RESTRICTED_IMPORTER_UNMAP, id);
	if (err)
		stress_found(h->s, "%s: unmap: %s", heap, strerror(-err));
}

/* In either order: what the importer holds lives on. */
static void let_go(struct hand *h, int importer, struct import *import)
{
	int err = 0;

	if (import->fd >= 0 && rng_below(&h->rng, 2)) {
		heap_free(import->fd);
		import->fd = -1;
	}
	if (import->id)
		err = device_ask(importer, RESTRICTED_IMPORTER_DETACH, import->id);
	if (err)
		stress_found(h->s, "detach: %s", strerror(-err));
	if (import->fd >= 0)
		heap_free(import->fd);
	*import = (struct import){ .fd = -1 };
}

static void take(struct hand *h, int importer, struct import *import)
{
	size_t i = hand_heap(h);
	const char *heap = h->s->heap[i].heap.name;
	int err;

	import->fd = stress_alloc(h->s, i, stress_size(&h->choices, MAX_BYTES));
	if (import->fd < 0) {
		if (import->fd != -ENOMEM)
			stress_found(h->s, "%s: %s", heap, strerror(-import->fd));
		import->fd = -1;
		return;
	}
	if (!rng_below(&h->rng, 4))
		refused(h, importer, heap, import->fd);
	err = device_attach(importer, import->fd, RESTRICTED_IMPORTER_GRANTED,
			    &import->id);
	if (err) {
		stress_found(h->s, "%s: attach: %s", heap, strerror(-err));
		return;
	}
	use(h, importer, heap, import->id);
}

static void work(struct hand *h)
{
	struct import import[LIVE];
	int importer = device_open();

	if (importer < 0) {
		stress_found(h->s, "the importer: %s", strerror(-importer));
		return;
	}
	for (int i = 0; i < LIVE; i++)
		import[i] = (struct import){ .fd = -1 };
	while (hand_next(h)) {
		struct import *one = &import[rng_below(&h->rng, LIVE)];

		let_go(h, importer, one);
		take(h, importer, one);
	}
	/* The file's end detaches what is left; the process's end closes it. */
	close(importer);
}

static void run(struct stress *s)
{
	const struct crew crew = { .work = work };

	crew_run(s, &crew);
}

const struct stressor stressor_import = {
	.name = "import",
	.help = "devices attach and map while buffers come and go; no owner sees the last one's word",
	.ops = 8000,
	.workers = 3,
	.prepare = stress_importer,
	.run = run,
};
