/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file of programs that a fuzzer kept, as text:
 *
 *	# comments
 *	rheap-corpus 1 NAME PROGRAMS
 *	1f:0 a3;1 0 7
 *	...
 *	checksum 0123456789abcdef
 *
 * NAME is the fuzzer's, each program is a line (program_print()), and the checksum
 * is FNV-1a of 64 bits over all lines before its own.
 */
#ifndef RHEAP_TORMENT_CORPUS_H
#define RHEAP_TORMENT_CORPUS_H

#include "program.h"

#define CORPUS_NAME_MAX		32
#define CORPUS_PROGRAMS_MAX	1024
#define CORPUS_WHY_BYTES	160

/**
 * struct corpus - the programs of a file
 * @name: of the fuzzer that made them
 * @program: they
 * @n: how many
 */
struct corpus {
	char name[CORPUS_NAME_MAX];
	struct program *program;
	size_t n;
};

/**
 * corpus_load - read a file
 * @corpus: filled; freed by corpus_free()
 * @path: the file
 * @why: filled with what is wrong, a line
 *
 * Return: 0; -EINVAL for a file that is no corpus, is of another version, or is
 * damaged; else a negative errno.
 */
int corpus_load(struct corpus *corpus, const char *path,
		char why[CORPUS_WHY_BYTES]);

/**
 * corpus_free - free what corpus_load() filled
 * @corpus: may be all zeroes
 */
void corpus_free(struct corpus *corpus);

/**
 * corpus_save - write a file, whole or not at all
 * @path: the file; one that is there is replaced
 * @name: of the fuzzer, a word
 * @program: the programs
 * @n: how many, CORPUS_PROGRAMS_MAX at most
 *
 * Return: 0, or a negative errno.
 */
int corpus_save(const char *path, const char *name,
		const struct program *const *program, size_t n);

#endif /* RHEAP_TORMENT_CORPUS_H */
