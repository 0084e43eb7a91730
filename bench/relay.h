/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Measurements that somebody else made, a JSON object a line: checked, and then
 * passed on as one's own.
 */
#ifndef RELAY_H
#define RELAY_H

#include <jansson.h>

/**
 * relay_parse - read and check one line
 * @line: the text; a newline at its end does not matter
 * @bench: the field "bench" it must have
 * @unit: the unit it must have, if it is a distribution
 * @why: set to what is wrong with it, on error
 *
 * A distribution must have at least one sample, its quantiles in order, its
 * mean between them, and a histogram in order that counts all samples.
 *
 * Return: the measurement, to be given to json_decref() or record_adopt(); or
 * NULL.
 */
json_t *relay_parse(const char *line, const char *bench, const char *unit,
		    const char **why);

#endif /* RELAY_H */
