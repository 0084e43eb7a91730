// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "tunable.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "restore.h"
#include "textfile.h"

#define HEAPS		"/sys/kernel/restricted_heap"
#define FILES_MAX	24
#define PATH_BYTES	384
#define TEXT_BYTES	64

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

struct tunable {
	char path[PATH_BYTES];
	char old[TEXT_BYTES];
};

static struct tunable files[FILES_MAX];
static size_t nr_files;

/* The corpus: each once made some parser of numbers or words go wrong. */
static const char *const corpus[] = {
	"buffer", "pool", "region", "0", "1", "4096", "1048576", "4194304",
	"64", "1024", "8 4 0", "9 4 0", "0 1", "10", "10 9 8 7 6 5 4 3 2 1 0",
	"", "\n", " ", "-1", "+1", "0x10", "1 ", " 1", "1\n\n", "1e3", "1.0",
	"1025", "4095", "4097", "3600000", "3600001", "18446744073709551615",
	"18446744073709551616", "9223372036854775808", "99999999999999999999",
	"11", "4 4", "4,4", "4 -1", "Pool", "pool\n", "pool ", "poolx", "\x7f",
	"%s%n", "\xff\xfe", "on", "off", "y", "N",
};

static int add_file(struct stress *s, const char *dir, const char *name)
{
	char path[PATH_BYTES], old[TEXT_BYTES];
	struct stat st;
	int err;

	snprintf(path, sizeof(path), HEAPS "/%s/%s", dir, name);
	if (stat(path, &st) || !S_ISREG(st.st_mode) ||
	    (st.st_mode & 0600) != 0600)
		return 0;
	if (nr_files == FILES_MAX)
		return stress_cannot(s, "more than %d tunables", FILES_MAX);
	err = textfile_read(path, old, sizeof(old));
	if (!err)
		err = restore_later(path, old);
	if (err)
		return stress_cannot(s, "%s: %s", path, strerror(-err));
	strcpy(files[nr_files].path, path);
	strcpy(files[nr_files++].old, old);
	return 0;
}

static int add_heap(struct stress *s, const char *heap)
{
	char path[PATH_BYTES];
	struct dirent *entry;
	int err = 0;
	DIR *dir;

	snprintf(path, sizeof(path), HEAPS "/%s", heap);
	dir = opendir(path);
	if (!dir)
		return 0;
	while (!err && (entry = readdir(dir)))
		err = add_file(s, heap, entry->d_name);
	closedir(dir);
	return err;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct tunable *)a)->path,
		      ((const struct tunable *)b)->path);
}

int tunables_find(struct stress *s)
{
	int err = 0;

	for (size_t i = 0; i < s->nr_heaps && !err; i++)
		err = add_heap(s, s->heap[i].heap.name);
	if (!err && !nr_files)
		err = stress_cannot(s, "no heap under stress has a tunable");
	/* So that the seed alone decides which is written */
	qsort(files, nr_files, sizeof(files[0]), by_name);
	return err;
}

/* A text of the corpus as it is, or with a byte changed; or a number */
static void make_text(struct choices *c, char text[TEXT_BYTES])
{
	const char *word = corpus[choose_below(c, ARRAY_SIZE(corpus))];
	size_t len = strlen(word);

	switch (choose_below(c, 4)) {
	case 0:
		snprintf(text, TEXT_BYTES, "%" PRIu64,
			 choose_any(c) >> choose_below(c, 64));
		break;
	case 1:
		strcpy(text, word);
		if (len)
			text[choose_below(c, len)] =
				(char)(1 + choose_below(c, 255));
		break;
	default:
		strcpy(text, word);
	}
}

static void expect_unchanged(struct hand *h, const char *path,
			     const char *before, const char *text)
{
	char now[TEXT_BYTES];

	if (!textfile_read(path, now, sizeof(now)) && strcmp(now, before))
		stress_found(h->s, "%s refused '%s' and says %s, not %s", path,
			     text, now, before);
}

void tunable_write(struct hand *h)
{
	const char *path = files[choose_below(&h->choices, nr_files)].path;
	char before[TEXT_BYTES], text[TEXT_BYTES];
	int err;

	make_text(&h->choices, text);
	/* A write of nothing is no write. */
	if (!*text)
		return;
	if (textfile_read(path, before, sizeof(before))) {
		stress_found(h->s, "%s cannot be read", path);
		return;
	}
	err = textfile_write(path, text);
	if (!err)
		return;
	if (err != -EINVAL && err != -EOPNOTSUPP)
		stress_found(h->s, "%s: '%s' gave %s", path, text,
			     strerror(-err));
	expect_unchanged(h, path, before, text);
}

void tunables_reset(struct stress *s)
{
	char now[TEXT_BYTES];

	for (size_t i = 0; i < nr_files; i++) {
		const struct tunable *file = &files[i];

		if (!textfile_read(file->path, now, sizeof(now)) &&
		    !strcmp(now, file->old))
			continue;
		if (textfile_write(file->path, file->old))
			stress_found(s, "%s does not take '%s' again", file->path,
				     file->old);
	}
}
