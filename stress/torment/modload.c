// SPDX-License-Identifier: GPL-2.0
/*
 * A module comes and goes while buffers do: one that holds buffers of our heaps,
 * and that nothing may take away while somebody uses it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "catalogue.h"
#include "device.h"
#include "load.h"

#define NAME		"restricted_importer"
#define REST_US		2000

static int remove_module(void)
{
	return syscall(SYS_delete_module, NAME, O_NONBLOCK) ? -errno : 0;
}

static void hold_and_remove(struct hand *h, int importer)
{
	int fd = stress_alloc(h->s, hand_heap(h), PAGE_BYTES);
	__u32 id;
	int err;

	if (fd < 0)
		return;
	err = device_attach(importer, fd, RESTRICTED_IMPORTER_GRANTED, &id);
	heap_free(fd);
	if (err)
		stress_found(h->s, "attach: %s", strerror(-err));
	err = remove_module();
	if (err != -EWOULDBLOCK)
		stress_found(h->s, "removing " NAME " while it holds a buffer: %s",
			     strerror(-err));
}

static void beside(struct hand *h)
{
	int importer = device_load(), err;

	if (!importer)
		importer = device_open();
	if (importer < 0) {
		stress_found(h->s, "the importer: %s", strerror(-importer));
		return;
	}
	hold_and_remove(h, importer);
	/* Its end is the buffer's, too. */
	close(importer);
	err = remove_module();
	if (err)
		stress_found(h->s, "removing " NAME ": %s", strerror(-err));
	stress_injected(h->s, 1);
	hand_nap(h, REST_US);
}

static int prepare(struct stress *s)
{
	int err = stress_importer(s);

	if (err)
		return err;
	err = remove_module();
	return err ? stress_cannot(s, NAME " is in use: %s", strerror(-err)) : 0;
}

static void run(struct stress *s)
{
	const struct crew crew = { .work = load_work, .beside = beside };

	crew_run(s, &crew);
}

const struct stressor stressor_modload = {
	.name = "modload",
	.help = "a module that holds buffers comes and goes under load, and never from under them",
	.ops = 10000,
	.workers = 3,
	.prepare = prepare,
	.run = run,
};
