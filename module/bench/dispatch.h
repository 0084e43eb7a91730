/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loops of calls. The same source is compiled twice: as the kernel is, and on
 * arm64 once more with the branch protection of distributions' kernels.
 */
#ifndef RESTRICTED_BENCH_DISPATCH_H
#define RESTRICTED_BENCH_DISPATCH_H

#include <linux/args.h>
#include <linux/types.h>

#ifndef BENCH_VARIANT
#define BENCH_VARIANT	as_built
#endif

#define bench_target	CONCATENATE(bench_target_, BENCH_VARIANT)
#define bench_loops	CONCATENATE(bench_loops_, BENCH_VARIANT)

struct restricted_buffer;
struct restricted_heap;

/**
 * struct bench_dispatch - what a loop works with
 * @heap:	its ops' memory_alloc is bench_target()
 * @buf:	any
 * @calls:	how many
 */
struct bench_dispatch {
	struct restricted_heap *heap;
	struct restricted_buffer *buf;
	unsigned int calls;
};

/**
 * struct bench_loop - one way of calling
 * @call:	its name
 * @time:	call so often, and return the time of all together
 */
struct bench_loop {
	const char *call;
	u64 (*time)(const struct bench_dispatch *d);
};

/**
 * struct bench_loops - one compilation
 * @protection:	of branches, as the compiler was told
 * @target:	what is called
 * @loops:	ways of calling
 * @count:	their number
 */
struct bench_loops {
	const char *protection;
	int (*target)(struct restricted_heap *heap,
		      struct restricted_buffer *buf);
	const struct bench_loop *loops;
	unsigned int count;
};

int bench_target_as_built(struct restricted_heap *heap,
			  struct restricted_buffer *buf);
int bench_target_protected(struct restricted_heap *heap,
			   struct restricted_buffer *buf);

extern const struct bench_loops bench_loops_as_built;
extern const struct bench_loops bench_loops_protected;

#endif /* RESTRICTED_BENCH_DISPATCH_H */
