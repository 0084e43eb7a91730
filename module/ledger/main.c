// SPDX-License-Identifier: GPL-2.0
/*
 * ledger.ko: what it takes to bring mainline's defects about (results/ledger.md)
 * that user space alone cannot. Does nothing until a parameter is written.
 */
#include <linux/module.h>

#include "ledger.h"

static int __init ledger_init(void)
{
	int ret;

	ret = ledger_peer_init();
	if (ret)
		return ret;

	ret = ledger_probe_init();
	if (ret)
		ledger_peer_exit();

	return ret;
}
module_init(ledger_init);

static void __exit ledger_exit(void)
{
	ledger_probe_exit();
	ledger_peer_exit();
}
module_exit(ledger_exit);

MODULE_DESCRIPTION("What brings the ledger's defects about");
MODULE_LICENSE("GPL");
