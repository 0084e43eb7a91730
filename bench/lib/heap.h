/* SPDX-License-Identifier: GPL-2.0 */
/*
 * dma-buf heaps as user space sees them: /dev/dma_heap, and what our own heaps
 * tell in sysfs.
 */
#ifndef RHEAP_HEAP_H
#define RHEAP_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAP_NAME_MAX	64
#define HEAP_LIST_MAX	32

/**
 * struct heap - an open heap
 * @name: its name; may hold a comma ("protected,secure-video")
 * @fd: of /dev/dma_heap/@name
 */
struct heap {
	char name[HEAP_NAME_MAX];
	int fd;
};

/**
 * heap_open - open a heap by name
 * @heap: filled
 * @name: as in /dev/dma_heap
 *
 * Return: 0, the heap to be given to heap_close(); -ENOENT when there is none
 * of that name; -EINVAL when no heap can have it; else what open(2) says.
 */
int heap_open(struct heap *heap, const char *name);

/**
 * heap_close - close a heap; its buffers live on
 * @heap: an open heap
 */
void heap_close(struct heap *heap);

/**
 * heap_alloc - allocate a buffer
 * @heap: an open heap
 * @size: in bytes; the kernel rounds up to pages and refuses 0
 *
 * Return: a dma-buf file descriptor, to be given to heap_free(); else the
 * heap's error: -ENOMEM when it does not fit, -EINVAL for a size that the
 * heap refuses, -ENODEV when what protects the memory is gone.
 */
int heap_alloc(const struct heap *heap, uint64_t size);

/**
 * heap_check_size - can a size be asked for without harm?
 * @heap: an open heap
 * @size: in bytes
 *
 * The heaps whose names begin with "system" take pages until there are none,
 * and the kernel then kills programs, the caller first. So a size that is over
 * three quarters of the memory available must not be asked of them. All other
 * heaps have memory of their own and say -ENOMEM.
 *
 * Return: 0; -ENOMEM for a size not to be asked for; else why it cannot be
 * told.
 */
int heap_check_size(const struct heap *heap, uint64_t size);

/**
 * heap_free - give a buffer back
 * @fd: from heap_alloc()
 *
 * close(2) runs the file's release itself since Linux 6.6, so that the
 * memory is back in the heap on return, if this was the last reference.
 *
 * Return: 0, or a negative errno.
 */
int heap_free(int fd);

/**
 * heap_list - the heaps of this machine, sorted by name
 * @names: filled
 *
 * Return: how many; 0 also where there is no /dev/dma_heap; or a negative
 * errno, -E2BIG for more than HEAP_LIST_MAX.
 */
int heap_list(char names[HEAP_LIST_MAX][HEAP_NAME_MAX]);

/**
 * heap_file_read - read a file that a heap of ours has in sysfs
 * @name: of the heap
 * @file: for example "stats"
 * @text: filled, ends with a zero byte
 * @size: of @text in bytes, at least 1
 *
 * Return: 0; -ENOENT when the heap has no such file; -EFBIG when it does not
 * fit; else a negative errno.
 */
int heap_file_read(const char *name, const char *file, char *text,
		   size_t size);

/**
 * heap_file_write - write a file that a heap of ours has in sysfs
 * @name: of the heap
 * @file: for example "orders"
 * @text: what to write
 *
 * Return: 0; -ENOENT when the heap has no such file; -EINVAL when it refuses the
 * text; else a negative errno.
 */
int heap_file_write(const char *name, const char *file, const char *text);

/**
 * heap_tune - write a tunable until the program ends
 * @name: of the heap
 * @file: for example "orders"
 * @value: what to write; a comma stands for a blank, as in "8,4,0"
 *
 * The old value is put back as restore_later() does it.
 *
 * Return: as heap_file_write(); -E2BIG for a value that no tunable has.
 */
int heap_tune(const char *name, const char *file, const char *value);

/**
 * heap_stat - one of the counters that a heap of ours keeps
 * @name: of the heap
 * @counter: for example "live_buffers"
 * @value: filled
 *
 * Return: 0; -ENOENT when the heap keeps no counters; -ENOKEY when it has
 * none of that name; -EPROTO when the value is no number; else a negative
 * errno.
 */
int heap_stat(const char *name, const char *counter, uint64_t *value);

/**
 * heap_stat_parse - find a counter in the text of a stats file
 * @text: lines of "name value"
 * @counter: the name
 * @value: filled
 *
 * Return: 0, -ENOKEY or -EPROTO as for heap_stat().
 */
int heap_stat_parse(const char *text, const char *counter, uint64_t *value);

/**
 * heap_scrub_get - does the heap zero a buffer's memory, as far as a switch
 *	tells
 * @name: of the heap
 * @on: filled
 *
 * The switch is /sys/kernel/restricted_heap/NAME/scrub, or for a twin the
 * parameter "scrub" of the module called NAME.
 *
 * Return: 0; -ENOENT when the heap has no switch; else a negative errno.
 */
int heap_scrub_get(const char *name, bool *on);

/**
 * heap_scrub_set - turn zeroing on or off until the program ends
 * @name: of the heap
 * @on: true to zero
 *
 * The old setting is put back as restore_later() does it.
 *
 * Return: 0; -ENOENT when the heap has no switch; else a negative errno.
 */
int heap_scrub_set(const char *name, bool on);

/**
 * heap_scrub_write - write any text to the switch, and do not put it back
 * @name: of the heap
 * @text: what to write
 *
 * Return: 0; -ENOENT when the heap has no switch; -EINVAL when it refuses the
 * text; else a negative errno.
 */
int heap_scrub_write(const char *name, const char *text);

/**
 * heap_strerror - say what a heap's error means and what to do about it
 * @err: negative errno from heap_open(), heap_alloc() or heap_free()
 */
const char *heap_strerror(int err);

#endif /* RHEAP_HEAP_H */
