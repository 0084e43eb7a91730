// SPDX-License-Identifier: GPL-2.0
#include "clock.h"

#include <errno.h>
#include <time.h>

#define UNITS_PER_SECOND UINT64_C(1000000000)

static int icount_mult(uint64_t *mult)
{
#ifdef __aarch64__
	uint64_t freq;

	__asm__ volatile("mrs %0, cntfrq_el0" : "=r"(freq));
	if (!freq)
		return -ENOTSUP;
	*mult = (UNITS_PER_SECOND << 32) / freq;
	return 0;
#else
	(void)mult;
	return -ENOTSUP;
#endif
}

int clock_open(struct clock_source *clk, enum clock_kind kind)
{
	struct timespec ts;

	clk->kind = kind;
	clk->mult = UINT64_C(1) << 32;
	if (kind == CLOCK_ICOUNT)
		return icount_mult(&clk->mult);
	return clock_gettime(CLOCK_MONOTONIC_RAW, &ts) ? -ENOTSUP : 0;
}

uint64_t clock_now(const struct clock_source *clk)
{
	struct timespec ts;

#ifdef __aarch64__
	if (clk->kind == CLOCK_ICOUNT) {
		uint64_t ticks;

		__asm__ volatile("isb\n\tmrs %0, cntvct_el0\n\tisb"
				 : "=r"(ticks) : : "memory");
		return ticks;
	}
#else
	(void)clk;
#endif
	/* Cannot fail: clock_open() tried it. */
	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return (uint64_t)ts.tv_sec * UNITS_PER_SECOND + (uint64_t)ts.tv_nsec;
}

const char *clock_unit(const struct clock_source *clk)
{
	return clk->kind == CLOCK_ICOUNT ? "insn" : "ns";
}

const char *clock_name(enum clock_kind kind)
{
	return kind == CLOCK_ICOUNT ? "icount" : "wall";
}
