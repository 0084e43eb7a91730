/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the checks of the page heap stand on: its tunables, which are put back at
 * the end, its counters, the TEE's own, and memory that is scattered on purpose.
 */
#ifndef RHEAP_GROUND_H
#define RHEAP_GROUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heap.h"
#include "memsvc.h"

#define PAGES_HEAP	"restricted_pages"
#define PAGE_BYTES	4096

#define WHY_MAX		200

/**
 * struct ground - see above
 * @heap: the page heap
 * @svc: the memory service
 * @why: why a check failed, one line
 */
struct ground {
	struct heap heap;
	struct memsvc svc;
	char why[WHY_MAX];
};

/**
 * ground_open - open the heap and the memory service
 * @g: filled
 *
 * Remembers all tunables; exit(3) and ground_close() put them back.
 *
 * Return: 0, @g to be given to ground_close(); or EXIT_MISSING after a line on
 * stderr.
 */
int ground_open(struct ground *g);

/**
 * ground_close - put back and close all
 * @g: from ground_open()
 */
void ground_close(struct ground *g);

/**
 * ground_reset - have all tunables as they were, and nothing kept
 * @g: from ground_open()
 *
 * Return: 0; -EBUSY when something is still kept after some seconds, or live.
 */
int ground_reset(struct ground *g);

/**
 * failed - say why a check failed
 * @g: @g->why is filled
 * @fmt: as for printf, one line
 *
 * Return: false.
 */
bool failed(struct ground *g, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * tune - write a tunable
 * @g: @g->why is filled if it is refused
 * @file: its name
 * @text: what to write
 *
 * Return: whether it was taken.
 */
bool tune(struct ground *g, const char *file, const char *text);

/**
 * counter - read one of the heap's counters
 * @name: of it
 *
 * Return: its value; ends the program if there is none such.
 */
int64_t counter(const char *name);

/**
 * wait_for - wait for a counter to come to a value
 * @g: @g->why is filled if it does not within some seconds
 * @name: of the counter
 * @value: which
 *
 * Return: whether it did.
 */
bool wait_for(struct ground *g, const char *name, int64_t value);

/**
 * nap - sleep
 * @ms: for so long
 */
void nap(unsigned int ms);

/**
 * agrees_with_tee - is what the heap has lent what the TEE was lent
 * @g: @g->why is filled if not
 *
 * What others lend is to be given back within some seconds; it is waited for.
 *
 * Return: whether it is.
 */
bool agrees_with_tee(struct ground *g);

/**
 * scatter - see to it that single pages of the kernel's have no neighbours
 * @pages: so many; free, and free of others that are used for them first
 * @fds: filled; to be given to gather()
 *
 * Return: how many @fds are; or a negative errno.
 */
int scatter(size_t pages, int **fds);

/**
 * gather - undo scatter()
 * @fds: from it
 * @n: likewise
 */
void gather(int *fds, int n);

#endif /* RHEAP_GROUND_H */
