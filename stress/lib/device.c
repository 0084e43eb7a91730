// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MODULE		"/job/modules/restricted_importer.ko"

int device_load(void)
{
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		syscall(SYS_finit_module, fd, "", 0);
		close(fd);
	}
	return access(DEVICE_PATH, R_OK | W_OK) ? -ENODEV : 0;
}

int device_open(void)
{
	int fd = open(DEVICE_PATH, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int device_attach(int importer, int fd, __u32 device, __u32 *id)
{
	struct restricted_importer_attach arg = { .fd = fd, .device = device };

	if (ioctl(importer, RESTRICTED_IMPORTER_ATTACH, &arg))
		return -errno;
	*id = arg.id;
	return 0;
}

int device_ask(int importer, unsigned long request, __u32 id)
{
	return ioctl(importer, request, &id) ? -errno : 0;
}

int device_vmap(int importer, int fd)
{
	__s32 arg = fd;

	return ioctl(importer, RESTRICTED_IMPORTER_VMAP, &arg) ? -errno : 0;
}
