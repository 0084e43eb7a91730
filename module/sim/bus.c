// SPDX-License-Identifier: GPL-2.0
#include <kunit/visibility.h>
#include <linux/device.h>
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/tee_core.h>
#include <linux/uuid.h>

#include "../include/uapi/restricted_tee.h"
#include "bus.h"

static const u8 service_uuid[UUID_SIZE] = MEMSVC_UUID_BYTES;

/* Changed by one at a time: at load, by the work item, at unload */
static struct tee_client_device *offered;

static int is_service(struct device *dev, const void *unused)
{
	const struct tee_client_device *device = to_tee_client_device(dev);

	return !memcmp(&device->id.uuid, service_uuid, sizeof(service_uuid));
}

/**
 * sim_bus_find_service() - look for a device of the service's
 *
 * Return: the device, to be put; NULL if there is none.
 */
struct device *sim_bus_find_service(void)
{
	return bus_find_device(&tee_bus_type, NULL, NULL, is_service);
}
EXPORT_SYMBOL_IF_KUNIT(sim_bus_find_service);

static void release_device(struct device *dev)
{
	kfree(to_tee_client_device(dev));
}

/**
 * sim_bus_offer() - put the service's device on the bus, unless it is there
 * @parent:	of the device
 *
 * Return: 0 or a negative errno.
 */
int sim_bus_offer(struct device *parent)
{
	struct tee_client_device *device;
	int ret;

	if (offered)
		return 0;

	device = kzalloc_obj(*device);
	if (!device)
		return -ENOMEM;
	import_uuid(&device->id.uuid, service_uuid);
	device->dev.bus = &tee_bus_type;
	device->dev.parent = parent;
	device->dev.release = release_device;
	device_initialize(&device->dev);
	ret = dev_set_name(&device->dev, "sim-%pUb", service_uuid);
	if (!ret)
		ret = device_add(&device->dev);
	if (ret) {
		put_device(&device->dev);
		return ret;
	}
	offered = device;

	return 0;
}

/**
 * sim_bus_withdraw() - take the device off the bus, if it is there
 *
 * Waits for what clients have to do when it goes.
 */
void sim_bus_withdraw(void)
{
	if (!offered)
		return;
	device_unregister(&offered->dev);
	offered = NULL;
}
