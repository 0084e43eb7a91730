// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "case.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load.h"

/* A set-up round, which is not counted */
#define WARMUP	1

static const char *const op_names[] = { "alloc", "free", "cycle" };

static bool new_hists(struct lab *lab)
{
	bool all = true;

	lab->cost = hist_new();
	lab->response = hist_new();
	lab->times.wait = hist_new();
	lab->times.hold = hist_new();
	for (size_t i = 0; i < CREW_HEAPS_MAX; i++) {
		lab->alloc[i] = hist_new();
		lab->free[i] = hist_new();
		lab->cycle[i] = hist_new();
		all = all && lab->alloc[i] && lab->free[i] && lab->cycle[i];
	}
	return all && lab->cost && lab->response && lab->times.wait &&
	       lab->times.hold;
}

static void free_all(struct lab *lab)
{
	hist_free(lab->cost);
	hist_free(lab->response);
	hist_free(lab->times.wait);
	hist_free(lab->times.hold);
	for (size_t i = 0; i < CREW_HEAPS_MAX; i++) {
		hist_free(lab->alloc[i]);
		hist_free(lab->free[i]);
		hist_free(lab->cycle[i]);
	}
	free(lab->sizes);
	free(lab->due);
}

int lab_new(struct lab *lab)
{
	bool all = new_hists(lab);

	lab->sizes = calloc(lab->buffers, sizeof(*lab->sizes));
	lab->due = calloc(lab->buffers, sizeof(*lab->due));
	if (all && lab->sizes && lab->due && !crew_new(&lab->crew, lab->buffers))
		return 0;
	free_all(lab);
	return -ENOMEM;
}

void lab_free(struct lab *lab)
{
	crew_free(&lab->crew);
	free_all(lab);
}

static void reset(struct lab *lab)
{
	hist_reset(lab->cost);
	hist_reset(lab->response);
	hist_reset(lab->times.wait);
	hist_reset(lab->times.hold);
	for (size_t i = 0; i < CREW_HEAPS_MAX; i++) {
		hist_reset(lab->alloc[i]);
		hist_reset(lab->free[i]);
		hist_reset(lab->cycle[i]);
	}
}

static struct crew_job job_of(const struct lab *lab, const struct bench_case *c)
{
	struct crew_job job = {
		.nr_heaps = c->nr_heaps,
		.workers = c->workers,
		.processes = c->processes,
		.buffers = lab->buffers,
		.size = lab->sizes,
	};

	memcpy(job.heap, c->heap, sizeof(job.heap));
	return job;
}

/* What became of rounds */
struct outcome {
	uint64_t had;
	uint64_t failures;
	uint64_t share[CREW_WORKERS_MAX];
	int err;
};

static void keep_sample(struct lab *lab, size_t heap,
			const struct crew_sample *s)
{
	hist_record(lab->alloc[heap], s->middle - s->begin);
	hist_record(lab->free[heap], s->end - s->middle);
	hist_record(lab->cycle[heap], s->end - s->begin);
	hist_record(lab->response, s->end - s->due);
}

/* Return when the last buffer was back. */
static uint64_t take_heap(struct lab *lab, size_t heap, struct outcome *o)
{
	const struct crew_sample *s = crew_samples(&lab->crew, heap);
	uint64_t last = lab->crew.start;

	for (size_t i = 0; i < lab->buffers; i++) {
		if (s[i].err) {
			o->failures++;
			o->err = s[i].err;
			continue;
		}
		o->had++;
		o->share[s[i].worker]++;
		keep_sample(lab, heap, &s[i]);
		if (s[i].end > last)
			last = s[i].end;
	}
	return last;
}

static void take_round(struct lab *lab, const struct crew_job *job,
		       struct outcome *o)
{
	uint64_t before = o->had, last = lab->crew.start;

	for (size_t heap = 0; heap < job->nr_heaps; heap++) {
		uint64_t end = take_heap(lab, heap, o);

		last = end > last ? end : last;
	}
	if (o->had > before)
		hist_record(lab->cost,
			    (last - lab->crew.start) / (o->had - before));
}

/*
 * A heap that has no buffer for the first round has none. Return: 0, or the
 * heap's error, or why there are no workers.
 */
static int run_rounds(struct lab *lab, struct crew_job *job, uint64_t gap,
		      struct outcome *o)
{
	struct rng rng = { .state = lab->env->seed };

	memset(o, 0, sizeof(*o));
	for (uint64_t round = 0; round < lab->rounds + WARMUP; round++) {
		int err;

		if (gap) {
			load_arrivals(&rng, lab->due, lab->buffers, gap);
			job->due = lab->due;
		}
		err = crew_run(&lab->crew, job);
		if (err)
			return err;
		take_round(lab, job, o);
		if (!o->had)
			return o->err;
		if (round < WARMUP) {
			reset(lab);
			memset(o, 0, sizeof(*o));
		}
	}
	return 0;
}

static void set_params(struct emit *e, const struct bench_case *c,
		       const char *loop, uint64_t load)
{
	struct emit_param *p = e->param;

	*p++ = (struct emit_param){ "workers", NULL, c->workers };
	*p++ = (struct emit_param){
		"kind", c->processes ? "processes" : "threads", 0
	};
	*p++ = (struct emit_param){ "loop", loop, 0 };
	if (c->nr_sizes == 1)
		*p++ = (struct emit_param){ "size", NULL, c->size[0] };
	else
		*p++ = (struct emit_param){ "mix", NULL, c->nr_sizes };
	if (load)
		*p++ = (struct emit_param){ "load", NULL, load };
	if (c->together)
		*p++ = (struct emit_param){ "together", c->together, 0 };
}

/* Of all heaps at once there is one cost, and it is of none alone. */
static const char *whose(const struct bench_case *c)
{
	return c->together ? NULL : c->heap[0]->name;
}

static int emit_hist(const struct emit *e, const char *heap, const char *metric,
		     const char *op, struct hist *h)
{
	struct record r;

	if (!hist_count(h))
		return 0;
	emit_begin(e, &r, heap, metric, NULL);
	if (op)
		record_text(&r, "op", op);
	return record_emit_hist(&r, STDOUT_FILENO, h);
}

static int emit_service(const struct lab *lab, const struct emit *e,
			const struct bench_case *c)
{
	int err = 0;

	for (size_t i = 0; !err && i < c->nr_heaps; i++) {
		struct hist *const hist[] = { lab->alloc[i], lab->free[i],
					      lab->cycle[i] };

		for (size_t op = 0; !err && op < 3; op++)
			err = emit_hist(e, c->heap[i]->name, "service",
					op_names[op], hist[op]);
	}
	return err;
}

static int emit_ratio(const struct emit *e, const char *heap,
		      const char *metric, double value)
{
	struct record r;

	emit_begin(e, &r, heap, metric, "ratio");
	return record_emit_ratio(&r, STDOUT_FILENO, value);
}

/* On one processor this would be about the scheduler, not about the heap. */
static int emit_fairness(const struct lab *lab, const struct emit *e,
			 const struct bench_case *c, const struct outcome *o)
{
	uint64_t least = UINT64_MAX, most = 0;
	int err;

	if (c->workers < 2 || c->together || lab->cpus < 2)
		return 0;
	for (size_t i = 0; i < c->workers; i++) {
		least = o->share[i] < least ? o->share[i] : least;
		most = o->share[i] > most ? o->share[i] : most;
	}
	err = emit_ratio(e, whose(c), "fairness",
			 load_jain(o->share, c->workers));
	if (!err)
		err = emit_ratio(e, whose(c), "least_of_most",
				 (double)least / (double)most);
	return err;
}

static int emit_waits(const struct lab *lab, const struct emit *e,
		      const struct bench_case *c)
{
	uint64_t waits = hist_count(lab->times.wait);
	int err = emit_count(e, whose(c), "lock_waits", "count", waits);

	if (!err)
		err = emit_hist(e, whose(c), "lock_wait", NULL,
				lab->times.wait);
	if (!err)
		err = emit_hist(e, whose(c), "lock_hold", NULL,
				lab->times.hold);
	return err;
}

static int read_stats(const struct bench_case *c,
		      char stats[CREW_HEAPS_MAX][EMIT_STATS_MAX])
{
	for (size_t i = 0; i < c->nr_heaps; i++) {
		int err = heap_file_read(c->heap[i]->name, "stats", stats[i],
					 EMIT_STATS_MAX);

		if (err && err != -ENOENT)
			return err;
	}
	return 0;
}

static int run_traced(struct lab *lab, const struct crew_job *job)
{
	struct waits waits;
	int err, end;

	if (!lab->traced)
		return crew_run(&lab->crew, job);
	err = waits_begin(&waits);
	if (err)
		return err;
	err = crew_run(&lab->crew, job);
	end = waits_end(&waits, &lab->times);
	return err ? err : end;
}

/* A round of its own for what is counted, for to trace takes time. */
static int count_round(struct lab *lab, const struct emit *e,
		       const struct bench_case *c, const struct crew_job *job)
{
	static char stats[CREW_HEAPS_MAX][EMIT_STATS_MAX];
	int err = read_stats(c, stats);

	if (!err)
		err = run_traced(lab, job);
	if (err)
		return err;
	err = emit_count(e, whose(c), "buffers", "count",
			 lab->buffers * c->nr_heaps);
	for (size_t i = 0; !err && i < c->nr_heaps; i++)
		err = emit_tee(e, c->heap[i]->name, stats[i]);
	return err || !lab->traced ? err : emit_waits(lab, e, c);
}

static int emit_case(const struct lab *lab, const struct emit *e,
		     const struct bench_case *c, const struct outcome *o)
{
	int err = emit_hist(e, whose(c), "cost", NULL, lab->cost);

	if (!err)
		err = emit_service(lab, e, c);
	if (!err && o->failures)
		err = emit_count(e, whose(c), "failures", "count", o->failures);
	return err;
}

static struct emit emit_of(const struct lab *lab)
{
	return (struct emit){ .env = lab->env, .bench = "scale" };
}

int case_closed(struct lab *lab, const struct bench_case *c, uint64_t *cost)
{
	struct rng rng = { .state = lab->env->seed };
	struct emit e = emit_of(lab);
	struct crew_job job;
	struct outcome o;
	int err;

	reset(lab);
	set_params(&e, c, "closed", 0);
	load_sizes(&rng, lab->sizes, lab->buffers, c->size, c->nr_sizes);
	job = job_of(lab, c);
	err = run_rounds(lab, &job, 0, &o);
	if (err)
		return err;
	*cost = hist_quantile(lab->cost, 1, 2);
	err = emit_case(lab, &e, c, &o);
	if (!err)
		err = emit_fairness(lab, &e, c, &o);
	return err ? err : count_round(lab, &e, c, &job);
}

int case_open(struct lab *lab, const struct bench_case *c, uint64_t load,
	      uint64_t cost)
{
	struct rng rng = { .state = lab->env->seed };
	uint64_t gap = cost * 100 / load;
	struct emit e = emit_of(lab);
	struct crew_job job;
	struct outcome o;
	int err;

	reset(lab);
	set_params(&e, c, "open", load);
	load_sizes(&rng, lab->sizes, lab->buffers, c->size, c->nr_sizes);
	job = job_of(lab, c);
	err = run_rounds(lab, &job, gap ? gap : 1, &o);
	if (!err)
		err = emit_service(lab, &e, c);
	if (!err)
		err = emit_hist(&e, whose(c), "response", "cycle",
				lab->response);
	if (!err && o.failures)
		err = emit_count(&e, whose(c), "failures", "count", o.failures);
	return err;
}
