// SPDX-License-Identifier: GPL-2.0
/* What user space may not ask the TEE, and what happens without one. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "catalogue.h"
#include "memsvc.h"

/* How long an error may take to come */
#define PATIENCE_SECONDS	5
#define TIMES			3

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

static enum outcome denied(struct trial *t, const struct memsvc *svc,
			   const char *what, uint32_t command,
			   struct tee_ioctl_param *params, size_t n)
{
	struct tee_reply reply;
	int err = tee_invoke(&svc->tee, svc->session, command, params, n,
			     &reply);

	if (err)
		return broken(t, "%s gave %s and no answer of the TEE", what,
			      err_name(err));
	if (reply.result != TEE_RESULT_ACCESS_DENIED)
		return broken(t, "%s gave %#x and not %#x", what, reply.result,
			      TEE_RESULT_ACCESS_DENIED);
	return KEPT;
}

static struct tee_ioctl_param value_in(uint64_t a, uint64_t b)
{
	return (struct tee_ioctl_param){
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT,
		.a = a,
		.b = b,
	};
}

static struct tee_ioctl_param value_out(void)
{
	return (struct tee_ioctl_param){
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT,
	};
}

static enum outcome zalloc_denied(struct trial *t, const struct memsvc *svc)
{
	struct tee_ioctl_param params[] = {
		value_in(PAGE_BYTES, PAGE_BYTES),
		value_in(MEMSVC_TYPE_STATIC, 0),
		tee_param_value(0, 0),
		value_out(),
	};

	return denied(t, svc, "ZALLOC from user space", MEMSVC_CMD_ZALLOC,
		      params, ARRAY_SIZE(params));
}

static enum outcome free_denied(struct trial *t, const struct memsvc *svc,
				uint32_t handle)
{
	struct tee_ioctl_param params[] = { value_in(handle, 0), value_out() };

	return denied(t, svc, "FREE from user space", MEMSVC_CMD_FREE, params,
		      ARRAY_SIZE(params));
}

static enum outcome retrieve_denied(struct trial *t, const struct memsvc *svc,
				    uint32_t handle)
{
	struct tee_ioctl_param params[] = { value_in(handle, 0), value_out() };
	struct tee_shm shm;
	enum outcome o;
	int err = tee_shm_alloc(&svc->tee, PAGE_BYTES, &shm);

	if (err)
		return broken(t, "no shared memory: %s", err_name(err));
	params[1] = tee_param_memref(TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT,
				     &shm, PAGE_BYTES);
	o = denied(t, svc, "RETRIEVE_SG from user space",
		   MEMSVC_CMD_RETRIEVE_SG, params, ARRAY_SIZE(params));
	tee_shm_free(&shm);
	return o;
}

/* The kernel's own login would open every door. */
static enum outcome login_denied(struct trial *t, const struct memsvc *svc)
{
	static const uint8_t uuid[16] = MEMSVC_UUID_BYTES;
	struct tee_ioctl_open_session_arg arg = {
		.clnt_login = TEE_IOCTL_LOGIN_REE_KERNEL,
	};
	struct tee_ioctl_buf_data buf = {
		.buf_ptr = (uintptr_t)&arg,
		.buf_len = sizeof(arg),
	};

	memcpy(arg.uuid, uuid, sizeof(uuid));
	if (ioctl(svc->tee.fd, TEE_IOC_OPEN_SESSION, &buf))
		return errno == EPERM ? KEPT :
		       broken(t, "the kernel's login gave %s and not EPERM",
			      err_name(-errno));
	if (arg.ret == TEE_OK)
		return broken(t, "user space logged in as the kernel");
	return KEPT;
}

static enum outcome try_doors(struct trial *t, const struct memsvc *svc)
{
	struct memsvc_listing list;
	enum outcome o;
	uint32_t handle;
	int err = memsvc_list(svc, memsvc_type_of(t->s->heap.name), &list);

	if (err)
		return broken(t, "the TEE's table cannot be read: %s",
			      err_name(err));
	handle = list.n ? list.entry[0].handle : 0;
	memsvc_list_free(&list);
	if (!handle)
		return broken(t, "the TEE's table does not have our buffer");
	o = zalloc_denied(t, svc);
	if (o == KEPT)
		o = free_denied(t, svc, handle);
	if (o == KEPT)
		o = retrieve_denied(t, svc, handle);
	return o == KEPT ? login_denied(t, svc) : o;
}

static enum outcome run_privileges(struct trial *t)
{
	struct books before, after;
	struct memsvc svc;
	char what[300];
	enum outcome o;
	int fd, err;

	if (!memsvc_type_of(t->s->heap.name))
		return skipped(t, "not a heap of the memory service");
	fd = heap_alloc(&t->s->heap, SOME_SIZE);
	if (fd < 0)
		return broken(t, "no buffer: %s", err_name(fd));
	err = subject_books(t->s, &before);
	if (!err)
		err = memsvc_open(&svc);
	if (err)
		return broken(t, "no session with the memory service: %s",
			      err_name(err));
	o = try_doors(t, &svc);
	memsvc_close(&svc);
	if (o != KEPT)
		return o;
	err = subject_books(t->s, &after);
	if (err || books_changed(&before, &after, books_untouched, what,
				 sizeof(what)))
		return broken(t, "refused, and yet: %s",
			      err ? err_name(err) : what);
	return KEPT;
}

const struct promise promise_privileges = {
	.name = "tee-privileges",
	.help = "user space cannot take, free or locate restricted memory by asking the TEE itself",
	.run = run_privileges,
};

static double seconds_now(void)
{
	struct timespec ts;

	/* Cannot fail: the clock is always there. */
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static enum outcome fails_at_once(struct trial *t)
{
	double begin = seconds_now();
	int fd = heap_alloc(&t->s->heap, SOME_SIZE);
	double took = seconds_now() - begin;

	if (fd != -ENODEV)
		return broken(t, "an allocation gave %s and not ENODEV",
			      err_name(fd));
	if (took > PATIENCE_SECONDS)
		return broken(t, "the error took %.0f s to come", took);
	return KEPT;
}

static enum outcome fails_again_and_again(struct trial *t)
{
	struct books before, after;
	enum outcome o = KEPT;
	char what[300];
	int err = subject_books(t->s, &before);

	for (int i = 0; i < TIMES && o == KEPT; i++)
		o = fails_at_once(t);
	if (o != KEPT)
		return o;
	if (!err)
		err = subject_books(t->s, &after);
	if (err)
		return broken(t, "the books cannot be read: %s", err_name(err));
	if (books_changed(&before, &after, books_untouched, what,
			  sizeof(what)) ||
	    !books_moved(&before, &after, "failures", TIMES, what,
			 sizeof(what)))
		return broken(t, "%s", what);
	return KEPT;
}

static enum outcome run_absent(struct trial *t)
{
	struct memsvc svc;
	int err = memsvc_open(&svc);
	int fd;

	if (!err) {
		memsvc_close(&svc);
		return skipped(t, "the TEE is here");
	}
	if (err != -ENODEV)
		return broken(t, "the TEE answers %s", err_name(err));
	if (t->s->tee_gone)
		return fails_again_and_again(t);
	fd = heap_alloc(&t->s->heap, SOME_SIZE);
	if (fd < 0)
		return broken(t, "no buffer: %s", err_name(fd));
	heap_free(fd);
	return KEPT;
}

const struct promise promise_tee_absent = {
	.name = "tee-absent",
	.help = "without a TEE its heap gives ENODEV, at once and again and again, and all others work",
	.without_tee = true,
	.run = run_absent,
};
