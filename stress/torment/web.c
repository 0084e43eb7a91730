// SPDX-License-Identifier: GPL-2.0
/*
 * Restricted exactly as long as it lives: references go through dup, fork and
 * sockets, also into sockets that nobody can reach any more, and end in any
 * order.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "catalogue.h"
#include "crew.h"

#define FDS_MAX		16
#define STEPS_MAX	6
#define WEB_MAX		(64 << 10)
#define LOOK_EVERY	32

/* The references that a worker has to one buffer */
struct knot {
	int fd[FDS_MAX];
	size_t n;
	bool adrift;
};

static int send_fds(int to, const int *fds, size_t n)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int) * FDS_MAX)];
	} control = { .bytes = { 0 } };
	char byte = 0;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = CMSG_SPACE(sizeof(int) * n),
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int) * n);
	memcpy(CMSG_DATA(head), fds, sizeof(int) * n);
	return sendmsg(to, &msg, 0) < 0 ? -errno : 0;
}

/* Receive one message, and close what is in it but for one, which is returned. */
static int receive_fd(int from)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int) * FDS_MAX)];
	} control;
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *head;
	int fds[FDS_MAX];
	size_t n;

	if (recvmsg(from, &msg, MSG_CMSG_CLOEXEC) < 0)
		return -errno;
	head = CMSG_FIRSTHDR(&msg);
	if (!head || head->cmsg_type != SCM_RIGHTS)
		return -ENOMSG;
	n = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(fds, CMSG_DATA(head), n * sizeof(int));
	for (size_t i = 1; i < n; i++)
		close(fds[i]);
	return fds[0];
}

static void add_fd(struct knot *knot, int fd)
{
	if (fd >= 0 && knot->n < FDS_MAX)
		knot->fd[knot->n++] = fd;
	else if (fd >= 0)
		close(fd);
}

/* Into a socket, and out again or not */
static void through_socket(struct hand *h, struct knot *knot)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends))
		return;
	if (!send_fds(ends[0], knot->fd, knot->n) && rng_below(&h->rng, 2))
		add_fd(knot, receive_fd(ends[1]));
	close(ends[0]);
	close(ends[1]);
}

/* Into a socket that is in itself: only the collector of such ends it. */
static void into_cycle(struct knot *knot)
{
	int ends[2], fds[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends))
		return;
	fds[0] = ends[0];
	fds[1] = knot->fd[0];
	if (!send_fds(ends[1], fds, 2))
		knot->adrift = true;
	fds[0] = ends[1];
	send_fds(ends[0], fds, 1);
	close(ends[0]);
	close(ends[1]);
}

/* A process that inherits all, and ends soon in one way or another */
static void through_fork(struct hand *h, struct knot *knot)
{
	uint64_t way = rng_below(&h->rng, 3);
	pid_t pid = fork();

	if (!pid) {
		if (way == 0)
			dup(knot->fd[0]);
		if (way == 1)
			kill(getpid(), SIGKILL);
		_exit(0);
	}
	if (pid > 0)
		crew_wait(h->s, pid, SIGKILL, "a process that inherited");
}

static void step(struct hand *h, struct knot *knot)
{
	switch (rng_below(&h->rng, 8)) {
	case 0:
		through_fork(h, knot);
		break;
	case 1:
		into_cycle(knot);
		break;
	case 2:
	case 3:
	case 4:
		through_socket(h, knot);
		break;
	default:
		add_fd(knot, dup(knot->fd[rng_below(&h->rng, knot->n)]));
	}
}

/* All of it is closed, so it is gone; or it was alive too long. */
static void look(struct hand *h, const struct stress_heap *heap, uint64_t ino)
{
	bool lives = false;

	if (!dmabuf_lives(ino, &lives) && lives)
		stress_found(h->s, "%s: a buffer outlives its last reference",
			     heap->heap.name);
}

static void untie(struct hand *h, struct knot *knot)
{
	while (knot->n) {
		size_t i = rng_below(&h->rng, knot->n);

		close(knot->fd[i]);
		knot->fd[i] = knot->fd[--knot->n];
	}
}

static void tie(struct hand *h, const struct stress_heap *heap, int fd)
{
	struct knot knot = { .fd = { fd }, .n = 1 };
	uint64_t steps = 1 + rng_below(&h->rng, STEPS_MAX), ino;
	int err = dmabuf_ino(fd, &ino);

	while (steps--)
		step(h, &knot);
	untie(h, &knot);
	if (!err && !knot.adrift && !(h->left % LOOK_EVERY))
		look(h, heap, ino);
}

static void work(struct hand *h)
{
	while (hand_next(h)) {
		size_t i = hand_heap(h);
		int fd = stress_alloc(h->s, i, stress_size(&h->choices, WEB_MAX));

		if (fd >= 0)
			tie(h, &h->s->heap[i], fd);
		else if (fd != -ENOMEM)
			stress_found(h->s, "%s: %s", h->s->heap[i].heap.name,
				     strerror(-fd));
	}
}

static void run(struct stress *s)
{
	const struct crew crew = { .work = work };

	crew_run(s, &crew);
}

const struct stressor stressor_web = {
	.name = "web",
	.help = "the last reference ends it, once: dup, fork, SCM_RIGHTS, unreachable sockets",
	.ops = 3000,
	.workers = 4,
	.run = run,
};
