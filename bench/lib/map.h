/* SPDX-License-Identifier: GPL-2.0 */
/* The values of an option FROM=TO that may be given more than once. */
#ifndef RHEAP_MAP_H
#define RHEAP_MAP_H

#include "options.h"

/**
 * map_check - are all values FROM=TO?
 * @map: the values
 * @option: the option's name, for what is said on stderr
 *
 * Return: 0; -EINVAL after one line on stderr.
 */
int map_check(const struct opt_texts *map, const char *option);

/**
 * map_find - look a name up
 * @map: values that map_check() has seen
 * @from: the name
 *
 * Return: the TO of the first value whose FROM is @from or "*"; NULL when
 * there is none. Lives as long as @map's texts.
 */
const char *map_find(const struct opt_texts *map, const char *from);

#endif /* RHEAP_MAP_H */
