// SPDX-License-Identifier: GPL-2.0
#include "quiet.h"

#include <errno.h>
#include <inttypes.h>

#include "diag.h"
#include "dmabuf.h"

int quiet_begin(uint64_t *buffers)
{
	uint64_t bytes;
	int err = dmabuf_sum(NULL, buffers, &bytes);

	if (err != -ENOENT && err != -EACCES)
		return err;
	*buffers = 0;
	return 0;
}

int quiet_end(uint64_t buffers, const char *what)
{
	uint64_t now;
	int err = quiet_begin(&now);

	if (err || now == buffers)
		return err;
	diag("%s: %" PRIu64 " dma-bufs before and %" PRIu64 " after; something else allocates: stop it",
	     what, buffers, now);
	return -ESTALE;
}
