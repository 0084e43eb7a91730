/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RESTRICTED_FAULTS_H
#define RESTRICTED_FAULTS_H

#include <linux/types.h>

/**
 * struct fault - a mistake on purpose
 * @name:	of the oracle's case
 * @run:	do something, rightly or wrongly. Returns 0 when nothing was
 *		noticed here; -EUCLEAN when it was; another errno where it
 *		could not be done. What the kernel itself notices is in its log.
 */
struct fault {
	const char *name;
	int (*run)(bool wrong);
};

/* lost.c */
int fault_leak(bool wrong);
int fault_dmabuf(bool wrong);
int fault_grant(bool wrong);
int fault_loan(bool wrong);
int fault_pages(bool wrong);
void fault_lost_exit(void);

/* memory.c */
int fault_scrub(bool wrong);
int fault_unrestrict(bool wrong);

/* race.c */
int fault_race(bool wrong);

#endif /* RESTRICTED_FAULTS_H */
