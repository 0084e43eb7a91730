/* SPDX-License-Identifier: GPL-2.0 */
/* The TEE's memory service, for one test. Where no TEE offers it, it skips. */
#ifndef RESTRICTED_KUNIT_TEE_SERVICE_H
#define RESTRICTED_KUNIT_TEE_SERVICE_H

#include <kunit/test.h>

#include "../tee/lend.h"

struct memsvc *tee_service_open(struct kunit *test);
struct lender *tee_service_lender(struct kunit *test);

#endif /* RESTRICTED_KUNIT_TEE_SERVICE_H */
