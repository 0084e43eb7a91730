/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel tells of dma-bufs: fdinfo of one, debugfs of all. */
#ifndef RHEAP_DMABUF_H
#define RHEAP_DMABUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DMABUF_NAME_MAX	64

/**
 * struct dmabuf_line - a dma-buf in the kernel's list
 * @size: in bytes
 * @ino: its inode's number, the buffer's own
 * @exp_name: who exported it
 */
struct dmabuf_line {
	uint64_t size;
	uint64_t ino;
	char exp_name[DMABUF_NAME_MAX];
};

/**
 * dmabuf_parse_line - read a line of debugfs' bufinfo
 * @line: the text
 * @buf: filled
 *
 * Return: true; false for a line that describes no dma-buf.
 */
bool dmabuf_parse_line(const char *line, struct dmabuf_line *buf);

/**
 * dmabuf_parse_fdinfo - find the exporter's name in a dma-buf's fdinfo
 * @text: of /proc/PID/fdinfo/FD
 * @name: filled
 *
 * Return: 0; -ENOKEY when there is none, -EPROTO when it is too long.
 */
int dmabuf_parse_fdinfo(const char *text, char name[DMABUF_NAME_MAX]);

/**
 * dmabuf_exp_name - who exported a dma-buf
 * @fd: of the dma-buf
 * @name: filled
 *
 * Return: 0, or a negative errno; see dmabuf_parse_fdinfo().
 */
int dmabuf_exp_name(int fd, char name[DMABUF_NAME_MAX]);

/**
 * dmabuf_size - how long a dma-buf is
 * @fd: of the dma-buf
 *
 * Return: bytes, or a negative errno.
 */
int64_t dmabuf_size(int fd);

/**
 * dmabuf_ino - the number that is a dma-buf's own as long as it lives
 * @fd: of the dma-buf
 * @ino: filled
 *
 * Return: 0, or a negative errno.
 */
int dmabuf_ino(int fd, uint64_t *ino);

/**
 * dmabuf_each - go through the kernel's list
 * @each: called for every dma-buf that there is
 * @data: handed through
 *
 * Return: 0; -ENOENT without debugfs; -EPROTO when the list does not read as
 * expected; else a negative errno.
 */
int dmabuf_each(void (*each)(const struct dmabuf_line *buf, void *data),
		void *data);

/**
 * dmabuf_lives - is a dma-buf in the kernel's list
 * @ino: from dmabuf_ino()
 * @lives: filled
 *
 * Return: as dmabuf_each().
 */
int dmabuf_lives(uint64_t ino, bool *lives);

/**
 * dmabuf_sum - the dma-bufs of an exporter in the kernel's list
 * @exp_name: the exporter, or NULL for all of them
 * @buffers: filled with their number
 * @bytes: filled with the sum of their sizes
 *
 * Return: as dmabuf_each().
 */
int dmabuf_sum(const char *exp_name, uint64_t *buffers, uint64_t *bytes);

#endif /* RHEAP_DMABUF_H */
