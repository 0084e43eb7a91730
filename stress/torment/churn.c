// SPDX-License-Identifier: GPL-2.0
/*
 * Nothing gets lost: processes of several threads each take and give back
 * buffers of all heaps and sizes; the books have to tell what they hold.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>

#include "catalogue.h"
#include "load.h"
#include "world.h"

#define THREADS		2
#define CHURN_MAX	(256 << 10)

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

struct strand {
	struct hand hand;
	struct load load;
	pthread_t thread;
};

static void *spin(void *data)
{
	struct strand *strand = data;

	while (hand_next(&strand->hand))
		load_step(&strand->hand, &strand->load);
	return NULL;
}

static void work(struct hand *h)
{
	struct strand strand[THREADS];
	int started = 0;

	for (int i = 0; i < THREADS; i++) {
		strand[i].hand = *h;
		strand[i].hand.rng.state = rng_next(&h->rng);
		strand[i].hand.left = h->left / THREADS +
				      ((uint64_t)i < h->left % THREADS);
		load_begin(&strand[i].load, CHURN_MAX);
	}
	for (int i = 0; i < THREADS; i++, started++)
		if (pthread_create(&strand[i].thread, NULL, spin, &strand[i]))
			break;
	if (started < THREADS)
		stress_found(h->s, "a thread could not be started");
	for (int i = 0; i < started; i++)
		pthread_join(strand[i].thread, NULL);
	hand_rest(h);
	for (int i = 0; i < started; i++)
		load_end(&strand[i].hand, &strand[i].load);
}

static void look(struct stress *s, size_t i)
{
	int64_t held = atomic_load(&s->tally->held[i]);
	int64_t bytes = atomic_load(&s->tally->bytes[i]);
	const struct {
		const char *name;
		int64_t by;
	} lines[] = {
		{ "live_buffers", held }, { "live_bytes", bytes },
		{ "dmabuf.buffers", held }, { "dmabuf.bytes", bytes },
		{ "tee.buffers", held }, { "tee.used", bytes },
	};
	struct books now;
	char what[STRESS_WHY_BYTES / 2];

	if (books_read(&now, s->heap[i].heap.name, s->heap[i].exp_name)) {
		stress_found(s, "%s: its books cannot be read",
			     s->heap[i].heap.name);
		return;
	}
	for (size_t j = 0; j < ARRAY_SIZE(lines); j++)
		if (!books_moved(&s->before->heap[i], &now, lines[j].name,
				 lines[j].by, what, sizeof(what)))
			stress_found(s, "%s: %s", s->heap[i].heap.name, what);
}

static void held(struct stress *s)
{
	for (size_t i = 0; i < s->nr_heaps; i++)
		look(s, i);
}

static void run(struct stress *s)
{
	const struct crew crew = { .work = work, .held = held };

	crew_run(s, &crew);
}

const struct stressor stressor_churn = {
	.name = "churn",
	.help = "nothing gets lost: threads of several processes, all heaps at once, all sizes",
	.ops = 40000,
	.workers = 4,
	.run = run,
};
