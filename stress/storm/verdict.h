/* SPDX-License-Identifier: GPL-2.0 */
/* What is known of a heap after the storm, and during it. */
#ifndef RHEAP_STORM_VERDICT_H
#define RHEAP_STORM_VERDICT_H

#include "storm.h"

/* Results that verdict_print() prints for each heap */
#define VERDICT_LINES	4

/**
 * verdict_begin - read a heap's books before the storm
 * @target: open; @before is filled
 *
 * Return: as books_read().
 */
int verdict_begin(struct target *target);

/**
 * verdict_held - compare the books with what the threads hold
 * @target: while no thread allocates or frees
 *
 * A difference is remembered with target_wrong().
 */
void verdict_held(struct target *target);

/**
 * verdict_print - print a heap's results
 * @storm: the storm, over
 * @target: the heap
 */
void verdict_print(const struct storm *storm, struct target *target);

#endif /* RHEAP_STORM_VERDICT_H */
