// SPDX-License-Identifier: GPL-2.0
/* What a restricted heap tells in sysfs, and what it takes there. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "catalogue.h"

#define TEXT_MAX	4096
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

static const char *const meanings[] = {
	"denied", "granted", "restricted", "enforced", "zeroed",
};

/* One line "key text" for each meaning, in this order, and no other */
static enum outcome check_semantics(struct trial *t, const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
		size_t len = strlen(meanings[i]);
		const char *end = strchrnul(text, '\n');

		if (strncmp(text, meanings[i], len) || text[len] != ' ' ||
		    end - text < (ptrdiff_t)len + 2 || *end != '\n')
			return broken(t, "semantics: line %zu is not \"%s TEXT\"",
				      i + 1, meanings[i]);
		text = end + 1;
	}
	if (*text)
		return broken(t, "semantics: more than %zu lines",
			      ARRAY_SIZE(meanings));
	return KEPT;
}

static enum outcome run_semantics(struct trial *t)
{
	char text[TEXT_MAX];
	int err = heap_file_read(t->s->heap.name, "semantics", text,
				 sizeof(text));

	if (err == -ENOENT && t->s->origin == ORIGIN_TWIN)
		return skipped(t, "the twin has no framework");
	if (err)
		return broken(t, "semantics cannot be read: %s", err_name(err));
	return check_semantics(t, text);
}

const struct promise promise_semantics = {
	.name = "semantics",
	.help = "what restricted means for the heap can be read",
	.without_tee = true,
	.run = run_semantics,
};

static const char *const counters[] = {
	"allocs", "frees", "failures", "live_buffers", "live_bytes",
	"quarantined_buffers", "quarantined_bytes",
};

/* Nobody else is at work: what was handed out is taken back or live. */
static enum outcome check_stats(struct trial *t, const struct books *stats)
{
	int64_t v[ARRAY_SIZE(counters)];

	for (size_t i = 0; i < ARRAY_SIZE(counters); i++) {
		if (!books_get(stats, counters[i], &v[i]))
			return broken(t, "stats: no line %s", counters[i]);
		if (v[i] < 0)
			return broken(t, "stats: %s is %lld", counters[i],
				      (long long)v[i]);
	}
	if (v[0] - v[1] != v[3])
		return broken(t, "stats: allocs - frees is not live_buffers");
	return KEPT;
}

static enum outcome run_stats(struct trial *t)
{
	struct books stats = { .n = 0 };
	char text[TEXT_MAX];
	int err = heap_file_read(t->s->heap.name, "stats", text, sizeof(text));

	if (err == -ENOENT && t->s->origin == ORIGIN_TWIN)
		return skipped(t, "the twin has no framework");
	if (err)
		return broken(t, "stats cannot be read: %s", err_name(err));
	err = books_parse(&stats, text);
	if (err)
		return broken(t, "stats: not lines of \"name value\", each once");
	return check_stats(t, &stats);
}

const struct promise promise_stats = {
	.name = "stats",
	.help = "the heap's books can be read, and agree with themselves",
	.without_tee = true,
	.run = run_stats,
};

static enum outcome refuses_scrub(struct trial *t, bool before)
{
	static const char *const bad[] = { "2\n", "x\n", "-1\n", " 1\n", "\n" };
	const char *name = t->s->heap.name;
	bool now;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		int err = heap_scrub_write(name, bad[i]);
		int len = (int)strcspn(bad[i], "\n");

		if (err != -EINVAL)
			return broken(t, "writing \"%.*s\" gave %s and not EINVAL",
				      len, bad[i], err_name(err));
		err = heap_scrub_get(name, &now);
		if (err || now != before)
			return broken(t, "writing \"%.*s\" changed it", len,
				      bad[i]);
	}
	return KEPT;
}

/* From either setting, for a bad value may read as the other one. */
static enum outcome run_scrub(struct trial *t)
{
	static const char *const good[] = { "0", "1" };
	const char *name = t->s->heap.name;
	enum outcome o = KEPT;
	bool before;
	int err = heap_scrub_get(name, &before);

	if (err == -ENOENT)
		return skipped(t, "the heap has no such switch");
	if (err)
		return broken(t, "scrub cannot be read: %s", err_name(err));
	for (int on = 0; on < 2 && o == KEPT; on++) {
		err = heap_scrub_write(name, good[on]);
		o = err ? broken(t, "scrub cannot be written: %s",
				 err_name(err)) :
		    refuses_scrub(t, on);
	}
	err = heap_scrub_write(name, good[before]);
	if (err && o == KEPT)
		o = broken(t, "scrub cannot be put back: %s", err_name(err));
	return o;
}

const struct promise promise_scrub = {
	.name = "scrub-bad-value",
	.help = "a bad value for scrub gives EINVAL and changes nothing",
	.without_tee = true,
	.run = run_scrub,
};
