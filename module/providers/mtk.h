/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of restricted_mtk.ko know of each other. */
#ifndef RESTRICTED_MTK_H
#define RESTRICTED_MTK_H

#include <linux/kconfig.h>
#include <linux/errno.h>

#if IS_ENABLED(CONFIG_DMA_CMA)
int mtk_cma_add(void);
#else
static inline int mtk_cma_add(void)
{
	return -ENODEV;
}
#endif

#endif /* RESTRICTED_MTK_H */
