// SPDX-License-Identifier: GPL-2.0
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sched/mm.h>
#include <linux/string.h>
#include <linux/tee_drv.h>
#include <linux/wordpart.h>

#include "memsvc.h"
#include "private.h"
#include "trace.h"

/* Result codes of the GlobalPlatform TEE Client API, table 4-2 */
#define TEEC_ERROR_ACCESS_DENIED	0xffff0001
#define TEEC_ERROR_ACCESS_CONFLICT	0xffff0003
#define TEEC_ERROR_BAD_PARAMETERS	0xffff0006
#define TEEC_ERROR_ITEM_NOT_FOUND	0xffff0008
#define TEEC_ERROR_NOT_SUPPORTED	0xffff000a
#define TEEC_ERROR_OUT_OF_MEMORY	0xffff000c
#define TEEC_ERROR_COMMUNICATION	0xffff000e
#define TEEC_ERROR_SHORT_BUFFER		0xffff0010
#define TEEC_ERROR_TARGET_DEAD		0xffff3024

int memsvc_result_to_errno(u32 result)
{
	switch (result) {
	case 0:
		return 0;
	case TEEC_ERROR_ACCESS_DENIED:
		return -EACCES;
	case TEEC_ERROR_ACCESS_CONFLICT:
		return -EBUSY;
	case TEEC_ERROR_BAD_PARAMETERS:
		return -EINVAL;
	case TEEC_ERROR_ITEM_NOT_FOUND:
		return -ENOENT;
	case TEEC_ERROR_NOT_SUPPORTED:
		return -EOPNOTSUPP;
	case TEEC_ERROR_OUT_OF_MEMORY:
		return -ENOMEM;
	case TEEC_ERROR_SHORT_BUFFER:
		return -EOVERFLOW;
	case TEEC_ERROR_COMMUNICATION:
	case TEEC_ERROR_TARGET_DEAD:
		return -ENODEV;
	default:
		return -EIO;
	}
}

/*
 * A call is never made twice by one task at a time, as it could be by a
 * shrinker that makes calls while the TEE driver allocates memory: the second
 * would wait for one who waits for the first to end. So shrinkers that make
 * calls must not where __GFP_IO is not set.
 */
static unsigned int begin_call(struct memsvc *svc)
{
	unsigned int flags = memalloc_noio_save();

	down_read(&svc->lock);

	return flags;
}

static void end_call(struct memsvc *svc, unsigned int flags)
{
	up_read(&svc->lock);
	memalloc_noio_restore(flags);
}

static int make_call(struct memsvc *svc, u32 cmd, struct tee_param *params,
		     unsigned int count)
{
	struct tee_ioctl_invoke_arg arg = {
		.func = cmd,
		.session = svc->session,
		.num_params = count,
	};
	int ret;

	if (unlikely(!svc->ctx))
		return -ENODEV;

	atomic64_inc(&svc->calls);
	ret = tee_client_invoke_func(svc->ctx, &arg, params);

	return ret < 0 ? ret : memsvc_result_to_errno(arg.ret);
}

/* Return: the service's handle, or -ESTALE: it lost the books with it. */
static int read_handle(const struct memsvc *svc, u64 handle, u64 *out)
{
	*out = lower_32_bits(handle);

	return likely(upper_32_bits(handle) == svc->life) ? 0 : -ESTALE;
}

/**
 * memsvc_invoke() - make one call
 * @svc:	a client
 * @cmd:	MEMSVC_CMD_...
 * @params:	see there; up to four
 * @count:	their number
 *
 * May sleep. Memory is allocated meanwhile without __GFP_IO.
 *
 * Return: 0, or a negative errno: -ENODEV (the TEE or the service is gone, or
 * dead), another of the TEE driver, or for the service's result -EACCES,
 * -EBUSY (access conflict), -EINVAL, -ENOENT, -EOPNOTSUPP, -ENOMEM, -EOVERFLOW
 * (short buffer), -EIO (any other).
 */
int memsvc_invoke(struct memsvc *svc, u32 cmd, struct tee_param *params,
		  unsigned int count)
{
	unsigned int flags = begin_call(svc);
	int ret = make_call(svc, cmd, params, count);

	end_call(svc, flags);

	return ret;
}
EXPORT_SYMBOL_GPL(memsvc_invoke);

#ifdef RHEAP_INJECT
static unsigned int inject_tee_calls;
module_param(inject_tee_calls, uint, 0644);
MODULE_PARM_DESC(inject_tee_calls, "make so many calls more for each buffer of the service");

static void inject_calls(struct memsvc *svc)
{
	unsigned int i;

	for (i = 0; i < READ_ONCE(inject_tee_calls); i++)
		memsvc_invoke(svc, MEMSVC_CMD_NOP, NULL, 0);
}
#else
static inline void inject_calls(struct memsvc *svc)
{
}
#endif

/**
 * memsvc_zalloc() - take zeroed memory
 * @svc:	a client
 * @request:	how much, and from where
 * @grant:	to fill; what is in it is for the caller to check
 *
 * Return: 0, -ENOMEM (the pool cannot hold it; what the call's 32 bits cannot
 * carry is never sent), or as memsvc_invoke().
 */
int memsvc_zalloc(struct memsvc *svc, const struct memsvc_request *request,
		  struct memsvc_grant *grant)
{
	struct tee_param params[4] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
	};
	unsigned int flags;
	u32 life;
	int ret;

	if (request->size > U32_MAX || request->area_base > U32_MAX ||
	    request->area_size > U32_MAX)
		return -ENOMEM;
	inject_calls(svc);

	params[0].u.value.a = request->size;
	params[0].u.value.b = PAGE_SIZE;
	params[1].u.value.a = request->type;
	params[2].u.value.a = request->area_base;
	params[2].u.value.b = request->area_size;
	trace_restricted_tee_call_begin(MEMSVC_CMD_ZALLOC, 0, request->size);
	flags = begin_call(svc);
	ret = make_call(svc, MEMSVC_CMD_ZALLOC, params, ARRAY_SIZE(params));
	life = svc->life;
	end_call(svc, flags);
	trace_restricted_tee_call_end(MEMSVC_CMD_ZALLOC, params[2].u.value.a,
				      request->size, ret);
	if (ret)
		return ret;

	grant->count = params[2].u.value.a;
	grant->base = params[2].u.value.b;
	grant->handle = (u64)life << 32 | (u32)params[3].u.value.a;
	grant->taken = params[3].u.value.b;

	return 0;
}
EXPORT_SYMBOL_GPL(memsvc_zalloc);

/**
 * memsvc_retrieve() - ask where a grant's memory lies
 * @svc:	a client
 * @handle:	of the grant
 * @ranges:	to fill
 * @count:	of the grant; the answer must have as many
 *
 * Return: 0, -EIO (the answer has another length), -ENODEV (also: the service
 * has lost the grant's books), -ENOMEM, or as memsvc_invoke().
 */
int memsvc_retrieve(struct memsvc *svc, u64 handle,
		    struct memsvc_range *ranges, unsigned int count)
{
	size_t bytes = array_size(count, sizeof(*ranges));
	struct tee_param params[2] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT },
	};
	unsigned int flags = begin_call(svc);
	struct tee_shm *shm;
	int ret = -ENODEV;

	if (!svc->ctx || read_handle(svc, handle, &params[0].u.value.a))
		goto out_end_call;
	shm = tee_shm_alloc_kernel_buf(svc->ctx, bytes);
	ret = PTR_ERR_OR_ZERO(shm);
	if (ret)
		goto out_end_call;

	params[1].u.memref.shm = shm;
	params[1].u.memref.size = bytes;
	ret = make_call(svc, MEMSVC_CMD_RETRIEVE_SG, params,
			ARRAY_SIZE(params));
	if (!ret && params[1].u.memref.size != bytes)
		ret = -EIO;
	if (!ret)
		memcpy(ranges, tee_shm_get_va(shm, 0), bytes);
	tee_shm_free(shm);
out_end_call:
	end_call(svc, flags);

	return ret;
}
EXPORT_SYMBOL_GPL(memsvc_retrieve);

/**
 * memsvc_free() - give a grant back
 * @svc:	a client
 * @handle:	of the grant
 *
 * The call can succeed and the freeing fail: both are looked at.
 *
 * Return: 0: the memory is out of the caller's hands; -ESTALE: the service has
 * lost the books that had the grant, its handle may be another's now, and no call
 * was made; or as memsvc_invoke(): it may still be restricted.
 */
int memsvc_free(struct memsvc *svc, u64 handle)
{
	struct tee_param params[2] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
	};
	unsigned int flags = begin_call(svc);
	int ret;

	ret = svc->ctx ? read_handle(svc, handle, &params[0].u.value.a) :
			 -ENODEV;
	if (unlikely(ret))
		goto out_end_call;

	trace_restricted_tee_call_begin(MEMSVC_CMD_FREE, 0, 0);
	ret = make_call(svc, MEMSVC_CMD_FREE, params, ARRAY_SIZE(params));
	if (!ret)
		ret = memsvc_result_to_errno(params[1].u.value.a);
	trace_restricted_tee_call_end(MEMSVC_CMD_FREE, 0, 0, ret);
out_end_call:
	end_call(svc, flags);

	return ret;
}
EXPORT_SYMBOL_GPL(memsvc_free);
