// SPDX-License-Identifier: GPL-2.0
#include "prove.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "textfile.h"
#include "world.h"

#define FAULTS		"/sys/module/restricted_faults/parameters/"

/* What is lost stays lost: that needs no long look */
#define IMPATIENCE	2.0

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

static const char *const mistakes[] = {
	"leak", "lost-dmabuf", "lost-grant", "lost-loan", "lost-pages",
};

/*
 * What an oracle has to say of those mistakes: a line that begins with @begin
 * and has @part in it
 */
static const struct oracle {
	const char *name;
	const char *begin;
	const char *part;
} oracles[] = {
	{ "heap-books", "restricted_carveout: ", "live_buffers " },
	{ "pool-bytes", "restricted_carveout: ", "pool_free " },
	{ "dma-bufs", "dma-bufs ", "" },
	{ "slab", "objects restricted_buffer ", "" },
	{ "TEE-table", "restricted_mtk_cm: ", "tee.used " },
	{ "TEE-loans", "pages that the TEE holds ", "" },
	{ "free-memory", "free memory ", "" },
};

static void forget(struct stress *s)
{
	atomic_store(&s->tally->told, 0);
	atomic_store(&s->tally->found, 0);
}

static int make_all(const char *how)
{
	char path[128];

	snprintf(path, sizeof(path), FAULTS "%s", how);
	for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
		int err = textfile_write(path, mistakes[i]);

		if (err) {
			diag("%s, %s: %s", path, mistakes[i], strerror(-err));
			return err;
		}
	}
	return 0;
}

/* What is found @patience after all of them were done @how */
static int find(struct stress *s, const char *how, double patience)
{
	static struct world before;
	int err;

	forget(s);
	err = world_begin(s, &before);
	if (!err)
		err = make_all(how);
	if (err)
		return err;
	s->patience = patience;
	world_verify(s, &before, false);
	return 0;
}

static const char *told_by(const struct stress *s, const struct oracle *oracle)
{
	unsigned int told = atomic_load(&s->tally->told);

	for (unsigned int i = 0; i < told && i < STRESS_WHYS_MAX; i++) {
		const char *why = s->tally->why[i];

		if (!strncmp(why, oracle->begin, strlen(oracle->begin)) &&
		    strstr(why, oracle->part))
			return why;
	}
	return NULL;
}

static int judge(struct stress *s)
{
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(oracles); i++) {
		const char *why = told_by(s, &oracles[i]);

		if (why) {
			printf("caught %s: %s\n", oracles[i].name, why);
		} else {
			printf("missed %s\n", oracles[i].name);
			err = -EUCLEAN;
		}
	}
	return err;
}

int prove(struct stress *s)
{
	int err = find(s, "right", s->patience);

	if (err)
		return err;
	if (atomic_load(&s->tally->found)) {
		printf("false alarm: %s\n", s->tally->why[0]);
		return -EUCLEAN;
	}
	err = find(s, "wrong", IMPATIENCE);
	return err ? err : judge(s);
}
