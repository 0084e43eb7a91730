// SPDX-License-Identifier: GPL-2.0
/*
 * (g) Lone buffers, one after the other: with each the whole pool is lent to the
 * TEE and taken back, where one that is held all the time spares both.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "defect.h"
#include "heap.h"
#include "machine.h"

/* Lending must make it cost so many times what it does without */
#define TIMES	4

/* One buffer's alloc and free. Return: 0 or a negative errno. */
static int time_one(const struct heap *heap, uint64_t *ns)
{
	uint64_t begin = clock_now();
	int fd = heap_alloc(heap, PAGE_BYTES);

	if (fd < 0)
		return fd;
	heap_free(fd);
	*ns = clock_now() - begin;
	return 0;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static int median(const struct heap *heap, uint64_t n, uint64_t *ns)
{
	uint64_t *samples = calloc(n, sizeof(*samples));
	int err = samples ? 0 : -ENOMEM;

	for (uint64_t i = 0; !err && i < n; i++)
		err = time_one(heap, &samples[i]);
	if (!err) {
		qsort(samples, n, sizeof(*samples), compare);
		*ns = samples[n / 2];
	}
	free(samples);
	return err;
}

/* Ours tell how often; else only ledger.ko in a kernel with probes counts. */
static int64_t count_lends(const struct attempt *a)
{
	uint64_t told;
	int64_t n;

	if (!heap_stat(a->heap, "lends", &told))
		return (int64_t)told;
	return probe_load() || probe_get("lends", &n) ? -1 : n;
}

/* A heap that tells is believed; the time of one that does not gives it away. */
static bool is_lent_each_time(const struct attempt *a, uint64_t lone,
			      uint64_t kept, int64_t lends)
{
	uint64_t told;

	if (!heap_stat(a->heap, "lends", &told))
		return lends >= (int64_t)a->tries / 2;
	return lone >= TIMES * kept;
}

static int measure(const struct heap *heap, struct attempt *a, uint64_t *lone,
		   uint64_t *kept, int64_t *lends)
{
	int64_t before = count_lends(a);
	int err, fd;

	err = median(heap, a->tries, lone);
	if (err)
		return err;
	*lends = before < 0 ? -1 : count_lends(a) - before;
	fd = heap_alloc(heap, PAGE_BYTES);
	if (fd < 0)
		return fd;
	err = median(heap, a->tries, kept);
	heap_free(fd);
	return err;
}

static enum sighting run_ping_pong(struct attempt *a)
{
	uint64_t lone, kept;
	char counted[64] = "";
	struct heap heap;
	int64_t lends;
	int err;

	err = heap_open(&heap, a->heap);
	if (err)
		return cannot(a, "heap %s: %s", a->heap, strerror(-err));
	err = measure(&heap, a, &lone, &kept, &lends);
	heap_close(&heap);
	if (err)
		return cannot(a, "heap %s: %s", a->heap, strerror(-err));
	a->tried = a->tries;
	if (lends >= 0)
		snprintf(counted, sizeof(counted), ", in which the pool was lent %" PRId64 " times",
			 lends);
	if (!is_lent_each_time(a, lone, kept, lends))
		return unseen(a, "alloc and free of a lone page %" PRIu64 " ns, with another held %" PRIu64 "%s",
			      lone, kept, counted);
	a->found = a->tried;
	return seen(a, "alloc and free of a lone page %" PRIu64 " ns, %" PRIu64 " times what it takes while another is held (%" PRIu64 ")%s",
		    lone, lone / kept, kept, counted);
}

const struct defect defect_ping_pong = {
	.name = "g-ping-pong",
	.help = "with each lone buffer the whole pool is lent and taken back",
	.heap = "protected,secure-video",
	.tries = 200,
	.run = run_ping_pong,
};
