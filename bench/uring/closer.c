// SPDX-License-Identifier: GPL-2.0
#include "closer.h"

#include <unistd.h>
#include <errno.h>

#include "clock.h"

/*
 * Milliseconds without work until the kernel's thread sleeps: as short as can
 * be, for where there is one processor a thread that looks for work keeps it
 * from who makes some.
 */
#define SQPOLL_IDLE_MS	1

const char *const closer_names[CLOSER_WAYS + 1] = {
	"close", "unlinked", "linked", "sqpoll", NULL
};

int closer_open(struct closer *closer, enum closer_way way)
{
	struct io_uring_params params = { 0 };

	closer->way = way;
	if (way == WAY_CLOSE)
		return 0;
	if (way == WAY_SQPOLL) {
		params.flags = IORING_SETUP_SQPOLL;
		params.sq_thread_idle = SQPOLL_IDLE_MS;
	}
	return io_uring_queue_init_params(CLOSER_MAX, &closer->ring, &params);
}

void closer_shut(struct closer *closer)
{
	if (closer->way != WAY_CLOSE)
		io_uring_queue_exit(&closer->ring);
}

static int close_each(const int *fd, size_t n, struct closer_times *times)
{
	int err = 0;

	times->begin = clock_now();
	for (size_t i = 0; i < n; i++)
		if (close(fd[i]))
			err = -errno;
	times->done = clock_now();
	times->visible = times->done;
	return err;
}

/* There is room for CLOSER_MAX, and nothing is left of the last batch. */
static void prepare(struct closer *closer, const int *fd, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct io_uring_sqe *sqe = io_uring_get_sqe(&closer->ring);

		io_uring_prep_close(sqe, fd[i]);
		sqe->user_data = i;
		if (closer->way == WAY_LINKED && i + 1 < n)
			io_uring_sqe_set_flags(sqe, IOSQE_IO_LINK);
	}
}

/* Those after a link that broke are not closed by the ring: by hand, then. */
static int reap(struct closer *closer, const int *fd, size_t n)
{
	int err = 0;

	for (size_t i = 0; i < n; i++) {
		struct io_uring_cqe *cqe;
		int ret = io_uring_wait_cqe(&closer->ring, &cqe);

		if (ret)
			return ret;
		if (cqe->res == -ECANCELED)
			close(fd[cqe->user_data]);
		else if (cqe->res)
			err = cqe->res;
		io_uring_cqe_seen(&closer->ring, cqe);
	}
	return err;
}

int closer_close(struct closer *closer, const int *fd, size_t n,
		 struct closer_times *times)
{
	int submitted, err;

	if (closer->way == WAY_CLOSE)
		return close_each(fd, n, times);
	times->begin = clock_now();
	prepare(closer, fd, n);
	submitted = io_uring_submit(&closer->ring);
	times->visible = clock_now();
	if (submitted != (int)n)
		return submitted < 0 ? submitted : -EIO;
	err = reap(closer, fd, n);
	times->done = clock_now();
	return err;
}
