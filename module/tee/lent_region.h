/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One contiguous region of the kernel's pages, lent as a whole when the first
 * buffer is wanted, and taken back when no buffer has been in it for a while;
 * not with the last one at once, or one buffer that comes and goes would lend
 * it and take it back each time.
 *
 * What comes back is dirty until it was scrubbed; only clean memory is free.
 */
#ifndef RESTRICTED_LENT_REGION_H
#define RESTRICTED_LENT_REGION_H

#include <linux/mutex.h>
#include <linux/spinlock.h>

#include "keeper.h"
#include "lend_call.h"

struct gen_pool;

/**
 * struct lent_region - the region
 * @keeper:	decides when to scrub and when to take it back
 * @ops:	the way to whom it is lent
 * @priv:	goes with @ops
 * @want:	bytes that it shall have when it is lent next
 * @retired:	nobody will want it again: take it back with the last buffer
 * @lock:	protects what follows, up to @grow_lock
 * @clean:	what of it is free; NULL while it is not lent
 * @suspect:	what is free may not be clean
 * @base:	where it is
 * @size:	in bytes
 * @dirty:	what came back and is not scrubbed, by the first page's lru; its
 *		private is the size
 * @stuck:	what could not be scrubbed, likewise
 * @lost:	former regions that could not be taken back, likewise
 * @last_use:	when something came back last, in jiffies
 * @books:	the sums
 * @grow_lock:	held while memory for it is looked for. Taken before @tee_lock
 * @tee_lock:	as that of &struct chunk_pool
 * @call:	the call that is put together
 */
struct lent_region {
	struct keeper keeper;
	const struct lend_ops *ops;
	void *priv;
	size_t want;
	bool retired;
	/* Protects what is where, and the books */
	spinlock_t lock;
	struct gen_pool *clean;
	bool suspect;
	phys_addr_t base;
	size_t size;
	struct list_head dirty;
	struct list_head stuck;
	struct list_head lost;
	unsigned long last_use;
	struct kept_books books;
	/* Protects the search for memory, so that it is made once */
	struct mutex grow_lock;
	/* Protects the order of calls and books, and the call */
	struct mutex tee_lock;
	struct lend_call call;
};

int lent_region_init(struct lent_region *region, const char *name,
		     const struct lend_ops *ops, void *priv,
		     const struct keeper_delays *delays);
void lent_region_destroy(struct lent_region *region);
int lent_region_alloc(struct lent_region *region, size_t size,
		      phys_addr_t *pa);
void lent_region_free(struct lent_region *region, phys_addr_t pa, size_t size);
void lent_region_set(struct lent_region *region, size_t bytes, bool retired);
void lent_region_distrust(struct lent_region *region);
void lent_region_retry(struct lent_region *region);
size_t lent_region_hold(struct lent_region *region, struct kept_books *books);
void lent_region_unhold(struct lent_region *region);

/* Between the region's two files */
bool lent_region_scrub(struct lent_region *region);
void lent_region_lose(struct lent_region *region, struct page *page);

#endif /* RESTRICTED_LENT_REGION_H */
