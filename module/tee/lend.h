/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of the kernel's own, lent to the secure world in lists of ranges, in
 * as few calls as the limits of one call allow.
 */
#ifndef RESTRICTED_LEND_H
#define RESTRICTED_LEND_H

#include <linux/mutex.h>
#include <linux/scatterlist.h>

#include "memsvc.h"

struct tee_shm;

/**
 * struct lend_limits - what one call may carry
 * @entries:	ranges, 1 to MEMSVC_BATCH_ENTRIES
 * @bytes:	bytes in whole pages, 0 for any number
 */
struct lend_limits {
	unsigned int entries;
	size_t bytes;
};

/**
 * struct lend_cursor - how far through a table one is
 * @sg:		the entry
 * @offset:	bytes of it that are behind
 */
struct lend_cursor {
	struct scatterlist *sg;
	size_t offset;
};

/* A span that ends with its table */
#define LENT_TO_END	U32_MAX

/**
 * struct lent_span - which part of a table is lent
 * @from:	pages before it
 * @to:		pages up to its end, or LENT_TO_END
 *
 * Calls are made in the order of the table, so when one fails what is lent is
 * in one piece.
 */
struct lent_span {
	u32 from;
	u32 to;
};

/**
 * struct lender - where lists are put together
 * @gone:	optional, set by its owner: as &memsvc_events.down
 * @returned:	optional, set by its owner, who leaves all else zero: as
 *		&memsvc_events.returned
 * @svc:	the client that makes the calls
 * @list:	memory that both worlds see, for one call's list; NULL while
 *		there is no TEE
 * @most:	what a call may carry at most, told by the service
 * @bytes:	lent now, or maybe so: of memory that could not be lent or taken
 *		back as a whole, all of it
 * @limit:	of @bytes: what may be lent at once
 * @ranges:	ranges that successful calls carried, ever
 * @lock:	protects all but @returned and @svc
 */
struct lender {
	void (*gone)(struct lender *lender);
	void (*returned)(struct lender *lender);
	struct memsvc svc;
	struct tee_shm *list;
	struct lend_limits most;
	size_t bytes;
	size_t limit;
	u64 ranges;
	/* Protects all that the calls use and count */
	struct mutex lock;
};

/**
 * lender_room() - how much memory may be lent, as it looks now
 * @lender:	an open lender
 *
 * Return: bytes.
 */
static inline size_t lender_room(const struct lender *lender)
{
	return lender->limit - READ_ONCE(lender->bytes);
}

/**
 * lender_has_room() - whether memory may be lent, as it looks now
 * @lender:	an open lender
 * @size:	in bytes
 *
 * Asked before memory is allocated; lender_restrict() has the last word.
 *
 * Return: true if so.
 */
static inline bool lender_has_room(const struct lender *lender, size_t size)
{
	return size <= lender_room(lender);
}

/**
 * lender_is_up() - whether there is a TEE, as it looks now
 * @lender:	an open lender
 *
 * Return: true if so.
 */
static inline bool lender_is_up(const struct lender *lender)
{
	return READ_ONCE(lender->list);
}

struct lend_limits lender_clamp(const struct lender *lender,
				const struct lend_limits *limits);
unsigned int lend_next(struct lend_cursor *cursor,
		       const struct lend_limits *limits,
		       struct memsvc_range *out, size_t *bytes);
int lender_open(struct lender *lender);
void lender_close(struct lender *lender);
int lender_restrict(struct lender *lender, struct sg_table *sgt,
		    const struct lend_limits *limits);
int lender_unrestrict(struct lender *lender, struct sg_table *sgt,
		      const struct lend_limits *limits);
int lender_restrict_span(struct lender *lender, struct sg_table *sgt,
			 const struct lend_limits *limits,
			 struct lent_span *span);
int lender_unrestrict_span(struct lender *lender, struct sg_table *sgt,
			   const struct lend_limits *limits,
			   struct lent_span *span);
int lender_recover_span(struct lender *lender, struct sg_table *sgt,
			const struct lend_limits *limits,
			struct lent_span *span);
int lender_scrub(struct lender *lender, struct sg_table *sgt,
		 const struct lend_limits *limits);

#endif /* RESTRICTED_LEND_H */
