/* SPDX-License-Identifier: GPL-2.0 */
/* For the service's books: bool, from the kernel. */
#include <linux/types.h>
