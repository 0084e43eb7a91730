// SPDX-License-Identifier: GPL-2.0
#include "price.h"

#include <errno.h>
#include <string.h>

#include "clock.h"
#include "diag.h"
#include "setting.h"
#include "tlb.h"

#define STATS_MAX	4096

int price_new(struct price *p)
{
	int err;

	memset(p, 0, sizeof(*p));
	err = pair_new(&p->pair);
	for (int i = 0; !err && i < PRICE_METRICS; i++) {
		p->count[i] = hist_new();
		if (!p->count[i])
			err = -ENOMEM;
	}
	return err;
}

void price_free(struct price *p)
{
	pair_free(&p->pair);
	for (int i = 0; i < PRICE_METRICS; i++)
		hist_free(p->count[i]);
	memset(p, 0, sizeof(*p));
}

static void reset(struct price *p)
{
	pair_reset(&p->pair);
	for (int i = 0; i < PRICE_METRICS; i++)
		hist_reset(p->count[i]);
	p->failures = 0;
}

/* The heap's counters of calls */
struct calls {
	uint64_t calls;
	uint64_t ranges;
};

static int read_calls(const struct heap *heap, struct calls *c)
{
	char text[STATS_MAX];
	int err = heap_file_read(heap->name, "stats", text, sizeof(text));

	if (!err)
		err = heap_stat_parse(text, "tee_calls", &c->calls);
	return err ? err : heap_stat_parse(text, "tee_ranges", &c->ranges);
}

/* A buffer's times, and the counters before, between and after */
struct sample {
	uint64_t alloc;
	uint64_t free;
	struct calls calls[3];
};

static int take_sample(const struct pricing *how, struct sample *s)
{
	uint64_t begin;
	int err = how->kept ? setting_wait("dirty_bytes") : 0;
	int fd;

	if (!err)
		err = read_calls(how->heap, &s->calls[0]);
	if (err)
		return err;
	begin = clock_now();
	fd = heap_alloc(how->heap, how->size);
	s->alloc = clock_now() - begin;
	if (fd < 0)
		return fd;
	err = read_calls(how->heap, &s->calls[1]);
	begin = clock_now();
	if (heap_free(fd))
		return -EBADF;
	s->free = clock_now() - begin;
	return err ? err : read_calls(how->heap, &s->calls[2]);
}

static void count_sample(struct price *p, const struct sample *s)
{
	hist_record(p->pair.hist[PAIR_ALLOC], s->alloc);
	hist_record(p->pair.hist[PAIR_FREE], s->free);
	hist_record(p->pair.hist[PAIR_CYCLE], s->alloc + s->free);
	hist_record(p->count[PRICE_ALLOC_CALLS],
		    s->calls[1].calls - s->calls[0].calls);
	hist_record(p->count[PRICE_ALLOC_RANGES],
		    s->calls[1].ranges - s->calls[0].ranges);
	hist_record(p->count[PRICE_FREE_CALLS],
		    s->calls[2].calls - s->calls[1].calls);
	hist_record(p->count[PRICE_FREE_RANGES],
		    s->calls[2].ranges - s->calls[1].ranges);
}

/* Nothing else is lent: all of the table is the buffer's. */
static int count_layout(struct price *p, const struct pricing *how)
{
	const struct memsvc_layout *layout = how->layout;
	uint64_t tlb = tlb_entries(layout->range, layout->n, how->page);
	uint64_t bytes = 0;

	for (size_t i = 0; i < layout->n; i++)
		bytes += layout->range[i].length;
	if (bytes < how->size) {
		diag("the TEE tells of %zu ranges, which are less than the buffer",
		     layout->n);
		return -EPROTO;
	}
	hist_record(p->count[PRICE_ENTRIES], layout->n);
	hist_record(p->count[PRICE_OVER], bytes - how->size);
	if (tlb) {
		hist_record(p->count[PRICE_TLB], tlb);
		hist_record(p->count[PRICE_REACH], bytes / tlb);
	}
	return 0;
}

static int look(struct price *p, const struct pricing *how)
{
	int fd = heap_alloc(how->heap, how->size);
	int err, failed;

	if (fd < 0)
		return fd;
	err = memsvc_layout_read(how->svc, how->layout);
	failed = heap_free(fd);
	if (!err)
		err = count_layout(p, how);
	return err ? err : failed;
}

int price_find(struct price *p, const struct pricing *how)
{
	struct sample s;
	int err = 0;

	reset(p);
	for (uint64_t i = 0; !err && i < how->warmup; i++)
		err = take_sample(how, &s);
	for (uint64_t i = 0; !err && i < how->samples; i++) {
		err = take_sample(how, &s);
		if (!err) {
			count_sample(p, &s);
		} else if (err == -ENOMEM && hist_count(p->pair.hist[PAIR_ALLOC])) {
			p->failures++;
			err = 0;
		}
	}
	for (uint64_t i = 0; !err && i < how->looks; i++)
		err = look(p, how);
	/* One that did not fit this time; without any, nothing fits */
	if (err == -ENOMEM && hist_count(p->pair.hist[PAIR_ALLOC])) {
		p->failures++;
		err = 0;
	}
	return err;
}
