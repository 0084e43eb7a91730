/* SPDX-License-Identifier: GPL-2.0 */
/* For the service's books: memset() and memcpy(), from the kernel. */
#include <linux/string.h>
