/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The two clocks of the laboratory.
 *
 * icount: the counter CNTVCT_EL0 of a machine that QEMU runs with
 *	-icount shift=0. There the virtual clock moves by 1 ns an instruction,
 *	the secure world's included. With a counter of 1 GHz one tick is one
 *	instruction; a slower one is scaled up to instructions, and is then no
 *	finer than 10^9 / CNTFRQ_EL0 of them. The program cannot see whether
 *	QEMU counts: whoever booted the machine has to know, and says so with
 *	RHEAP_CLOCK or --clock.
 * wall: CLOCK_MONOTONIC_RAW in nanoseconds.
 */
#ifndef RHEAP_CLOCK_H
#define RHEAP_CLOCK_H

#include <stdint.h>

/**
 * enum clock_kind - which clock
 * @CLOCK_WALL: nanoseconds
 * @CLOCK_ICOUNT: instructions
 */
enum clock_kind {
	CLOCK_WALL,
	CLOCK_ICOUNT,
};

/**
 * struct clock_source - a clock that was opened
 * @kind: which one
 * @mult: units in a tick, times 2^32
 */
struct clock_source {
	enum clock_kind kind;
	uint64_t mult;
};

/**
 * clock_open - make a clock ready
 * @clk: filled
 * @kind: which one
 *
 * Return: 0; -ENOTSUP when this machine has no such clock.
 */
int clock_open(struct clock_source *clk, enum clock_kind kind);

/**
 * clock_unit - the unit of clock_elapsed() as a measurement names it
 * @clk: an open clock
 */
const char *clock_unit(const struct clock_source *clk);

/**
 * clock_name - the name of a clock, as --clock takes it
 * @kind: which one
 */
const char *clock_name(enum clock_kind kind);

/**
 * clock_now - read the clock
 * @clk: an open clock
 *
 * Everything before the call is done when it reads, and nothing after it has
 * begun. A call and not inline, so that its cost does not depend on the code
 * around it.
 *
 * Return: ticks, of use only to clock_elapsed().
 */
uint64_t clock_now(const struct clock_source *clk);

/**
 * clock_elapsed - the time between two readings
 * @clk: the clock both came from
 * @from: the earlier
 * @to: the later
 *
 * Return: in clock_unit().
 */
static inline uint64_t clock_elapsed(const struct clock_source *clk,
				     uint64_t from, uint64_t to)
{
	__extension__ typedef unsigned __int128 wide;

	return (uint64_t)(((wide)(to - from) * clk->mult) >> 32);
}

#endif /* RHEAP_CLOCK_H */
