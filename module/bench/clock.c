// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>

#include "clock.h"

#define NSEC_HZ		1000000000

/* Whether bench_now() reads the counter itself */
DEFINE_STATIC_KEY_FALSE(bench_counter);

/* Whether a tick of the counter is a nanosecond, as under -icount shift=0 */
static bool counter_ticks_in_ns(void)
{
#ifdef CONFIG_ARM64
	return arch_timer_get_cntfrq() == NSEC_HZ;
#else
	return false;
#endif
}

/**
 * bench_clock_choose() - choose the clock; not while somebody reads it
 * @icount:	the one of a machine that counts instructions, else the wall's.
 *		The kernel cannot see whether QEMU counts: who booted it knows
 *
 * Return: 0; -EOPNOTSUPP: this machine has no such clock.
 */
int bench_clock_choose(bool icount)
{
	if (!icount) {
		static_branch_disable(&bench_counter);
		return 0;
	}
	if (!counter_ticks_in_ns())
		return -EOPNOTSUPP;
	static_branch_enable(&bench_counter);

	return 0;
}

/**
 * bench_clock_unit() - the unit of the clock, as a measurement names it
 *
 * Return: "insn" or "ns".
 */
const char *bench_clock_unit(void)
{
	return static_branch_unlikely(&bench_counter) ? "insn" : "ns";
}
