/* SPDX-License-Identifier: GPL-2.0 */
/* Small text files of the kernel: sysfs, debugfs. */
#ifndef RHEAP_TEXTFILE_H
#define RHEAP_TEXTFILE_H

#include <stddef.h>

/**
 * textfile_read - read a whole file as a string
 * @path: the file
 * @text: filled, ends with a zero byte
 * @size: of @text in bytes, at least 1
 *
 * Return: 0; -EFBIG when the file does not fit; else a negative errno.
 */
int textfile_read(const char *path, char *text, size_t size);

/**
 * textfile_write - write a string with one write(2); async-signal-safe
 * @path: an existing file
 * @text: what to write
 *
 * Return: 0, or a negative errno; -EIO for a write that was cut short.
 */
int textfile_write(const char *path, const char *text);

#endif /* RHEAP_TEXTFILE_H */
