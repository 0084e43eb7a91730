// SPDX-License-Identifier: GPL-2.0
/* Kbuild says with which protection. */
#define BENCH_VARIANT protected

#include "dispatch_target.c"
