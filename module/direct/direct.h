/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The twins for in-kernel users: what a heap's restricted_buffer_alloc(),
 * restricted_buffer_free() and restricted_buffer_export() are compared with.
 *
 * The functions that user space's ioctl runs are not these, but are made of the
 * same inline parts.
 */
#ifndef RESTRICTED_DIRECT_H
#define RESTRICTED_DIRECT_H

#include <linux/types.h>

struct direct_buffer;
struct dma_buf;

struct direct_buffer *direct_carveout_take(size_t size);
void direct_carveout_give(struct direct_buffer *buf);
struct dma_buf *direct_carveout_export(struct direct_buffer *buf, u32 fd_flags);

struct direct_buffer *direct_pages_take(size_t size);
void direct_pages_give(struct direct_buffer *buf);
struct dma_buf *direct_pages_export(struct direct_buffer *buf, u32 fd_flags);

#endif /* RESTRICTED_DIRECT_H */
