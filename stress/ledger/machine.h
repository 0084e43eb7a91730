/* SPDX-License-Identifier: GPL-2.0 */
/* What the attempts do to the machine beside asking a heap. */
#ifndef RHEAP_MACHINE_H
#define RHEAP_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * probe_load - load ledger.ko, which brings about what user space cannot
 *
 * It is looked for beside the test modules, in /job/modules.
 *
 * Return: 0, also when it is loaded already; else a negative errno.
 */
int probe_load(void);

/**
 * probe_set - write a parameter of ledger.ko
 * @name: of the parameter
 * @text: to write
 *
 * Return: 0, or a negative errno: the parameter's own, too.
 */
int probe_set(const char *name, const char *text);

/**
 * probe_open - open a parameter of ledger.ko for writing
 * @name: of the parameter
 *
 * Return: a file descriptor, or a negative errno.
 */
int probe_open(const char *name);

/**
 * probe_get - read a parameter that is a number
 * @name: of the parameter
 * @value: filled
 *
 * Return: 0; -EPROTO when it is no number; else a negative errno.
 */
int probe_get(const char *name, int64_t *value);

/**
 * klog_open - begin to read the kernel's log at what it says from now on
 *
 * Return: a file descriptor, or a negative errno.
 */
int klog_open(void);

/**
 * klog_find - read on, up to a line
 * @fd: from klog_open()
 * @words: any of these, ends with NULL
 * @line: filled with the line, without its time
 * @size: of @line in bytes
 *
 * Return: true when there was such a line.
 */
bool klog_find(int fd, const char *const *words, char *line, size_t size);

/**
 * process_sleeps_in - whether a process waits in the kernel and cannot be killed
 * @pid: the process
 * @function: of the kernel, in which it waits
 */
bool process_sleeps_in(pid_t pid, const char *function);

#endif /* RHEAP_MACHINE_H */
