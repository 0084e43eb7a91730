/* SPDX-License-Identifier: GPL-2.0 */
/* That nobody else's dma-bufs come or go while something is counted. */
#ifndef REPLAY_QUIET_H
#define REPLAY_QUIET_H

#include <stdint.h>

/**
 * quiet_begin - count the machine's dma-bufs
 * @buffers: filled; 0 where the kernel does not tell
 *
 * Return: 0, or a negative errno.
 */
int quiet_begin(uint64_t *buffers);

/**
 * quiet_end - count them again
 * @buffers: from quiet_begin()
 * @what: was done meanwhile, for the word on stderr
 *
 * Return: 0; -ESTALE, with a word, when there are more or fewer; else a
 * negative errno.
 */
int quiet_end(uint64_t buffers, const char *what);

#endif /* REPLAY_QUIET_H */
