/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The clock of the in-kernel bench.
 *
 * wall: nanoseconds of ktime_get_ns().
 * icount: the counter of an arm64 machine that QEMU runs with -icount shift=0.
 *	There it moves by 1 ns an instruction, the secure world's included, so
 *	a counter of 1 GHz counts instructions. It is the counter that user
 *	space's CLOCK_MONOTONIC is made of, read here without the way to
 *	nanoseconds.
 */
#ifndef RESTRICTED_BENCH_CLOCK_H
#define RESTRICTED_BENCH_CLOCK_H

#include <linux/jump_label.h>
#include <linux/timekeeping.h>
#include <linux/types.h>

#ifdef CONFIG_ARM64
#include <asm/arch_timer.h>
#endif

DECLARE_STATIC_KEY_FALSE(bench_counter);

int bench_clock_choose(bool icount);
const char *bench_clock_unit(void);

/**
 * bench_now() - read the clock
 *
 * Inline, and never preceded by what was to be timed.
 *
 * Return: in bench_clock_unit(), since some time in the past.
 */
static __always_inline u64 bench_now(void)
{
#ifdef CONFIG_ARM64
	if (static_branch_likely(&bench_counter))
		return __arch_counter_get_cntvct();
#endif

	return ktime_get_ns();
}

#endif /* RESTRICTED_BENCH_CLOCK_H */
