/* SPDX-License-Identifier: GPL-2.0 */
/* What fuzz-ioctl asks of heaps and buffers, for who asks other things, too. */
#ifndef RHEAP_TORMENT_FUZZ_IOCTL_H
#define RHEAP_TORMENT_FUZZ_IOCTL_H

#include "fuzz.h"

/**
 * fuzz_ioctl_begin - for struct fuzz: a worker begins without a buffer
 * @h: the worker
 *
 * Return: 0, or a negative errno after stress_found().
 */
int fuzz_ioctl_begin(struct hand *h);

/**
 * fuzz_ioctl_call - ask something of a heap or of a buffer
 * @h: the worker
 */
void fuzz_ioctl_call(struct hand *h);

/**
 * fuzz_ioctl_buffer - choose one of the worker's buffers
 * @c: where choices come from
 *
 * Return: its fd, which is the worker's; -1 for none.
 */
int fuzz_ioctl_buffer(struct choices *c);

/**
 * fuzz_ioctl_end - give all buffers back
 * @h: the worker
 */
void fuzz_ioctl_end(struct hand *h);

#endif /* RHEAP_TORMENT_FUZZ_IOCTL_H */
