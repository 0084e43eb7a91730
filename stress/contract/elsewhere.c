// SPDX-License-Identifier: GPL-2.0
/*
 * Promises that user space cannot try. They are named here, so that no table
 * leaves them out, with where they are tried, or why they are not.
 */
#include "catalogue.h"

static enum outcome needs_importer(struct trial *t)
{
	return skipped(t, "needs an importer in the kernel: see the KUnit suites");
}

const struct promise promise_vmap = {
	.name = "vmap-refused",
	.help = "the kernel cannot map it: vmap is refused",
	.run = needs_importer,
};

const struct promise promise_attach = {
	.name = "attach-refused",
	.help = "a device that may not, or would bounce, cannot attach: EBUSY",
	.run = needs_importer,
};

static enum outcome needs_fault(struct trial *t)
{
	return skipped(t, "needs a provider that fails when told to: see the KUnit suites");
}

const struct promise promise_quarantine = {
	.name = "quarantine",
	.help = "memory that cannot be unrestricted never gets back into the free pool",
	.run = needs_fault,
};
