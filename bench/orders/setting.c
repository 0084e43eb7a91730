// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "setting.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "diag.h"
#include "heap.h"
#include "options.h"
#include "restore.h"
#include "textfile.h"

#define PAGE		4096u
#define VALUE_MAX	32

/* Long enough for whole pools to be given back */
#define PATIENCE_MS	10000
#define NAP_MS		1

#define SIM_PARAMETERS	"/sys/module/tee_sim/parameters/"

static const char *const policy_names[] = { "buffer", "pool" };

int batch_parse(struct batch *batch, const char *text)
{
	const char *slash = strchrnul(text, '/');
	size_t length = (size_t)(slash - text);
	char entries[VALUE_MAX];

	*batch = (struct batch){ 0 };
	if (length >= sizeof(entries))
		return -EINVAL;
	memcpy(entries, text, length);
	entries[length] = '\0';
	if (parse_count(entries, &batch->entries) || !batch->entries)
		return -EINVAL;
	if (!*slash)
		return 0;
	if (parse_size(slash + 1, &batch->bytes) || !batch->bytes ||
	    batch->bytes % PAGE)
		return -EINVAL;
	return 0;
}

static int sim_number(const char *path, uint64_t *value)
{
	char text[VALUE_MAX];
	int err = textfile_read(path, text, sizeof(text));

	if (err)
		return err;
	text[strcspn(text, "\n")] = '\0';
	return parse_count(text, value) ? -EPROTO : 0;
}

int batch_preset(struct batch *batch, const char *preset)
{
	uint64_t pages;
	int err = restore_later(SIM_PARAMETERS "preset", preset);

	*batch = (struct batch){ .preset = preset };
	if (!err)
		err = sim_number(SIM_PARAMETERS "max_entries", &batch->entries);
	if (!err)
		err = sim_number(SIM_PARAMETERS "max_pages", &pages);
	if (!err)
		batch->bytes = pages * PAGE;
	return err;
}

int setting_wait(const char *counter)
{
	const struct timespec nap = { .tv_nsec = NAP_MS * 1000000 };

	for (int waited = 0; waited < PATIENCE_MS; waited += NAP_MS) {
		uint64_t value;
		int err = heap_stat(PAGES_HEAP, counter, &value);

		if (err || !value)
			return err;
		nanosleep(&nap, NULL);
	}
	diag("heap " PAGES_HEAP ": %s is not 0 after %d s; something else uses the heap: stop it",
	     counter, PATIENCE_MS / 1000);
	return -EBUSY;
}

static int tune(const char *file, const char *value)
{
	int err = heap_tune(PAGES_HEAP, file, value);

	if (err)
		diag("heap " PAGES_HEAP ": %s does not take '%s': %s", file,
		     value, strerror(-err));
	return err;
}

static int tune_number(const char *file, uint64_t value)
{
	char text[VALUE_MAX];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return tune(file, text);
}

static const char *reclaim_of(const struct setting *s)
{
	const char *last = strrchr(s->orders, ',');

	if (s->reclaim == RECLAIM_ALL || !last)
		return s->orders;
	return last + 1;
}

static int set_limits(const struct batch *b)
{
	struct batch limits;
	int err = 0;

	if (b->preset)
		err = batch_preset(&limits, b->preset);
	if (!err)
		err = tune_number("batch_entries", b->entries);
	return err ? err : tune_number("batch_bytes", b->bytes);
}

int setting_apply(const struct setting *s)
{
	int err = tune("policy", policy_names[POLICY_BUFFER]);

	if (!err)
		err = setting_wait("kept_bytes");
	if (!err)
		err = tune("orders", s->orders);
	if (!err)
		err = tune("reclaim", reclaim_of(s));
	if (!err)
		err = set_limits(&s->batch);
	return err ? err : tune("policy", policy_names[s->policy]);
}
