/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a program says on stderr, and the codes it ends with. stdout belongs
 * to the measurements.
 */
#ifndef RHEAP_DIAG_H
#define RHEAP_DIAG_H

/**
 * enum exit_code - how a program ends; the laboratory passes these through
 * @EXIT_PASS: all that was asked for was done
 * @EXIT_FAIL: a test failed
 * @EXIT_MISSING: a heap, a TEE or a device that was asked for is not there
 * @EXIT_SKIPPED: there was nothing that could be measured or tested
 * @EXIT_UNTRUSTED: the measurement would not mean what it says
 * @EXIT_USAGE: the command line is wrong
 */
enum exit_code {
	EXIT_PASS = 0,
	EXIT_FAIL = 2,
	EXIT_MISSING = 3,
	EXIT_SKIPPED = 4,
	EXIT_UNTRUSTED = 7,
	EXIT_USAGE = 64,
};

/**
 * diag_init - name the program in every later line
 * @name: kept, not copied
 */
void diag_init(const char *name);

/**
 * diag - write one line "name: message" on stderr, in one piece
 * @fmt: as for printf, without a newline; a line over 1 KiB is cut
 */
void diag(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif /* RHEAP_DIAG_H */
