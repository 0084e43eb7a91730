/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Results as TAP version 13 on stdout, each line whole and written at once.
 *
 *	TAP version 13
 *	1..4
 *	ok 1 - a name
 *	not ok 2 - a name
 *	# why
 *	ok 3 - a name # SKIP why
 *	ok 4 - a name # XFAIL why
 *
 * XFAIL, as in the kernel's own KTAP: it failed, and was known to.
 */
#ifndef RHEAP_TAP_H
#define RHEAP_TAP_H

/**
 * tap_begin - print the head
 * @plan: how many results will follow
 */
void tap_begin(unsigned int plan);

/**
 * tap_ok - a test passed
 * @name: of the test, one line
 */
void tap_ok(const char *name);

/**
 * tap_not_ok - a test failed
 * @name: of the test, one line
 * @why: one line
 */
void tap_not_ok(const char *name, const char *why);

/**
 * tap_skip - a test could not be run
 * @name: of the test, one line
 * @why: one line
 */
void tap_skip(const char *name, const char *why);

/**
 * tap_expected - a test failed, where that is not held against anybody
 * @name: of the test, one line
 * @why: one line
 */
void tap_expected(const char *name, const char *why);

/**
 * tap_note - print a comment
 * @fmt: as for printf; one line without a newline
 */
void tap_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * tap_bail_out - nothing more can be tested; safe in any thread
 * @why: one line
 *
 * Ends the program at once, with EXIT_FAIL and without running exit handlers.
 */
void tap_bail_out(const char *why) __attribute__((noreturn));

/**
 * tap_end - the verdict
 *
 * Return: EXIT_PASS; EXIT_FAIL when a test failed, or when there were not as
 * many results as tap_begin() announced.
 */
int tap_end(void);

#endif /* RHEAP_TAP_H */
