/* SPDX-License-Identifier: GPL-2.0 */
/* A heap under a policy, and how much memory it has away from the kernel. */
#ifndef POLICY_SUBJECT_H
#define POLICY_SUBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "heap.h"
#include "memsvc.h"

/**
 * struct subject - a heap, open, that keeps to a policy
 * @heap: it
 * @policy: "" for a heap that knows but one; the caller's
 * @svc: the memory service, whose books tell what is lent
 * @base: bytes that were lent by others when it was opened
 * @has_calls: the heap counts its calls into the TEE
 */
struct subject {
	struct heap heap;
	const char *policy;
	struct memsvc svc;
	uint64_t base;
	bool has_calls;
};

/**
 * subject_has_policies - whether a heap can be told for how long to lend memory
 * @heap: its name
 *
 * Return: true if so.
 */
bool subject_has_policies(const char *heap);

/**
 * subject_open - open the heap, set its policy, and wait until nothing is kept
 * @s: filled; to be given to subject_close()
 * @heap: its name
 * @policy: to set until the program ends; "" for none
 *
 * Return: 0; -ENOENT when there is no such heap; -EINVAL when it has not this
 * policy; -ENODEV without the memory service; -EBUSY when
 * memory stays lent; else a negative errno.
 */
int subject_open(struct subject *s, const char *heap, const char *policy);

/**
 * subject_close - close the heap
 * @s: from subject_open()
 */
void subject_close(struct subject *s);

/**
 * subject_held - what of the kernel's memory the heap has now
 * @s: from subject_open()
 * @bytes: filled: what the TEE counts as lent, but for what others had lent
 *
 * Return: 0, or a negative errno.
 */
int subject_held(const struct subject *s, uint64_t *bytes);

/**
 * subject_calls - how many calls into the TEE it has made
 * @s: from subject_open()
 * @calls: filled; 0 where it does not count
 *
 * Return: 0, or a negative errno.
 */
int subject_calls(const struct subject *s, uint64_t *calls);

/**
 * subject_press - have the kernel ask all its caches for all that they can give
 *
 * Return: 0, or a negative errno: EACCES for whom it is not allowed.
 */
int subject_press(void);

/**
 * subject_empty - press until the heap holds nothing
 * @s: from subject_open(), without a buffer
 *
 * Return: 0; -EBUSY when it still holds something after many times; else a
 * negative errno.
 */
int subject_empty(const struct subject *s);

#endif /* POLICY_SUBJECT_H */
