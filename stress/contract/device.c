// SPDX-License-Identifier: GPL-2.0
/*
 * What other drivers may do with it: the test importer tries, where its module
 * is loaded or can be. Without it the KUnit suites alone tell.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <glob.h>
#include <string.h>
#include <unistd.h>

#include "catalogue.h"
#include "device.h"
#include "textfile.h"

#define COMPATIBLES	"/proc/device-tree/reserved-memory/*/compatible"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

/* A promise that needs an open file of the importer and a buffer */
static enum outcome with_device(struct trial *t,
				enum outcome (*try)(struct trial *t,
						    int importer, int fd))
{
	enum outcome o;
	int importer, fd;

	if (device_load())
		return skipped(t, "no " DEVICE_PATH ": load restricted_importer.ko");
	importer = device_open();
	if (importer < 0)
		return broken(t, DEVICE_PATH ": %s", err_name(importer));
	fd = heap_alloc(&t->s->heap, SOME_SIZE);
	if (fd < 0) {
		close(importer);
		return broken(t, "no buffer: %s", err_name(fd));
	}
	o = try(t, importer, fd);
	close(importer);
	heap_free(fd);
	return o;
}

static enum outcome try_vmap(struct trial *t, int importer, int fd)
{
	int err = device_vmap(importer, fd);

	if (err != -EINVAL)
		return broken(t, "vmap gave %s and not EINVAL", err_name(err));
	return KEPT;
}

static enum outcome run_vmap(struct trial *t)
{
	return with_device(t, try_vmap);
}

const struct promise promise_vmap = {
	.name = "vmap-refused",
	.help = "the kernel cannot map it: vmap gives EINVAL",
	.run = run_vmap,
};

/* Heaps whose memory a node of the device tree sets aside, for who names it */
static const char *find_region(const char *heap)
{
	static const char *const regions[][2] = {
		{ "restricted_carveout", "restricted-carveout" },
		{ "direct_carveout", "direct-carveout" },
		{ "restricted_mtk_cm", "restricted-memory-service" },
		{ "restricted_mtk_cma", "mediatek,dynamic-restricted-region" },
		{ "restricted_secure_ram", "restricted-secure-ram" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(regions); i++)
		if (!strcmp(regions[i][0], heap))
			return regions[i][1];
	return NULL;
}

static bool is_in_tree(const char *compatible)
{
	bool found = false;
	char text[256];
	glob_t files;

	if (glob(COMPATIBLES, 0, NULL, &files))
		return false;
	/* The most special one of a node's comes first, and ends with a zero */
	for (size_t i = 0; i < files.gl_pathc && !found; i++)
		found = !textfile_read(files.gl_pathv[i], text, sizeof(text)) &&
			!strcmp(text, compatible);
	globfree(&files);
	return found;
}

static enum outcome has_to_attach(struct trial *t, int importer, int fd,
				  __u32 device, const char *what, int want)
{
	__u32 id;
	int err = device_attach(importer, fd, device, &id);

	if (!err)
		device_ask(importer, RESTRICTED_IMPORTER_DETACH, id);
	if (err != want)
		return broken(t, "a device that %s got %s and not %s", what,
			      err_name(err), err_name(want));
	return KEPT;
}

static enum outcome try_attach(struct trial *t, int importer, int fd)
{
	const char *region = find_region(t->s->heap.name);
	enum outcome o;

	o = has_to_attach(t, importer, fd, RESTRICTED_IMPORTER_GRANTED,
			  "may", 0);
	if (o == KEPT)
		o = has_to_attach(t, importer, fd, RESTRICTED_IMPORTER_NARROW,
				  "would bounce", -EBUSY);
	if (o == KEPT && region && is_in_tree(region))
		o = has_to_attach(t, importer, fd, RESTRICTED_IMPORTER_STRANGER,
				  "may not", -EBUSY);
	return o;
}

static enum outcome run_attach(struct trial *t)
{
	return with_device(t, try_attach);
}

const struct promise promise_attach = {
	.name = "attach-refused",
	.help = "a device that may not, or would bounce, cannot attach: EBUSY",
	.run = run_attach,
};
