/* SPDX-License-Identifier: GPL-2.0 */
/* A platform driver and its device: taken away from each other, and back. */
#ifndef RHEAP_DRIVER_H
#define RHEAP_DRIVER_H

#include <sys/types.h>

#define DRIVER_NAME_MAX	64

/**
 * struct driver - a driver with the device that it had
 * @name: of the driver
 * @device: of the device
 */
struct driver {
	char name[DRIVER_NAME_MAX];
	char device[DRIVER_NAME_MAX];
};

/**
 * enum driver_switch - what to do
 * @DRIVER_UNBIND: take the device away
 * @DRIVER_BIND: give it back
 */
enum driver_switch {
	DRIVER_UNBIND,
	DRIVER_BIND,
};

/**
 * driver_find - find a driver that has a device, the first if it has some
 * @driver: filled
 * @name: of the driver, in /sys/bus/platform/drivers
 *
 * Return: 0; -ENOENT when there is no such driver, -ENODEV when it has no
 * device, -ENAMETOOLONG; else a negative errno.
 */
int driver_find(struct driver *driver, const char *name);

/**
 * driver_begin - begin to take the device away, or to give it back
 * @driver: from driver_find()
 * @to: which of them
 *
 * In a process of its own, which holds no file of ours: one that hangs in the
 * kernel cannot be killed.
 *
 * Return: the process, for driver_end(); or a negative errno.
 */
pid_t driver_begin(const struct driver *driver, enum driver_switch to);

/**
 * driver_end - wait until that is done
 * @pid: from driver_begin()
 * @seconds: how long
 *
 * Return: 0; -ETIMEDOUT when it has not ended, and then it goes on behind our
 * back, and this can be asked again; else what the kernel says.
 */
int driver_end(pid_t pid, unsigned int seconds);

/**
 * driver_turn - take the device away, or give it back
 * @driver: from driver_find()
 * @to: which of them
 * @seconds: how long to wait
 *
 * Return: as driver_begin() and driver_end().
 */
int driver_turn(const struct driver *driver, enum driver_switch to,
		unsigned int seconds);

#endif /* RHEAP_DRIVER_H */
