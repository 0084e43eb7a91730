/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Grants of an area that is lent as a whole, kept between two users: one that
 * comes back is dirty until it was scrubbed by the TEE, from a work queue; then
 * it is clean, and the next user of its size takes it without a call.
 *
 * What nobody has wanted for a while is given back, and so is all when the TEE
 * has no memory left or the kernel wants the area. A grant that could neither be
 * scrubbed nor given back is in quarantine.
 */
#ifndef RESTRICTED_GRANT_CACHE_H
#define RESTRICTED_GRANT_CACHE_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

#include "keeper.h"
#include "lend_call.h"
#include "memsvc.h"

#define GRANT_CACHE_BITS	5

/**
 * struct grant - memory that the service granted
 * @memory:	where it is, and how much of the area it takes; the owner has
 *		checked it
 * @size:	bytes that were asked for, whole granules
 * @keep:	whether it can be kept: its owner has checked it, and it is one
 *		range. False when it is new
 * @life:	of the cache, in which it was had
 * @since:	when it came back, in jiffies
 * @node:	in a list of the cache, while nobody has it
 */
struct grant {
	struct memsvc_grant memory;
	size_t size;
	bool keep;
	unsigned int life;
	unsigned long since;
	struct list_head node;
};

/**
 * struct grant_ops - the service, or what a test has in its place
 * @take:	Take memory: fill @memory, with what it takes. -ENOMEM: giving
 *		some back may help.
 * @give:	Give it back. On error it is still taken.
 * @scrub:	Zero it. On error some of it may not be zeroed.
 * @area_pages:	Tell how many pages the kernel gets when the last grant is given
 *		back. Must not sleep.
 *
 * @priv is what goes with them. But for the last all may sleep.
 */
struct grant_ops {
	int (*take)(void *priv, size_t size, struct memsvc_grant *memory);
	int (*give)(void *priv, const struct grant *grant);
	int (*scrub)(void *priv, struct sg_table *sgt);
	unsigned long (*area_pages)(void *priv);
};

/**
 * struct grant_books - the books, in bytes that grants take of the area
 * @live:	users have
 * @kept:	nobody has
 * @quarantined: nobody has, and nobody will
 * @hits:	how often a grant that was kept was handed out
 * @misses:	how often a new one was
 */
struct grant_books {
	size_t live;
	size_t kept;
	size_t quarantined;
	u64 hits;
	u64 misses;
};

/**
 * struct grant_cache - the grants
 * @keeper:	decides when to scrub and when to give back
 * @ops:	the service
 * @priv:	goes with @ops
 * @limit:	bytes that may be kept
 * @lock:	protects what follows, but for @tee_lock and @call
 * @life:	how often the TEE was lost
 * @clean:	grants that can be handed out, by size; the last came back last
 * @dirty:	grants to scrub, likewise
 * @unfit:	grants to give back as soon as can be
 * @quarantine:	grants that could not be
 * @books:	the sums
 * @tee_lock:	held from before a call about what is kept until the books say
 *		what it did. Protects @call
 * @call:	the call that is put together
 */
struct grant_cache {
	struct keeper keeper;
	const struct grant_ops *ops;
	void *priv;
	size_t limit;
	/* Protects the lists, the books and the number of the life */
	spinlock_t lock;
	unsigned int life;
	struct list_head clean[1 << GRANT_CACHE_BITS];
	struct list_head dirty;
	struct list_head unfit;
	struct list_head quarantine;
	struct grant_books books;
	/* Protects the order of calls and books, and the call */
	struct mutex tee_lock;
	struct lend_call call;
};

int grant_cache_init(struct grant_cache *cache, const char *name,
		     const struct grant_ops *ops, void *priv,
		     const struct keeper_delays *delays);
void grant_cache_destroy(struct grant_cache *cache);
struct grant *grant_cache_take(struct grant_cache *cache, size_t size);
void grant_cache_give(struct grant_cache *cache, struct grant *grant);
void grant_cache_set_limit(struct grant_cache *cache, size_t bytes);
void grant_cache_lose(struct grant_cache *cache);
void grant_cache_retry(struct grant_cache *cache);
void grant_cache_read(struct grant_cache *cache, struct grant_books *books);

#endif /* RESTRICTED_GRANT_CACHE_H */
