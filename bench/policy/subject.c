// SPDX-License-Identifier: GPL-2.0
#include "subject.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "textfile.h"

/* Of the TEE, whatever the kernel's is */
#define PAGE		4096

#define POLICIES_MAX	256

#define DROP_CACHES	"/proc/sys/vm/drop_caches"
#define PRESSES_MAX	100
#define NAP_NS		20000000

bool subject_has_policies(const char *heap)
{
	char text[POLICIES_MAX];

	return !heap_file_read(heap, "policy", text, sizeof(text));
}

static int lent(const struct subject *s, uint64_t *bytes)
{
	uint32_t pages;
	int err = memsvc_lent(&s->svc, &pages);

	*bytes = err ? 0 : (uint64_t)pages * PAGE;
	return err;
}

int subject_held(const struct subject *s, uint64_t *bytes)
{
	int err = lent(s, bytes);

	*bytes = *bytes > s->base ? *bytes - s->base : 0;
	return err;
}

int subject_calls(const struct subject *s, uint64_t *calls)
{
	*calls = 0;
	return s->has_calls ? heap_stat(s->heap.name, "tee_calls", calls) : 0;
}

int subject_press(void)
{
	return textfile_write(DROP_CACHES, "2");
}

int subject_empty(const struct subject *s)
{
	const struct timespec nap = { .tv_nsec = NAP_NS };

	for (int i = 0; i < PRESSES_MAX; i++) {
		uint64_t held;
		int err = subject_held(s, &held);

		if (err || !held)
			return err;
		err = subject_press();
		if (err)
			return err;
		nanosleep(&nap, NULL);
	}
	return -EBUSY;
}

/* What a heap keeps counts as its own, so it has to be gone before: no base yet */
static int open_books(struct subject *s)
{
	uint64_t calls, kept;
	int err;

	s->has_calls = !heap_stat(s->heap.name, "tee_calls", &calls);
	s->base = 0;
	err = subject_press();
	for (int i = 0; !err && i < PRESSES_MAX; i++) {
		const struct timespec nap = { .tv_nsec = NAP_NS };

		if (heap_stat(s->heap.name, "kept_bytes", &kept) || !kept)
			return lent(s, &s->base);
		nanosleep(&nap, NULL);
		err = subject_press();
	}
	return err ? err : -EBUSY;
}

int subject_open(struct subject *s, const char *heap, const char *policy)
{
	int err = heap_open(&s->heap, heap);

	if (err)
		return err;
	s->policy = policy;
	err = memsvc_open(&s->svc);
	if (err)
		goto err_close_heap;
	if (*policy)
		err = heap_tune(heap, "policy", policy);
	if (!err)
		err = open_books(s);
	if (err)
		goto err_close_svc;
	return 0;

err_close_svc:
	memsvc_close(&s->svc);
err_close_heap:
	heap_close(&s->heap);
	return err;
}

void subject_close(struct subject *s)
{
	memsvc_close(&s->svc);
	heap_close(&s->heap);
}
