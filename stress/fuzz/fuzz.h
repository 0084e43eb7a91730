/* SPDX-License-Identifier: GPL-2.0 */
/* What a fuzzer calls; libFuzzer's interface. */
#ifndef RHEAP_FUZZ_H
#define RHEAP_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Whatever the compiler does with assert() */
#define FUZZ_EXPECT(condition) do {					\
	if (!(condition)) {						\
		fprintf(stderr, "%s:%d: not so: %s\n", __FILE__,	\
			__LINE__, #condition);				\
		abort();						\
	}								\
} while (0)

/* What changes of single bytes do not find, for inputs without libFuzzer; ends with NULL */
extern const char *const fuzz_words[];

/**
 * LLVMFuzzerTestOneInput - try one input
 * @data: any bytes
 * @size: how many
 *
 * Ends the program if a promise is broken.
 *
 * Return: 0.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* RHEAP_FUZZ_H */
