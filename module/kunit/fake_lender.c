// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "fake_lender.h"

static size_t fake_room(void *priv)
{
	struct fake_lender *fake = priv;

	return (fake->room - fake->pages) << PAGE_SHIFT;
}

static struct lend_limits fake_limits(void *priv)
{
	return ((struct fake_lender *)priv)->limits;
}

/* Whether all pages of a table are lent, or all are not */
static bool all_are(struct fake_lender *fake, struct sg_table *sgt, bool lent)
{
	struct sg_page_iter iter;

	if (fake->done)
		return true;
	for_each_sgtable_page(sgt, &iter, 0)
		if (!!xa_load(&fake->lent, page_to_pfn(sg_page_iter_page(&iter))) !=
		    lent)
			return false;

	return true;
}

static int mark(struct fake_lender *fake, struct sg_table *sgt, bool lent)
{
	struct sg_page_iter iter;

	for_each_sgtable_page(sgt, &iter, 0) {
		struct page *page = sg_page_iter_page(&iter);
		void *entry = lent ? page : NULL;

		if (xa_err(xa_store(&fake->lent, page_to_pfn(page), entry,
				    GFP_KERNEL)))
			return -ENOMEM;
		fake->pages += lent ? 1 : -1;
	}

	return 0;
}

static void zero(struct sg_table *sgt)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_sg(sgt, sg, i)
		memset(sg_virt(sg), 0, sg->length);
}

/* Count a call, and tell whether it is to fail. */
static int count_call(struct fake_lender *fake, struct sg_table *sgt,
		      unsigned int *calls, int fail)
{
	struct scatterlist *sg, *last = NULL;
	unsigned int i;

	lockdep_assert_held(&fake->lock);
	(*calls)++;
	fake->ranges += sgt->orig_nents;
	for_each_sgtable_sg(sgt, sg, i) {
		if (last && sg_phys(sg) <= sg_phys(last) + last->length - 1)
			fake->wrong++;
		last = sg;
	}
	if (!fail)
		return 0;
	if (fake->fail_after) {
		fake->fail_after--;
		return 0;
	}

	return fail;
}

static int fake_lend(void *priv, struct sg_table *sgt)
{
	struct fake_lender *fake = priv;
	int ret;

	mutex_lock(&fake->lock);
	ret = count_call(fake, sgt, &fake->lends, fake->fail_lend);
	if (!all_are(fake, sgt, false))
		fake->wrong++;
	else if (!ret || ret == -ENOTRECOVERABLE)
		ret = mark(fake, sgt, true) ?: ret;
	mutex_unlock(&fake->lock);

	return ret;
}

static int fake_scrub(void *priv, struct sg_table *sgt)
{
	struct fake_lender *fake = priv;
	int ret;

	mutex_lock(&fake->lock);
	ret = count_call(fake, sgt, &fake->scrubs, fake->fail_scrub);
	if (!all_are(fake, sgt, true)) {
		fake->wrong += !fake->forgot;
		ret = -ENOENT;
	} else if (!ret) {
		zero(sgt);
	}
	mutex_unlock(&fake->lock);

	return ret;
}

static int fake_unlend(void *priv, struct sg_table *sgt)
{
	struct fake_lender *fake = priv;
	int ret;

	mutex_lock(&fake->lock);
	ret = count_call(fake, sgt, &fake->unlends, fake->fail_unlend);
	if (!all_are(fake, sgt, true)) {
		fake->wrong += !fake->forgot;
		ret = -ENOENT;
	} else if (!ret) {
		zero(sgt);
		ret = mark(fake, sgt, false);
	}
	mutex_unlock(&fake->lock);

	return ret;
}

/* Zeroes, and has nothing of it lent, whatever was */
static int fake_recover(void *priv, struct sg_table *sgt)
{
	struct fake_lender *fake = priv;
	struct sg_page_iter iter;
	int ret;

	mutex_lock(&fake->lock);
	ret = count_call(fake, sgt, &fake->unlends, fake->fail_unlend);
	if (ret)
		goto out_unlock;
	zero(sgt);
	for_each_sgtable_page(sgt, &iter, 0)
		if (xa_erase(&fake->lent,
			     page_to_pfn(sg_page_iter_page(&iter))))
			fake->pages--;
out_unlock:
	mutex_unlock(&fake->lock);

	return ret;
}

const struct lend_ops fake_lend_ops = {
	.room = fake_room,
	.limits = fake_limits,
	.lend = fake_lend,
	.scrub = fake_scrub,
	.unlend = fake_unlend,
	.recover = fake_recover,
};

static void destroy(void *data)
{
	struct fake_lender *fake = data;

	xa_destroy(&fake->lent);
}

/* Nothing is lent yet, and all may be. */
struct fake_lender *fake_lender_create(struct kunit *test)
{
	struct fake_lender *fake;

	fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake);
	xa_init(&fake->lent);
	mutex_init(&fake->lock);
	fake->room = ULONG_MAX >> PAGE_SHIFT;
	fake->limits.entries = MEMSVC_BATCH_ENTRIES;
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, destroy, fake));

	return fake;
}

/* It died, and knows of nothing when it returns. */
void fake_lender_forget(struct fake_lender *fake)
{
	mutex_lock(&fake->lock);
	xa_destroy(&fake->lent);
	fake->pages = 0;
	fake->forgot = true;
	mutex_unlock(&fake->lock);
}

/* For after a test, so that it loses no memory. */
void fake_lender_let_go(struct fake_lender *fake)
{
	mutex_lock(&fake->lock);
	fake->done = true;
	fake->fail_scrub = 0;
	fake->fail_unlend = 0;
	mutex_unlock(&fake->lock);
}

bool fake_lender_has(struct fake_lender *fake, struct page *page)
{
	return xa_load(&fake->lent, page_to_pfn(page));
}

/* What a device would write */
void fake_lender_use(struct sg_table *sgt)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_sg(sgt, sg, i)
		memset(sg_virt(sg), 0x5a, sg->length);
}

bool fake_lender_is_zero(struct sg_table *sgt)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_sg(sgt, sg, i)
		if (memchr_inv(sg_virt(sg), 0, sg->length))
			return false;

	return true;
}
