/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The counter that costs are spent on, read without the kernel's timekeeping:
 * its reading would be a good part of a short cost. Where the architecture is not
 * known here, timekeeping it is.
 */
#ifndef TEE_SIM_CLOCK_H
#define TEE_SIM_CLOCK_H

#include <linux/math64.h>
#include <linux/sched.h>
#include <linux/types.h>

#define KHZ_PER_GHZ	1000000

#if defined(CONFIG_ARM64)

#include <asm/arch_timer.h>

static inline u64 sim_clock(void)
{
	return __arch_counter_get_cntvct();
}

static inline u32 sim_clock_khz(void)
{
	return arch_timer_get_cntfrq() / 1000;
}

#elif defined(CONFIG_X86_TSC)

#include <asm/tsc.h>

static inline u64 sim_clock(void)
{
	return rdtsc_ordered();
}

static inline u32 sim_clock_khz(void)
{
	return tsc_khz;
}

#else

#include <linux/timekeeping.h>

static inline u64 sim_clock(void)
{
	return ktime_get_raw_ns();
}

static inline u32 sim_clock_khz(void)
{
	return KHZ_PER_GHZ;
}

#endif

/**
 * sim_clock_spin() - keep the CPU busy
 * @begin:	a reading of sim_clock()
 * @ns:		until so long after it
 *
 * As a call into the secure world does; and as there, interrupts are taken, and
 * the scheduler may run others meanwhile.
 */
static inline void sim_clock_spin(u64 begin, u64 ns)
{
	u64 ticks = mul_u64_u32_div(ns, sim_clock_khz(), KHZ_PER_GHZ);

	while (sim_clock() - begin < ticks)
		if (need_resched())
			cond_resched();
}

#endif /* TEE_SIM_CLOCK_H */
