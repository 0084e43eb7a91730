/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Maps of pools in debugfs, for who studies fragmentation: a file a pool,
 * /sys/kernel/debug/restricted_memory/<name>.
 */
#ifndef RESTRICTED_POOL_MAP_H
#define RESTRICTED_POOL_MAP_H

struct dentry;
struct gen_pool;
struct seq_file;

struct dentry *pool_map_add(const char *name, struct gen_pool *pool);
void pool_map_show(struct seq_file *file, struct gen_pool *pool);

void pool_map_init(void);
void pool_map_exit(void);

#endif /* RESTRICTED_POOL_MAP_H */
