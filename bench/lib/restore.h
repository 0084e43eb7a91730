/* SPDX-License-Identifier: GPL-2.0 */
/* Files of the kernel that are put back as they were when the program ends. */
#ifndef RHEAP_RESTORE_H
#define RHEAP_RESTORE_H

/**
 * restore_later - write to a file, and put back at the end what it said
 * @path: of the file; what it says is short
 * @text: what to write
 *
 * It is put back by exit(3), by restore_now(), and when SIGHUP, SIGINT, SIGPIPE
 * or SIGTERM ends the program; of several files the last first, and of a file
 * what it said at first.
 *
 * Return: 0; -ENOSPC after too many files; else a negative errno.
 */
int restore_later(const char *path, const char *text);

/**
 * restore_now - put back everything
 */
void restore_now(void);

#endif /* RHEAP_RESTORE_H */
