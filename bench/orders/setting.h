/* SPDX-License-Identifier: GPL-2.0 */
/* How the page heap is set while something is measured. */
#ifndef ORDERS_SETTING_H
#define ORDERS_SETTING_H

#include <stdbool.h>
#include <stdint.h>

#define PAGES_HEAP	"restricted_pages"

enum setting_reclaim { RECLAIM_SMALLEST, RECLAIM_ALL };
enum setting_policy { POLICY_BUFFER, POLICY_POOL };

/**
 * struct batch - what one call into the TEE may carry
 * @entries: ranges
 * @bytes: 0 for any number
 * @preset: of tee_sim, whose limits these are, or NULL
 */
struct batch {
	uint64_t entries;
	uint64_t bytes;
	const char *preset;
};

/**
 * struct setting - see above
 * @orders: the order table, falling, set apart by commas
 * @batch: the calls' limits
 * @reclaim: for which of the orders the kernel may reclaim memory
 * @policy: whether memory is lent for a buffer, or kept lent in a pool
 */
struct setting {
	const char *orders;
	struct batch batch;
	enum setting_reclaim reclaim;
	enum setting_policy policy;
};

/**
 * batch_parse - read limits from "ENTRIES" or "ENTRIES/BYTES"
 * @batch: filled
 * @text: bytes in whole pages, with K, M or G
 *
 * Return: 0; -EINVAL for another text, or for no entries.
 */
int batch_parse(struct batch *batch, const char *text);

/**
 * batch_preset - make tee_sim behave as one of its presets, and take its limits
 * @batch: filled
 * @preset: its name; is kept
 *
 * Return: 0; -ENOENT where tee_sim is not loaded; -EINVAL when it has no such
 * preset; else a negative errno.
 */
int batch_preset(struct batch *batch, const char *preset);

/**
 * setting_apply - write all tunables, with nothing kept from before
 * @s: the setting
 *
 * They are put back when the program ends, as restore_later() does it.
 *
 * Return: 0; -EBUSY when memory is still kept after some seconds; -EINVAL,
 * after a line on stderr, when the heap refuses a value; else a negative errno.
 */
int setting_apply(const struct setting *s);

/**
 * setting_wait - wait until a counter of the heap says 0
 * @counter: its name
 *
 * Return: 0; -EBUSY when it does not after some seconds; else a negative errno.
 */
int setting_wait(const char *counter);

#endif /* ORDERS_SETTING_H */
