// SPDX-License-Identifier: GPL-2.0
/* tee_sim_kunit.ko: the suites on tee_sim run when it is loaded. */
#include <linux/module.h>

MODULE_DESCRIPTION("Restricted memory: KUnit suites on the TEE in software");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
