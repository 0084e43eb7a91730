// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/export.h>
#include <linux/hash.h>
#include <linux/list_sort.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "grant_cache.h"

/*
 * What a worker scrubs or gives back in one go: one who needs the TEE waits as
 * long at most, and it outweighs the price of a call.
 */
#define GO_BYTES	SZ_4M

static struct grant_cache *to_cache(struct keeper *keeper)
{
	return container_of(keeper, struct grant_cache, keeper);
}

static unsigned long drain_jiffies(const struct keeper *keeper)
{
	return msecs_to_jiffies(READ_ONCE(keeper->delays->drain_ms));
}

static struct list_head *clean_list(struct grant_cache *cache, size_t size)
{
	return &cache->clean[hash_long(size >> PAGE_SHIFT, GRANT_CACHE_BITS)];
}

/* Those that came back at @until or before, the oldest first */
static size_t take_old(struct list_head *from, unsigned long until,
		       size_t bytes, struct list_head *to)
{
	struct grant *grant, *next;
	size_t taken = 0;

	list_for_each_entry_safe(grant, next, from, node) {
		if (taken >= bytes || time_after(grant->since, until))
			break;
		taken += grant->memory.taken;
		list_move_tail(&grant->node, to);
	}

	return taken;
}

/* Dirty ones first: giving back scrubs, so a clean one was scrubbed for nothing */
static size_t take_kept(struct grant_cache *cache, unsigned long until,
			size_t bytes, struct list_head *to)
{
	size_t taken;
	unsigned int i;

	lockdep_assert_held(&cache->lock);
	taken = take_old(&cache->dirty, until, bytes, to);
	for (i = 0; i < ARRAY_SIZE(cache->clean) && taken < bytes; i++)
		taken += take_old(&cache->clean[i], until, bytes - taken, to);

	return taken;
}

static void quarantine(struct grant_cache *cache, struct grant *grant)
{
	lockdep_assert_held(&cache->lock);
	list_move_tail(&grant->node, &cache->quarantine);
	cache->books.kept -= grant->memory.taken;
	cache->books.quarantined += grant->memory.taken;
}

static int give_back_one(struct grant_cache *cache, struct grant *grant)
{
	int ret;

	ret = cache->ops->give(cache->priv, grant);
	spin_lock(&cache->lock);
	if (ret) {
		quarantine(cache, grant);
	} else {
		list_del(&grant->node);
		cache->books.kept -= grant->memory.taken;
	}
	spin_unlock(&cache->lock);
	if (!ret)
		kfree(grant);

	return ret;
}

static void give_back(struct grant_cache *cache, struct list_head *grants)
{
	struct grant *grant, *next;
	size_t lost = 0;

	lockdep_assert_held(&cache->tee_lock);
	list_for_each_entry_safe(grant, next, grants, node) {
		size_t taken = grant->memory.taken;

		if (give_back_one(cache, grant))
			lost += taken;
	}
	if (lost)
		pr_err_ratelimited("cannot give back %zu bytes: quarantined\n",
				   lost);
}

static bool cache_drain(struct keeper *keeper, unsigned long idle_since)
{
	struct grant_cache *cache = to_cache(keeper);
	size_t limit = READ_ONCE(cache->limit);
	LIST_HEAD(grants);
	bool more;

	mutex_lock(&cache->tee_lock);
	spin_lock(&cache->lock);
	take_old(&cache->unfit, jiffies, SIZE_MAX, &grants);
	if (cache->books.kept > limit)
		take_kept(cache, jiffies,
			  min(cache->books.kept - limit, GO_BYTES), &grants);
	else
		take_kept(cache, idle_since, GO_BYTES, &grants);
	spin_unlock(&cache->lock);
	more = !list_empty(&grants);
	give_back(cache, &grants);
	mutex_unlock(&cache->tee_lock);
	/* The keeper looks again only if the kernel can have something */
	if (!more && READ_ONCE(cache->books.kept))
		queue_delayed_work(keeper->wq, &keeper->drain_work,
				   drain_jiffies(keeper));

	return more;
}

static int by_address(void *priv, const struct list_head *a,
		      const struct list_head *b)
{
	return list_entry(a, struct grant, node)->memory.base >
	       list_entry(b, struct grant, node)->memory.base;
}

/* What one list holds, from the begin of a sorted list of grants */
static struct sg_table *cut_call(struct grant_cache *cache,
				 struct list_head *grants,
				 struct list_head *part)
{
	static const struct lend_limits most = {
		.entries = MEMSVC_BATCH_ENTRIES,
	};
	struct grant *grant, *next;

	lend_call_begin(&cache->call, most);
	list_for_each_entry_safe(grant, next, grants, node) {
		if (!lend_call_add(&cache->call,
				   phys_to_page(grant->memory.base),
				   grant->size))
			break;
		list_move_tail(&grant->node, part);
	}

	return lend_call_table(&cache->call);
}

/* What was scrubbed in an earlier life of the TEE is not what it knows now. */
static void finish_scrub(struct grant_cache *cache, struct list_head *part,
			 int err, unsigned int life)
{
	struct grant *grant, *next;

	spin_lock(&cache->lock);
	list_for_each_entry_safe(grant, next, part, node) {
		if (life != cache->life)
			quarantine(cache, grant);
		else if (err)
			list_move_tail(&grant->node, &cache->unfit);
		else
			list_move_tail(&grant->node,
				       clean_list(cache, grant->size));
	}
	spin_unlock(&cache->lock);
	if (err)
		keeper_look_now(&cache->keeper);
}

static bool cache_scrub(struct keeper *keeper)
{
	struct grant_cache *cache = to_cache(keeper);
	LIST_HEAD(grants);
	unsigned int life;
	bool more;

	mutex_lock(&cache->tee_lock);
	spin_lock(&cache->lock);
	life = cache->life;
	take_old(&cache->dirty, jiffies, GO_BYTES, &grants);
	spin_unlock(&cache->lock);
	more = !list_empty(&grants);
	list_sort(NULL, &grants, by_address);
	while (!list_empty(&grants)) {
		LIST_HEAD(part);
		struct sg_table *table = cut_call(cache, &grants, &part);

		finish_scrub(cache, &part,
			     cache->ops->scrub(cache->priv, table), life);
	}
	mutex_unlock(&cache->tee_lock);

	return more;
}

/* The area comes back to the kernel as a whole or not at all. */
static unsigned long cache_count(struct keeper *keeper)
{
	struct grant_cache *cache = to_cache(keeper);

	if (READ_ONCE(cache->books.live) || READ_ONCE(cache->books.quarantined))
		return 0;

	return cache->ops->area_pages(cache->priv);
}

/* All that nobody has */
static void give_back_all(struct grant_cache *cache)
{
	LIST_HEAD(grants);

	mutex_lock(&cache->tee_lock);
	spin_lock(&cache->lock);
	take_old(&cache->unfit, jiffies, SIZE_MAX, &grants);
	take_kept(cache, jiffies, SIZE_MAX, &grants);
	spin_unlock(&cache->lock);
	give_back(cache, &grants);
	mutex_unlock(&cache->tee_lock);
}

static unsigned long cache_shrink(struct keeper *keeper, unsigned long pages)
{
	struct grant_cache *cache = to_cache(keeper);
	unsigned long before = cache_count(keeper);

	if (!before)
		return 0;
	give_back_all(cache);

	return cache->ops->area_pages(cache->priv) ? 0 : before;
}

static const struct keeper_ops cache_keeper_ops = {
	.scrub = cache_scrub,
	.drain = cache_drain,
	.count = cache_count,
	.shrink = cache_shrink,
};

static struct grant *take_clean(struct grant_cache *cache, size_t size)
{
	struct list_head *list = clean_list(cache, size);
	struct grant *grant;

	spin_lock(&cache->lock);
	list_for_each_entry_reverse(grant, list, node) {
		if (grant->size != size)
			continue;
		list_del(&grant->node);
		cache->books.kept -= grant->memory.taken;
		cache->books.live += grant->memory.taken;
		cache->books.hits++;
		spin_unlock(&cache->lock);
		return grant;
	}
	spin_unlock(&cache->lock);

	return NULL;
}

static struct grant *take_new(struct grant_cache *cache, size_t size)
{
	struct grant *grant = kzalloc_obj(*grant);
	bool kept = READ_ONCE(cache->books.kept);
	int ret;

	if (!grant)
		return ERR_PTR(-ENOMEM);

	grant->size = size;
	grant->life = READ_ONCE(cache->life);
	ret = cache->ops->take(cache->priv, size, &grant->memory);
	if (ret == -ENOMEM && kept) {
		give_back_all(cache);
		ret = cache->ops->take(cache->priv, size, &grant->memory);
	}
	if (ret) {
		kfree(grant);
		return ERR_PTR(ret);
	}

	spin_lock(&cache->lock);
	cache->books.live += grant->memory.taken;
	cache->books.misses++;
	spin_unlock(&cache->lock);

	return grant;
}

/**
 * grant_cache_take() - have a grant
 * @cache:	the cache
 * @size:	in bytes, whole granules
 *
 * The grant is zeroed. One that is not to be kept is new, and its owner has yet
 * to check it. When there is no memory left all that is kept is given back
 * first.
 *
 * Return: the grant, or an ERR_PTR of -ENOMEM or what taking memory returned.
 */
struct grant *grant_cache_take(struct grant_cache *cache, size_t size)
{
	struct grant *grant = take_clean(cache, size);

	return likely(grant) ? grant : take_new(cache, size);
}
EXPORT_SYMBOL_GPL(grant_cache_take);

/**
 * grant_cache_give() - give a grant to the cache
 * @cache:	the cache
 * @grant:	from grant_cache_take(); nobody uses its memory any more
 *
 * Makes no call.
 */
void grant_cache_give(struct grant_cache *cache, struct grant *grant)
{
	bool surplus, fit;

	grant->since = jiffies;
	spin_lock(&cache->lock);
	/* The TEE of another life may not know of it */
	fit = grant->keep && grant->life == cache->life;
	cache->books.live -= grant->memory.taken;
	cache->books.kept += grant->memory.taken;
	list_add_tail(&grant->node, fit ? &cache->dirty : &cache->unfit);
	surplus = !fit || cache->books.kept > cache->limit;
	spin_unlock(&cache->lock);

	keeper_took_back(&cache->keeper);
	if (unlikely(surplus))
		keeper_look_now(&cache->keeper);
}
EXPORT_SYMBOL_GPL(grant_cache_give);

/**
 * grant_cache_set_limit() - say how much may be kept
 * @cache:	the cache
 * @bytes:	of the area, 0 for nothing
 */
void grant_cache_set_limit(struct grant_cache *cache, size_t bytes)
{
	spin_lock(&cache->lock);
	cache->limit = bytes;
	spin_unlock(&cache->lock);
	keeper_look_now(&cache->keeper);
}
EXPORT_SYMBOL_GPL(grant_cache_set_limit);

/**
 * grant_cache_lose() - the TEE is gone
 * @cache:	the cache
 *
 * Nobody gets what is kept: a TEE that returns may not know of it.
 */
void grant_cache_lose(struct grant_cache *cache)
{
	struct grant *grant, *next;
	LIST_HEAD(grants);

	spin_lock(&cache->lock);
	cache->life++;
	take_old(&cache->unfit, jiffies, SIZE_MAX, &grants);
	take_kept(cache, jiffies, SIZE_MAX, &grants);
	list_for_each_entry_safe(grant, next, &grants, node)
		quarantine(cache, grant);
	spin_unlock(&cache->lock);
}
EXPORT_SYMBOL_GPL(grant_cache_lose);

/**
 * grant_cache_retry() - try again to give back what is in quarantine
 * @cache:	the cache
 */
void grant_cache_retry(struct grant_cache *cache)
{
	struct grant *grant;
	LIST_HEAD(grants);

	mutex_lock(&cache->tee_lock);
	spin_lock(&cache->lock);
	list_splice_init(&cache->quarantine, &grants);
	list_for_each_entry(grant, &grants, node) {
		cache->books.quarantined -= grant->memory.taken;
		cache->books.kept += grant->memory.taken;
	}
	spin_unlock(&cache->lock);
	give_back(cache, &grants);
	mutex_unlock(&cache->tee_lock);
}
EXPORT_SYMBOL_GPL(grant_cache_retry);

/**
 * grant_cache_read() - read the books
 * @cache:	the cache
 * @books:	to fill, as they are at one moment
 */
void grant_cache_read(struct grant_cache *cache, struct grant_books *books)
{
	spin_lock(&cache->lock);
	*books = cache->books;
	spin_unlock(&cache->lock);
}
EXPORT_SYMBOL_GPL(grant_cache_read);

/**
 * grant_cache_init() - begin with no grants, and no limit to what is kept
 * @cache:	to fill
 * @name:	of its workers and its shrinker
 * @ops:	the service
 * @priv:	goes with @ops
 * @delays:	stays the caller's
 *
 * Return: 0, or -ENOMEM.
 */
int grant_cache_init(struct grant_cache *cache, const char *name,
		     const struct grant_ops *ops, void *priv,
		     const struct keeper_delays *delays)
{
	unsigned int i;
	int ret;

	*cache = (struct grant_cache){
		.ops = ops,
		.priv = priv,
		.limit = SIZE_MAX,
	};
	spin_lock_init(&cache->lock);
	mutex_init(&cache->tee_lock);
	for (i = 0; i < ARRAY_SIZE(cache->clean); i++)
		INIT_LIST_HEAD(&cache->clean[i]);
	INIT_LIST_HEAD(&cache->dirty);
	INIT_LIST_HEAD(&cache->unfit);
	INIT_LIST_HEAD(&cache->quarantine);

	ret = lend_call_init(&cache->call);
	if (ret)
		return ret;

	ret = keeper_init(&cache->keeper, name, &cache_keeper_ops, delays);
	if (ret)
		lend_call_destroy(&cache->call);

	return ret;
}
EXPORT_SYMBOL_GPL(grant_cache_init);

/**
 * grant_cache_destroy() - undo grant_cache_init()
 * @cache:	whose grants all came back; what is in quarantine is lost
 */
void grant_cache_destroy(struct grant_cache *cache)
{
	struct grant *grant, *next;

	keeper_destroy(&cache->keeper);
	give_back_all(cache);
	lend_call_destroy(&cache->call);
	list_for_each_entry_safe(grant, next, &cache->quarantine, node)
		kfree(grant);
}
EXPORT_SYMBOL_GPL(grant_cache_destroy);
