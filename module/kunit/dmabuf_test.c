// SPDX-License-Identifier: GPL-2.0
/* The exporter: what it refuses, who may attach, and when a buffer ends. */
#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/iosys-map.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/string.h>
#include <linux/swiotlb.h>

#include "../core/core.h"
#include "../direct/direct.h"
#include "fake_heap.h"

static struct dma_buf *export_buffer(struct kunit *test, struct fake_heap *fake)
{
	struct restricted_buffer *buf;
	struct dma_buf *dmabuf;

	buf = restricted_buffer_alloc(&fake->heap, 4 * PAGE_SIZE);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	dmabuf = restricted_buffer_export(buf, O_CLOEXEC | O_RDWR);
	if (IS_ERR(dmabuf))
		restricted_buffer_free(buf);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dmabuf);

	return dmabuf;
}

/* __fput() of a kernel thread runs from a work queue. */
static void put_and_wait(struct kunit *test, struct fake_heap *fake,
			 struct dma_buf *dmabuf)
{
	int tries = 1000;

	dma_buf_put(dmabuf);
	while (!strchr(fake->log, 'F') && tries--)
		schedule_timeout_uninterruptible(1);
	KUNIT_ASSERT_NOT_NULL(test, strchr(fake->log, 'F'));
}

static struct device *create_device(struct kunit *test)
{
	struct device *dev = kunit_device_register(test, "restricted-importer");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	KUNIT_ASSERT_EQ(test, 0,
			dma_coerce_mask_and_coherent(dev, DMA_BIT_MASK(64)));

	return dev;
}

static void buffer_carries_its_heaps_name(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	struct dma_buf *dmabuf = export_buffer(test, fake);

	KUNIT_EXPECT_STREQ(test, dmabuf->exp_name, fake->heap.name);
	KUNIT_EXPECT_EQ(test, dmabuf->size, 4 * PAGE_SIZE);
	put_and_wait(test, fake, dmabuf);
}

static void last_reference_ends_it_once(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	struct dma_buf *dmabuf = export_buffer(test, fake);

	get_dma_buf(dmabuf);
	dma_buf_put(dmabuf);
	KUNIT_EXPECT_STREQ(test, fake->log, "IAR");
	put_and_wait(test, fake, dmabuf);
	KUNIT_EXPECT_STREQ(test, fake->log, "IARUF");
}

static void cpu_cannot_vmap(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	struct dma_buf *dmabuf = export_buffer(test, fake);
	struct iosys_map map;

	KUNIT_EXPECT_EQ(test, -EINVAL,
			dma_buf_vmap_unlocked(dmabuf, &map));
	put_and_wait(test, fake, dmabuf);
}

static void cpu_cannot_sync(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	struct dma_buf *dmabuf = export_buffer(test, fake);

	KUNIT_EXPECT_EQ(test, -EPERM,
			dma_buf_begin_cpu_access(dmabuf, DMA_FROM_DEVICE));
	KUNIT_EXPECT_EQ(test, -EPERM,
			dma_buf_end_cpu_access(dmabuf, DMA_FROM_DEVICE));
	put_and_wait(test, fake, dmabuf);
}

static void expect_attach(struct kunit *test, struct fake_heap *fake,
			  struct device *dev, int expected)
{
	struct dma_buf *dmabuf = export_buffer(test, fake);
	struct dma_buf_attachment *attachment;

	attachment = dma_buf_attach(dmabuf, dev);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(attachment), expected);
	if (!IS_ERR(attachment))
		dma_buf_detach(dmabuf, attachment);
	put_and_wait(test, fake, dmabuf);
}

static void permitted_device_attaches(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);

	expect_attach(test, fake, create_device(test), 0);
}

static void device_not_permitted_is_busy(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);

	fake->permitted = false;
	expect_attach(test, fake, create_device(test), -EBUSY);
}

static void device_that_would_bounce_is_busy(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	struct device *dev = create_device(test);

	/* The machine's memory begins above this bus's reach */
	dev->bus_dma_limit = DMA_BIT_MASK(24);
	expect_attach(test, fake, dev, -EBUSY);
}

static void forced_bounce_is_busy(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	struct device *dev = create_device(test);
	struct io_tlb_mem *tlb;

	tlb = kunit_kzalloc(test, sizeof(*tlb), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, tlb);
	tlb->force_bounce = true;
	dev->dma_io_tlb_mem = tlb;
	expect_attach(test, fake, dev, -EBUSY);
	dev->dma_io_tlb_mem = NULL;
}

static void device_without_mask_is_busy(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	struct device *dev = create_device(test);
	u64 *mask = dev->dma_mask;

	dev->dma_mask = NULL;
	expect_attach(test, fake, dev, -EBUSY);
	dev->dma_mask = mask;
}

/* The mask is looked at again when the buffer is mapped. */
static void mask_that_shrank_cannot_map(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	struct dma_buf *dmabuf = export_buffer(test, fake);
	struct device *dev = create_device(test);
	struct dma_buf_attachment *attachment;

	attachment = dma_buf_attach(dmabuf, dev);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, attachment);
	dev->bus_dma_limit = DMA_BIT_MASK(24);
	KUNIT_EXPECT_EQ(test, -EBUSY,
			PTR_ERR(dma_buf_map_attachment_unlocked(attachment,
								DMA_BIDIRECTIONAL)));
	dma_buf_detach(dmabuf, attachment);
	put_and_wait(test, fake, dmabuf);
}

/* The series marked the first entry of the table only. */
static void ledger_08_mapping_shows_every_range(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	struct device *dev = create_device(test);
	struct dma_buf_attachment *attachment;
	struct restricted_buffer *buf;
	struct dma_buf *dmabuf;
	struct sg_table *table;
	struct scatterlist *sg;
	phys_addr_t pa;
	int i;

	fake->ranges = 4;
	dmabuf = export_buffer(test, fake);
	buf = dmabuf->priv;
	attachment = dma_buf_attach(dmabuf, dev);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, attachment);
	table = dma_buf_map_attachment_unlocked(attachment, DMA_BIDIRECTIONAL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, table);

	KUNIT_EXPECT_EQ(test, table->orig_nents, 4);
	KUNIT_EXPECT_PTR_NE(test, table->sgl, buf->sgt.sgl);
	pa = sg_phys(buf->sgt.sgl);
	for_each_sgtable_sg(table, sg, i) {
		KUNIT_EXPECT_EQ(test, sg_phys(sg), pa + i * PAGE_SIZE);
		KUNIT_EXPECT_EQ(test, sg_dma_address(sg), sg_phys(sg));
		KUNIT_EXPECT_EQ(test, sg_dma_len(sg), PAGE_SIZE);
	}

	dma_buf_unmap_attachment_unlocked(attachment, table, DMA_BIDIRECTIONAL);
	dma_buf_detach(dmabuf, attachment);
	put_and_wait(test, fake, dmabuf);
}

/* An ERR_PTR for the copy was looked at with "!", and then used. */
static void ledger_10_failed_copy_of_a_table_is_an_error(struct kunit *test)
{
	struct fake_heap *fake = fake_heap_create(test, &fake_ops);
	struct dma_buf *dmabuf = export_buffer(test, fake);
	struct dma_buf_attachment *attachment;
	struct restricted_buffer *buf = dmabuf->priv;
	struct device *dev = create_device(test);
	unsigned int nents = buf->sgt.orig_nents;

	/* There is no table of no entries */
	buf->sgt.orig_nents = 0;
	attachment = dma_buf_attach(dmabuf, dev);
	KUNIT_EXPECT_TRUE(test, IS_ERR(attachment));
	KUNIT_EXPECT_TRUE(test, list_empty(&dmabuf->attachments));
	buf->sgt.orig_nents = nents;

	attachment = dma_buf_attach(dmabuf, dev);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, attachment);
	dma_buf_detach(dmabuf, attachment);
	put_and_wait(test, fake, dmabuf);
}

/*
 * Heaps of the machine, and the regions that a device has to list; NULL: none.
 * Not restricted_mtk_cma, which keeps its area for a while: another suite has one.
 */
static const struct {
	const char *heap;
	const char *region;
} regions[] = {
	{ "restricted_carveout", "restricted-carveout" },
	{ "restricted_mtk_cm", "restricted-memory-service" },
	{ "restricted_pages", NULL },
	{ "restricted_secure_ram", "restricted-secure-ram" },
};

static bool is_in_tree(const char *compatible)
{
	struct device_node *node __free(device_node) =
		of_find_compatible_node(NULL, NULL, compatible);

	return node;
}

/* @dev lists no region. */
static void expect_unlisted(struct kunit *test, struct device *dev,
			    struct dma_buf *dmabuf, const char *region)
{
	struct dma_buf_attachment *attachment;
	bool closed = region && is_in_tree(region);

	attachment = dma_buf_attach(dmabuf, dev);
	KUNIT_EXPECT_EQ_MSG(test, PTR_ERR_OR_ZERO(attachment),
			    closed ? -EBUSY : 0, "%s", dmabuf->exp_name);
	if (!IS_ERR(attachment))
		dma_buf_detach(dmabuf, attachment);
	dma_buf_put(dmabuf);
}

static void unlisted_device_is_busy(struct kunit *test)
{
	struct device *dev = create_device(test);
	struct restricted_buffer *buf;
	struct restricted_heap *heap;
	struct dma_buf *dmabuf;
	unsigned int tried = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(regions); i++) {
		heap = restricted_heap_find(regions[i].heap);
		buf = heap ? restricted_buffer_alloc(heap, PAGE_SIZE) :
			     ERR_PTR(-ENODEV);
		if (PTR_ERR_OR_ZERO(buf) == -ENODEV ||
		    PTR_ERR_OR_ZERO(buf) == -EOPNOTSUPP)
			continue;
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
		dmabuf = restricted_buffer_export(buf, O_CLOEXEC);
		if (IS_ERR(dmabuf))
			restricted_buffer_free(buf);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dmabuf);
		expect_unlisted(test, dev, dmabuf, regions[i].region);
		tried++;
	}
	if (!tried)
		kunit_skip(test, "none of our heaps works here");
}

static void twins_attach_as_their_heaps_do(struct kunit *test)
{
	struct device *dev = create_device(test);
	struct direct_buffer *buf = direct_carveout_take(PAGE_SIZE);
	struct dma_buf *dmabuf;

	if (PTR_ERR_OR_ZERO(buf) == -ENODEV)
		kunit_skip(test, "the twin has no region");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	dmabuf = direct_carveout_export(buf, O_CLOEXEC);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dmabuf);
	expect_unlisted(test, dev, dmabuf, "direct-carveout");

	buf = direct_pages_take(PAGE_SIZE);
	if (PTR_ERR_OR_ZERO(buf) == -ENODEV)
		return;
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	dmabuf = direct_pages_export(buf, O_CLOEXEC);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dmabuf);
	expect_unlisted(test, dev, dmabuf, NULL);
}

static struct kunit_case dmabuf_cases[] = {
	KUNIT_CASE(buffer_carries_its_heaps_name),
	KUNIT_CASE(last_reference_ends_it_once),
	KUNIT_CASE(cpu_cannot_vmap),
	KUNIT_CASE(cpu_cannot_sync),
	KUNIT_CASE(permitted_device_attaches),
	KUNIT_CASE(device_not_permitted_is_busy),
	KUNIT_CASE(device_that_would_bounce_is_busy),
	KUNIT_CASE(forced_bounce_is_busy),
	KUNIT_CASE(device_without_mask_is_busy),
	KUNIT_CASE(mask_that_shrank_cannot_map),
	KUNIT_CASE(unlisted_device_is_busy),
	KUNIT_CASE(twins_attach_as_their_heaps_do),
	KUNIT_CASE(ledger_08_mapping_shows_every_range),
	KUNIT_CASE(ledger_10_failed_copy_of_a_table_is_an_error),
	{}
};

static struct kunit_suite dmabuf_suite = {
	.name = "restricted_dmabuf",
	.test_cases = dmabuf_cases,
};

kunit_test_suite(dmabuf_suite);

MODULE_IMPORT_NS("DMA_BUF");
