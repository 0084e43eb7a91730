// SPDX-License-Identifier: GPL-2.0
#include "clock.h"

#include <errno.h>
#include <stdbool.h>
#include <time.h>

#ifdef __aarch64__
#define HAVE_ICOUNT true
#else
#define HAVE_ICOUNT false
#endif

int clock_check(enum clock_kind kind)
{
	struct timespec ts;

	if (kind == CLOCK_ICOUNT && !HAVE_ICOUNT)
		return -ENOTSUP;
	return clock_gettime(CLOCK_MONOTONIC, &ts) ? -ENOTSUP : 0;
}

const char *clock_unit(enum clock_kind kind)
{
	return kind == CLOCK_ICOUNT ? "insn" : "ns";
}

const char *clock_name(enum clock_kind kind)
{
	return kind == CLOCK_ICOUNT ? "icount" : "wall";
}
