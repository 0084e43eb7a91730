// SPDX-License-Identifier: GPL-2.0
/*
 * A TEE that has nothing but mainline's protected heap, over a pool of
 * addresses that nobody reads or writes: so it may be larger than the machine.
 */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/kstrtox.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tee_core.h>

#include "ledger.h"

struct peer {
	struct list_head node;
	struct tee_device *teedev;
};

static LIST_HEAD(peers);
/* Protects peers */
static DEFINE_MUTEX(peers_lock);
/* Where all pools begin; ours as long as the module is here */
static struct page *first_page;

static void peer_get_version(struct tee_device *teedev,
			     struct tee_ioctl_version_data *vers)
{
	*vers = (struct tee_ioctl_version_data){};
}

static int peer_open(struct tee_context *ctx)
{
	return 0;
}

static void peer_release(struct tee_context *ctx)
{
}

static const struct tee_driver_ops peer_ops = {
	.get_version = peer_get_version,
	.open = peer_open,
	.release = peer_release,
};

static const struct tee_desc peer_desc = {
	.name = "ledger",
	.ops = &peer_ops,
	.owner = THIS_MODULE,
};

static int register_heap(struct tee_device *teedev, enum tee_dma_heap_id id,
			 size_t size)
{
	struct tee_protmem_pool *pool;
	int ret;

	pool = tee_protmem_static_pool_alloc(page_to_phys(first_page), size);
	if (IS_ERR(pool))
		return PTR_ERR(pool);

	ret = tee_device_register_dma_heap(teedev, id, pool);
	if (ret)
		pool->ops->destroy_pool(pool);

	return ret;
}

static int add_peer(enum tee_dma_heap_id id, size_t size)
{
	struct peer *peer;
	int ret;

	peer = kzalloc_obj(*peer);
	if (!peer)
		return -ENOMEM;
	peer->teedev = tee_device_alloc(&peer_desc, NULL, NULL, NULL);
	if (IS_ERR(peer->teedev)) {
		ret = PTR_ERR(peer->teedev);
		goto err_free_peer;
	}
	ret = register_heap(peer->teedev, id, size);
	if (ret)
		goto err_unregister_device;
	list_add(&peer->node, &peers);

	return 0;

err_unregister_device:
	tee_device_unregister(peer->teedev);
err_free_peer:
	kfree(peer);

	return ret;
}

static void remove_peers(void)
{
	struct peer *peer, *next;

	list_for_each_entry_safe(peer, next, &peers, node) {
		list_del(&peer->node);
		tee_device_unregister(peer->teedev);
		kfree(peer);
	}
}

/* "ID MIB" adds a peer, "" removes them all and waits for their users. */
static int peer_set(const char *text, const struct kernel_param *param)
{
	unsigned int id, mib;
	int ret = 0;

	if (*text && *text != '\n' && sscanf(text, "%u %u", &id, &mib) != 2)
		return -EINVAL;

	mutex_lock(&peers_lock);
	if (*text && *text != '\n')
		ret = add_peer(id, (size_t)mib << 20);
	else
		remove_peers();
	mutex_unlock(&peers_lock);

	return ret;
}

static const struct kernel_param_ops peer_param_ops = {
	.set = peer_set,
};

module_param_cb(peer, &peer_param_ops, NULL, 0200);
MODULE_PARM_DESC(peer, "\"ID MIB\": add a protected heap; empty: remove all");

int ledger_peer_init(void)
{
	first_page = alloc_page(GFP_KERNEL);

	return first_page ? 0 : -ENOMEM;
}

void ledger_peer_exit(void)
{
	remove_peers();
	__free_page(first_page);
}
