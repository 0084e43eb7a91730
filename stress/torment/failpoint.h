/* SPDX-License-Identifier: GPL-2.0 */
/* What can be made to fail in a call: the Nth of its kind, and nothing else. */
#ifndef RHEAP_TORMENT_FAILPOINT_H
#define RHEAP_TORMENT_FAILPOINT_H

#include "stressor.h"

/**
 * struct failpoint - a kind of failure
 * @cause: what fails
 * @arm: let the @nth from now on fail
 * @disarm: let none fail any more; returns whether one did
 */
struct failpoint {
	const char *cause;
	void (*arm)(struct stress *s, unsigned int nth);
	bool (*disarm)(struct stress *s);
};

/**
 * failpoint_memory - slabs, pages, and copies from and to user space, of the
 *	calling task alone
 */
extern const struct failpoint failpoint_memory;

/**
 * failpoint_tee - calls of the kernel to a TEE that is out of memory; where
 *	fault_possible()
 */
extern const struct failpoint failpoint_tee;

/**
 * failpoint_prepare - see what this kernel can let fail
 * @s: the run
 *
 * What is changed is put back by restore_now().
 *
 * Return: 0, or what stress_cannot() returns.
 */
int failpoint_prepare(struct stress *s);

#endif /* RHEAP_TORMENT_FAILPOINT_H */
