// SPDX-License-Identifier: GPL-2.0
/*
 * (d) A heap that is shutting down goes on giving buffers, and the TEE's driver
 * waits for the last of them, in a sleep that nothing ends.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "defect.h"
#include "driver.h"
#include "heap.h"
#include "machine.h"

/* In which mainline waits for the users of the TEE */
#define WAITS_IN	"tee_device_unregister"

/*
 * With buffers closed it has to come to its end, else the machine is lost.
 * Return: 0 or a negative errno.
 */
static int end_and_return(const struct driver *driver, pid_t pid,
			  const struct attempt *a)
{
	int err = driver_end(pid, (unsigned int)a->seconds);

	return err ? err : driver_turn(driver, DRIVER_BIND,
				       (unsigned int)a->seconds);
}

static enum sighting try_once(struct attempt *a, const struct heap *heap,
			      const struct driver *driver)
{
	int held, second, err;
	char given[64];
	bool sleeps;
	pid_t pid;

	held = heap_alloc(heap, PAGE_BYTES);
	if (held < 0)
		return cannot(a, "no buffer: %s", strerror(-held));
	pid = driver_begin(driver, DRIVER_UNBIND);
	err = pid < 0 ? pid : driver_end(pid, (unsigned int)a->seconds);
	sleeps = err == -ETIMEDOUT && process_sleeps_in(pid, WAITS_IN);
	second = heap_alloc(heap, PAGE_BYTES);
	snprintf(given, sizeof(given), "%s",
		 second < 0 ? strerror(-second) : "given");
	if (second >= 0)
		heap_free(second);
	heap_free(held);
	if (err && err != -ETIMEDOUT)
		return cannot(a, "unbind: %s", strerror(-err));
	if (!err) {
		err = driver_turn(driver, DRIVER_BIND,
				  (unsigned int)a->seconds);
		if (err)
			return cannot(a, "bind: %s", strerror(-err));
		return unseen(a, "unbound with a buffer held; a new one: %s",
			      given);
	}
	err = end_and_return(driver, pid, a);
	return seen(a, "with a buffer held, unbind hung for %" PRIu64 " s%s; a new buffer meanwhile: %s; with both closed: %s",
		    a->seconds, sleeps ? " in state D in " WAITS_IN "()" : "",
		    given, err ? strerror(-err) : "unbound, and bound again");
}

static enum sighting run_unbind(struct attempt *a)
{
	enum sighting sighting = SIGHT_NONE;
	struct driver driver;
	struct heap heap;
	int err;

	err = driver_find(&driver, "optee");
	if (err)
		return cannot(a, "no TEE with a driver: %s", strerror(-err));
	err = heap_open(&heap, a->heap);
	if (err)
		return cannot(a, "heap %s: %s", a->heap, strerror(-err));
	while (a->tried < a->tries && sighting != SIGHT_SKIP) {
		sighting = try_once(a, &heap, &driver);
		a->tried += sighting != SIGHT_SKIP;
		a->found += sighting == SIGHT_SEEN;
	}
	heap_close(&heap);
	return sighting == SIGHT_NONE && a->found ? SIGHT_SEEN : sighting;
}

const struct defect defect_unbind = {
	.name = "d-unbind",
	.help = "a buffer that is held hangs the unbinding of the TEE's driver",
	.heap = "protected,secure-video",
	.tries = 3,
	.run = run_unbind,
};
