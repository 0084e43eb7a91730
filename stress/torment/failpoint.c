// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "failpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"
#include "restore.h"

#define FAIL_NTH	"/proc/self/fail-nth"
#define DEBUG		"/sys/kernel/debug/"

/* Open for as long as the program runs: opening it could fail */
static int control = -1;

/* One that is not to be told of in the log, and of any size */
static int make_fail(const char *dir)
{
	static const char *const wants[][2] = {
		{ "ignore-gfp-wait", "N" }, { "ignore-gfp-highmem", "N" },
		{ "min-order", "0" }, { "verbose", "0" },
	};
	char path[96];

	snprintf(path, sizeof(path), DEBUG "%s", dir);
	if (access(path, F_OK))
		return -ENOENT;
	for (size_t i = 0; i < sizeof(wants) / sizeof(*wants); i++) {
		int err;

		snprintf(path, sizeof(path), DEBUG "%s/%s", dir, wants[i][0]);
		err = restore_later(path, wants[i][1]);
		if (err && err != -ENOENT)
			return err;
	}
	return 0;
}

int failpoint_prepare(struct stress *s)
{
	static const char *const kinds[] = {
		"failslab", "fail_page_alloc", "fail_usercopy",
	};

	control = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	if (control < 0)
		return stress_cannot(s, "this kernel injects no faults (--kernel debug does)");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		int err = make_fail(kinds[i]);

		if (err)
			return stress_cannot(s, "%s: %s", kinds[i],
					     strerror(-err));
	}
	return 0;
}

/* What is armed may hit this very write, and is used up then. */
static void write_nth(struct stress *s, unsigned int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	for (int i = 0; i < 2; i++)
		if (pwrite(control, text, (size_t)len, 0) == len)
			return;
	stress_found(s, FAIL_NTH ": %s", strerror(errno));
}

/* What is left of the count is 0 once it has failed; the read may not, too. */
static bool disarm_memory(struct stress *s)
{
	char text[16] = "";
	ssize_t n = pread(control, text, sizeof(text) - 1, 0);

	write_nth(s, 0);
	return n > 0 && !strtoul(text, NULL, 10);
}

const struct failpoint failpoint_memory = {
	.cause = "memory",
	.arm = write_nth,
	.disarm = disarm_memory,
};

static void arm_tee(struct stress *s, unsigned int nth)
{
	fault_arm(s, "fail nth=%u result=0xffff000c", nth);
}

static bool disarm_tee(struct stress *s)
{
	bool failed = fault_count();

	fault_arm(s, "off");
	return failed;
}

const struct failpoint failpoint_tee = {
	.cause = "TEE",
	.arm = arm_tee,
	.disarm = disarm_tee,
};
