// SPDX-License-Identifier: GPL-2.0
/*
 * restricted_memory.ko: the memory work that heaps and their twins share, so
 * that a twin differs from its heap by the framework alone.
 */
#include <linux/module.h>

MODULE_DESCRIPTION("Restricted memory: shared memory work");
MODULE_LICENSE("GPL");
