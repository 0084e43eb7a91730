/* SPDX-License-Identifier: GPL-2.0 */
/* Anything written to what can be tuned at run time. */
#ifndef RHEAP_TORMENT_TUNABLE_H
#define RHEAP_TORMENT_TUNABLE_H

#include "crew.h"

/**
 * tunables_find - find the tunables of the heaps
 * @s: the run
 *
 * What they say is put back by restore_now().
 *
 * Return: 0, or what stress_cannot() returns.
 */
int tunables_find(struct stress *s);

/**
 * tunable_write - write some text, good or bad, to one of them
 * @h: who writes; nobody else may at that time
 *
 * A text is taken, or gets EINVAL (or says that it cannot be had here) and
 * changes nothing; all else is found.
 */
void tunable_write(struct hand *h);

/**
 * tunables_reset - let all of them say what they said at first
 * @s: the run
 */
void tunables_reset(struct stress *s);

#endif /* RHEAP_TORMENT_TUNABLE_H */
