// SPDX-License-Identifier: GPL-2.0
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "fake_heap.h"

static struct fake_heap *to_fake(struct restricted_heap *heap)
{
	return container_of(heap, struct fake_heap, heap);
}

static void note(struct fake_heap *fake, char letter)
{
	size_t len;

	spin_lock(&fake->lock);
	len = strlen(fake->log);
	if (len < FAKE_LOG_SIZE - 1)
		fake->log[len] = letter;
	spin_unlock(&fake->lock);
}

/* Slow, so that a second caller has the time to come in between. */
static int fake_init(struct restricted_heap *heap)
{
	struct fake_heap *fake = to_fake(heap);

	atomic_inc(&fake->inits);
	note(fake, 'I');
	usleep_range(1000, 2000);

	return fake->init_result;
}

static int cut_ranges(struct fake_heap *fake, struct restricted_buffer *buf,
		      phys_addr_t pa)
{
	struct restricted_range ranges[4];
	size_t length = buf->size / fake->ranges;
	unsigned int i;

	for (i = 0; i < fake->ranges; i++) {
		ranges[i].pa = pa + i * length;
		ranges[i].length = length;
	}

	return restricted_buffer_set_ranges(buf, ranges, fake->ranges);
}

static int fake_alloc(struct restricted_heap *heap,
		      struct restricted_buffer *buf)
{
	struct fake_heap *fake = to_fake(heap);
	struct page *page;
	int ret = 0;

	note(fake, 'A');
	if (fake->alloc_result)
		return fake->alloc_result;

	page = alloc_pages(GFP_KERNEL | __GFP_ZERO, get_order(buf->size));
	if (!page)
		return -ENOMEM;
	if (fake->ranges == 1)
		restricted_buffer_set_range(buf, page_to_phys(page));
	else
		ret = cut_ranges(fake, buf, page_to_phys(page));
	if (!ret)
		ret = fake->late_alloc_result;
	if (ret)
		__free_pages(page, get_order(buf->size));

	return ret;
}

static void fake_free(struct restricted_heap *heap,
		      struct restricted_buffer *buf)
{
	note(to_fake(heap), 'F');
	if (!buf->sgt.sgl) {
		to_fake(heap)->table_gone = true;
		return;
	}
	__free_pages(sg_page(buf->sgt.sgl), get_order(buf->size));
}

static int fake_restrict(struct restricted_heap *heap,
			 struct restricted_buffer *buf)
{
	note(to_fake(heap), 'R');

	return to_fake(heap)->restrict_result;
}

static int fake_unrestrict(struct restricted_heap *heap,
			   struct restricted_buffer *buf)
{
	note(to_fake(heap), 'U');

	return to_fake(heap)->unrestrict_result;
}

static bool fake_permitted(struct restricted_heap *heap, struct device *dev)
{
	return to_fake(heap)->permitted;
}

const struct restricted_heap_ops fake_ops = {
	.heap_init = fake_init,
	.memory_alloc = fake_alloc,
	.memory_free = fake_free,
	.memory_restrict = fake_restrict,
	.memory_unrestrict = fake_unrestrict,
	.device_permitted = fake_permitted,
};

const struct restricted_heap_ops fake_born_restricted_ops = {
	.memory_alloc = fake_alloc,
	.memory_free = fake_free,
};

const struct restricted_semantics fake_semantics = {
	.denied = "nobody",
	.granted = "everybody",
	.restricted = "never",
	.enforced = "by nothing",
	.zeroed = "at allocation, by the kernel",
};

/**
 * fake_heap_create() - set up a heap for one test
 * @test:	frees it when it ends; all buffers must be back by then
 * @ops:	fake_ops or fake_born_restricted_ops
 *
 * Return: the heap, whose every op succeeds and whose buffers are one range.
 */
struct fake_heap *fake_heap_create(struct kunit *test,
				   const struct restricted_heap_ops *ops)
{
	struct fake_heap *fake;

	fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake);
	spin_lock_init(&fake->lock);
	fake->heap.name = "restricted_fake";
	fake->heap.ops = ops;
	fake->heap.semantics = &fake_semantics;
	fake->ranges = 1;
	fake->permitted = true;
	KUNIT_ASSERT_EQ(test, restricted_heap_setup(&fake->heap), 0);

	return fake;
}
