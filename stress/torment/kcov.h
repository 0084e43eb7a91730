/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where this process has been in the kernel, of the code that was built to tell:
 * our modules on the kernel cov.
 */
#ifndef RHEAP_TORMENT_KCOV_H
#define RHEAP_TORMENT_KCOV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct kcov - what the kernel writes to; all zeroes is closed
 * @area: how many places, and then they; NULL when closed
 * @fd: of it
 */
struct kcov {
	uint64_t *area;
	int fd;
};

/**
 * kcov_there - does this kernel tell?
 */
bool kcov_there(void);

/**
 * kcov_open - let the kernel tell where this process, and no child of it, is
 * @kcov: filled; the end of the process closes it
 *
 * Return: 0, or a negative errno.
 */
int kcov_open(struct kcov *kcov);

/**
 * kcov_reset - forget what was told
 * @kcov: may be closed
 */
void kcov_reset(struct kcov *kcov);

/**
 * kcov_count - how many places were told since, each as often as it was reached
 * @kcov: may be closed: 0
 *
 * Of a call that goes round in a loop for long the last are missing.
 */
size_t kcov_count(const struct kcov *kcov);

/**
 * kcov_at - a place
 * @kcov: open
 * @i: 0 to kcov_count() - 1
 */
static inline uint64_t kcov_at(const struct kcov *kcov, size_t i)
{
	return kcov->area[1 + i];
}

#endif /* RHEAP_TORMENT_KCOV_H */
