/* SPDX-License-Identifier: GPL-2.0 */
/* The test importer, restricted_importer.ko: devices that take dma-bufs. */
#ifndef RHEAP_DEVICE_H
#define RHEAP_DEVICE_H

#include <linux/types.h>

#include <restricted_importer.h>

#define DEVICE_PATH	"/dev/restricted_importer"

/**
 * device_load - load the module, unless it is loaded
 *
 * Return: 0, or -ENODEV: the device is not there.
 */
int device_load(void);

/**
 * device_open - open a file of the importer, which has attachments of its own
 *
 * Return: a file descriptor, or a negative errno.
 */
int device_open(void);

/**
 * device_attach - attach a dma-buf
 * @importer: from device_open()
 * @fd: of the dma-buf
 * @device: enum restricted_importer_device
 * @id: filled with the attachment
 *
 * Return: 0, or a negative errno.
 */
int device_attach(int importer, int fd, __u32 device, __u32 *id);

/**
 * device_ask - map, unmap or detach
 * @importer: from device_open()
 * @request: RESTRICTED_IMPORTER_MAP, _UNMAP or _DETACH
 * @id: of the attachment
 *
 * Return: 0, or a negative errno.
 */
int device_ask(int importer, unsigned long request, __u32 id);

/**
 * device_vmap - ask for a mapping for the kernel's CPU, which is undone at once
 * @importer: from device_open()
 * @fd: of a dma-buf
 *
 * Return: 0: it was given; -EINVAL where the dma-buf refuses; else a negative
 * errno.
 */
int device_vmap(int importer, int fd);

#endif /* RHEAP_DEVICE_H */
