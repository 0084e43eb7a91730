/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that the machine tells of a heap, as one list of named numbers:
 *
 *	allocs, live_buffers, ...	the heap's own stats file, if it has one
 *	dmabuf.buffers, dmabuf.bytes	the kernel's list of dma-bufs (debugfs)
 *	tee.pool, tee.free, tee.used, tee.buffers, tee.ranges, tee.added,
 *	tee.removed, tee.table		the memory service's books, where its pool
 *					backs the heap; tee.table changes with
 *					any entry of its table
 *
 * What cannot be seen is not in the list.
 */
#ifndef RHEAP_BOOKS_H
#define RHEAP_BOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOOKS_MAX	48
#define BOOKS_NAME_MAX	32

/**
 * struct books_line - a named number
 * @name: see above
 * @value: the number; below 0 only if somebody miscounted
 */
struct books_line {
	char name[BOOKS_NAME_MAX];
	int64_t value;
};

/**
 * struct books - a list of them
 * @line: in the order they were read
 * @n: how many
 */
struct books {
	struct books_line line[BOOKS_MAX];
	size_t n;
};

/**
 * books_add - add a line
 * @books: the list
 * @name: its name, copied
 * @value: its number
 *
 * Return: 0; -EEXIST when the name is there; -E2BIG when it, or the list, is
 * too long.
 */
int books_add(struct books *books, const char *name, int64_t value);

/**
 * books_get - find a number
 * @books: the list
 * @name: its name
 * @value: filled when it is there
 *
 * Return: true when it is there.
 */
bool books_get(const struct books *books, const char *name, int64_t *value);

/**
 * books_parse - add the lines of a stats file
 * @books: the list
 * @text: lines of "name value", each ending in a newline
 *
 * Return: 0; -EPROTO for a line of another form; or as books_add().
 */
int books_parse(struct books *books, const char *text);

/**
 * books_read - read what there is
 * @books: filled
 * @heap: the heap's name
 * @exp_name: its name in the kernel's list of dma-bufs
 *
 * Return: 0, also when there is nothing to see; else a negative errno.
 */
int books_read(struct books *books, const char *heap, const char *exp_name);

/**
 * books_standing - is it about what is held now, and not about what was done
 * @name: of a line
 */
bool books_standing(const char *name);

/**
 * books_untouched - has it to stay when an allocation failed
 * @name: of a line
 *
 * All but the number of failures, that of questions to the TEE, and what is kept
 * for the next user, which changes in its own time.
 */
bool books_untouched(const char *name);

/**
 * books_changed - compare two readings
 * @before: the earlier
 * @after: the later
 * @concerns: which lines to look at, for example books_standing()
 * @what: filled with "name before -> after, ..." when something changed
 * @size: of @what in bytes, at least 1
 *
 * Return: true when something changed, or is in one reading only.
 */
bool books_changed(const struct books *before, const struct books *after,
		   bool (*concerns)(const char *name), char *what,
		   size_t size);

/**
 * books_moved - did a number change as it had to
 * @before: the earlier reading
 * @after: the later
 * @name: of the line; nothing is said of one that is not there
 * @by: the change expected; modulo 2^32 for the lines of the TEE
 * @what: filled when it did not: "name before -> after, expected ..."
 * @size: of @what in bytes, at least 1
 *
 * Return: true when it did, or is in neither.
 */
bool books_moved(const struct books *before, const struct books *after,
		 const char *name, int64_t by, char *what, size_t size);

#endif /* RHEAP_BOOKS_H */
