// SPDX-License-Identifier: GPL-2.0
/*
 * (e) A heap that cannot be registered for lack of memory is told to exist, and
 * its reservation stays. The kernel's fault injection makes the lack of memory;
 * ledger.ko asks for the heap, in a machine where the TEE has none yet.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "defect.h"
#include "machine.h"
#include "textfile.h"

#define FAILSLAB	"/sys/kernel/debug/failslab/"
#define SLAB		"/sys/kernel/slab/"
#define HEAP_OF_64_MIB	"2 64"

/* The registry's tree is made of the one, a device's folder in sysfs of the other */
#define TREE_NODES	"radix_tree_node"
#define FOLDERS		"kernfs_node_cache"

/* Of what this process allocates only, and of the objects of one kind only */
static int arm(void)
{
	static const char *const settings[][2] = {
		{ "task-filter", "Y" },
		{ "cache-filter", "Y" },
		{ "ignore-gfp-wait", "N" },
		{ "probability", "100" },
		{ "interval", "1" },
		{ "times", "-1" },
	};
	char path[128];
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(settings) / sizeof(*settings); i++) {
		snprintf(path, sizeof(path), FAILSLAB "%s", settings[i][0]);
		err = textfile_write(path, settings[i][1]);
	}
	return err;
}

static int make_rare(const char *objects, const char *on)
{
	char path[128];

	snprintf(path, sizeof(path), SLAB "%s/failslab", objects);
	return textfile_write(path, on);
}

/*
 * Ask for the heap while there are no more of these objects; @fd is open, or
 * that would fail, too.
 */
static int add_without(int fd, const char *objects, int *result)
{
	int err = make_rare(objects, "1");
	ssize_t n;

	if (!err)
		err = textfile_write("/proc/self/make-it-fail", "1");
	if (err)
		return err;
	n = pwrite(fd, HEAP_OF_64_MIB, strlen(HEAP_OF_64_MIB), 0);
	*result = n < 0 ? -errno : 0;
	err = textfile_write("/proc/self/make-it-fail", "0");
	return err ? err : make_rare(objects, "0");
}

/**
 * struct answers - what asking for the heap gave
 * @fresh: without nodes for the registry
 * @late: then, with nodes, without what is needed later
 * @after: then, without nodes again
 */
struct answers {
	int fresh;
	int late;
	int after;
};

static int ask_three_times(int fd, struct answers *answers)
{
	int err = arm();

	if (!err)
		err = add_without(fd, TREE_NODES, &answers->fresh);
	if (!err)
		err = add_without(fd, FOLDERS, &answers->late);
	if (!err)
		err = add_without(fd, TREE_NODES, &answers->after);
	return err;
}

static enum sighting judge(struct attempt *a, const struct answers *answers)
{
	if (!answers->fresh)
		return cannot(a, "the registry has room already: a TEE is here");
	a->tried = 2;
	a->found = (answers->fresh == -EEXIST) + !answers->after;
	if (!a->found)
		return unseen(a, "without memory for the registry: %s; reservation left by a failure: none",
			      strerror(-answers->fresh));
	return seen(a, "without memory for the registry: \"%s\"; when the heap's device has failed (\"%s\") %s",
		    strerror(-answers->fresh), strerror(-answers->late),
		    answers->after ? "no reservation is left" :
		    "it succeeds without that memory: the reservation stayed");
}

static enum sighting run_register(struct attempt *a)
{
	struct answers answers;
	int err = probe_load(), fd;

	if (err)
		return cannot(a, "ledger.ko: %s", strerror(-err));
	fd = probe_open("peer");
	if (fd < 0)
		return cannot(a, "ledger.ko: %s", strerror(-fd));
	err = ask_three_times(fd, &answers);
	close(fd);
	if (err)
		return cannot(a, "fault injection: %s", strerror(-err));
	return judge(a, &answers);
}

const struct defect defect_register = {
	.name = "e-register",
	.help = "lack of memory is told as EEXIST, and a reservation stays",
	.tries = 1,
	.run = run_register,
};
