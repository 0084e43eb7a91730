/* SPDX-License-Identifier: GPL-2.0 */
/* What is promised of lending, one check each. */
#ifndef RHEAP_CHECKS_H
#define RHEAP_CHECKS_H

#include "ground.h"

/**
 * struct check - one of them
 * @name: what is promised, a sentence
 * @run: look whether it is so; @g->why is filled when it returns false
 */
struct check {
	const char *name;
	bool (*run)(struct ground *g);
};

/* All of them; ends with a NULL name */
extern const struct check checks[];

#endif /* RHEAP_CHECKS_H */
