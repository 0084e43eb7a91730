// SPDX-License-Identifier: GPL-2.0
/* The TEE's driver is taken away from its device, and given back, while buffers live. */
#include <errno.h>
#include <string.h>

#include "catalogue.h"
#include "driver.h"
#include "load.h"

#define DRIVER		"optee"
#define SECONDS		60
#define MAX_BYTES	(64 << 10)
#define REST_US		50000
/* Who gets no buffer is done at once, and all would be while the TEE is away. */
#define STEP_US		20000

static struct driver driver;

static int prepare(struct stress *s)
{
	int err = driver_find(&driver, DRIVER);

	return err ? stress_cannot(s, "no driver " DRIVER " with a device: %s",
				   strerror(-err)) : 0;
}

static void turn(struct hand *h, enum driver_switch to, const char *how)
{
	int err = driver_turn(&driver, to, SECONDS);

	if (err)
		stress_found(h->s, DRIVER " cannot be %s: %s", how,
			     strerror(-err));
}

static void beside(struct hand *h)
{
	turn(h, DRIVER_UNBIND, "unbound");
	hand_nap(h, REST_US);
	turn(h, DRIVER_BIND, "bound");
	stress_injected(h->s, 1);
	hand_nap(h, REST_US);
}

/* Without a TEE there is no new buffer. */
static void work(struct hand *h)
{
	struct load load;

	load_begin(&load, MAX_BYTES);
	load.allowed = -ENODEV;
	while (hand_next(h)) {
		load_step(h, &load);
		hand_nap(h, STEP_US);
	}
	load_end(h, &load);
}

static void run(struct stress *s)
{
	const struct crew crew = { .work = work, .beside = beside };

	crew_run(s, &crew);
}

const struct stressor stressor_unbind = {
	.name = "unbind",
	.help = "the TEE's driver goes and returns under load, and no buffer is lost",
	.ops = 3000,
	.workers = 3,
	.tee_goes = true,
	.prepare = prepare,
	.run = run,
};
