// SPDX-License-Identifier: GPL-2.0
/*
 * Policies pool and region: memory stays lent between two buffers. For a buffer
 * it is restricted from birth, so there is no memory_restrict.
 */
#include "pages.h"

struct chunk_pool pages_pool;
struct lent_region pages_region;

static size_t lend_room(void *priv)
{
	return lender_room(priv);
}

static struct lend_limits lend_limits(void *priv)
{
	return lender_clamp(priv, &pages_tunables.limits);
}

static int lend(void *priv, struct sg_table *sgt)
{
	return lender_restrict(priv, sgt, &pages_tunables.limits);
}

static int lend_scrub(void *priv, struct sg_table *sgt)
{
	return lender_scrub(priv, sgt, &pages_tunables.limits);
}

static int unlend(void *priv, struct sg_table *sgt)
{
	return lender_unrestrict(priv, sgt, &pages_tunables.limits);
}

static int recover(void *priv, struct sg_table *sgt)
{
	struct lent_span span = { .to = LENT_TO_END };

	return lender_recover_span(priv, sgt, &pages_tunables.limits, &span);
}

static const struct lend_ops kept_lend_ops = {
	.room = lend_room,
	.limits = lend_limits,
	.lend = lend,
	.scrub = lend_scrub,
	.unlend = unlend,
	.recover = recover,
};

int pages_kept_init(void)
{
	int ret;

	ret = chunk_pool_init(&pages_pool, "restricted_pages_pool",
			      &kept_lend_ops, &pages_lender,
			      &pages_tunables.delays);
	if (ret)
		return ret;

	ret = lent_region_init(&pages_region, "restricted_pages_region",
			       &kept_lend_ops, &pages_lender,
			       &pages_tunables.delays);
	if (ret)
		chunk_pool_destroy(&pages_pool);

	return ret;
}

void pages_kept_destroy(void)
{
	lent_region_destroy(&pages_region);
	chunk_pool_destroy(&pages_pool);
}

/*
 * Without the TEE there is no new buffer, though its memory may be kept. And what
 * is withheld because the TEE is gone, or has only just returned, is no lack of
 * memory.
 */
static __always_inline int
alloc_kept(struct restricted_buffer *buf,
	   int (*alloc)(struct restricted_buffer *buf))
{
	int changes, ret;

	do {
		changes = memsvc_changes(&pages_lender.svc);
		if (unlikely(!lender_is_up(&pages_lender)))
			return -ENODEV;
		ret = alloc(buf);
	} while (unlikely(ret == -ENOMEM) &&
		 memsvc_settle(&pages_lender.svc, changes));

	return ret;
}

static int take_chunks(struct restricted_buffer *buf)
{
	return chunk_pool_alloc(&pages_pool, &buf->sgt, buf->size,
				READ_ONCE(pages_tunables.orders),
				READ_ONCE(pages_tunables.reclaim));
}

static int pool_memory_alloc(struct restricted_heap *heap,
			     struct restricted_buffer *buf)
{
	int ret = alloc_kept(buf, take_chunks);

	if (!ret)
		buf->scattered = 1;

	return ret;
}

static void pool_memory_free(struct restricted_heap *heap,
			     struct restricted_buffer *buf)
{
	chunk_pool_free(&pages_pool, &buf->sgt);
}

const struct restricted_heap_ops pages_pool_ops = {
	.heap_init = pages_heap_init,
	.memory_alloc = pool_memory_alloc,
	.memory_free = pool_memory_free,
	.stats_show = pages_stats_show,
};

static int take_range(struct restricted_buffer *buf)
{
	phys_addr_t pa;
	int ret = lent_region_alloc(&pages_region, buf->size, &pa);

	if (!ret)
		restricted_buffer_set_range(buf, pa);

	return ret;
}

static int region_memory_alloc(struct restricted_heap *heap,
			       struct restricted_buffer *buf)
{
	return alloc_kept(buf, take_range);
}

static void region_memory_free(struct restricted_heap *heap,
			       struct restricted_buffer *buf)
{
	lent_region_free(&pages_region, sg_phys(buf->sgt.sgl), buf->size);
}

const struct restricted_heap_ops pages_region_ops = {
	.heap_init = pages_heap_init,
	.memory_alloc = region_memory_alloc,
	.memory_free = region_memory_free,
	.stats_show = pages_stats_show,
};
