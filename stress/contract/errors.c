// SPDX-License-Identifier: GPL-2.0
/* Errors are clear: what is asked for wrongly gets the documented errno. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "catalogue.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

static enum outcome run_size_0(struct trial *t)
{
	struct dma_heap_allocation_data data = { .fd_flags = O_RDWR };

	return ask_refused(t, "size 0", data, -EINVAL);
}

const struct promise promise_size_0 = {
	.name = "size-0",
	.help = "size 0 gives EINVAL",
	.without_tee = true,
	.run = run_size_0,
};

static enum outcome rounds_to(struct trial *t, uint64_t size, uint64_t want)
{
	int fd = heap_alloc(&t->s->heap, size);
	int64_t got;

	if (fd < 0)
		return broken(t, "%llu bytes gave %s", (unsigned long long)size,
			      err_name(fd));
	got = dmabuf_size(fd);
	heap_free(fd);
	if (got != (int64_t)want)
		return broken(t, "%llu bytes gave a buffer of %lld and not %llu",
			      (unsigned long long)size, (long long)got,
			      (unsigned long long)want);
	return KEPT;
}

static enum outcome run_size_1(struct trial *t)
{
	return rounds_to(t, 1, PAGE_BYTES);
}

const struct promise promise_size_1 = {
	.name = "size-1",
	.help = "one byte gives one page",
	.run = run_size_1,
};

static enum outcome run_size_odd(struct trial *t)
{
	static const struct {
		uint64_t size;
		uint64_t want;
	} cases[] = {
		{ 4095, 4096 }, { 4096, 4096 }, { 4097, 8192 },
		{ 12288, 12288 }, { 65537, 69632 }, { 1000000, 1003520 },
	};
	enum outcome o = KEPT;

	for (size_t i = 0; i < ARRAY_SIZE(cases) && o == KEPT; i++)
		o = rounds_to(t, cases[i].size, cases[i].want);
	return o;
}

const struct promise promise_size_odd = {
	.name = "size-rounded",
	.help = "a size that is not whole pages is rounded up to whole pages",
	.run = run_size_odd,
};

static enum outcome run_size_pool(struct trial *t)
{
	struct dma_heap_allocation_data data = { .fd_flags = O_RDWR };
	struct books books;
	int err;

	if (!t->s->bounded)
		return skipped(t, "the heap has no pool that ends before the machine's memory");
	err = subject_books(t->s, &books);
	if (err)
		return broken(t, "the books cannot be read: %s", err_name(err));
	data.len = subject_too_large(&books);
	return ask_refused(t, "a page more than the pool", data, -ENOMEM);
}

const struct promise promise_size_pool = {
	.name = "size-beyond-pool",
	.help = "a size beyond the pool gives ENOMEM",
	.run = run_size_pool,
};

static enum outcome run_size_4g(struct trial *t)
{
	static const uint64_t sizes[] = {
		UINT64_C(0xfffff000), UINT64_C(0xffffffff),
		UINT64_C(0x100000000), UINT64_C(0x100000001),
		UINT64_C(0x100001000), UINT64_C(0x200001000),
		UINT64_C(0x10000000000), UINT64_C(0x8000000000000000),
		UINT64_C(0x8000000000001000), UINT64_C(0xfffffffffffff000),
	};
	struct dma_heap_allocation_data data = { .fd_flags = O_RDWR };
	enum outcome o = KEPT;
	char what[40];

	if (!t->s->bounded)
		return skipped(t, "the heap has no pool that ends before the machine's memory");
	for (size_t i = 0; i < ARRAY_SIZE(sizes) && o == KEPT; i++) {
		data.len = sizes[i];
		snprintf(what, sizeof(what), "size %#llx",
			 (unsigned long long)sizes[i]);
		o = ask_refused(t, what, data, -ENOMEM);
	}
	return o;
}

const struct promise promise_size_4g = {
	.name = "size-beyond-4g",
	.help = "sizes around and beyond 4 GiB give ENOMEM, and never a buffer of what is left after truncation",
	.run = run_size_4g,
};

/* Rounded up to whole pages this is 0. */
static enum outcome run_size_wrap(struct trial *t)
{
	struct dma_heap_allocation_data data = {
		.fd_flags = O_RDWR,
		.len = UINT64_MAX,
	};

	return ask_refused(t, "size 2^64 - 1", data, -EINVAL);
}

const struct promise promise_size_wrap = {
	.name = "size-wraps",
	.help = "a size that rounds up past 2^64 gives EINVAL",
	.without_tee = true,
	.run = run_size_wrap,
};

static enum outcome run_fd_flags(struct trial *t)
{
	static const uint32_t flags[] = {
		O_RDWR | O_APPEND, O_RDWR | O_NONBLOCK, O_RDWR | O_PATH,
		UINT32_C(1) << 31, UINT32_MAX,
	};
	struct dma_heap_allocation_data data = { .len = SOME_SIZE };
	enum outcome o = KEPT;
	char what[40];

	for (size_t i = 0; i < ARRAY_SIZE(flags) && o == KEPT; i++) {
		data.fd_flags = flags[i];
		snprintf(what, sizeof(what), "fd_flags %#x", flags[i]);
		o = ask_refused(t, what, data, -EINVAL);
	}
	return o;
}

const struct promise promise_fd_flags = {
	.name = "unknown-fd-flags",
	.help = "unknown fd_flags give EINVAL",
	.without_tee = true,
	.run = run_fd_flags,
};

static enum outcome run_heap_flags(struct trial *t)
{
	static const uint64_t flags[] = {
		1, UINT64_C(1) << 32, UINT64_C(1) << 63, UINT64_MAX,
	};
	struct dma_heap_allocation_data data = {
		.len = SOME_SIZE,
		.fd_flags = O_RDWR,
	};
	enum outcome o = KEPT;
	char what[40];

	for (size_t i = 0; i < ARRAY_SIZE(flags) && o == KEPT; i++) {
		data.heap_flags = flags[i];
		snprintf(what, sizeof(what), "heap_flags %#llx",
			 (unsigned long long)flags[i]);
		o = ask_refused(t, what, data, -EINVAL);
	}
	return o;
}

const struct promise promise_heap_flags = {
	.name = "unknown-heap-flags",
	.help = "unknown heap_flags give EINVAL",
	.without_tee = true,
	.run = run_heap_flags,
};

static enum outcome run_fd(struct trial *t)
{
	struct dma_heap_allocation_data data = {
		.len = SOME_SIZE,
		.fd_flags = O_RDWR,
		.fd = 1,
	};

	return ask_refused(t, "a descriptor in the request", data, -EINVAL);
}

const struct promise promise_fd = {
	.name = "fd-not-0",
	.help = "a request that names a descriptor gives EINVAL",
	.without_tee = true,
	.run = run_fd,
};

static enum outcome run_cloexec(struct trial *t)
{
	static const struct {
		uint32_t flags;
		bool want;
	} cases[] = { { O_RDWR, false }, { O_RDWR | O_CLOEXEC, true } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct dma_heap_allocation_data data = {
			.len = SOME_SIZE,
			.fd_flags = cases[i].flags,
		};
		int err = ask(t->s, &data);
		bool got;

		if (err)
			return broken(t, "no buffer: %s", err_name(err));
		got = fcntl((int)data.fd, F_GETFD) & FD_CLOEXEC;
		heap_free((int)data.fd);
		if (got != cases[i].want)
			return broken(t, "O_CLOEXEC was%s asked for, and is%s set",
				      cases[i].want ? "" : " not",
				      got ? "" : " not");
	}
	return KEPT;
}

const struct promise promise_cloexec = {
	.name = "fd-cloexec",
	.help = "O_CLOEXEC is set if and only if asked for",
	.run = run_cloexec,
};
