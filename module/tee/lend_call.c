// SPDX-License-Identifier: GPL-2.0
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "lend_call.h"

/**
 * lend_call_init() - make room for a call
 * @call:	to fill
 *
 * Once and for all: what is given back may be given back because there is no
 * memory.
 *
 * Return: 0, or -ENOMEM.
 */
int lend_call_init(struct lend_call *call)
{
	call->sg = kvcalloc(MEMSVC_BATCH_ENTRIES, sizeof(*call->sg),
			    GFP_KERNEL);

	return call->sg ? 0 : -ENOMEM;
}
EXPORT_SYMBOL_GPL(lend_call_init);

/**
 * lend_call_destroy() - undo lend_call_init()
 * @call:	the call
 */
void lend_call_destroy(struct lend_call *call)
{
	kvfree(call->sg);
}
EXPORT_SYMBOL_GPL(lend_call_destroy);

/**
 * lend_call_begin() - begin with an empty list
 * @call:	the call
 * @limits:	of it
 */
void lend_call_begin(struct lend_call *call, struct lend_limits limits)
{
	call->limits.entries = clamp(limits.entries, 1U, MEMSVC_BATCH_ENTRIES);
	call->limits.bytes = limits.bytes ?: SIZE_MAX;
	call->count = 0;
	call->bytes = 0;
}
EXPORT_SYMBOL_GPL(lend_call_begin);

static bool follows(const struct scatterlist *last, struct page *page,
		    size_t size)
{
	return sg_phys((struct scatterlist *)last) + last->length ==
	       page_to_phys(page) && size <= UINT_MAX - last->length;
}

/**
 * lend_call_add() - add memory to the list, if there is room
 * @call:	the call
 * @page:	where it begins; behind all that was added before
 * @size:	in bytes, whole pages. What is more than a whole call may carry
 *		fits an empty list, and then needs more than one
 *
 * Return: whether there was room.
 */
bool lend_call_add(struct lend_call *call, struct page *page, size_t size)
{
	struct scatterlist *last = call->sg + call->count - 1;

	if (call->count &&
	    (call->bytes >= call->limits.bytes ||
	     size > call->limits.bytes - call->bytes))
		return false;

	if (call->count && follows(last, page, size)) {
		last->length += size;
	} else {
		if (call->count == call->limits.entries)
			return false;
		last++;
		*last = (struct scatterlist){};
		sg_set_page(last, page, size, 0);
		call->count++;
	}
	call->bytes += size;

	return true;
}
EXPORT_SYMBOL_GPL(lend_call_add);

/**
 * lend_call_table() - end the list
 * @call:	the call, not empty
 *
 * Return: the list as a table; good until lend_call_begin().
 */
struct sg_table *lend_call_table(struct lend_call *call)
{
	sg_mark_end(call->sg + call->count - 1);
	call->table = (struct sg_table){
		.sgl = call->sg,
		.nents = call->count,
		.orig_nents = call->count,
	};

	return &call->table;
}
EXPORT_SYMBOL_GPL(lend_call_table);
