/* SPDX-License-Identifier: GPL-2.0 */
/* How much memory small objects take, to see a leak by. */
#ifndef RESTRICTED_KUNIT_USAGE_H
#define RESTRICTED_KUNIT_USAGE_H

#include <kunit/test.h>

/*
 * A leak must come to more pages than these: the count is some pages behind,
 * and others allocate, too.
 */
#define USAGE_SLACK	10

unsigned long usage_begin(struct kunit *test);
void usage_expect_same(struct kunit *test, unsigned long before);

#endif /* RESTRICTED_KUNIT_USAGE_H */
