// SPDX-License-Identifier: GPL-2.0
/*
 * Does a processor in software run us? Asked from inside, of what it can do and
 * not of what it says it is.
 *
 * A floating-point addition that is rounded towards zero takes a processor what
 * any other takes it: as long as 2 to 8 additions of integers. QEMU's TCG asks
 * the host's processor for those alone that are rounded to the nearest, and
 * computes the others itself (fpu/softfloat.c), in some 30 times its addition of
 * integers.
 *
 *	emulated
 *		prints how many additions of integers one of those takes, and ends with
 *		0 if it is TCG, with 1 if it is a processor
 *
 * Of a wall clock; where instructions are counted, all take the same.
 */
#include <stdint.h>
#include <stdio.h>

/* Between what a processor takes and what TCG does */
#define MOST_OF_HARDWARE	12.0

#define TURNS	20000
/* The least of so many counts: what else the machine did only adds */
#define TRIALS	20

#define EIGHT(x)	x x x x x x x x

/* FPCR.RMode: towards zero */
#define ROUND_TO_ZERO	(UINT64_C(3) << 22)

static uint64_t counter(void)
{
	uint64_t ticks;

	__asm__ volatile("isb; mrs %0, cntvct_el0; isb" : "=r"(ticks) : : "memory");
	return ticks;
}

/* Each addition waits for the one before. */
static uint64_t time_integers(void)
{
	uint64_t sum = 1, begin = counter();

	for (int i = 0; i < TURNS; i++)
		__asm__ volatile(EIGHT("add %0, %0, %1\n") : "+r"(sum) : "r"(3ul));
	return counter() - begin;
}

static uint64_t time_floats(void)
{
	uint64_t begin, ticks, mode;
	double sum = 1;

	__asm__ volatile("mrs %0, fpcr" : "=r"(mode));
	__asm__ volatile("msr fpcr, %0" : : "r"(mode | ROUND_TO_ZERO));
	begin = counter();
	for (int i = 0; i < TURNS; i++)
		__asm__ volatile(EIGHT("fadd %d0, %d0, %d1\n") : "+w"(sum) : "w"(1e-3));
	ticks = counter() - begin;
	__asm__ volatile("msr fpcr, %0" : : "r"(mode));
	return ticks;
}

int main(void)
{
	uint64_t integers = UINT64_MAX, floats = UINT64_MAX;
	double cost;

	for (int i = 0; i < TRIALS; i++) {
		uint64_t one = time_integers(), other = time_floats();

		integers = one < integers ? one : integers;
		floats = other < floats ? other : floats;
	}
	cost = (double)floats / (double)(integers ? integers : 1);
	printf("%.1f\n", cost);
	return cost <= MOST_OF_HARDWARE;
}
