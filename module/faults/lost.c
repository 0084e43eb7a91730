// SPDX-License-Identifier: GPL-2.0
/* What is lost: buffers and pages that nobody gives back, at once or slowly. */
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sizes.h>
#include <linux/workqueue.h>

#include "../restricted_heap.h"
#include "faults.h"

/* One pointer may stay in a register or on a stack, where it is no leak */
#define BUFFERS		4

/* More than what the kernel may take for itself meanwhile (see stress/) */
#define BLOCKS		8
#define BLOCK_ORDER	9

/* Of a leak that is slow */
#define DROP_ORDER	2

static int lose_buffer(const char *name, size_t size, bool wrong)
{
	struct restricted_heap *heap = restricted_heap_find(name);
	struct restricted_buffer *buf;

	if (!heap)
		return -ENODEV;
	buf = restricted_buffer_alloc(heap, size);
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	if (!wrong)
		restricted_buffer_free(buf);

	return 0;
}

int fault_leak(bool wrong)
{
	int ret = 0, i;

	for (i = 0; i < BUFFERS && !ret; i++)
		ret = lose_buffer("restricted_carveout", PAGE_SIZE, wrong);

	return ret;
}

/* The TEE's own memory */
int fault_grant(bool wrong)
{
	return lose_buffer("restricted_mtk_cm", SZ_64K, wrong);
}

/* Memory of the kernel's, which the TEE holds */
int fault_loan(bool wrong)
{
	return lose_buffer("restricted_pages", SZ_64K, wrong);
}

int fault_dmabuf(bool wrong)
{
	struct restricted_heap *heap = restricted_heap_find("restricted_carveout");
	struct restricted_buffer *buf;
	struct dma_buf *dmabuf;

	if (!heap)
		return -ENODEV;
	buf = restricted_buffer_alloc(heap, PAGE_SIZE);
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	dmabuf = restricted_buffer_export(buf, O_CLOEXEC | O_RDWR);
	if (IS_ERR(dmabuf)) {
		restricted_buffer_free(buf);
		return PTR_ERR(dmabuf);
	}
	if (!wrong)
		dma_buf_put(dmabuf);

	return 0;
}

static int lose_block(bool wrong)
{
	struct page *pages = alloc_pages(GFP_KERNEL, BLOCK_ORDER);

	if (!pages)
		return -ENOMEM;
	if (!wrong)
		__free_pages(pages, BLOCK_ORDER);

	return 0;
}

int fault_pages(bool wrong)
{
	int ret = 0, i;

	for (i = 0; i < BLOCKS && !ret; i++)
		ret = lose_block(wrong);

	return ret;
}

static void lose_slowly(struct work_struct *work);
static DECLARE_DELAYED_WORK(slow_leak, lose_slowly);
static unsigned int leak_ms;

/* Nobody knows where they are now. */
static void lose_slowly(struct work_struct *work)
{
	unsigned int ms = READ_ONCE(leak_ms);

	if (!ms)
		return;
	if (!alloc_pages(GFP_KERNEL, DROP_ORDER))
		pr_warn("restricted_faults: there is nothing left to lose\n");
	schedule_delayed_work(&slow_leak, msecs_to_jiffies(ms));
}

static int leak_ms_set(const char *text, const struct kernel_param *param)
{
	int ret = param_set_uint(text, param);

	/* At 0 it is not queued again */
	if (!ret)
		schedule_delayed_work(&slow_leak, 0);

	return ret;
}

static const struct kernel_param_ops leak_ms_ops = {
	.set = leak_ms_set,
	.get = param_get_uint,
};

module_param_cb(leak_ms, &leak_ms_ops, &leak_ms, 0600);
MODULE_PARM_DESC(leak_ms, "lose 16 KiB each time so many ms have passed; 0: nothing");

void fault_lost_exit(void)
{
	WRITE_ONCE(leak_ms, 0);
	cancel_delayed_work_sync(&slow_leak);
}
