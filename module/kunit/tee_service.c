// SPDX-License-Identifier: GPL-2.0
#include <kunit/resource.h>
#include <linux/errno.h>

#include "tee_service.h"

static void check(struct kunit *test, int ret)
{
	if (ret == -ENODEV)
		kunit_skip(test, "no TEE here offers the memory service");
	KUNIT_ASSERT_EQ(test, ret, 0);
}

static void close_service(void *svc)
{
	memsvc_close(svc);
}

/**
 * tee_service_open() - open a session
 * @test:	closes it when it ends; what it took must be given back by then
 *
 * Return: the session.
 */
struct memsvc *tee_service_open(struct kunit *test)
{
	struct memsvc *svc = kunit_kzalloc(test, sizeof(*svc), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, svc);
	check(test, memsvc_open(svc));
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, close_service, svc));

	return svc;
}

static void close_lender(void *lender)
{
	lender_close(lender);
}

/**
 * tee_service_lender() - open a lender
 * @test:	closes it when it ends; nothing may be lent by then
 *
 * Return: the lender.
 */
struct lender *tee_service_lender(struct kunit *test)
{
	struct lender *lender = kunit_kzalloc(test, sizeof(*lender),
					      GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, lender);
	check(test, lender_open(lender));
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, close_lender, lender));

	return lender;
}
