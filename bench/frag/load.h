/* SPDX-License-Identifier: GPL-2.0 */
/* Loads that are made up, as traces. */
#ifndef FRAG_LOAD_H
#define FRAG_LOAD_H

#include <stdint.h>

#include "trace.h"

/**
 * enum load_kind - what a heap is made to suffer
 * @LOAD_CONTROL: buffers of one size come and go: nothing may fragment
 * @LOAD_SYNTHETIC: frames and inputs of video decoders come (Poisson arrivals)
 *	and go (lognormal lifetimes)
 * @LOAD_ADVERSARY: the worst for who takes the first hole that is large
 *	enough: full of small buffers, then every other one freed, then twice as
 *	large ones asked for; again with twice the size, and so on
 */
enum load_kind { LOAD_CONTROL, LOAD_SYNTHETIC, LOAD_ADVERSARY };

/**
 * struct load - a load
 * @kind: which one
 * @pool: bytes that it is made for
 * @size: of a buffer of the control, and of the adversary's first ones
 * @allocs: how many buffers come in the control and the synthetic load
 * @fill: percent of @pool that they fill on the average, 1 to 100
 * @seed: of all chance
 */
struct load {
	enum load_kind kind;
	uint64_t pool;
	uint64_t size;
	uint64_t allocs;
	uint64_t fill;
	uint64_t seed;
};

/* The name of the heap in a load's trace */
#define LOAD_HEAP	"any"

/**
 * load_make - make a load
 * @load: the load
 * @trace: filled; to be given to trace_free(). What lives at the end is not
 *	freed.
 *
 * The same load gives the same trace on any machine.
 *
 * Return: 0, or -ENOMEM.
 */
int load_make(const struct load *load, struct trace *trace);

#endif /* FRAG_LOAD_H */
