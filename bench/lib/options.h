/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Options from a table, over getopt_long(3). The table is also what --help
 * prints; a default shown there is what the destination holds before parsing.
 */
#ifndef RHEAP_OPTIONS_H
#define RHEAP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define OPT_LIST_MAX 64

/**
 * struct opt_texts - the values of a repeatable option
 * @v: the values; from argv, not copied
 * @n: how many
 */
struct opt_texts {
	const char *v[OPT_LIST_MAX];
	size_t n;
};

/**
 * struct opt_sizes - the sizes of a repeatable option
 * @v: in bytes
 * @n: how many
 */
struct opt_sizes {
	uint64_t v[OPT_LIST_MAX];
	size_t n;
};

/**
 * enum opt_kind - what an option takes and where it goes
 * @OPT_FLAG: nothing; bool, set to true
 * @OPT_COUNT: a decimal number; uint64_t
 * @OPT_SIZE: a number with an optional K, M or G (powers of 1024); uint64_t
 * @OPT_TEXT: anything; const char *, not copied
 * @OPT_CHOICE: one of some words; int, the word's index, -1 for none
 * @OPT_TEXTS: anything, repeatable; struct opt_texts
 * @OPT_SIZES: a size, repeatable; struct opt_sizes
 *
 * The first value given for a repeatable option replaces the defaults.
 */
enum opt_kind {
	OPT_FLAG,
	OPT_COUNT,
	OPT_SIZE,
	OPT_TEXT,
	OPT_CHOICE,
	OPT_TEXTS,
	OPT_SIZES,
};

/**
 * struct opt - one option; a table of them ends with a NULL name
 * @name: without the dashes
 * @kind: see enum opt_kind
 * @dest: where the value goes
 * @min: smallest number or size allowed
 * @max: largest number or size allowed, 0 for no limit
 * @choices: the words of an OPT_CHOICE, ends with NULL
 * @meta: what --help calls the value; NULL for a flag or a choice
 * @help: one line for --help
 */
struct opt {
	const char *name;
	enum opt_kind kind;
	void *dest;
	uint64_t min;
	uint64_t max;
	const char *const *choices;
	const char *meta;
	const char *help;
};

/**
 * opt_parse - read a command line
 * @tables: tables of options, ends with NULL
 * @argc: as main() got it
 * @argv: as main() got it; may be put into another order
 *
 * Return: 0; -EINVAL after one line on stderr that names the option and the
 * bad value.
 */
int opt_parse(const struct opt *const *tables, int argc, char **argv);

/**
 * opt_help - print the options, one a line, with defaults
 * @out: where to
 * @tables: as for opt_parse(), before it filled any destination
 */
void opt_help(FILE *out, const struct opt *const *tables);

/**
 * parse_count - read a decimal number
 * @text: digits only, the whole string
 * @value: filled
 *
 * Return: 0; -EINVAL when it is no number; -ERANGE from 2^64.
 */
int parse_count(const char *text, uint64_t *value);

/**
 * parse_size - read a size in bytes
 * @text: digits and an optional K, M or G of either case, the whole string
 * @value: filled
 *
 * Return: 0; -EINVAL when it is no size; -ERANGE from 2^64.
 */
int parse_size(const char *text, uint64_t *value);

/**
 * format_size - write a size as parse_size() reads it, as short as exact
 * @text: filled
 * @size: in bytes
 *
 * Return: @text.
 */
const char *format_size(char text[24], uint64_t size);

#endif /* RHEAP_OPTIONS_H */
