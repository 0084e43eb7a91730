/* SPDX-License-Identifier: GPL-2.0 */
/* What cmocka wants included before it. */
#ifndef MEMSVC_TESTS_CHECK_H
#define MEMSVC_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif /* MEMSVC_TESTS_CHECK_H */
