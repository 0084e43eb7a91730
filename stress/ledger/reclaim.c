// SPDX-License-Identifier: GPL-2.0
/*
 * (b) Whether the TEE gave the pool back is not looked at: the kernel frees its
 * pages. OP-TEE never refuses (it waits for whoever uses the memory), so
 * ledger.ko lets the call fail before it reaches the TEE.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "defect.h"
#include "heap.h"
#include "machine.h"

/* What the kernel and the TEE think of the pool's pages */
struct pool_state {
	int64_t freed;
	int64_t share;
};

static int read_state(struct pool_state *state)
{
	int err = probe_get("freed_pages", &state->freed);

	return err ? err : probe_get("share", &state->share);
}

/* Lend the pool and have it taken back, which fails or not. */
static int turn_around(const struct heap *heap, bool refuse,
		       struct pool_state *lent, struct pool_state *back)
{
	int fd = heap_alloc(heap, PAGE_BYTES);
	int err;

	if (fd < 0)
		return fd;
	err = read_state(lent);
	if (!err)
		err = probe_set("refuse_reclaims", refuse ? "1" : "0");
	heap_free(fd);
	return err ? err : read_state(back);
}

static enum sighting try_once(struct attempt *a, const struct heap *heap)
{
	struct pool_state lent, back, refused;
	int err = turn_around(heap, false, &lent, &back);

	if (err)
		return cannot(a, "%s", strerror(-err));
	if (lent.freed || !lent.share || !back.freed || back.share)
		return cannot(a, "a pool that is lent and given back does not show: free pages %" PRId64 ", then %" PRId64 "; sharing one: %" PRId64 ", then %" PRId64,
			      lent.freed, back.freed, lent.share, back.share);
	err = turn_around(heap, true, &lent, &refused);
	if (err)
		return cannot(a, "%s", strerror(-err));
	a->tried++;
	if (!refused.freed)
		return unseen(a, "a pool that the TEE did not give back is not freed");
	a->found++;
	return seen(a, "the call that takes the pool back fails, and the kernel frees its %" PRId64 " pages: sharing one of them with the TEE, which holds them still, gives %" PRId64 " (%" PRId64 " where the call succeeds)",
		    refused.freed, refused.share, back.share);
}

static enum sighting run_reclaim(struct attempt *a)
{
	enum sighting sighting = SIGHT_NONE;
	struct heap heap;
	int64_t lends;
	int err = probe_load();

	if (!err)
		err = probe_get("lends", &lends);
	if (err)
		return cannot(a, "ledger.ko with probes: %s", strerror(-err));
	err = heap_open(&heap, a->heap);
	if (err)
		return cannot(a, "heap %s: %s", a->heap, strerror(-err));
	while (a->tried < a->tries && sighting != SIGHT_SKIP)
		sighting = try_once(a, &heap);
	heap_close(&heap);
	return sighting;
}

const struct defect defect_reclaim = {
	.name = "b-reclaim",
	.help = "pages that the TEE did not give back are freed all the same",
	.heap = "protected,secure-video",
	.tries = 1,
	.run = run_reclaim,
};
