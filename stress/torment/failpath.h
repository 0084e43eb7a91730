/* SPDX-License-Identifier: GPL-2.0 */
/* The ways into the kernel of which each failure point is tried. */
#ifndef RHEAP_TORMENT_FAILPATH_H
#define RHEAP_TORMENT_FAILPATH_H

#include <linux/types.h>

#include "stressor.h"

/**
 * struct ground - what a path goes over
 * @s: the run
 * @heap: index of the heap
 * @size: of a buffer, in bytes
 * @importer: an open file of the test importer
 * @fd: a buffer, -1 for none
 * @id: its attachment, 0 for none
 * @file: of the heap in sysfs, that is written or read; NULL for none
 * @old: what it said
 */
struct ground {
	struct stress *s;
	size_t heap;
	uint64_t size;
	int importer;
	int fd;
	__u32 id;
	const char *file;
	char old[64];
};

/**
 * struct failpath - a call, or a few
 * @name: of the path
 * @file: of sysfs that it is about; the path is there if the file is
 * @refused: an error, as a negative errno, that it ends with in any case; 0
 * @sizes: it matters how large the buffer is
 * @cold: what the heap keeps is given back before
 * @warm: what the heap keeps is there before
 * @before: optional; what the path needs, without a failure; 0 or -errno
 * @go: the path; a file descriptor, 0, or -errno
 * @after: optional; undo what @before and @go have done, without a failure
 */
struct failpath {
	const char *name;
	const char *file;
	int refused;
	bool sizes;
	bool cold;
	bool warm;
	int (*before)(struct ground *g);
	int (*go)(struct ground *g);
	void (*after)(struct ground *g, int got);
};

/**
 * failpaths - all of them, ends with one without a name
 */
extern const struct failpath failpaths[];

#endif /* RHEAP_TORMENT_FAILPATH_H */
