// SPDX-License-Identifier: GPL-2.0
/* A buffer tells where it comes from. */
#include <string.h>

#include "catalogue.h"

static enum outcome run(struct trial *t)
{
	char name[DMABUF_NAME_MAX];
	int fd = heap_alloc(&t->s->heap, SOME_SIZE);
	int err;

	if (fd < 0)
		return broken(t, "no buffer: %s", err_name(fd));
	err = dmabuf_exp_name(fd, name);
	if (err)
		return broken(t, "no exp_name in fdinfo: %s", err_name(err));
	if (strcmp(name, t->s->heap.name))
		return broken(t, "exp_name is %s", name);
	return KEPT;
}

const struct promise promise_exp_name = {
	.name = "exp-name",
	.help = "exp_name, in fdinfo, is the heap's own name",
	.run = run,
};
