// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Protected memory that the kernel lends to OP-TEE itself, for its own heaps
 * (CFG_CORE_DYN_PROTMEM): what the platform has to say to it.
 *
 * This platform has no firewall, so nothing is programmed, and nobody is kept
 * out. The pages go into the books of lent memory, held as a whole.
 */
#include <mm/mobj.h>
#include <trace.h>

#include "cmd.h"

TEE_Result plat_get_protmem_config(enum mobj_use_case use_case,
				   size_t *min_mem_sz, size_t *min_mem_align)
{
	if (use_case != MOBJ_USE_CASE_SEC_VIDEO_PLAY)
		return TEE_ERROR_BAD_PARAMETERS;

	*min_mem_sz = CFG_MEMSVC_PROTMEM_SIZE;
	*min_mem_align = SMALL_PAGE_SIZE;
	return TEE_SUCCESS;
}

/* Called with a spin lock held, so nothing is scrubbed here */
TEE_Result plat_set_protmem_range(enum mobj_use_case use_case, paddr_t pa,
				  paddr_size_t sz)
{
	TEE_Result res = TEE_SUCCESS;

	if (use_case != MOBJ_USE_CASE_NS_SHM)
		return memsvc_lent_begin_area(pa, sz);

	res = memsvc_lent_end_area(pa, sz);
	/* The core forgets the memory whatever is returned */
	if (res)
		EMSG("memory service: %#" PRIxPA " was not lent", pa);
	return res;
}
