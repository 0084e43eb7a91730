// SPDX-License-Identifier: GPL-2.0
#include <linux/err.h>
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/tee_drv.h>

#include "lend.h"
#include "trace.h"

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

/* The size of the TEE's pages, whatever that of the kernel's is */
#define TEE_PAGE_SHIFT	12

/* Return: 0, or -EIO: no call that keeps to that carries a page of the kernel */
static int limits_told(const struct tee_param *told, struct lend_limits *most)
{
	u64 pages = told->u.value.b;

	if (!told->u.value.a)
		return -EIO;
	most->entries = min(told->u.value.a, MEMSVC_BATCH_ENTRIES);

	if (!pages) {
		most->bytes = 0;
		return 0;
	}
	pages = min(pages, SIZE_MAX >> TEE_PAGE_SHIFT);
	most->bytes = (pages << TEE_PAGE_SHIFT) & PAGE_MASK;

	return most->bytes ? 0 : -EIO;
}

static int ask_limits(struct memsvc *svc, struct lend_limits *most)
{
	struct tee_param param = {
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT,
	};
	int ret;

	ret = memsvc_invoke(svc, MEMSVC_CMD_LIMITS, &param, 1);
	/* A service without the command has no limits but the list's room */
	if (ret == -EOPNOTSUPP) {
		*most = (struct lend_limits){ .entries = MEMSVC_BATCH_ENTRIES };
		return 0;
	}

	return ret ? ret : limits_told(&param, most);
}

static struct lender *to_lender(struct memsvc *svc)
{
	return container_of(svc, struct lender, svc);
}

static int lender_up(struct memsvc *svc)
{
	struct lender *lender = to_lender(svc);
	struct lend_limits most;
	struct tee_shm *list;
	int ret;

	ret = ask_limits(svc, &most);
	if (ret)
		return ret;
	list = tee_shm_alloc_kernel_buf(svc->ctx,
					MEMSVC_BATCH_ENTRIES *
					sizeof(struct memsvc_range));
	if (IS_ERR(list))
		return PTR_ERR(list);

	mutex_lock(&lender->lock);
	lender->list = list;
	lender->most = most;
	mutex_unlock(&lender->lock);

	return 0;
}

static void lender_down(struct memsvc *svc)
{
	struct lender *lender = to_lender(svc);
	struct tee_shm *list;

	mutex_lock(&lender->lock);
	list = lender->list;
	lender->list = NULL;
	mutex_unlock(&lender->lock);
	tee_shm_free(list);
	if (lender->gone)
		lender->gone(lender);
}

static void lender_returned(struct memsvc *svc)
{
	struct lender *lender = to_lender(svc);

	if (lender->returned)
		lender->returned(lender);
}

static const struct memsvc_events lender_events = {
	.up = lender_up,
	.down = lender_down,
	.returned = lender_returned,
};

/**
 * lender_open() - become a client of the service and make room for lists
 * @lender:	but for what its owner sets all zero
 *
 * Return: as memsvc_open(), or -ENOMEM.
 */
int lender_open(struct lender *lender)
{
	lender->svc.events = &lender_events;
	/* The other half is for everybody else */
	lender->limit = (totalram_pages() / 2) << PAGE_SHIFT;
	mutex_init(&lender->lock);

	return memsvc_open(&lender->svc);
}
EXPORT_SYMBOL_GPL(lender_open);

/**
 * lender_close() - undo lender_open()
 * @lender:	an open lender; what it lent stays lent
 */
void lender_close(struct lender *lender)
{
	memsvc_close(&lender->svc);
}
EXPORT_SYMBOL_GPL(lender_close);

static int call_with_list(struct lender *lender, u32 cmd, unsigned int n,
			  size_t bytes)
{
	struct tee_param param = {
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT,
		.u.memref = {
			.shm = lender->list,
			.size = n * sizeof(struct memsvc_range),
		},
	};
	int ret;

	trace_restricted_tee_call_begin(cmd, n, bytes);
	ret = memsvc_invoke(&lender->svc, cmd, &param, 1);
	trace_restricted_tee_call_end(cmd, n, bytes, ret);

	return ret;
}

/**
 * lender_clamp() - what one call carries in fact
 * @lender:	an open lender
 * @limits:	what it may carry as far as the caller is concerned
 *
 * Return: those of the two sides together.
 */
struct lend_limits lender_clamp(const struct lender *lender,
				const struct lend_limits *limits)
{
	return (struct lend_limits){
		.entries = min(READ_ONCE(limits->entries),
			       READ_ONCE(lender->most.entries)),
		.bytes = min_not_zero(READ_ONCE(limits->bytes),
				      READ_ONCE(lender->most.bytes)),
	};
}
EXPORT_SYMBOL_GPL(lender_clamp);

static struct lend_cursor cursor_at(struct sg_table *sgt, size_t offset)
{
	struct lend_cursor cursor = { .sg = sgt->sgl };

	while (cursor.sg && offset >= cursor.sg->length) {
		offset -= cursor.sg->length;
		cursor.sg = sg_next(cursor.sg);
	}
	cursor.offset = offset;

	return cursor;
}

/* Bytes of @span; as it may be to the end, more than there are */
static size_t span_bytes(const struct lent_span *span)
{
	return (size_t)(span->to - span->from) << PAGE_SHIFT;
}

/* Make @cmd of a span of a table, and set *done to how many bytes were. */
static int call_all(struct lender *lender, u32 cmd, struct sg_table *sgt,
		    const struct lend_limits *limits,
		    const struct lent_span *span, size_t *done)
{
	struct lend_cursor cursor =
		cursor_at(sgt, (size_t)span->from << PAGE_SHIFT);
	struct lend_limits left = lender_clamp(lender, limits);
	size_t room = left.bytes ?: SIZE_MAX;
	size_t size = span_bytes(span);
	struct memsvc_range *out;
	int ret = 0;

	*done = 0;
	if (unlikely(!lender->list))
		return -ENODEV;
	out = tee_shm_get_va(lender->list, 0);
	while (!ret && *done < size) {
		unsigned int n;
		size_t bytes;

		left.bytes = min(room, size - *done);
		n = lend_next(&cursor, &left, out, &bytes);
		if (!n)
			break;
		ret = call_with_list(lender, cmd, n, bytes);
		if (!ret) {
			*done += bytes;
			lender->ranges += n;
		}
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

static const struct lent_span all_of_it = { .to = LENT_TO_END };

/**
 * lender_restrict_span() - put memory out of the normal world's reach
 * @lender:	an open lender
 * @sgt:	where the memory lies, in rising order of addresses
 * @limits:	of one call
 * @span:	set to what of it is restricted, as far as calls tell
 *
 * When a call fails those before it are undone.
 *
 * Return: 0; -ENOMEM (more than the lender's limit would be lent) or as
 * memsvc_invoke(), and then nothing of @sgt is restricted; or
 * -ENOTRECOVERABLE: undoing failed too, and some of it may be.
 */
int lender_restrict_span(struct lender *lender, struct sg_table *sgt,
			 const struct lend_limits *limits,
			 struct lent_span *span)
{
	size_t bytes = table_bytes(sgt);
	size_t done, undone;
	int ret = -ENOMEM;

	*span = all_of_it;
	mutex_lock(&lender->lock);
	if (bytes > lender->limit - lender->bytes)
		goto out_unlock;
	ret = call_all(lender, MEMSVC_CMD_RESTRICT, sgt, limits, span, &done);
	if (unlikely(ret) && done) {
		span->to = done >> PAGE_SHIFT;
		if (call_all(lender, MEMSVC_CMD_UNRESTRICT, sgt, limits, span,
			     &undone))
			ret = -ENOTRECOVERABLE;
		span->from = undone >> PAGE_SHIFT;
	}
	if (!ret || ret == -ENOTRECOVERABLE)
		lender->bytes += bytes;
out_unlock:
	mutex_unlock(&lender->lock);

	return ret;
}
EXPORT_SYMBOL_GPL(lender_restrict_span);

/**
 * lender_restrict() - as lender_restrict_span(), for one who does not try again
 * @lender:	likewise
 * @sgt:	likewise
 * @limits:	likewise
 *
 * Return: likewise.
 */
int lender_restrict(struct lender *lender, struct sg_table *sgt,
		    const struct lend_limits *limits)
{
	struct lent_span span;

	return lender_restrict_span(lender, sgt, limits, &span);
}
EXPORT_SYMBOL_GPL(lender_restrict);

/**
 * lender_unrestrict_span() - take memory back
 * @lender:	an open lender
 * @sgt:	what lender_restrict_span() was given
 * @limits:	of one call; not necessarily the same
 * @span:	what lender_restrict_span() set; becomes what is still restricted,
 *		as far as calls tell, so that this can be tried again
 *
 * Not inlined: lender_unrestrict(), by which the control without a framework
 * goes, would save what those who need @span cannot.
 *
 * Return: 0; or as memsvc_invoke(), and then some of it may be restricted
 * still.
 */
noinline int lender_unrestrict_span(struct lender *lender, struct sg_table *sgt,
				    const struct lend_limits *limits,
				    struct lent_span *span)
{
	bool all = !span->from && span->to == LENT_TO_END;
	size_t done;
	int ret;

	mutex_lock(&lender->lock);
	ret = call_all(lender, MEMSVC_CMD_UNRESTRICT, sgt, limits, span, &done);
	if (likely(!ret))
		lender->bytes -= likely(all) ? done : table_bytes(sgt);
	else
		span->from += done >> PAGE_SHIFT;
	mutex_unlock(&lender->lock);

	return ret;
}
EXPORT_SYMBOL_GPL(lender_unrestrict_span);

/*
 * Take a page back of which the service may know no more. It may be protected
 * still, by a service that was there before, and is not scrubbed: so it is lent
 * once more.
 */
static int recover_page(struct lender *lender, struct sg_table *sgt, u32 page)
{
	static const struct lend_limits one = {
		.entries = 1,
		.bytes = PAGE_SIZE,
	};
	const struct lent_span span = { .from = page, .to = page + 1 };
	size_t done;
	int ret;

	lockdep_assert_held(&lender->lock);
	ret = call_all(lender, MEMSVC_CMD_UNRESTRICT, sgt, &one, &span, &done);
	if (ret != -ENOENT)
		return ret;
	ret = call_all(lender, MEMSVC_CMD_RESTRICT, sgt, &one, &span, &done);

	return ret ?: call_all(lender, MEMSVC_CMD_UNRESTRICT, sgt, &one, &span,
			       &done);
}

/**
 * lender_recover_span() - take memory back, though it may be lent no more
 * @lender:	an open lender
 * @sgt:	what lender_unrestrict_span() failed with
 * @limits:	of one call; not necessarily the same
 * @span:	as it left it; becomes what is not taken back
 *
 * The service may have done what it seemed to refuse, or lost its books. Then
 * page by page, for of some it may know.
 *
 * Return: as lender_unrestrict_span().
 */
int lender_recover_span(struct lender *lender, struct sg_table *sgt,
			const struct lend_limits *limits,
			struct lent_span *span)
{
	size_t bytes = table_bytes(sgt);
	u32 end = min_t(size_t, span->to, bytes >> PAGE_SHIFT);
	int ret;

	ret = lender_unrestrict_span(lender, sgt, limits, span);
	if (ret != -ENOENT)
		return ret;

	mutex_lock(&lender->lock);
	for (ret = 0; !ret && span->from < end; span->from += !ret)
		ret = recover_page(lender, sgt, span->from);
	if (!ret)
		lender->bytes -= bytes;
	mutex_unlock(&lender->lock);

	return ret;
}
EXPORT_SYMBOL_GPL(lender_recover_span);

/**
 * lender_unrestrict() - take memory back that is restricted as a whole
 * @lender:	an open lender
 * @sgt:	what lender_restrict() was given
 * @limits:	of one call; not necessarily the same
 *
 * Return: as lender_unrestrict_span().
 */
int lender_unrestrict(struct lender *lender, struct sg_table *sgt,
		      const struct lend_limits *limits)
{
	struct lent_span span = all_of_it;

	return lender_unrestrict_span(lender, sgt, limits, &span);
}
EXPORT_SYMBOL_GPL(lender_unrestrict);

/**
 * lender_scrub() - zero lent memory, and leave it lent
 * @lender:	an open lender
 * @sgt:	memory that is lent, in rising order of addresses
 * @limits:	of one call
 *
 * Return: 0; or as memsvc_invoke(), and then some of it may hold what it held.
 */
int lender_scrub(struct lender *lender, struct sg_table *sgt,
		 const struct lend_limits *limits)
{
	size_t done;
	int ret;

	mutex_lock(&lender->lock);
	ret = call_all(lender, MEMSVC_CMD_SCRUB, sgt, limits, &all_of_it,
		       &done);
	mutex_unlock(&lender->lock);

	return ret;
}
EXPORT_SYMBOL_GPL(lender_scrub);
