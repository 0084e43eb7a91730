// SPDX-License-Identifier: GPL-2.0
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/static_call.h>

#include "../restricted_heap.h"
#include "clock.h"
#include "dispatch.h"

#if defined(__ARM_FEATURE_PAC_DEFAULT) && defined(__ARM_FEATURE_BTI_DEFAULT)
#define PROTECTION "pac_bti"
#elif defined(__ARM_FEATURE_PAC_DEFAULT)
#define PROTECTION "pac"
#elif defined(__ARM_FEATURE_BTI_DEFAULT)
#define PROTECTION "bti"
#elif defined(CONFIG_MITIGATION_RETPOLINE)
#define PROTECTION "retpoline"
#else
#define PROTECTION "none"
#endif

#define static_target	CONCATENATE(bench_static_target_, BENCH_VARIANT)

DEFINE_STATIC_CALL(static_target, bench_target);

/*
 * All but what is called is the same: what is loaded must be loaded anew each
 * time, and the result is looked at, as the core does.
 */
#define DEFINE_LOOP(_name, _call)					\
static noinline u64 loop_##_name(const struct bench_dispatch *d)		\
{									\
	struct restricted_heap *heap = d->heap;				\
	struct restricted_buffer *buf = d->buf;				\
	unsigned int i, calls = d->calls;				\
	u64 begin = bench_now();					\
									\
	for (i = 0; i < calls; i++) {					\
		OPTIMIZER_HIDE_VAR(heap);				\
		OPTIMIZER_HIDE_VAR(buf);				\
		barrier();						\
		if (unlikely(_call))					\
			break;						\
	}								\
									\
	return bench_now() - begin;					\
}

static __always_inline int call_active(struct restricted_heap *heap,
				       struct restricted_buffer *buf)
{
	/* As in an allocation, where it pairs with the heap's activation */
	const struct restricted_heap_ops *ops = smp_load_acquire(&heap->active);

	return ops->memory_alloc(heap, buf);
}

/* An op that is optional, and not there */
static __always_inline int call_absent(struct restricted_heap *heap,
				       struct restricted_buffer *buf)
{
	const struct restricted_heap_ops *ops = heap->ops;

	return ops->memory_restrict ? ops->memory_restrict(heap, buf) : 0;
}

DEFINE_LOOP(nothing, 0)
DEFINE_LOOP(direct, bench_target(heap, buf))
DEFINE_LOOP(ops, heap->ops->memory_alloc(heap, buf))
DEFINE_LOOP(active, call_active(heap, buf))
DEFINE_LOOP(absent, call_absent(heap, buf))
DEFINE_LOOP(static_call, static_call(static_target)(heap, buf))

static const struct bench_loop loops[] = {
	{ "nothing", loop_nothing },
	{ "direct", loop_direct },
	{ "ops", loop_ops },
	{ "ops_acquire", loop_active },
	{ "ops_absent", loop_absent },
	{ "static_call", loop_static_call },
};

const struct bench_loops bench_loops = {
	.protection = PROTECTION,
	.target = bench_target,
	.loops = loops,
	.count = ARRAY_SIZE(loops),
};
