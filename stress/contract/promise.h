/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The promises of restricted memory, one test each, for any heap.
 *
 * A promise is tried in a process of its own, so that whatever it leaves open
 * is gone afterwards, and one that hangs or dies takes no other with it.
 */
#ifndef RHEAP_PROMISE_H
#define RHEAP_PROMISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/dma-heap.h>

#include "books.h"
#include "dmabuf.h"
#include "heap.h"

#define PAGE_BYTES	UINT64_C(4096)

/* A size that any heap has, of more than one page */
#define SOME_SIZE	(UINT64_C(64) << 10)

/**
 * enum origin - whose heap it is
 * @ORIGIN_FRAMEWORK: ours, a restricted heap
 * @ORIGIN_TWIN: ours, a control without the framework
 * @ORIGIN_PEER: another's; that it breaks a promise is a finding, no failure
 */
enum origin {
	ORIGIN_FRAMEWORK,
	ORIGIN_TWIN,
	ORIGIN_PEER,
};

/**
 * struct subject - a heap whose promises are tried
 * @heap: open
 * @origin: whose it is
 * @bounded: it has a pool, which ends before the machine's memory does
 * @tee_gone: its memory is the TEE's, and there is no TEE
 * @exp_name: its name in the kernel's list of dma-bufs
 */
struct subject {
	struct heap heap;
	enum origin origin;
	bool bounded;
	bool tee_gone;
	char exp_name[DMABUF_NAME_MAX];
};

/**
 * enum outcome - how a trial ended
 * @KEPT: the promise was kept
 * @BROKEN: it was not
 * @SKIPPED: it could not be tried
 */
enum outcome {
	KEPT,
	BROKEN,
	SKIPPED,
};

/**
 * struct trial - a promise that is being tried
 * @s: on this heap
 * @outcome: how it ended
 * @why: one line, when it was not KEPT
 */
struct trial {
	const struct subject *s;
	enum outcome outcome;
	char why[512];
};

/**
 * struct promise - one line of the contract
 * @name: a word or some, joined by dashes
 * @help: what is promised, a sentence
 * @without_tee: can be tried on a heap whose TEE is gone
 * @ours: it is ours to keep, whosever the heap is: broken, it is a failure
 * @run: try it, for example by "return broken(t, ...)"; what it holds is given
 *	back by the end of its process, but it has to give back buffers if it
 *	wants to look at the books
 */
struct promise {
	const char *name;
	const char *help;
	bool without_tee;
	bool ours;
	enum outcome (*run)(struct trial *t);
};

/* All of them, in the order in which they are tried; ends with NULL */
extern const struct promise *const promises[];

/**
 * broken - say that a promise was not kept
 * @t: the trial
 * @fmt: why, one line
 *
 * Return: BROKEN.
 */
enum outcome broken(struct trial *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * skipped - say that a promise could not be tried
 * @t: the trial
 * @fmt: why, one line
 *
 * Return: SKIPPED.
 */
enum outcome skipped(struct trial *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * err_name - an error's short name, for example "ENOMEM"
 * @err: negative errno, or at least 0 for none
 */
const char *err_name(int err);

/**
 * subject_open - open a heap and see what it is
 * @s: filled
 * @name: of the heap
 * @tee_gone: there is no TEE in this machine
 *
 * Return: 0, or as heap_open().
 */
int subject_open(struct subject *s, const char *name, bool tee_gone);

/**
 * subject_books - read the books of a heap
 * @s: the heap
 * @books: filled
 *
 * Return: as books_read().
 */
int subject_books(const struct subject *s, struct books *books);

/**
 * subject_too_large - a size that the heap's pool cannot hold
 * @books: of a bounded heap
 *
 * Return: bytes, one page more than the pool, or than all memory where the
 * pool's size cannot be seen.
 */
uint64_t subject_too_large(const struct books *books);

/**
 * ask - ask a heap for memory with any arguments, bad ones too
 * @s: the heap
 * @data: given to the heap and filled by it
 *
 * Return: 0, the dma-buf in @data->fd; or a negative errno.
 */
int ask(const struct subject *s, struct dma_heap_allocation_data *data);

/**
 * ask_refused - see a heap refuse
 * @t: the trial; broken when it does not refuse, or with another error
 * @what: is asked for, in words
 * @data: is asked for
 * @want: negative errno that the heap has to answer
 *
 * Return: KEPT or BROKEN.
 */
enum outcome ask_refused(struct trial *t, const char *what,
			 struct dma_heap_allocation_data data, int want);

/**
 * trial_run - try a promise in a process of its own
 * @p: the promise
 * @t: t->s set; the rest is filled
 *
 * Broken, too, when something stays behind in the heap's books, and when it
 * takes more than a minute.
 */
void trial_run(const struct promise *p, struct trial *t);

#endif /* RHEAP_PROMISE_H */
