/* SPDX-License-Identifier: GPL-2.0 */
/* The places of the kernel's code that were reached, seen by all processes. */
#ifndef RHEAP_TORMENT_PCSET_H
#define RHEAP_TORMENT_PCSET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* More than twice as many as our modules have places */
#define PCSET_SLOTS	16384
#define PCSET_FULL	UINT32_MAX

/**
 * struct pcset - a set; all zeroes is empty
 * @n: how many are in it
 * @lost: additions for which there was no room
 * @slot: they, 0 for none
 */
struct pcset {
	atomic_uint_fast32_t n;
	atomic_uint_fast64_t lost;
	atomic_uint_fast64_t slot[PCSET_SLOTS];
};

/**
 * pcset_add - add a place, whatever other processes do to the set
 * @set: the set
 * @pc: not 0
 * @fresh: filled: it was not there before
 *
 * Return: its slot, which stays the same; or PCSET_FULL.
 */
uint32_t pcset_add(struct pcset *set, uint64_t pc, bool *fresh);

#endif /* RHEAP_TORMENT_PCSET_H */
