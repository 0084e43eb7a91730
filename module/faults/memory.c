// SPDX-License-Identifier: GPL-2.0
/* Mistakes that the books and bytes of the memory tell, and no debug kernel. */
#include <linux/bits.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../memory/page_set.h"
#include "../restricted_heap.h"
#include "../tee/lend.h"
#include "faults.h"

#define CANARY		0xc5
#define CHUNK_ORDER	4

/* Look for the last owner's canary, then leave one. */
static int look_and_mark(phys_addr_t pa, bool *seen)
{
	u8 *bytes = memremap(pa, PAGE_SIZE, MEMREMAP_WC);

	if (!bytes)
		return -ENOMEM;
	*seen = memchr(bytes, CANARY, PAGE_SIZE);
	memset(bytes, CANARY, PAGE_SIZE);
	memunmap(bytes);

	return 0;
}

static int own_once(struct restricted_heap *heap, phys_addr_t *pa, bool *seen)
{
	struct restricted_buffer *buf = restricted_buffer_alloc(heap, PAGE_SIZE);
	int ret;

	if (IS_ERR(buf))
		return PTR_ERR(buf);
	*pa = sg_phys(buf->sgt.sgl);
	ret = look_and_mark(*pa, seen);
	restricted_buffer_free(buf);

	return ret;
}

/* The mistake is made by the heap: who asks has switched its scrub off. */
int fault_scrub(bool wrong)
{
	struct restricted_heap *heap = restricted_heap_find("restricted_carveout");
	phys_addr_t first, second;
	bool seen;
	int ret;

	if (!heap)
		return -ENODEV;
	ret = own_once(heap, &first, &seen);
	if (!ret)
		ret = own_once(heap, &second, &seen);
	if (ret)
		return ret;
	/* Other memory tells nothing */
	if (first != second)
		return -EAGAIN;

	return seen ? -EUCLEAN : 0;
}

static int unrestrict_twice(struct lender *lender, struct sg_table *sgt,
			    bool wrong)
{
	static const struct lend_limits limits = { .entries = 1 };
	int ret;

	ret = lender_restrict(lender, sgt, &limits);
	if (ret)
		return ret;
	ret = lender_unrestrict(lender, sgt, &limits);
	if (ret || !wrong)
		return ret;

	/* The service's table has no such pages now */
	ret = lender_unrestrict(lender, sgt, &limits);

	return ret == -ENOENT ? -EUCLEAN : ret;
}

int fault_unrestrict(bool wrong)
{
	struct lender *lender = kzalloc_obj(*lender);
	struct sg_table sgt;
	int ret;

	if (!lender)
		return -ENOMEM;
	ret = lender_open(lender);
	if (ret)
		goto err_free_lender;
	ret = page_set_alloc(&sgt, SZ_64K, BIT(CHUNK_ORDER), BIT(CHUNK_ORDER));
	if (ret)
		goto err_close_lender;
	ret = unrestrict_twice(lender, &sgt, wrong);
	page_set_free(&sgt);
	sg_free_table(&sgt);

err_close_lender:
	lender_close(lender);
err_free_lender:
	kfree(lender);

	return ret;
}
