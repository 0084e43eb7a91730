/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the instrument itself costs. These are measurements of their own, in
 * bench "baseline", params.what; nothing is subtracted anywhere.
 *
 *	clock		two readings of the clock, one after the other
 *	ioctl		an ioctl(2) that the heap does not know: EINVAL
 *	dup_close	dup(2) of a file and close(2) of the copy
 *	record		record keeping per operation: a batch of params.batch
 *			operations is timed, and a sample is its share, rounded
 *			up
 */
#ifndef BASELINE_H
#define BASELINE_H

#include "bench.h"
#include "heap.h"

/**
 * baseline_run - measure and write the baselines
 * @env: what the program runs with
 * @heap: takes the ioctl and gives the file to copy
 * @samples: how many of each
 *
 * Return: 0, or a negative errno; -EPROTO when the heap knew the ioctl
 * or gave another error.
 */
int baseline_run(const struct bench_env *env, const struct heap *heap,
		 uint64_t samples);

#endif /* BASELINE_H */
