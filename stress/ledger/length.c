// SPDX-License-Identifier: GPL-2.0
/*
 * (f) A buffer's length is kept in 32 bits: of one of 4 GiB and a page only the
 * page is given back. The machine's memory is smaller; mainline's own pool does
 * not look at what it hands out, so ledger.ko lets it manage addresses only.
 * A pool that misses something ends the kernel when its TEE is removed.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "defect.h"
#include "dmabuf.h"
#include "heap.h"
#include "machine.h"

#define GIB		(UINT64_C(1) << 30)
#define TOO_LONG	(4 * GIB + PAGE_BYTES)

/* As many as the pool that ledger.ko is asked for may hold */
#define POOL		"2 8192"
#define POOL_HEAP	"protected,trusted-ui"
#define FIT_MAX		16

/* How many buffers of 1 GiB there is room for */
static unsigned int count_fitting(const struct heap *heap)
{
	int fds[FIT_MAX];
	unsigned int n = 0, fit;

	while (n < FIT_MAX && (fds[n] = heap_alloc(heap, GIB)) >= 0)
		n++;
	for (fit = n; n; n--)
		heap_free(fds[n - 1]);
	return fit;
}

static enum sighting try_once(struct attempt *a, const struct heap *heap)
{
	unsigned int before = count_fitting(heap), after;
	int fd = heap_alloc(heap, TOO_LONG);
	int64_t size;

	a->tried++;
	if (fd < 0)
		return unseen(a, "4 GiB and a page, of %u GiB that are free: %s",
			      before, strerror(-fd));
	size = dmabuf_size(fd);
	heap_free(fd);
	after = count_fitting(heap);
	if (after == before)
		return unseen(a, "%" PRId64 " bytes were given, and given back",
			      size);
	a->found++;
	return seen(a, "a buffer of %" PRId64 " bytes was given; when it was freed, of %u buffers of 1 GiB that had fitted %u did",
		    size, before, after);
}

static enum sighting run_length(struct attempt *a)
{
	enum sighting sighting;
	struct heap heap;
	int err;

	if (!is_ours(a->heap)) {
		err = probe_load();
		if (!err)
			err = probe_set("peer", POOL);
		if (err)
			return cannot(a, "ledger.ko: %s", strerror(-err));
	}
	err = heap_open(&heap, a->heap);
	if (err)
		return cannot(a, "heap %s: %s", a->heap, strerror(-err));
	sighting = try_once(a, &heap);
	heap_close(&heap);
	if (a->fatal && !is_ours(a->heap))
		probe_set("peer", "\n");
	return sighting;
}

const struct defect defect_length = {
	.name = "f-4-gib",
	.help = "a buffer of 4 GiB and over loses all but its last bytes",
	.heap = POOL_HEAP,
	.tries = 1,
	.run = run_length,
};
