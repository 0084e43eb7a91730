/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Somebody to lend memory to, who takes notes, and fails when told to. Scrubs
 * what it is given back, as the TEE does.
 */
#ifndef RESTRICTED_FAKE_LENDER_H
#define RESTRICTED_FAKE_LENDER_H

#include <linux/mutex.h>
#include <linux/xarray.h>

#include "../tee/lend_call.h"

struct kunit;

/**
 * struct fake_lender - who it is lent to
 * @lent:	the pages, by their number
 * @pages:	how many they are
 * @room:	pages that may be lent
 * @limits:	of a call
 * @lends:	calls, failed ones included
 * @scrubs:	likewise
 * @unlends:	likewise, those to recover included
 * @ranges:	that the calls carried
 * @fail_lend:	fail with that
 * @fail_scrub:	likewise
 * @fail_unlend: likewise
 * @fail_after:	so many calls before one fails
 * @forgot:	what was lent, so that scrubbing and giving back fail
 * @done:	it takes all for granted: the test is over
 * @wrong:	what nobody may ask was asked: to lend what is lent, or to
 *		scrub or give back what is not
 * @lock:	protects all of it; two pools may share one
 */
struct fake_lender {
	struct xarray lent;
	unsigned long pages;
	unsigned long room;
	struct lend_limits limits;
	unsigned int lends;
	unsigned int scrubs;
	unsigned int unlends;
	unsigned int ranges;
	int fail_lend;
	int fail_scrub;
	int fail_unlend;
	unsigned int fail_after;
	bool forgot;
	bool done;
	unsigned int wrong;
	/* Protects the notes */
	struct mutex lock;
};

extern const struct lend_ops fake_lend_ops;

struct fake_lender *fake_lender_create(struct kunit *test);
void fake_lender_forget(struct fake_lender *fake);
void fake_lender_let_go(struct fake_lender *fake);
bool fake_lender_has(struct fake_lender *fake, struct page *page);
void fake_lender_use(struct sg_table *sgt);
bool fake_lender_is_zero(struct sg_table *sgt);

#endif /* RESTRICTED_FAKE_LENDER_H */
