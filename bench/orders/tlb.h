/* SPDX-License-Identifier: GPL-2.0 */
/* How many entries of an IOMMU's TLB a buffer takes. */
#ifndef ORDERS_TLB_H
#define ORDERS_TLB_H

#include <stddef.h>
#include <stdint.h>

#include "memsvc.h"
#include "options.h"

/**
 * tlb_entries - map ranges one behind the other, and count the entries
 * @range: the buffer's, in the order that a device sees them
 * @n: how many
 * @page: sizes of the IOMMU's pages and blocks, powers of two, in any order
 *
 * As the kernel's IOMMU layer maps: at each place the largest size that what is
 * left of the range fills, and that divides both the address and the place. The
 * first place is a multiple of all sizes.
 *
 * Return: the entries; 0 when some of it is smaller than the smallest page.
 */
uint64_t tlb_entries(const struct memsvc_range *range, size_t n,
		     const struct opt_sizes *page);

#endif /* ORDERS_TLB_H */
