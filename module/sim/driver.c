// SPDX-License-Identifier: GPL-2.0
#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tee_core.h>
#include <linux/xarray.h>

#include "../include/uapi/restricted_tee.h"
#include "call.h"
#include "driver.h"
#include "life.h"
#include "tee_sim.h"

/* Who says so (GlobalPlatform TEE Client API, table 4-3) */
#define TEEC_ORIGIN_TEE		3
#define TEEC_ORIGIN_TRUSTED_APP	4

/*
 * A session is a value in the context's array: the life that it belongs to, and
 * whether the kernel opened it.
 */
#define SESSION_KERNEL		BIT(0)
#define SESSION_LIFE_SHIFT	1

static void sim_get_version(struct tee_device *teedev,
			    struct tee_ioctl_version_data *version)
{
	*version = (struct tee_ioctl_version_data){
		.impl_id = TEE_IMPL_ID_SIM,
		.gen_caps = TEE_GEN_CAP_GP,
	};
}

/* A context keeps the module: it must not go while there are sessions */
static int sim_open(struct tee_context *ctx)
{
	struct xarray *sessions;

	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	sessions = kzalloc_obj(*sessions);
	if (!sessions) {
		module_put(THIS_MODULE);
		return -ENOMEM;
	}
	xa_init_flags(sessions, XA_FLAGS_ALLOC1);
	ctx->data = sessions;

	return 0;
}

static void sim_release(struct tee_context *ctx)
{
	struct xarray *sessions = ctx->data;

	xa_destroy(sessions);
	kfree(sessions);
	module_put(THIS_MODULE);
}

/* Tell the caller what the reply says */
static int finish(const struct sim_call *call, u32 *ret, u32 *origin)
{
	if (call->reply.error)
		return call->reply.error;
	*ret = call->reply.result;
	*origin = call->reply.result == TEE_ERROR_TARGET_DEAD ?
		  TEEC_ORIGIN_TEE : TEEC_ORIGIN_TRUSTED_APP;

	return 0;
}

static int sim_open_session(struct tee_context *ctx,
			    struct tee_ioctl_open_session_arg *arg,
			    struct tee_param *param)
{
	static const u8 uuid[] = MEMSVC_UUID_BYTES;
	struct sim_call call = {
		.cmd = SIM_CMD_OPEN,
		.life = sim_life_number(),
		.kernel = arg->clnt_login == TEE_IOCTL_LOGIN_REE_KERNEL,
	};
	unsigned long session;
	uuid_t client;
	int ret;

	ret = tee_session_calc_client_uuid(&client, arg->clnt_login,
					   arg->clnt_uuid);
	if (ret)
		return ret;
	if (memcmp(arg->uuid, uuid, sizeof(uuid))) {
		arg->ret = TEE_ERROR_ITEM_NOT_FOUND;
		arg->ret_origin = TEEC_ORIGIN_TEE;
		return 0;
	}

	sim_call_make(&call);
	ret = finish(&call, &arg->ret, &arg->ret_origin);
	if (ret || arg->ret)
		return ret;
	session = call.life << SESSION_LIFE_SHIFT;
	if (call.kernel)
		session |= SESSION_KERNEL;

	return xa_alloc(ctx->data, &arg->session, xa_mk_value(session),
			XA_LIMIT(1, U32_MAX), GFP_KERNEL);
}

/* Return: false if there is no such session */
static bool name_session(struct tee_context *ctx, u32 id,
			 struct sim_call *call)
{
	void *entry = xa_load(ctx->data, id);

	if (!entry)
		return false;
	call->life = xa_to_value(entry) >> SESSION_LIFE_SHIFT;
	call->kernel = xa_to_value(entry) & SESSION_KERNEL;

	return true;
}

static int sim_close_session(struct tee_context *ctx, u32 session)
{
	struct sim_call call = { .cmd = SIM_CMD_CLOSE };

	if (!name_session(ctx, session, &call) ||
	    !xa_erase(ctx->data, session))
		return -EINVAL;
	/* That it cannot be closed where all are dead is no news */
	sim_call_make(&call);

	return 0;
}

static int value_in(struct sim_param *mine, const struct tee_param *param)
{
	mine->value.a = param->u.value.a;
	mine->value.b = param->u.value.b;

	return 0;
}

static int memref_in(struct sim_param *mine, const struct tee_param *param)
{
	const struct tee_param_memref *memref = &param->u.memref;

	mine->memref.size = memref->size;
	if (!memref->size)
		return 0;
	if (!memref->shm || memref->shm_offs > memref->shm->size ||
	    memref->size > memref->shm->size - memref->shm_offs)
		return -EINVAL;
	mine->memref.buffer = tee_shm_get_va(memref->shm, memref->shm_offs);

	return PTR_ERR_OR_ZERO(mine->memref.buffer);
}

static int param_in(struct sim_param *mine, const struct tee_param *param)
{
	switch (param->attr & TEE_IOCTL_PARAM_ATTR_TYPE_MASK) {
	case TEE_IOCTL_PARAM_ATTR_TYPE_NONE:
	case TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT:
		return 0;
	case TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT:
		return value_in(mine, param);
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT:
		return memref_in(mine, param);
	default:
		return -EINVAL;
	}
}

static int params_in(struct sim_call *call, const struct tee_param *params,
		     u32 count)
{
	u32 i;
	int ret;

	if (count > SIM_PARAMS)
		return -EINVAL;
	for (i = 0; i < count; i++) {
		ret = param_in(&call->params[i], &params[i]);
		if (ret)
			return ret;
		call->types |= (params[i].attr &
				TEE_IOCTL_PARAM_ATTR_TYPE_MASK) << (4 * i);
	}

	return 0;
}

static void params_out(const struct sim_call *call, struct tee_param *params,
		       u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		const struct sim_param *mine = &call->params[i];

		switch (params[i].attr & TEE_IOCTL_PARAM_ATTR_TYPE_MASK) {
		case TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT:
		case TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT:
			params[i].u.value.a = mine->value.a;
			params[i].u.value.b = mine->value.b;
			break;
		case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT:
		case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT:
			params[i].u.memref.size = mine->memref.size;
			break;
		}
	}
}

static int sim_invoke_func(struct tee_context *ctx,
			   struct tee_ioctl_invoke_arg *arg,
			   struct tee_param *param)
{
	struct sim_call call = { .cmd = arg->func };
	int ret;

	if (!name_session(ctx, arg->session, &call))
		return -EINVAL;
	ret = params_in(&call, param, arg->num_params);
	if (ret)
		return ret;

	sim_call_make(&call);
	ret = finish(&call, &arg->ret, &arg->ret_origin);
	if (!ret)
		params_out(&call, param, arg->num_params);

	return ret;
}

/* As in OP-TEE, one may ask; here nothing that can be cancelled ever waits */
static int sim_cancel_req(struct tee_context *ctx, u32 cancel_id, u32 session)
{
	return xa_load(ctx->data, session) ? 0 : -EINVAL;
}

static const struct tee_driver_ops sim_ops = {
	.get_version = sim_get_version,
	.open = sim_open,
	.release = sim_release,
	.open_session = sim_open_session,
	.close_session = sim_close_session,
	.invoke_func = sim_invoke_func,
	.cancel_req = sim_cancel_req,
};

static const struct tee_desc sim_desc = {
	.name = "sim-clnt",
	.ops = &sim_ops,
	.owner = THIS_MODULE,
};

/* Shared memory is the kernel's own: there is nobody to tell of it */
static int shm_alloc(struct tee_shm_pool *pool, struct tee_shm *shm,
		     size_t size, size_t align)
{
	return tee_dyn_shm_alloc_helper(shm, size, align, NULL);
}

static void shm_free(struct tee_shm_pool *pool, struct tee_shm *shm)
{
	tee_dyn_shm_free_helper(shm, NULL);
}

static const struct tee_shm_pool_ops shm_pool_ops = {
	.alloc = shm_alloc,
	.free = shm_free,
};

static struct tee_shm_pool shm_pool = { .ops = &shm_pool_ops };

/**
 * sim_device_add() - make /dev/teeN
 * @parent:	of the device
 *
 * Return: the device or an ERR_PTR.
 */
struct tee_device *sim_device_add(struct device *parent)
{
	struct tee_device *teedev;
	int ret;

	teedev = tee_device_alloc(&sim_desc, parent, &shm_pool, NULL);
	if (IS_ERR(teedev))
		return teedev;
	ret = tee_device_register(teedev);
	if (ret) {
		tee_device_unregister(teedev);
		return ERR_PTR(ret);
	}

	return teedev;
}

/**
 * sim_device_remove() - undo sim_device_add()
 * @teedev:	the device
 */
void sim_device_remove(struct tee_device *teedev)
{
	tee_device_unregister(teedev);
}
