/* SPDX-License-Identifier: GPL-2.0 */
/* Ways of closing many files: one by one, and in batches through io_uring. */
#ifndef URING_CLOSER_H
#define URING_CLOSER_H

#include <liburing.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOSER_MAX	256

/**
 * enum closer_way - how the files of a batch are closed
 * @WAY_CLOSE: close(2) in a loop
 * @WAY_UNLINKED: one IORING_OP_CLOSE each, submitted together, in any order
 * @WAY_LINKED: the same, each after the one before (IOSQE_IO_LINK)
 * @WAY_SQPOLL: as @WAY_UNLINKED, taken up by a thread of the kernel
 */
enum closer_way { WAY_CLOSE, WAY_UNLINKED, WAY_LINKED, WAY_SQPOLL, CLOSER_WAYS };

extern const char *const closer_names[CLOSER_WAYS + 1];

/**
 * struct closer - a way, ready to be gone
 * @way: which
 * @ring: of all ways but WAY_CLOSE
 */
struct closer {
	enum closer_way way;
	struct io_uring ring;
};

/**
 * struct closer_times - of one batch, of the clock
 * @begin: before the first
 * @visible: when the caller could have gone on with something else
 * @done: when all were known to be closed
 */
struct closer_times {
	uint64_t begin;
	uint64_t visible;
	uint64_t done;
};

/**
 * closer_open - get ready
 * @closer: filled
 * @way: the way
 *
 * Return: 0, @closer to be given to closer_shut(); -ENOSYS or -EPERM where
 * io_uring is not there or not allowed; else a negative errno.
 */
int closer_open(struct closer *closer, enum closer_way way);

/**
 * closer_shut - give back what closer_open() took
 * @closer: from closer_open()
 */
void closer_shut(struct closer *closer);

/**
 * closer_close - close a batch of files
 * @closer: from closer_open()
 * @fd: the files, all closed on return, whatever it is
 * @n: how many, 1 to CLOSER_MAX
 * @times: filled
 *
 * Return: 0, or the negative errno of a file that could not be closed.
 */
int closer_close(struct closer *closer, const int *fd, size_t n,
		 struct closer_times *times);

#endif /* URING_CLOSER_H */
