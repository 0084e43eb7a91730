/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of ledger.ko. */
#ifndef RESTRICTED_LEDGER_H
#define RESTRICTED_LEDGER_H

int ledger_peer_init(void);
void ledger_peer_exit(void);

#ifdef CONFIG_KPROBES
int ledger_probe_init(void);
void ledger_probe_exit(void);
#else
static inline int ledger_probe_init(void)
{
	return 0;
}

static inline void ledger_probe_exit(void)
{
}
#endif

#endif /* RESTRICTED_LEDGER_H */
