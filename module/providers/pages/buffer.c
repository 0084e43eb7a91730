// SPDX-License-Identifier: GPL-2.0
/* Policy buffer: memory is lent when a buffer is made, and for its lifetime. */
#include <linux/wordpart.h>

#include "../../memory/page_set.h"
#include "pages.h"

static int buffer_memory_alloc(struct restricted_heap *heap,
			       struct restricted_buffer *buf)
{
	int ret;

	if (!lender_has_room(&pages_lender, buf->size))
		return -ENOMEM;

	ret = page_set_alloc(&buf->sgt, buf->size,
			     READ_ONCE(pages_tunables.orders),
			     READ_ONCE(pages_tunables.reclaim));
	if (!ret)
		buf->scattered = 1;

	return ret;
}

static void buffer_memory_free(struct restricted_heap *heap,
			       struct restricted_buffer *buf)
{
	page_set_free(&buf->sgt);
}

static u64 to_priv(struct lent_span span)
{
	return (u64)span.to << 32 | span.from;
}

static struct lent_span to_span(u64 priv)
{
	return (struct lent_span){
		.from = lower_32_bits(priv),
		.to = upper_32_bits(priv),
	};
}

static int buffer_memory_restrict(struct restricted_heap *heap,
				  struct restricted_buffer *buf)
{
	struct lent_span span;
	int ret;

	ret = lender_restrict_span(&pages_lender, &buf->sgt,
				   &pages_tunables.limits, &span);
	buf->priv = to_priv(span);

	return ret;
}

static int buffer_memory_unrestrict(struct restricted_heap *heap,
				    struct restricted_buffer *buf)
{
	struct lent_span span = to_span(buf->priv);
	int ret;

	ret = lender_unrestrict_span(&pages_lender, &buf->sgt,
				     &pages_tunables.limits, &span);
	/* For when it is tried again: not what was given back already */
	if (unlikely(ret))
		buf->priv = to_priv(span);

	return ret;
}

static int buffer_memory_recover(struct restricted_heap *heap,
				 struct restricted_buffer *buf)
{
	struct lent_span span = to_span(buf->priv);
	int ret;

	ret = lender_recover_span(&pages_lender, &buf->sgt,
				  &pages_tunables.limits, &span);
	if (ret)
		buf->priv = to_priv(span);

	return ret;
}

const struct restricted_heap_ops pages_buffer_ops = {
	.heap_init = pages_heap_init,
	.memory_alloc = buffer_memory_alloc,
	.memory_free = buffer_memory_free,
	.memory_restrict = buffer_memory_restrict,
	.memory_unrestrict = buffer_memory_unrestrict,
	.stats_show = pages_stats_show,
	.memory_recover = buffer_memory_recover,
};
