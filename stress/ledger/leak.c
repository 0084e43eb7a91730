// SPDX-License-Identifier: GPL-2.0
/*
 * (c) What the TEE told of a pool's memory is not freed with the pool. OP-TEE
 * tells something behind FF-A only, so ledger.ko answers in its place. Seen by
 * the kernel's leak detector.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "defect.h"
#include "driver.h"
#include "machine.h"
#include "textfile.h"

#define KMEMLEAK	"/sys/kernel/debug/kmemleak"
#define ALLOCATED_IN	"optee_protmem_alloc_dyn_pool"

/* An object counts as lost when it is this old */
#define LEAK_AGE_S	6

/* Take the driver away, and with it its pool, and give it back. */
static int cycle(const struct attempt *a)
{
	struct driver driver;
	int err = driver_find(&driver, "optee");

	if (!err)
		err = driver_turn(&driver, DRIVER_UNBIND,
				  (unsigned int)a->seconds);
	return err ? err : driver_turn(&driver, DRIVER_BIND,
				       (unsigned int)a->seconds);
}

/* Return: how many reports have a function in their trace, or -errno. */
static int64_t count_reports(const char *function)
{
	FILE *file = fopen(KMEMLEAK, "re");
	size_t size = 0;
	char *line = NULL;
	int64_t n = 0;

	if (!file)
		return -errno;
	while (getline(&line, &size, file) > 0)
		n += strstr(line, function) != NULL;
	free(line);
	fclose(file);
	return n;
}

/* What was found before is forgotten by "clear". */
static int scan(void)
{
	int err = textfile_write(KMEMLEAK, "scan");

	if (!err) {
		sleep(LEAK_AGE_S);
		err = textfile_write(KMEMLEAK, "scan");
	}
	return err;
}

static int64_t cycle_and_count(struct attempt *a)
{
	int err = scan();

	if (!err)
		err = textfile_write(KMEMLEAK, "clear");
	while (!err && a->tried < a->tries) {
		err = cycle(a);
		a->tried += !err;
	}
	if (!err)
		err = scan();
	return err ? err : count_reports(ALLOCATED_IN);
}

static enum sighting run_leak(struct attempt *a)
{
	int64_t n;
	int err = probe_load();

	if (!err)
		err = probe_set("tell_attributes", "1");
	if (!err)
		err = cycle(a);
	if (err)
		return cannot(a, "ledger.ko with probes, or the TEE's driver: %s",
			      strerror(-err));
	n = cycle_and_count(a);
	if (n < 0)
		return cannot(a, KMEMLEAK ": %s", strerror(-(int)n));
	a->found = (uint64_t)n;
	if (!n)
		return unseen(a, "the leak detector finds nothing from " ALLOCATED_IN "()");
	return seen(a, "the driver was taken away %" PRIu64 " times, and the leak detector found %" PRId64 " objects from " ALLOCATED_IN "()",
		    a->tried, n);
}

const struct defect defect_leak = {
	.name = "c-leak",
	.help = "what the TEE told of a pool is not freed with the pool",
	.tries = 8,
	.run = run_leak,
};
