/* SPDX-License-Identifier: GPL-2.0 */
/* A provider that does what a test tells it, and notes what it was asked. */
#ifndef RESTRICTED_KUNIT_FAKE_HEAP_H
#define RESTRICTED_KUNIT_FAKE_HEAP_H

#include <kunit/test.h>
#include <linux/spinlock.h>

#include "../restricted_heap.h"

#define FAKE_LOG_SIZE	64

/**
 * struct fake_heap - a heap over ordinary pages
 * @heap:	set up, unknown to user space
 * @init_result: what heap_init returns
 * @alloc_result: what memory_alloc returns
 * @restrict_result: what memory_restrict returns
 * @unrestrict_result: what memory_unrestrict returns
 * @late_alloc_result: what memory_alloc returns when it has filled the table
 * @add_result:	for a stub of restricted_dmabuf_add_heap()
 * @permitted:	what device_permitted returns
 * @usable:	for such a stub: whether it found the heap complete
 * @table_gone:	memory_free met a buffer without table
 * @ranges:	into how many ranges a buffer is cut
 * @inits:	number of calls of heap_init
 * @lock:	protects @log
 * @log:	a letter a call: I(nit) A(lloc) R(estrict) U(nrestrict) F(ree)
 */
struct fake_heap {
	struct restricted_heap heap;
	int init_result;
	int alloc_result;
	int restrict_result;
	int unrestrict_result;
	int late_alloc_result;
	int add_result;
	bool permitted;
	bool usable;
	bool table_gone;
	unsigned int ranges;
	atomic_t inits;
	/* Protects log */
	spinlock_t lock;
	char log[FAKE_LOG_SIZE];
};

extern const struct restricted_heap_ops fake_ops;
extern const struct restricted_heap_ops fake_born_restricted_ops;
extern const struct restricted_semantics fake_semantics;

struct fake_heap *fake_heap_create(struct kunit *test,
				   const struct restricted_heap_ops *ops);

#endif /* RESTRICTED_KUNIT_FAKE_HEAP_H */
