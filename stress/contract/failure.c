// SPDX-License-Identifier: GPL-2.0
/*
 * All or nothing: after an allocation that failed, the books of both worlds are
 * as before, but for the number of failures.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "catalogue.h"

/* Each of them more than once, for a leak may need a first time to begin */
#define TIMES	3

static enum outcome compare(struct trial *t, const struct books *before,
			    bool (*concerns)(const char *name),
			    int failures)
{
	struct books after;
	char what[400];
	int err = subject_books(t->s, &after);

	if (err)
		return broken(t, "the books cannot be read: %s", err_name(err));
	if (books_changed(before, &after, concerns, what, sizeof(what)))
		return broken(t, "%s", what);
	if (!books_moved(before, &after, "failures", failures, what,
			 sizeof(what)))
		return broken(t, "%s", what);
	return KEPT;
}

/* With one buffer alive, so that there is something to lose */
static enum outcome begin(struct trial *t, struct books *before)
{
	int fd = heap_alloc(&t->s->heap, SOME_SIZE);
	int err;

	if (fd < 0)
		return broken(t, "no buffer: %s", err_name(fd));
	err = subject_books(t->s, before);
	if (err)
		return broken(t, "the books cannot be read: %s", err_name(err));
	return before->n ? KEPT :
	       skipped(t, "neither debugfs nor the heap shows its buffers");
}

static enum outcome run_size(struct trial *t)
{
	struct dma_heap_allocation_data data = { .fd_flags = O_RDWR };
	struct books before;
	enum outcome o;

	if (!t->s->bounded)
		return skipped(t, "the heap has no pool that ends before the machine's memory");
	o = begin(t, &before);
	data.len = subject_too_large(&before);
	for (int i = 0; i < TIMES && o == KEPT; i++)
		o = ask_refused(t, "more than the pool", data, -ENOMEM);
	return o == KEPT ? compare(t, &before, books_untouched, TIMES) : o;
}

const struct promise promise_nothing_size = {
	.name = "nothing-lost-size",
	.help = "an allocation that fails for its size leaves all books as before",
	.run = run_size,
};

/*
 * The buffer is made before the descriptor is looked for: it has been
 * allocated and freed, and only what is held may be compared.
 */
static enum outcome run_emfile(struct trial *t)
{
	struct dma_heap_allocation_data data = {
		.fd_flags = O_RDWR,
		.len = SOME_SIZE,
	};
	struct rlimit limit, old;
	struct books before;
	enum outcome o = begin(t, &before);
	int next;

	if (o != KEPT)
		return o;
	next = dup(0);
	if (next < 0 || getrlimit(RLIMIT_NOFILE, &old))
		return skipped(t, "cannot tell the next descriptor: %s",
			       err_name(-errno));
	close(next);
	limit = old;
	limit.rlim_cur = (rlim_t)next;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		return skipped(t, "setrlimit: %s", err_name(-errno));
	for (int i = 0; i < TIMES && o == KEPT; i++)
		o = ask_refused(t, "with no descriptor free, it", data,
				-EMFILE);
	if (setrlimit(RLIMIT_NOFILE, &old))
		return skipped(t, "setrlimit: %s", err_name(-errno));
	return o == KEPT ? compare(t, &before, books_standing, 0) : o;
}

const struct promise promise_nothing_emfile = {
	.name = "nothing-lost-emfile",
	.help = "an allocation that gets no file descriptor leaves no buffer behind",
	.run = run_emfile,
};

/* The argument can be read, and not written: the answer is lost on its way. */
static enum outcome run_efault(struct trial *t)
{
	struct dma_heap_allocation_data *data;
	struct books before;
	enum outcome o = begin(t, &before);

	if (o != KEPT)
		return o;
	data = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (data == MAP_FAILED)
		return skipped(t, "no memory");
	data->fd_flags = O_RDWR;
	data->len = SOME_SIZE;
	if (mprotect(data, PAGE_BYTES, PROT_READ))
		return skipped(t, "mprotect: %s", err_name(-errno));
	for (int i = 0; i < TIMES; i++) {
		int err = ask(t->s, data);

		if (err != -EFAULT)
			return broken(t, "an argument that cannot be written gave %s and not EFAULT",
				      err_name(err));
	}
	return compare(t, &before, books_standing, 0);
}

const struct promise promise_nothing_efault = {
	.name = "nothing-lost-efault",
	.help = "an allocation whose answer cannot be delivered leaves no buffer behind",
	.run = run_efault,
};
