/* SPDX-License-Identifier: GPL-2.0 */
/* The oracles prove themselves. */
#ifndef RHEAP_TORMENT_PROVE_H
#define RHEAP_TORMENT_PROVE_H

#include "stressor.h"

/**
 * prove - make mistakes, and see whether the oracles of world.h tell them
 * @s: a run at rest; all that was found in it so far is forgotten
 *
 * Needs restricted_faults.ko. First the same work is done without a mistake:
 * then nothing may be found. Prints a line for each oracle: "caught NAME" or
 * "missed NAME", and what was found. What it has lost stays lost.
 *
 * Return: 0 when each caught what it should; -EUCLEAN when one did not, or
 * something was found where nothing was wrong; else why it cannot be told.
 */
int prove(struct stress *s);

#endif /* RHEAP_TORMENT_PROVE_H */
