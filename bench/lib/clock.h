/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The two clocks of the laboratory. Both are CLOCK_MONOTONIC, read through
 * the vDSO as any program would, so that figures can be compared with those of
 * a program that knows nothing of this one.
 *
 * wall: nanoseconds.
 * icount: the same in a machine that QEMU runs with -icount shift=0. There
 *	time moves by 1 ns an instruction, the secure world's included, and with
 *	a counter of 1 GHz one nanosecond is one instruction. The program cannot
 *	see whether QEMU counts: whoever booted the machine has to know, and
 *	says so with RHEAP_CLOCK or --clock.
 */
#ifndef RHEAP_CLOCK_H
#define RHEAP_CLOCK_H

#include <stdint.h>
#include <time.h>

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
 * clock_check - whether this machine has a clock
 * @kind: which one
 *
 * Return: 0; -ENOTSUP when it has not.
 */
int clock_check(enum clock_kind kind);

/**
 * clock_unit - the unit of clock_now() as a measurement names it
 * @kind: the clock
 */
const char *clock_unit(enum clock_kind kind);

/**
 * clock_name - the name of a clock, as --clock takes it
 * @kind: which one
 */
const char *clock_name(enum clock_kind kind);

/**
 * clock_now - read the clock
 *
 * Return: in clock_unit(), since some time in the past.
 */
static inline uint64_t clock_now(void)
{
	struct timespec ts;

	/* Cannot fail: clock_check() tried it. */
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * UINT64_C(1000000000) +
	       (uint64_t)ts.tv_nsec;
}

#endif /* RHEAP_CLOCK_H */
