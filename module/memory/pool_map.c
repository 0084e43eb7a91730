// SPDX-License-Identifier: GPL-2.0
#include <linux/bitmap.h>
#include <linux/debugfs.h>
#include <linux/export.h>
#include <linux/find.h>
#include <linux/genalloc.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "pool_map.h"

static struct dentry *pool_map_dir;

/* Allocations go on meanwhile: each step looks at one bit, and goes forward. */
static void show_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		       void *data)
{
	unsigned int shift = pool->min_alloc_order;
	unsigned long bits = (chunk->end_addr - chunk->start_addr + 1) >> shift;
	struct seq_file *file = data;
	unsigned long at, end;
	bool used;

	for (at = 0; at < bits; at = end) {
		used = test_bit(at, chunk->bits);
		if (used)
			end = find_next_zero_bit(chunk->bits, bits, at + 1);
		else
			end = find_next_bit(chunk->bits, bits, at + 1);
		seq_printf(file, "%lu %lu %s\n", at << shift,
			   (end - at) << shift, used ? "used" : "free");
	}
}

/**
 * pool_map_show() - write what is used of a pool and what is free
 * @file:	gets a line a run of memory, ``offset bytes used`` or ``offset
 *		bytes free``, in rising order and without gaps
 * @pool:	a pool of one chunk
 *
 * Addresses are told as offsets into the pool. Neighbouring buffers are one
 * run: the pool does not know where one ends.
 */
void pool_map_show(struct seq_file *file, struct gen_pool *pool)
{
	gen_pool_for_each_chunk(pool, show_chunk, file);
}
EXPORT_SYMBOL_GPL(pool_map_show);

static int map_show(struct seq_file *file, void *unused)
{
	pool_map_show(file, file->private);

	return 0;
}
DEFINE_SHOW_ATTRIBUTE(map);

/**
 * pool_map_add() - show a pool in debugfs
 * @name:	of the file
 * @pool:	a pool of one chunk
 *
 * Return: the file, for debugfs_remove(); nobody needs to look whether there is
 * one.
 */
struct dentry *pool_map_add(const char *name, struct gen_pool *pool)
{
	return debugfs_create_file(name, 0400, pool_map_dir, pool, &map_fops);
}
EXPORT_SYMBOL_GPL(pool_map_add);

void pool_map_init(void)
{
	pool_map_dir = debugfs_create_dir("restricted_memory", NULL);
}

void pool_map_exit(void)
{
	debugfs_remove(pool_map_dir);
}
