// SPDX-License-Identifier: GPL-2.0
#include "load.h"

#include <errno.h>
#include <stdlib.h>

#include "rng.h"

/* Buffers that a thread holds at most */
#define HELD_MAX	4

#define PAGE_BYTES	4096
#define PAGES_MAX	64

/* What one thread has at hand */
struct worker {
	struct load *load;
	struct rng rng;
	int fd[HELD_MAX];
};

static void alloc_one(struct worker *w, int *fd)
{
	struct load *load = w->load;
	const struct heap *heap =
		load->heaps[rng_below(&w->rng, load->nr_heaps)];
	int expected = 0;

	*fd = heap_alloc(heap, (1 + rng_below(&w->rng, PAGES_MAX)) *
			       PAGE_BYTES);
	if (*fd >= 0)
		atomic_fetch_add(&load->given, 1);
	else if (*fd == -ENODEV)
		atomic_fetch_add(&load->refused, 1);
	else
		atomic_compare_exchange_strong(&load->err, &expected, *fd);
}

static void free_one(int *fd)
{
	heap_free(*fd);
	*fd = -1;
}

static void *work(void *data)
{
	struct worker *w = data;

	while (!atomic_load(&w->load->stop)) {
		int *fd = &w->fd[rng_below(&w->rng, HELD_MAX)];

		if (*fd >= 0)
			free_one(fd);
		else
			alloc_one(w, fd);
	}
	for (size_t i = 0; i < HELD_MAX; i++)
		if (w->fd[i] >= 0)
			free_one(&w->fd[i]);
	free(w);
	return NULL;
}

static int start_one(struct load *load)
{
	struct worker *w = malloc(sizeof(*w));

	if (!w)
		return -EAGAIN;
	w->load = load;
	w->rng.state = load->seed + load->nr_threads;
	for (size_t i = 0; i < HELD_MAX; i++)
		w->fd[i] = -1;
	if (pthread_create(&load->threads[load->nr_threads], NULL, work, w)) {
		free(w);
		return -EAGAIN;
	}
	load->nr_threads++;
	return 0;
}

int load_start(struct load *load, size_t threads)
{
	int err = 0;

	while (load->nr_threads < threads && !err)
		err = start_one(load);
	if (err)
		load_stop(load);
	return err;
}

void load_stop(struct load *load)
{
	atomic_store(&load->stop, true);
	while (load->nr_threads)
		pthread_join(load->threads[--load->nr_threads], NULL);
}
