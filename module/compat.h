/* SPDX-License-Identifier: GPL-2.0 */
/* The one place that tells kernels apart: what 7.2 and 7.3 spell differently. */
#ifndef RESTRICTED_COMPAT_H
#define RESTRICTED_COMPAT_H

#include <linux/dma-direct.h>
#include <linux/version.h>

/* Whether a device reaches RAM at @addr in a mapping with @attrs. */
static inline bool compat_dma_capable(struct device *dev, dma_addr_t addr,
				      size_t size, unsigned long attrs)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 3, 0)
	return dma_capable(dev, addr, size, true, attrs);
#else
	return dma_capable(dev, addr, size, true);
#endif
}

#endif /* RESTRICTED_COMPAT_H */
