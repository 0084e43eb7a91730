// SPDX-License-Identifier: GPL-2.0
/*
 * The life of the memory service's clients. The TEE goes (its driver is
 * unbound, or it died) and returns; a client stays, and has a session whenever
 * there is a TEE.
 *
 * Whether there is one is told by the tee bus: the service is a device there.
 * Without the device the service is not used, though a session could be opened:
 * nobody would tell when to close it, and the TEE's driver, which waits for
 * that, could never be unbound. The device does not tell its TEE: it has to be
 * the one that is found first.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/tee_drv.h>
#include <linux/uuid.h>

#include "../sim/tee_sim.h"
#include "memsvc.h"
#include "private.h"

static LIST_HEAD(clients);
/* The service's device; there may be one of it at a time */
static struct tee_client_device *service;
/*
 * Protects clients and service, and is held while a client comes up or goes
 * down. Taken before a client's lock, and never while a call is being made.
 */
static DEFINE_MUTEX(clients_lock);

/**
 * memsvc_match() - whether a TEE is one that the service was written for
 * @ver:	what it tells of itself
 * @data:	not looked at
 *
 * For tee_client_open_context().
 *
 * Return: 1 if so, else 0.
 */
int memsvc_match(struct tee_ioctl_version_data *ver, const void *data)
{
	return ver->impl_id == TEE_IMPL_ID_OPTEE ||
	       ver->impl_id == TEE_IMPL_ID_SIM;
}
EXPORT_SYMBOL_GPL(memsvc_match);

static int open_session(struct tee_context *ctx, u32 *session)
{
	static const u8 uuid[] = MEMSVC_UUID_BYTES;
	struct tee_ioctl_open_session_arg arg = {
		.clnt_login = TEE_IOCTL_LOGIN_REE_KERNEL,
	};
	int ret;

	memcpy(arg.uuid, uuid, sizeof(uuid));
	ret = tee_client_open_session(ctx, &arg, NULL);
	if (!ret)
		ret = memsvc_result_to_errno(arg.ret);
	*session = arg.session;

	return ret;
}

/* With an open session; or, as neither a TEE nor the service is there, -ENODEV */
static struct tee_context *open_link(u32 *session)
{
	struct tee_context *ctx;
	int ret;

	ctx = tee_client_open_context(NULL, memsvc_match, NULL, NULL);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx) == -ENOENT ? ERR_PTR(-ENODEV) : ctx;

	ret = open_session(ctx, session);
	if (ret) {
		tee_client_close_context(ctx);
		return ERR_PTR(ret == -ENOENT ? -ENODEV : ret);
	}

	return ctx;
}

/* A service that does not tell is believed never to lose its books. */
static int ask_books(struct memsvc *svc, struct tee_context *ctx, u32 session,
		     u64 *books)
{
	struct tee_param param = {
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT,
	};
	struct tee_ioctl_invoke_arg arg = {
		.func = MEMSVC_CMD_BOOKS,
		.session = session,
		.num_params = 1,
	};
	int ret;

	atomic64_inc(&svc->calls);
	ret = tee_client_invoke_func(ctx, &arg, &param);
	if (ret)
		return ret < 0 ? ret : -EIO;
	ret = memsvc_result_to_errno(arg.ret);
	*books = ret ? 0 : param.u.value.b << 32 | (u32)param.u.value.a;

	return ret == -EOPNOTSUPP || ret == -EINVAL ? 0 : ret;
}

static void close_link(struct tee_context *ctx, u32 session)
{
	tee_client_close_session(ctx, session);
	tee_client_close_context(ctx);
}

/* Waits for the calls under way */
static void set_link(struct memsvc *svc, struct tee_context *ctx, u32 session)
{
	down_write(&svc->lock);
	WRITE_ONCE(svc->ctx, ctx);
	svc->session = session;
	up_write(&svc->lock);
	atomic_inc_return_release(&svc->changes);
}

/* Before any call can be made: what lost books said is void in all of them */
static void note_books(struct memsvc *svc, u64 books)
{
	down_write(&svc->lock);
	if (svc->books && books != svc->books)
		svc->life++;
	svc->books = books;
	up_write(&svc->lock);
}

static int client_up(struct memsvc *svc)
{
	struct tee_context *ctx;
	u32 session;
	u64 books;
	int ret;

	ctx = open_link(&session);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);

	ret = ask_books(svc, ctx, session, &books);
	if (ret)
		goto err_close_link;

	note_books(svc, books);
	set_link(svc, ctx, session);
	if (svc->events && svc->events->up)
		ret = svc->events->up(svc);
	if (ret)
		goto err_clear_link;

	return 0;

err_clear_link:
	set_link(svc, NULL, 0);
err_close_link:
	close_link(ctx, session);

	return ret;
}

static void client_down(struct memsvc *svc)
{
	struct tee_context *ctx = svc->ctx;
	u32 session = svc->session;

	if (!ctx)
		return;
	set_link(svc, NULL, 0);
	if (svc->events && svc->events->down)
		svc->events->down(svc);
	close_link(ctx, session);
}

static void run_returned(struct work_struct *work)
{
	struct memsvc *svc = container_of(work, struct memsvc, returning);

	svc->events->returned(svc);
	atomic_inc_return_release(&svc->changes);
}

/**
 * memsvc_open() - become a client, with a session that has kernel privileges
 * @svc:	but for its events all zero
 *
 * Return: 0; -ENODEV (no TEE, or none with the service); or a negative errno of
 * the TEE driver or of the client's up().
 */
int memsvc_open(struct memsvc *svc)
{
	int ret = -ENODEV;

	init_rwsem(&svc->lock);
	INIT_WORK(&svc->returning, run_returned);

	mutex_lock(&clients_lock);
	if (service)
		ret = client_up(svc);
	if (!ret)
		list_add_tail(&svc->node, &clients);
	mutex_unlock(&clients_lock);

	return ret;
}
EXPORT_SYMBOL_GPL(memsvc_open);

/**
 * memsvc_close() - undo memsvc_open()
 * @svc:	a client; memory that it took stays taken
 */
void memsvc_close(struct memsvc *svc)
{
	mutex_lock(&clients_lock);
	list_del(&svc->node);
	client_down(svc);
	mutex_unlock(&clients_lock);
	cancel_work_sync(&svc->returning);
}
EXPORT_SYMBOL_GPL(memsvc_close);

/**
 * memsvc_settle() - wait until a TEE that returned was given what it was owed
 * @svc:	a client; its owner is not in one of its events
 * @changes:	what memsvc_changes() was before
 *
 * For one who did not find what the TEE may have withheld meanwhile.
 *
 * Return: true if it is worth to look again: the TEE came or went since, or
 * &memsvc_events.returned ran.
 */
bool memsvc_settle(struct memsvc *svc, int changes)
{
	/* A service that is coming may have queued nothing yet */
	mutex_lock(&clients_lock);
	mutex_unlock(&clients_lock);
	flush_work(&svc->returning);

	return memsvc_changes(svc) != changes;
}
EXPORT_SYMBOL_GPL(memsvc_settle);

/* A client that does not come up is tried again when the service comes again */
static void bring_up(struct memsvc *svc)
{
	int ret = client_up(svc);

	if (ret)
		pr_err("the memory service is back, and cannot be used (%d)\n",
		       ret);
	else if (svc->events && svc->events->returned)
		queue_work(system_dfl_wq, &svc->returning);
}

static int service_probe(struct tee_client_device *device)
{
	struct memsvc *svc;
	int ret = 0;

	mutex_lock(&clients_lock);
	if (service) {
		dev_err(&device->dev, "there is a memory service already\n");
		ret = -EBUSY;
	} else {
		service = device;
		list_for_each_entry(svc, &clients, node)
			bring_up(svc);
	}
	mutex_unlock(&clients_lock);

	return ret;
}

static void service_remove(struct tee_client_device *device)
{
	struct memsvc *svc;

	mutex_lock(&clients_lock);
	service = NULL;
	list_for_each_entry(svc, &clients, node)
		client_down(svc);
	mutex_unlock(&clients_lock);
}

static const struct tee_client_device_id service_ids[] = {
	{ UUID_INIT(0x4477588a, 0x8476, 0x11e2,
		    0xad, 0x15, 0xe4, 0x1f, 0x13, 0x90, 0xd6, 0x76) },
	{}
};

static struct tee_client_driver service_driver = {
	.probe = service_probe,
	.remove = service_remove,
	.id_table = service_ids,
	.driver = {
		.name = "restricted_memory_service",
	},
};

int memsvc_driver_register(void)
{
	return tee_client_driver_register(&service_driver);
}

void memsvc_driver_unregister(void)
{
	tee_client_driver_unregister(&service_driver);
}
