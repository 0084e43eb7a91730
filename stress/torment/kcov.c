// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "kcov.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/kcov.h>

#define KCOV		"/sys/kernel/debug/kcov"
/* A buffer of many ranges has tens of thousands of places to go through. */
#define WORDS		(1 << 17)

bool kcov_there(void)
{
	return !access(KCOV, R_OK | W_OK);
}

int kcov_open(struct kcov *kcov)
{
	size_t bytes = WORDS * sizeof(*kcov->area);
	int err;

	kcov->fd = open(KCOV, O_RDWR | O_CLOEXEC);
	if (kcov->fd < 0)
		return -errno;
	err = ioctl(kcov->fd, KCOV_INIT_TRACE, WORDS) ? -errno : 0;
	if (err)
		goto err_close;
	kcov->area = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
			  kcov->fd, 0);
	if (kcov->area == MAP_FAILED) {
		err = -errno;
		goto err_close;
	}
	err = ioctl(kcov->fd, KCOV_ENABLE, KCOV_TRACE_PC) ? -errno : 0;
	if (err)
		goto err_unmap;
	return 0;

err_unmap:
	munmap(kcov->area, bytes);
err_close:
	kcov->area = NULL;
	close(kcov->fd);
	return err;
}

void kcov_reset(struct kcov *kcov)
{
	if (kcov->area)
		__atomic_store_n(&kcov->area[0], 0, __ATOMIC_RELAXED);
}

size_t kcov_count(const struct kcov *kcov)
{
	if (!kcov->area)
		return 0;
	return __atomic_load_n(&kcov->area[0], __ATOMIC_RELAXED);
}
