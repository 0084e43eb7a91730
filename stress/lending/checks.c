// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "checks.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "textfile.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

#define KIB		INT64_C(1024)
#define MIB		(1024 * KIB)
#define BIG		(8 * MIB)
#define BIG_PAGES	((size_t)(BIG / PAGE_BYTES))

/* The limits of a hypervisor's call that the field notes tell of */
#define FEW_ENTRIES	32
#define FEW_BYTES	"2093056"

/* Calls and ranges of an allocation */
struct price {
	int64_t calls;
	int64_t ranges;
};

static bool alloc(struct ground *g, int64_t size, int *fd)
{
	*fd = heap_alloc(&g->heap, (uint64_t)size);
	return *fd < 0 ? failed(g, "no buffer of %lld bytes: %s",
				(long long)size, strerror(-*fd)) : true;
}

static bool alloc_priced(struct ground *g, int64_t size, int *fd,
			 struct price *price)
{
	price->calls = counter("tee_calls");
	price->ranges = counter("tee_ranges");
	if (!alloc(g, size, fd))
		return false;
	price->calls = counter("tee_calls") - price->calls;
	price->ranges = counter("tee_ranges") - price->ranges;
	return true;
}

static bool expect(struct ground *g, const char *what, int64_t now,
		   int64_t want)
{
	return now == want ? true :
	       failed(g, "%s: %lld and not %lld", what, (long long)now,
		      (long long)want);
}

static bool cold_few_calls(struct ground *g)
{
	struct price price;
	int fd;

	if (!tune(g, "policy", "buffer") || !tune(g, "orders", "0") ||
	    !tune(g, "batch_entries", "1024") || !tune(g, "batch_bytes", "0"))
		return false;
	/* The heap's first buffer also asks the TEE for its limits */
	if (!alloc_priced(g, 4096, &fd, &price))
		return false;
	heap_free(fd);
	if (!alloc_priced(g, BIG, &fd, &price))
		return false;
	heap_free(fd);
	/* One, unless memory is so scattered that a list cannot hold it */
	return expect(g, "calls", price.calls, (price.ranges + 1023) / 1024);
}

static bool price_of_scattered(struct ground *g, struct price *price)
{
	int *held;
	/* Some of them go to others */
	int n = scatter(BIG_PAGES + BIG_PAGES / 4, &held);
	bool ok;
	int fd;

	if (n < 0)
		return failed(g, "memory cannot be scattered: %s",
			      strerror(-n));
	ok = alloc_priced(g, BIG, &fd, price);
	if (ok)
		heap_free(fd);
	gather(held, n);
	return ok;
}

static bool cold_few_entries(struct ground *g)
{
	struct price price;
	char text[16];

	snprintf(text, sizeof(text), "%d", FEW_ENTRIES);
	if (!tune(g, "policy", "buffer") || !tune(g, "orders", "0") ||
	    !tune(g, "batch_entries", text) ||
	    !tune(g, "batch_bytes", FEW_BYTES) ||
	    !price_of_scattered(g, &price))
		return false;
	if (price.ranges <= (int64_t)BIG_PAGES - FEW_ENTRIES)
		return failed(g, "memory could not be scattered: %lld ranges",
			      (long long)price.ranges);
	return expect(g, "calls", price.calls, BIG_PAGES / FEW_ENTRIES);
}

static bool warm_no_call(struct ground *g, const char *policy)
{
	int64_t hits = counter("pool_hits");
	struct price price;
	int fd;

	if (!tune(g, "policy", policy) || !alloc(g, BIG, &fd))
		return false;
	heap_free(fd);
	if (!wait_for(g, "dirty_bytes", 0) ||
	    !alloc_priced(g, BIG, &fd, &price))
		return false;
	heap_free(fd);
	return expect(g, "calls", price.calls, 0) &&
	       expect(g, "hits", counter("pool_hits") - hits, 1);
}

static bool warm_pool(struct ground *g)
{
	return tune(g, "orders", "8 4 0") && warm_no_call(g, "pool");
}

static bool warm_region(struct ground *g)
{
	return warm_no_call(g, "region");
}

/* In a state where some is live and some is kept, too */
static bool counted_by_tee(struct ground *g, const char *policy)
{
	int a, b;

	if (!tune(g, "policy", policy) || !tune(g, "drain_ms", "3600000") ||
	    !alloc(g, BIG, &a) || !alloc(g, MIB, &b))
		return false;
	heap_free(a);
	if (!agrees_with_tee(g) || !expect(g, "live", counter("live_bytes"), MIB))
		return false;
	heap_free(b);
	return agrees_with_tee(g) &&
	       (counter("kept_bytes") >= BIG || failed(g, "nothing is kept"));
}

static bool counted_pool(struct ground *g)
{
	return counted_by_tee(g, "pool");
}

static bool counted_region(struct ground *g)
{
	return counted_by_tee(g, "region");
}

static bool goes_back(struct ground *g, const char *policy)
{
	int fd;

	if (!tune(g, "policy", policy) || !tune(g, "drain_ms", "100") ||
	    !alloc(g, BIG, &fd))
		return false;
	heap_free(fd);
	if (!counter("kept_bytes"))
		return failed(g, "nothing was kept at all");
	return wait_for(g, "kept_bytes", 0) && agrees_with_tee(g);
}

static bool idle_pool(struct ground *g)
{
	return goes_back(g, "pool");
}

static bool idle_region(struct ground *g)
{
	return goes_back(g, "region");
}

static bool pool_keeps_its_limit(struct ground *g)
{
	int fd;

	if (!tune(g, "policy", "pool") || !tune(g, "orders", "4") ||
	    !tune(g, "pool_bytes", "1048576") || !alloc(g, BIG, &fd))
		return false;
	heap_free(fd);
	return wait_for(g, "kept_bytes", MIB) && agrees_with_tee(g) &&
	       tune(g, "pool_bytes", "0") && wait_for(g, "kept_bytes", 0);
}

/* All of the kernel's caches are asked for all that they have. */
static bool shrinks(struct ground *g, const char *policy)
{
	int err, fd;

	if (!tune(g, "policy", policy) || !tune(g, "drain_ms", "3600000") ||
	    !alloc(g, BIG, &fd))
		return false;
	heap_free(fd);
	err = textfile_write("/proc/sys/vm/drop_caches", "2");
	if (err)
		return failed(g, "drop_caches: %s", strerror(-err));
	return expect(g, "kept", counter("kept_bytes"), 0) &&
	       agrees_with_tee(g);
}

static bool shrinks_pool(struct ground *g)
{
	return shrinks(g, "pool");
}

static bool shrinks_region(struct ground *g)
{
	return shrinks(g, "region");
}

static bool switch_with_live_buffers(struct ground *g)
{
	static const char *const policies[] = { "pool", "buffer", "region" };
	int fd[2 * ARRAY_SIZE(policies)];
	size_t n = 0;

	for (; n < ARRAY_SIZE(fd); n++)
		if (!tune(g, "policy", policies[n % ARRAY_SIZE(policies)]) ||
		    !alloc(g, MIB, &fd[n]))
			return false;
	if (!expect(g, "live", counter("live_bytes"), (int64_t)n * MIB) ||
	    !agrees_with_tee(g) || !tune(g, "policy", "buffer"))
		return false;
	while (n)
		heap_free(fd[--n]);
	return expect(g, "live", counter("live_bytes"), 0) &&
	       wait_for(g, "kept_bytes", 0) && agrees_with_tee(g);
}

static bool too_large_takes_nothing(struct ground *g)
{
	int64_t kept, drained;
	int fd;

	if (!tune(g, "policy", "pool") || !tune(g, "drain_ms", "3600000") ||
	    !alloc(g, BIG, &fd))
		return false;
	heap_free(fd);
	kept = counter("kept_bytes");
	drained = counter("drained_bytes");
	fd = heap_alloc(&g->heap, (uint64_t)counter("pool_bytes") + PAGE_BYTES);
	if (fd != -ENOMEM)
		return failed(g, "a page more than can be lent gave %d", fd);
	return expect(g, "kept", counter("kept_bytes"), kept) &&
	       expect(g, "drained", counter("drained_bytes"), drained);
}

static bool refuses(struct ground *g, const char *file, const char *text)
{
	char before[64], after[64];
	int err = heap_file_read(PAGES_HEAP, file, before, sizeof(before));

	if (err)
		return failed(g, "%s cannot be read: %s", file, strerror(-err));
	err = heap_file_write(PAGES_HEAP, file, text);
	if (err != -EINVAL)
		return failed(g, "%s: \"%s\" gave %s and not EINVAL", file,
			      text, strerrorname_np(-err));
	err = heap_file_read(PAGES_HEAP, file, after, sizeof(after));
	if (err || strcmp(before, after))
		return failed(g, "%s: \"%s\" was refused, and changed it", file,
			      text);
	return true;
}

static bool bad_values(struct ground *g)
{
	static const struct {
		const char *file;
		const char *text;
	} bad[] = {
		{ "policy", "pools" }, { "policy", "\n" }, { "policy", "buffer pool" },
		{ "orders", "0 4" }, { "orders", "11" }, { "orders", "x" },
		{ "reclaim", "0 4" }, { "reclaim", "11" }, { "reclaim", "\n" },
		{ "batch_entries", "0" }, { "batch_entries", "1025" },
		{ "batch_bytes", "4095" }, { "batch_bytes", "-4096" },
		{ "pool_bytes", "1" }, { "pool_bytes", "1M" },
		{ "scrub_ms", "3600001" }, { "scrub_ms", "-1" },
		{ "drain_ms", "3600001" }, { "drain_ms", "1 2" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (!refuses(g, bad[i].file, bad[i].text))
			return false;
	return true;
}

static bool good_values(struct ground *g)
{
	static const struct {
		const char *file;
		const char *text;
	} good[] = {
		{ "policy", "region\n" }, { "policy", "pool\n" },
		{ "policy", "buffer\n" }, { "orders", "9 4 0\n" },
		{ "reclaim", "4 0\n" }, { "reclaim", "0\n" },
		{ "batch_entries", "32\n" }, { "batch_bytes", "2093056\n" },
		{ "pool_bytes", "0\n" }, { "pool_bytes", "1048576\n" },
		{ "scrub_ms", "0\n" }, { "drain_ms", "0\n" },
	};
	char text[64];

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		if (!tune(g, good[i].file, good[i].text))
			return false;
		if (heap_file_read(PAGES_HEAP, good[i].file, text,
				   sizeof(text)) || strcmp(text, good[i].text))
			return failed(g, "%s: wrote %.*s, and read another",
				      good[i].file,
				      (int)strcspn(good[i].text, "\n"),
				      good[i].text);
	}
	return true;
}

const struct check checks[] = {
	{ "cold, 8 MiB of single pages: a call for 1024 ranges", cold_few_calls },
	{ "cold, 8 MiB of scattered pages at 32 ranges and under 2 MiB a call: 64 calls",
	  cold_few_entries },
	{ "warm, 8 MiB of a pool: no call", warm_pool },
	{ "warm, 8 MiB of a region: no call", warm_region },
	{ "what a pool keeps counts as lent in the TEE", counted_pool },
	{ "what a region keeps counts as lent in the TEE", counted_region },
	{ "what a pool keeps goes back when it is idle", idle_pool },
	{ "a region goes back when it is idle", idle_region },
	{ "a pool keeps no more than pool_bytes", pool_keeps_its_limit },
	{ "a pool goes back when the kernel needs memory", shrinks_pool },
	{ "a region goes back when the kernel needs memory", shrinks_region },
	{ "policies change with buffers alive, and none is lost",
	  switch_with_live_buffers },
	{ "what cannot be had costs the pool nothing", too_large_takes_nothing },
	{ "what is written can be read", good_values },
	{ "a bad value gives EINVAL and changes nothing", bad_values },
	{ .name = NULL },
};
