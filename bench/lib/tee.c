// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "tee.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROBE_TIMEOUT_MS 5000

int tee_open(struct tee *tee, const char *path)
{
	int err;

	tee->fd = open(path, O_RDWR | O_CLOEXEC);
	if (tee->fd < 0)
		return -errno;
	if (ioctl(tee->fd, TEE_IOC_VERSION, &tee->version)) {
		err = -errno;
		close(tee->fd);
		tee->fd = -1;
		return err;
	}
	return 0;
}

void tee_close(struct tee *tee)
{
	close(tee->fd);
	tee->fd = -1;
}

int tee_session_open(const struct tee *tee, const uint8_t uuid[16],
		     uint32_t *session, struct tee_reply *reply)
{
	struct tee_ioctl_open_session_arg arg = {
		.clnt_login = TEE_IOCTL_LOGIN_PUBLIC,
	};
	struct tee_ioctl_buf_data buf = {
		.buf_ptr = (uintptr_t)&arg,
		.buf_len = sizeof(arg),
	};

	memcpy(arg.uuid, uuid, sizeof(arg.uuid));
	if (ioctl(tee->fd, TEE_IOC_OPEN_SESSION, &buf))
		return -errno;
	*session = arg.session;
	reply->result = arg.ret;
	reply->origin = arg.ret_origin;
	return 0;
}

/* What the child of tee_probe() tells its parent */
struct probe {
	int err;
	struct tee_reply reply;
};

static struct probe probe_session(const char *path, const uint8_t uuid[16])
{
	struct probe probe = { .err = 0 };
	uint32_t session;
	struct tee tee;

	probe.err = tee_open(&tee, path);
	if (probe.err)
		return probe;
	probe.err = tee_session_open(&tee, uuid, &session, &probe.reply);
	/* Closes the session, too */
	tee_close(&tee);
	return probe;
}

static int wait_probe(int fd, struct probe *probe)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int n;

	do {
		n = poll(&pfd, 1, PROBE_TIMEOUT_MS);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (!n)
		return -ETIMEDOUT;
	return read(fd, probe, sizeof(*probe)) == sizeof(*probe) ? 0 : -EIO;
}

int tee_probe(const char *path, const uint8_t uuid[16],
	      struct tee_reply *reply)
{
	struct probe probe;
	int pipes[2];
	pid_t child;
	int err;

	if (pipe2(pipes, O_CLOEXEC))
		return -errno;
	child = fork();
	if (!child) {
		probe = probe_session(path, uuid);
		_exit(write(pipes[1], &probe, sizeof(probe)) !=
		      sizeof(probe));
	}
	err = child < 0 ? -errno : 0;
	close(pipes[1]);
	if (err)
		goto close_pipe;
	err = wait_probe(pipes[0], &probe);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	if (err)
		goto close_pipe;
	*reply = probe.reply;
	err = probe.err;
close_pipe:
	close(pipes[0]);
	return err;
}

int tee_session_close(const struct tee *tee, uint32_t session)
{
	struct tee_ioctl_close_session_arg arg = { .session = session };

	return ioctl(tee->fd, TEE_IOC_CLOSE_SESSION, &arg) ? -errno : 0;
}

int tee_invoke(const struct tee *tee, uint32_t session, uint32_t command,
	       struct tee_ioctl_param *params, size_t n,
	       struct tee_reply *reply)
{
	union {
		struct tee_ioctl_invoke_arg arg;
		uint8_t bytes[sizeof(struct tee_ioctl_invoke_arg) +
			      TEE_MAX_PARAMS * sizeof(*params)];
	} u;
	struct tee_ioctl_buf_data buf = {
		.buf_ptr = (uintptr_t)&u,
		.buf_len = sizeof(u.arg) + n * sizeof(*params),
	};

	if (n > TEE_MAX_PARAMS)
		return -EINVAL;
	u.arg = (struct tee_ioctl_invoke_arg){
		.func = command,
		.session = session,
		.num_params = (uint32_t)n,
	};
	for (size_t i = 0; i < n; i++)
		u.arg.params[i] = params[i];
	if (ioctl(tee->fd, TEE_IOC_INVOKE, &buf))
		return -errno;
	for (size_t i = 0; i < n; i++)
		params[i] = u.arg.params[i];
	reply->result = u.arg.ret;
	reply->origin = u.arg.ret_origin;
	return 0;
}

int tee_cancel(const struct tee *tee, uint32_t session)
{
	struct tee_ioctl_cancel_arg arg = { .session = session };

	return ioctl(tee->fd, TEE_IOC_CANCEL, &arg) ? -errno : 0;
}

int tee_shm_alloc(const struct tee *tee, size_t size, struct tee_shm *shm)
{
	struct tee_ioctl_shm_alloc_data data = { .size = size };

	shm->map = NULL;
	shm->fd = ioctl(tee->fd, TEE_IOC_SHM_ALLOC, &data);
	if (shm->fd < 0)
		return -errno;
	shm->id = data.id;
	shm->size = data.size;
	return 0;
}

int tee_shm_map(struct tee_shm *shm)
{
	void *map = mmap(NULL, shm->size, PROT_READ | PROT_WRITE, MAP_SHARED,
			 shm->fd, 0);

	if (map == MAP_FAILED)
		return -errno;
	shm->map = map;
	return 0;
}

void tee_shm_free(struct tee_shm *shm)
{
	if (shm->map)
		munmap(shm->map, shm->size);
	shm->map = NULL;
	close(shm->fd);
	shm->fd = -1;
}
