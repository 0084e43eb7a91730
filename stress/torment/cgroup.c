// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "cgroup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "textfile.h"

#define ROOT	"/sys/fs/cgroup"
#define GROUP	ROOT "/rheap-torment"

static int mount_root(void)
{
	if (!access(ROOT "/cgroup.procs", F_OK))
		return 0;
	return mount("none", ROOT, "cgroup2", 0, NULL) ? -errno : 0;
}

int cgroup_make(struct stress *s, const char *controller)
{
	int err = mount_root();
	char text[32];

	if (err)
		return stress_cannot(s, "no cgroup2: %s", strerror(-err));
	if (controller) {
		snprintf(text, sizeof(text), "+%s", controller);
		err = textfile_write(ROOT "/cgroup.subtree_control", text);
		if (err)
			return stress_cannot(s, "no controller %s: %s",
					     controller, strerror(-err));
	}
	if (mkdir(GROUP, 0755) && errno != EEXIST)
		return stress_cannot(s, GROUP ": %s", strerror(errno));
	return 0;
}

int cgroup_write(const char *file, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), GROUP "/%s", file);
	return textfile_write(path, text);
}

int cgroup_join(void)
{
	return cgroup_write("cgroup.procs", "0");
}

void cgroup_remove(void)
{
	rmdir(GROUP);
}
