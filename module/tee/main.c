// SPDX-License-Identifier: GPL-2.0
/* restricted_tee.ko: the kernel's clients of secure-world services. */
#include <linux/module.h>

MODULE_DESCRIPTION("Restricted memory: TEE clients");
MODULE_LICENSE("GPL");
