/* SPDX-License-Identifier: GPL-2.0 */
/* A loop of which the number of instructions is known. */
#ifndef RESTRICTED_BENCH_KNOWN_LOOP_H
#define RESTRICTED_BENCH_KNOWN_LOOP_H

#include <linux/compiler.h>

#define INSTRUCTIONS_A_TURN	2

#if defined(CONFIG_ARM64)
#define KNOWN_LOOP				\
	"	cbz	%0, 2f\n"		\
	"1:	subs	%0, %0, #1\n"		\
	"	b.ne	1b\n"			\
	"2:\n"
#elif defined(CONFIG_X86_64)
#define KNOWN_LOOP				\
	"	test	%0, %0\n"		\
	"	jz	2f\n"			\
	"1:	dec	%0\n"			\
	"	jnz	1b\n"			\
	"2:\n"
#endif

#ifdef KNOWN_LOOP
/**
 * known_loop() - spend a known number of instructions
 * @turns:	of INSTRUCTIONS_A_TURN each; what leads in is the same for all
 */
static __always_inline void known_loop(unsigned long turns)
{
	asm volatile(KNOWN_LOOP : "+r" (turns) : : "cc");
}
#endif

#endif /* RESTRICTED_BENCH_KNOWN_LOOP_H */
