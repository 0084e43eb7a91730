/* SPDX-License-Identifier: GPL-2.0 */
/* Heaps times promises, for a person. */
#ifndef RHEAP_CONTRACT_TABLE_H
#define RHEAP_CONTRACT_TABLE_H

#include <stddef.h>
#include <stdio.h>

#include "promise.h"

/**
 * table_print - print a line for each promise and a column for each heap
 * @out: where to
 * @subjects: the heaps
 * @n: how many
 * @outcomes: of promise p on heap h at [p * @n + h]
 */
void table_print(FILE *out, const struct subject *subjects, size_t n,
		 const enum outcome *outcomes);

#endif /* RHEAP_CONTRACT_TABLE_H */
