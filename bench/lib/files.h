/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RHEAP_FILES_H
#define RHEAP_FILES_H

#include <stdint.h>

/**
 * files_allow - see to it that this process may have so many files open
 * @files: how many, those that are open among them
 *
 * Return: 0; -EMFILE when it may not, and not give itself leave.
 */
int files_allow(uint64_t files);

#endif /* RHEAP_FILES_H */
