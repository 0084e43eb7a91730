/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef MEMSVC_SCRUB_H
#define MEMSVC_SCRUB_H

#include <stddef.h>

/**
 * memsvc_scrub() - leave nothing of what was written to some pages
 * @va: where they are mapped: cached, writable, a multiple of the page size;
 *	nobody else may use them meanwhile
 * @size: in bytes, a multiple of the page size
 *
 * Zeroes them and cleans and invalidates the caches to the point of coherency:
 * a device that reads memory sees the zeroes, and no dirty line of ours is
 * written over what a device writes later.
 */
void memsvc_scrub(void *va, size_t size);

#endif /* MEMSVC_SCRUB_H */
