/* SPDX-License-Identifier: GPL-2.0 */
/* The switches of tee_sim, from user space. */
#ifndef RHEAP_TORMENT_FAULT_H
#define RHEAP_TORMENT_FAULT_H

#include "stressor.h"

#define FAULT_KINDS	18

/**
 * fault_kinds - for fault_arm(), what can be undone: everything adds up again when
 *	it is over. When it happens is to be said behind.
 */
extern const char *const fault_kinds[FAULT_KINDS];

/**
 * fault_arm - ask for a fault, or put it off
 * @s: the run
 * @fmt: as tee_sim's README tells
 */
void fault_arm(struct stress *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * fault_possible - is there a TEE that takes them
 */
bool fault_possible(void);

/**
 * fault_count - how many faults happened since they were armed
 *
 * Return: of all kinds together that are armed.
 */
uint64_t fault_count(void);

/**
 * fault_life - have the service die or return
 * @s: the run
 * @text: as tee_sim's README tells
 */
void fault_life(struct stress *s, const char *text);

/**
 * fault_end - nothing goes wrong any more, and what is in quarantine is tried again
 * @s: the run
 */
void fault_end(struct stress *s);

#endif /* RHEAP_TORMENT_FAULT_H */
