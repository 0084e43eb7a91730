/* SPDX-License-Identifier: GPL-2.0 */
/* The memory that the service works on: its own pool, and the machine's RAM. */
#ifndef TEE_SIM_MEMORY_H
#define TEE_SIM_MEMORY_H

#include <linux/bits.h>
#include <linux/types.h>

#include "../service/bitmap.h"

#define SIM_PAGE_SHIFT	12
#define SIM_PAGE_SIZE	BIT(SIM_PAGE_SHIFT)

struct page;

/**
 * struct sim_pool - the service's own memory
 * @pa:		its address
 * @size:	in bytes
 * @va:		where it is mapped
 * @pages:	it was taken from the kernel; NULL if it is a reserved region
 */
struct sim_pool {
	phys_addr_t pa;
	size_t size;
	void *va;
	struct page *pages;
};

struct page *sim_pages_alloc(size_t size);
void sim_pages_free(struct page *pages, size_t size);
int sim_pool_find(struct sim_pool *pool, size_t size);
void sim_pool_leave(struct sim_pool *pool);
void sim_pool_scrub(const struct sim_pool *pool, const struct memsvc_run *run);
void sim_ram_scrub(u64 base, const struct memsvc_run *runs, u32 count);
u32 sim_pages_in(const struct memsvc_run *runs, u32 count);

#endif /* TEE_SIM_MEMORY_H */
