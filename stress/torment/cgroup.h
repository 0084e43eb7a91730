/* SPDX-License-Identifier: GPL-2.0 */
/* A control group for those under stress. */
#ifndef RHEAP_TORMENT_CGROUP_H
#define RHEAP_TORMENT_CGROUP_H

#include "stressor.h"

/**
 * cgroup_make - make the group
 * @s: the run
 * @controller: that it needs, or NULL
 *
 * Return: 0, or what stress_cannot() returns.
 */
int cgroup_make(struct stress *s, const char *controller);

/**
 * cgroup_write - write to a file of the group
 * @file: for example "cgroup.freeze"
 * @text: what to write
 *
 * Return: 0, or a negative errno.
 */
int cgroup_write(const char *file, const char *text);

/**
 * cgroup_join - become a member
 *
 * Return: 0, or a negative errno.
 */
int cgroup_join(void);

/**
 * cgroup_remove - remove the group, in which nobody is any more
 */
void cgroup_remove(void);

#endif /* RHEAP_TORMENT_CGROUP_H */
