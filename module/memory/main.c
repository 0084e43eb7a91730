// SPDX-License-Identifier: GPL-2.0
/*
 * restricted_memory.ko: the memory work that heaps and their twins share, so
 * that a twin differs from its heap by the framework alone.
 */
#include <linux/module.h>

#include "pool_map.h"

static int __init memory_init(void)
{
	pool_map_init();

	return 0;
}

static void __exit memory_exit(void)
{
	pool_map_exit();
}

module_init(memory_init);
module_exit(memory_exit);

MODULE_DESCRIPTION("Restricted memory: shared memory work");
MODULE_LICENSE("GPL");
