/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RESTRICTED_KUNIT_RACE_H
#define RESTRICTED_KUNIT_RACE_H

#include <kunit/test.h>

#define RACERS	4

void race(struct kunit *test, int (*run)(void *data), void *data);

#endif /* RESTRICTED_KUNIT_RACE_H */
