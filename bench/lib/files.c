// SPDX-License-Identifier: GPL-2.0
#include "files.h"

#include <errno.h>
#include <sys/resource.h>

int files_allow(uint64_t files)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return -errno;
	if (limit.rlim_cur >= files)
		return 0;
	limit.rlim_cur = files;
	if (limit.rlim_max < files)
		limit.rlim_max = files;
	return setrlimit(RLIMIT_NOFILE, &limit) ? -EMFILE : 0;
}
