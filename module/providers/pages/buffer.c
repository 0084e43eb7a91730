// SPDX-License-Identifier: GPL-2.0
/* Policy buffer: memory is lent when a buffer is made, and for its lifetime. */
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
		buf->scattered = true;

	return ret;
}

static void buffer_memory_free(struct restricted_heap *heap,
			       struct restricted_buffer *buf)
{
	page_set_free(&buf->sgt);
}

static int buffer_memory_restrict(struct restricted_heap *heap,
				  struct restricted_buffer *buf)
{
	return lender_restrict(&pages_lender, &buf->sgt,
			       &pages_tunables.limits);
}

static int buffer_memory_unrestrict(struct restricted_heap *heap,
				    struct restricted_buffer *buf)
{
	return lender_unrestrict(&pages_lender, &buf->sgt,
				 &pages_tunables.limits);
}

const struct restricted_heap_ops pages_buffer_ops = {
	.heap_init = pages_heap_init,
	.memory_alloc = buffer_memory_alloc,
	.memory_free = buffer_memory_free,
	.memory_restrict = buffer_memory_restrict,
	.memory_unrestrict = buffer_memory_unrestrict,
	.stats_show = pages_stats_show,
};
