// SPDX-License-Identifier: GPL-2.0
/*
 * A promise that user space cannot try. It is named here, so that no table
 * leaves it out, with where it is tried.
 */
#include "catalogue.h"

static enum outcome needs_fault(struct trial *t)
{
	return skipped(t, "needs a provider that fails when told to: see the KUnit suites");
}

const struct promise promise_quarantine = {
	.name = "quarantine",
	.help = "memory that cannot be unrestricted never gets back into the free pool",
	.run = needs_fault,
};
