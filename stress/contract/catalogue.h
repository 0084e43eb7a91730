/* SPDX-License-Identifier: GPL-2.0 */
/* Every promise by name; see the files beside this one. */
#ifndef RHEAP_CATALOGUE_H
#define RHEAP_CATALOGUE_H

#include "promise.h"

extern const struct promise promise_mmap;
extern const struct promise promise_read;
extern const struct promise promise_sync;
extern const struct promise promise_vmap;
extern const struct promise promise_attach;
extern const struct promise promise_quarantine;
extern const struct promise promise_enforced;
extern const struct promise promise_zeroed;
extern const struct promise promise_dup;
extern const struct promise promise_fork;
extern const struct promise promise_kill;
extern const struct promise promise_scm;
extern const struct promise promise_flight;
extern const struct promise promise_nothing_size;
extern const struct promise promise_nothing_emfile;
extern const struct promise promise_nothing_efault;
extern const struct promise promise_size_0;
extern const struct promise promise_size_1;
extern const struct promise promise_size_odd;
extern const struct promise promise_size_pool;
extern const struct promise promise_size_4g;
extern const struct promise promise_size_wrap;
extern const struct promise promise_fd_flags;
extern const struct promise promise_heap_flags;
extern const struct promise promise_fd;
extern const struct promise promise_cloexec;
extern const struct promise promise_exhausted;
extern const struct promise promise_exp_name;
extern const struct promise promise_semantics;
extern const struct promise promise_stats;
extern const struct promise promise_scrub;
extern const struct promise promise_books;
extern const struct promise promise_lent;
extern const struct promise promise_privileges;
extern const struct promise promise_tee_absent;

#endif /* RHEAP_CATALOGUE_H */
