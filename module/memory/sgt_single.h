/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RESTRICTED_SGT_SINGLE_H
#define RESTRICTED_SGT_SINGLE_H

#include <linux/mm.h>
#include <linux/scatterlist.h>

/**
 * sgt_init_single() - make a table of one entry, without allocating
 * @sgt:	the table
 * @sg:		its entry; lives as long as the table, which must not be freed
 *		with sg_free_table()
 * @pa:		physical address, page aligned
 * @length:	in bytes
 */
static inline void sgt_init_single(struct sg_table *sgt, struct scatterlist *sg,
				   phys_addr_t pa, unsigned int length)
{
	*sg = (struct scatterlist){ .page_link = SG_END };
	sg_set_page(sg, phys_to_page(pa), length, 0);
	sgt->sgl = sg;
	sgt->nents = 1;
	sgt->orig_nents = 1;
}

#endif /* RESTRICTED_SGT_SINGLE_H */
