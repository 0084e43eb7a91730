/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A slow-down on purpose, for the self-test of who has to find it. Compiled in
 * with -DRHEAP_INJECT only, as are its like in tee/ and memory/: without it no
 * trace of them is in a module.
 */
#ifndef RESTRICTED_HEAP_INJECT_H
#define RESTRICTED_HEAP_INJECT_H

#ifdef RHEAP_INJECT
#include "../bench/known_loop.h"

extern unsigned int inject_instructions;

static inline void inject_slowdown(void)
{
	known_loop(READ_ONCE(inject_instructions) / INSTRUCTIONS_A_TURN);
}
#else
static inline void inject_slowdown(void)
{
}
#endif

#endif /* RESTRICTED_HEAP_INJECT_H */
