// SPDX-License-Identifier: GPL-2.0
#include <linux/err.h>
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/tee_drv.h>

#include "lend.h"

/**
 * lend_next() - put the next call's list together
 * @cursor:	where to begin; moved on. Its sg is NULL when all is done
 * @limits:	of the call
 * @out:	to fill, room for @limits->entries
 * @bytes:	set to what the list covers
 *
 * Takes as much as fits, and cuts a range where the bytes are used up: in the
 * order of addresses no other way needs fewer calls.
 *
 * Return: the number of ranges, 0 when there is nothing left.
 */
unsigned int lend_next(struct lend_cursor *cursor,
		       const struct lend_limits *limits,
		       struct memsvc_range *out, size_t *bytes)
{
	size_t room = limits->bytes ?: SIZE_MAX;
	unsigned int n = 0;

	*bytes = 0;
	while (cursor->sg && n < limits->entries && room) {
		size_t length = min(cursor->sg->length - cursor->offset, room);

		out[n].pa = sg_phys(cursor->sg) + cursor->offset;
		out[n].length = length;
		n++;
		room -= length;
		*bytes += length;
		cursor->offset += length;
		if (cursor->offset == cursor->sg->length) {
			cursor->sg = sg_next(cursor->sg);
			cursor->offset = 0;
		}
	}

	return n;
}
EXPORT_SYMBOL_GPL(lend_next);

/**
 * lender_open() - open a session and make room for lists
 * @lender:	to fill; zero before
 *
 * Return: as memsvc_open(), or -ENOMEM.
 */
int lender_open(struct lender *lender)
{
	struct tee_shm *list;
	int ret;

	ret = memsvc_open(&lender->svc);
	if (ret)
		return ret;

	list = tee_shm_alloc_kernel_buf(lender->svc.ctx,
					MEMSVC_BATCH_ENTRIES *
					sizeof(struct memsvc_range));
	if (IS_ERR(list)) {
		memsvc_close(&lender->svc);
		return PTR_ERR(list);
	}
	lender->list = list;
	/* The other half is for everybody else */
	lender->limit = (totalram_pages() / 2) << PAGE_SHIFT;
	mutex_init(&lender->lock);

	return 0;
}
EXPORT_SYMBOL_GPL(lender_open);

/**
 * lender_close() - undo lender_open()
 * @lender:	an open lender; what it lent stays lent
 */
void lender_close(struct lender *lender)
{
	tee_shm_free(lender->list);
	memsvc_close(&lender->svc);
}
EXPORT_SYMBOL_GPL(lender_close);

static int call_with_list(struct lender *lender, u32 cmd, unsigned int n)
{
	struct tee_param param = {
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT,
		.u.memref = {
			.shm = lender->list,
			.size = n * sizeof(struct memsvc_range),
		},
	};

	return memsvc_invoke(&lender->svc, cmd, &param, 1);
}

/*
 * Make @cmd of the first @size bytes of a table, and set *done to how many
 * were.
 */
static int call_all(struct lender *lender, u32 cmd, struct sg_table *sgt,
		    const struct lend_limits *limits, size_t size, size_t *done)
{
	struct memsvc_range *out = tee_shm_get_va(lender->list, 0);
	struct lend_cursor cursor = { .sg = sgt->sgl };
	int ret = 0;

	*done = 0;
	while (!ret && *done < size) {
		struct lend_limits left = *limits;
		unsigned int n;
		size_t bytes;

		left.bytes = min(limits->bytes ?: SIZE_MAX, size - *done);
		n = lend_next(&cursor, &left, out, &bytes);
		if (!n)
			break;
		ret = call_with_list(lender, cmd, n);
		if (!ret)
			*done += bytes;
	}

	return ret;
}

static size_t table_bytes(struct sg_table *sgt)
{
	struct scatterlist *sg;
	size_t sum = 0;
	unsigned int i;

	for_each_sgtable_sg(sgt, sg, i)
		sum += sg->length;

	return sum;
}

/**
 * lender_restrict() - put memory out of the normal world's reach
 * @lender:	an open lender
 * @sgt:	where the memory lies, in rising order of addresses
 * @limits:	of one call
 *
 * When a call fails those before it are undone.
 *
 * Return: 0; -ENOMEM (more than the lender's limit would be lent) or as
 * memsvc_invoke(), and then nothing of @sgt is restricted; or
 * -ENOTRECOVERABLE: undoing failed too, and some of it may be.
 */
int lender_restrict(struct lender *lender, struct sg_table *sgt,
		    const struct lend_limits *limits)
{
	size_t done, undone;
	int ret = -ENOMEM;

	mutex_lock(&lender->lock);
	if (table_bytes(sgt) > lender->limit - lender->bytes)
		goto out_unlock;
	ret = call_all(lender, MEMSVC_CMD_RESTRICT, sgt, limits, SIZE_MAX,
		       &done);
	lender->bytes += done;
	if (unlikely(ret) && done) {
		if (call_all(lender, MEMSVC_CMD_UNRESTRICT, sgt, limits, done,
			     &undone))
			ret = -ENOTRECOVERABLE;
		lender->bytes -= undone;
	}
out_unlock:
	mutex_unlock(&lender->lock);

	return ret;
}
EXPORT_SYMBOL_GPL(lender_restrict);

/**
 * lender_unrestrict() - take memory back
 * @lender:	an open lender
 * @sgt:	what lender_restrict() was given
 * @limits:	of one call; not necessarily the same
 *
 * Return: 0; or as memsvc_invoke(), and then some of it may be restricted
 * still.
 */
int lender_unrestrict(struct lender *lender, struct sg_table *sgt,
		      const struct lend_limits *limits)
{
	size_t done;
	int ret;

	mutex_lock(&lender->lock);
	ret = call_all(lender, MEMSVC_CMD_UNRESTRICT, sgt, limits, SIZE_MAX,
		       &done);
	lender->bytes -= done;
	mutex_unlock(&lender->lock);

	return ret;
}
EXPORT_SYMBOL_GPL(lender_unrestrict);
