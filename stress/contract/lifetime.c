// SPDX-License-Identifier: GPL-2.0
/*
 * Restricted exactly as long as it lives: the last reference ends it, once.
 * Seen in the kernel's list of dma-bufs, in the heap's books and in the TEE's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "catalogue.h"

/* A buffer whose end is watched. */
struct life {
	struct books before;
	uint64_t ino;
	int fd;
};

static enum outcome books_say(struct trial *t, const struct life *life,
			      bool alive, const char *when)
{
	const struct {
		const char *name;
		int by;
	} lines[] = {
		{ "allocs", 1 }, { "frees", !alive },
		{ "live_buffers", alive },
		{ "tee.added", 1 }, { "tee.removed", !alive },
		{ "tee.buffers", alive },
		{ "dmabuf.buffers", alive },
	};
	struct books now;
	char what[200];
	int err = subject_books(t->s, &now);

	if (err)
		return broken(t, "%s: the books cannot be read: %s", when,
			      err_name(err));
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (!books_moved(&life->before, &now, lines[i].name,
				 lines[i].by, what, sizeof(what)))
			return broken(t, "%s: %s", when, what);
	return KEPT;
}

static enum outcome expect(struct trial *t, const struct life *life, bool alive,
			   const char *when)
{
	bool lives;
	int err = dmabuf_lives(life->ino, &lives);

	if (err && err != -ENOENT)
		return broken(t, "%s: the list of dma-bufs cannot be read: %s",
			      when, err_name(err));
	if (!err && lives != alive)
		return broken(t, "%s: the buffer %s", when,
			      lives ? "lives on" : "is gone already");
	return books_say(t, life, alive, when);
}

static enum outcome begin(struct trial *t, struct life *life)
{
	int err = subject_books(t->s, &life->before);

	if (err)
		return broken(t, "the books cannot be read: %s", err_name(err));
	if (!life->before.n)
		return skipped(t, "neither debugfs nor the heap shows its buffers");
	life->fd = heap_alloc(&t->s->heap, SOME_SIZE);
	if (life->fd < 0)
		return broken(t, "no buffer: %s", err_name(life->fd));
	err = dmabuf_ino(life->fd, &life->ino);
	if (err)
		return broken(t, "fstat: %s", err_name(err));
	return expect(t, life, true, "when allocated");
}

static enum outcome run_dup(struct trial *t)
{
	struct life life;
	enum outcome o = begin(t, &life);
	int second, third;

	if (o != KEPT)
		return o;
	second = dup(life.fd);
	third = dup(second);
	if (second < 0 || third < 0)
		return broken(t, "dup: %s", err_name(-errno));
	close(life.fd);
	o = expect(t, &life, true, "one of three closed");
	close(third);
	if (o == KEPT)
		o = expect(t, &life, true, "two of three closed");
	close(second);
	return o == KEPT ? expect(t, &life, false, "all closed") : o;
}

const struct promise promise_dup = {
	.name = "last-dup",
	.help = "the last of several duplicates ends it, once",
	.run = run_dup,
};

/*
 * A process that holds all we have open until it is told to end, or killed.
 * Return: its id, or -1 with errno set.
 */
static pid_t start_holder(int *tell)
{
	int ends[2];
	char byte;
	pid_t pid;

	if (pipe(ends))
		return -1;
	pid = fork();
	if (!pid) {
		close(ends[1]);
		_exit(read(ends[0], &byte, 1) != 0);
	}
	close(ends[0]);
	*tell = ends[1];
	return pid;
}

static enum outcome run_holder(struct trial *t, bool kill_it)
{
	struct life life;
	enum outcome o = begin(t, &life);
	pid_t pid;
	int tell;

	if (o != KEPT)
		return o;
	pid = start_holder(&tell);
	if (pid < 0)
		return broken(t, "fork: %s", err_name(-errno));
	close(life.fd);
	o = expect(t, &life, true, "held by another process");
	if (kill_it)
		kill(pid, SIGKILL);
	close(tell);
	waitpid(pid, NULL, 0);
	return o == KEPT ? expect(t, &life, false, "its holder gone") : o;
}

static enum outcome run_fork(struct trial *t)
{
	return run_holder(t, false);
}

static enum outcome run_kill(struct trial *t)
{
	return run_holder(t, true);
}

const struct promise promise_fork = {
	.name = "last-fork",
	.help = "the end of the last process that inherited it ends it, once",
	.run = run_fork,
};

const struct promise promise_kill = {
	.name = "last-kill",
	.help = "SIGKILL of its last holder ends it, once",
	.run = run_kill,
};

union control {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static int send_fd(int to, int fd)
{
	char byte = 0;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	union control control = { .bytes = { 0 } };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	return sendmsg(to, &msg, 0) < 0 ? -errno : 0;
}

static int receive_fd(int from)
{
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	union control control;
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *head;
	int fd;

	if (recvmsg(from, &msg, MSG_CMSG_CLOEXEC) < 0)
		return -errno;
	head = CMSG_FIRSTHDR(&msg);
	if (!head || head->cmsg_type != SCM_RIGHTS)
		return -ENOMSG;
	memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	return fd;
}

/* Put the only reference into a socket. */
static enum outcome put_in_flight(struct trial *t, struct life *life,
				  int ends[2])
{
	enum outcome o = begin(t, life);
	int err;

	if (o != KEPT)
		return o;
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends))
		return skipped(t, "no socket pair: %s", err_name(-errno));
	err = send_fd(ends[0], life->fd);
	if (err)
		return broken(t, "SCM_RIGHTS: %s", err_name(err));
	close(life->fd);
	return expect(t, life, true, "in flight");
}

static enum outcome run_scm(struct trial *t)
{
	struct life life;
	int ends[2], fd;
	enum outcome o = put_in_flight(t, &life, ends);

	if (o != KEPT)
		return o;
	fd = receive_fd(ends[1]);
	if (fd < 0)
		return broken(t, "SCM_RIGHTS: %s", err_name(fd));
	close(ends[0]);
	close(ends[1]);
	o = expect(t, &life, true, "received");
	close(fd);
	return o == KEPT ? expect(t, &life, false, "received and closed") : o;
}

static enum outcome run_flight(struct trial *t)
{
	struct life life;
	int ends[2];
	enum outcome o = put_in_flight(t, &life, ends);

	if (o != KEPT)
		return o;
	close(ends[0]);
	close(ends[1]);
	return expect(t, &life, false, "in flight to nobody");
}

const struct promise promise_scm = {
	.name = "last-scm-rights",
	.help = "sent over a socket it lives on, and the receiver's close ends it, once",
	.run = run_scm,
};

const struct promise promise_flight = {
	.name = "last-in-flight",
	.help = "the end of a socket that holds its last reference ends it, once",
	.run = run_flight,
};
