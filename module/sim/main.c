// SPDX-License-Identifier: GPL-2.0
/*
 * tee_sim.ko: a TEE in software, for machines without a secure world. It offers
 * the memory service with the interface, and the books, of the one inside OP-TEE;
 * what a call costs is a model.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/device.h>
#include <linux/device/faux.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sizes.h>
#include <linux/tee_core.h>

#include "bus.h"
#include "debug.h"
#include "driver.h"
#include "life.h"
#include "memory.h"
#include "model.h"
#include "service.h"

static unsigned int pool_mb = 64;
module_param(pool_mb, uint, 0444);
MODULE_PARM_DESC(pool_mb,
		 "the service's pool in MiB, where the device tree has none (default 64)");

static unsigned int protmem_mb;
module_param(protmem_mb, uint, 0444);
MODULE_PARM_DESC(protmem_mb,
		 "offer mainline's heap protected,secure-video with so many MiB; the module stays then (default 0: no)");

static struct faux_device *faux;
static struct tee_device *teedev;

/* One service at a time: clients would not know which to ask */
static int check_alone(void)
{
	struct device *other = sim_bus_find_service();

	if (!other)
		return 0;
	pr_notice("the tee bus has the memory service already (%s): it is not offered again\n",
		  dev_name(other));
	put_device(other);

	return -EBUSY;
}

static int add_protmem(void)
{
	size_t size = (size_t)protmem_mb * SZ_1M;
	struct tee_protmem_pool *pool;
	struct page *pages;
	int ret;

	if (!protmem_mb)
		return 0;
	pages = sim_pages_alloc(size);
	if (!pages)
		return -ENOMEM;
	pool = tee_protmem_static_pool_alloc(page_to_phys(pages), size);
	if (IS_ERR(pool)) {
		ret = PTR_ERR(pool);
		goto err_free_pages;
	}
	ret = tee_device_register_dma_heap(teedev,
					   TEE_DMA_HEAP_SECURE_VIDEO_PLAY,
					   pool);
	if (ret)
		goto err_destroy_pool;
	/* A dma-buf heap cannot be removed */
	__module_get(THIS_MODULE);

	return 0;

err_destroy_pool:
	pool->ops->destroy_pool(pool);
err_free_pages:
	sim_pages_free(pages, size);

	return ret;
}

static int __init sim_init(void)
{
	int ret;

	ret = check_alone();
	if (ret)
		return ret;
	if (!pool_mb) {
		pr_err("pool_mb has to be 1 at least\n");
		return -EINVAL;
	}
	sim_model_setup();
	ret = sim_service_setup((size_t)pool_mb * SZ_1M);
	if (ret)
		return ret;

	faux = faux_device_create("tee_sim", NULL, NULL);
	if (!faux) {
		ret = -ENODEV;
		goto err_leave_service;
	}
	teedev = sim_device_add(&faux->dev);
	if (IS_ERR(teedev)) {
		ret = PTR_ERR(teedev);
		goto err_destroy_faux;
	}
	ret = sim_life_setup(&faux->dev);
	if (ret)
		goto err_remove_device;
	ret = add_protmem();
	if (ret)
		goto err_leave_life;
	sim_debug_setup();

	return 0;

err_leave_life:
	sim_life_leave();
err_remove_device:
	sim_device_remove(teedev);
err_destroy_faux:
	faux_device_destroy(faux);
err_leave_service:
	sim_service_leave();

	return ret;
}
module_init(sim_init);

/* No context is open and nothing is restricted: either keeps the module */
static void __exit sim_exit(void)
{
	sim_debug_leave();
	sim_life_leave();
	sim_device_remove(teedev);
	faux_device_destroy(faux);
	sim_service_leave();
}
module_exit(sim_exit);

MODULE_DESCRIPTION("Restricted memory: a TEE in software, with the memory service");
MODULE_LICENSE("GPL");
