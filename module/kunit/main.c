// SPDX-License-Identifier: GPL-2.0
/* restricted_kunit.ko: the suites run when it is loaded. */
#include <linux/module.h>

MODULE_DESCRIPTION("Restricted memory: KUnit suites");
MODULE_LICENSE("GPL");
