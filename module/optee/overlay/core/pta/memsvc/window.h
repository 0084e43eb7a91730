/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Memory of the normal world that OP-TEE has not mapped, seen piece by piece
 * through a window of its own addresses.
 */
#ifndef MEMSVC_WINDOW_H
#define MEMSVC_WINDOW_H

#include <stdint.h>

#include "bitmap.h"

/**
 * memsvc_window_init() - set the window's addresses aside
 *
 * Panics when there are none: they are taken at boot, before the normal world
 * can use any.
 */
void memsvc_window_init(void);

/**
 * memsvc_window_scrub() - leave nothing of what was written to some pages
 * @base: page number (address divided by the page size) that @runs count from
 * @runs: pages of the normal world's RAM; nobody else may use them meanwhile
 * @count: entries in @runs
 *
 * As memsvc_scrub(). There is one window: the caller serialises.
 */
void memsvc_window_scrub(uint64_t base, const struct memsvc_run *runs,
			 uint32_t count);

#endif /* MEMSVC_WINDOW_H */
