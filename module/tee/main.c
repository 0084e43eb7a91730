// SPDX-License-Identifier: GPL-2.0
/* restricted_tee.ko: the kernel's clients of secure-world services. */
#include <linux/module.h>

#include "private.h"

static int __init restricted_tee_init(void)
{
	return memsvc_driver_register();
}
module_init(restricted_tee_init);

static void __exit restricted_tee_exit(void)
{
	memsvc_driver_unregister();
}
module_exit(restricted_tee_exit);

MODULE_DESCRIPTION("Restricted memory: TEE clients");
MODULE_LICENSE("GPL");
