/* SPDX-License-Identifier: GPL-2.0 */
/* Buffers of memory that the service grants: what its heaps have in common. */
#ifndef RESTRICTED_GRANT_H
#define RESTRICTED_GRANT_H

#include <linux/types.h>

struct grant_map;
struct memsvc;
struct memsvc_grant;
struct restricted_buffer;

int grant_locate(struct memsvc *svc, struct grant_map *map,
		 const struct memsvc_grant *grant, size_t size,
		 struct restricted_buffer *buf);
void grant_forget(struct grant_map *map, struct restricted_buffer *buf);

void grant_remember(struct grant_map *map, struct restricted_buffer *buf);

#endif /* RESTRICTED_GRANT_H */
