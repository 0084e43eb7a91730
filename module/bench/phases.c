// SPDX-License-Identifier: GPL-2.0
/*
 * A buffer's life, phase by phase, without ioctl, file descriptor or user.
 *
 * Each sample is three lives: one whole, for an in-kernel user; one through a
 * dma-buf; and, of a heap, one op by op, where this file does what the core
 * would. Interrupts and preemption are on, for the ops may sleep; the task
 * stays on its CPU. So p50 is what a phase costs, and p99 and max are what may
 * come in between.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "../direct/direct.h"
#include "../restricted_heap.h"
#include "bench.h"
#include "clock.h"
#include "subject.h"

/* Subjects take turns in blocks of so many samples */
#define BLOCK	50

/* Samples before a block that do not count: what the one before left behind */
#define SETTLE	4

#define FD_FLAGS	(O_RDWR | O_CLOEXEC)

static const char * const phase_names[BENCH_PHASES_COUNT] = {
	[BENCH_MEMORY_ALLOC] = "memory_alloc",
	[BENCH_MEMORY_RESTRICT] = "memory_restrict",
	[BENCH_TABLE] = "table",
	[BENCH_MEMORY_UNRESTRICT] = "memory_unrestrict",
	[BENCH_MEMORY_FREE] = "memory_free",
	[BENCH_BUFFER_ALLOC] = "buffer_alloc",
	[BENCH_BUFFER_FREE] = "buffer_free",
	[BENCH_EXPORT] = "export",
	[BENCH_RELEASE] = "release",
};

/* The times of one sample, and which of them there are */
struct sample {
	u64 time[BENCH_PHASES_COUNT];
	unsigned long has;
};

static void note(struct sample *sample, enum bench_phase phase, u64 time)
{
	sample->time[phase] = time;
	sample->has |= BIT(phase);
}

static int whole_life(struct bench_subject *subject, size_t size,
		      struct sample *sample)
{
	struct restricted_heap *heap = subject->heap;
	struct restricted_buffer *buf;
	u64 begin, end;

	begin = bench_now();
	buf = restricted_buffer_alloc(heap, size);
	end = bench_now();
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	note(sample, BENCH_BUFFER_ALLOC, end - begin);

	begin = bench_now();
	restricted_buffer_free(buf);
	end = bench_now();
	note(sample, BENCH_BUFFER_FREE, end - begin);

	return 0;
}

static int twins_whole_life(struct bench_subject *subject, size_t size,
			    struct sample *sample)
{
	struct bench_twin twin = subject->twin;
	struct direct_buffer *buf;
	u64 begin, end;

	begin = bench_now();
	buf = twin.take(size);
	end = bench_now();
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	note(sample, BENCH_BUFFER_ALLOC, end - begin);

	begin = bench_now();
	twin.give(buf);
	end = bench_now();
	note(sample, BENCH_BUFFER_FREE, end - begin);

	return 0;
}

/*
 * The last reference goes as it does in close(2), where the memory is back on
 * return; dma_buf_put() would leave that to the way out of the system call.
 */
static void release(struct dma_buf *dmabuf, struct sample *sample)
{
	struct file *file = dmabuf->file;
	u64 begin, end;

	begin = bench_now();
	__fput_sync(file);
	end = bench_now();
	note(sample, BENCH_RELEASE, end - begin);
}

static int exported_life(struct bench_subject *subject, size_t size,
			 struct sample *sample)
{
	struct restricted_buffer *buf;
	struct dma_buf *dmabuf;
	u64 begin, end;

	buf = restricted_buffer_alloc(subject->heap, size);
	if (IS_ERR(buf))
		return PTR_ERR(buf);

	begin = bench_now();
	dmabuf = restricted_buffer_export(buf, FD_FLAGS);
	end = bench_now();
	if (IS_ERR(dmabuf)) {
		restricted_buffer_free(buf);
		return PTR_ERR(dmabuf);
	}
	note(sample, BENCH_EXPORT, end - begin);
	release(dmabuf, sample);

	return 0;
}

static int twins_exported_life(struct bench_subject *subject, size_t size,
			       struct sample *sample)
{
	struct bench_twin twin = subject->twin;
	struct direct_buffer *buf;
	struct dma_buf *dmabuf;
	u64 begin, end;

	buf = twin.take(size);
	if (IS_ERR(buf))
		return PTR_ERR(buf);

	begin = bench_now();
	dmabuf = twin.export(buf, FD_FLAGS);
	end = bench_now();
	if (IS_ERR(dmabuf)) {
		twin.give(buf);
		return PTR_ERR(dmabuf);
	}
	note(sample, BENCH_EXPORT, end - begin);
	release(dmabuf, sample);

	return 0;
}

static void free_table(struct restricted_buffer *buf)
{
	if (buf->scattered)
		sg_free_table(&buf->sgt);
}

/* As the provider of @like did it. */
static int build_table(struct restricted_buffer *scratch,
		       const struct restricted_buffer *like,
		       const struct restricted_range *ranges)
{
	if (like->scattered)
		return restricted_buffer_set_ranges(scratch, ranges,
						    like->sgt.orig_nents);
	restricted_buffer_set_range(scratch, ranges[0].pa);

	return 0;
}

static struct restricted_range *list_ranges(struct restricted_buffer *buf)
{
	struct restricted_range *ranges;
	struct scatterlist *sg;
	unsigned int i;

	ranges = kvmalloc_objs(*ranges, buf->sgt.orig_nents);
	if (!ranges)
		return NULL;
	for_each_sgtable_sg(&buf->sgt, sg, i) {
		ranges[i].pa = sg_phys(sg);
		ranges[i].length = sg->length;
	}

	return ranges;
}

/* The table that @buf has, set up once more. */
static int time_table(struct restricted_buffer *buf, struct sample *sample)
{
	struct restricted_range *ranges = list_ranges(buf);
	struct restricted_buffer scratch = { .size = buf->size };
	u64 begin, end;
	int ret;

	if (!ranges)
		return -ENOMEM;

	begin = bench_now();
	ret = build_table(&scratch, buf, ranges);
	if (!ret)
		free_table(&scratch);
	end = bench_now();
	if (!ret)
		note(sample, BENCH_TABLE, end - begin);
	kvfree(ranges);

	return ret;
}

static int restrict_memory(struct restricted_buffer *buf, struct sample *sample)
{
	const struct restricted_heap_ops *ops = buf->heap->ops;
	u64 begin, end;
	int ret;

	if (!ops->memory_restrict)
		return 0;

	begin = bench_now();
	ret = ops->memory_restrict(buf->heap, buf);
	end = bench_now();
	if (!ret)
		note(sample, BENCH_MEMORY_RESTRICT, end - begin);

	return ret;
}

static int unrestrict_memory(struct restricted_buffer *buf,
			     struct sample *sample)
{
	const struct restricted_heap_ops *ops = buf->heap->ops;
	u64 begin, end;
	int ret;

	if (!ops->memory_unrestrict)
		return 0;

	begin = bench_now();
	ret = ops->memory_unrestrict(buf->heap, buf);
	end = bench_now();
	if (!ret)
		note(sample, BENCH_MEMORY_UNRESTRICT, end - begin);

	return ret;
}

static void free_memory(struct restricted_buffer *buf, struct sample *sample)
{
	const struct restricted_heap_ops *ops = buf->heap->ops;
	u64 begin, end;

	begin = bench_now();
	ops->memory_free(buf->heap, buf);
	end = bench_now();
	note(sample, BENCH_MEMORY_FREE, end - begin);
	free_table(buf);
	kfree(buf);
}

/* Memory that may still be restricted is lost, rather than handed out. */
static int lose(struct restricted_buffer *buf, int err)
{
	pr_err("%s: cannot unrestrict %zu bytes (%d): lost\n", buf->heap->name,
	       buf->size, err);

	return -EIO;
}

/* Restricts memory that was allocated, and takes everything back. */
static int rest_of_life(struct restricted_buffer *buf, struct sample *sample)
{
	int err, ret;

	ret = restrict_memory(buf, sample);
	if (ret == -ENOTRECOVERABLE)
		return lose(buf, ret);
	if (ret)
		goto out_free;

	ret = time_table(buf, sample);
	err = unrestrict_memory(buf, sample);
	if (err)
		return lose(buf, err);
out_free:
	free_memory(buf, sample);

	return ret;
}

/* By now the heap is active: a whole life was before. */
static int life_by_ops(struct bench_subject *subject, size_t size,
		       struct sample *sample)
{
	struct restricted_heap *heap = subject->heap;
	struct restricted_buffer *buf;
	u64 begin, end;
	int ret;

	buf = kzalloc_obj(*buf);
	if (!buf)
		return -ENOMEM;
	buf->heap = heap;
	buf->size = size;

	begin = bench_now();
	ret = heap->ops->memory_alloc(heap, buf);
	end = bench_now();
	if (ret) {
		free_table(buf);
		kfree(buf);
		return ret;
	}
	note(sample, BENCH_MEMORY_ALLOC, end - begin);

	return rest_of_life(buf, sample);
}

static int take_sample(struct bench_subject *subject, size_t size,
		       struct sample *sample)
{
	int ret;

	sample->has = 0;
	if (!subject->heap) {
		ret = twins_whole_life(subject, size, sample);
		return ret ?: twins_exported_life(subject, size, sample);
	}

	ret = whole_life(subject, size, sample);
	if (!ret)
		ret = exported_life(subject, size, sample);
	if (!ret)
		ret = life_by_ops(subject, size, sample);

	return ret;
}

static void keep(struct bench_subject *subject, const struct sample *sample)
{
	unsigned int k;

	for (k = 0; k < BENCH_PHASES_COUNT; k++)
		if (sample->has & BIT(k))
			bench_series_add(&subject->phases[k], sample->time[k]);
}

/* @before: samples that do not count */
static void take_block(struct bench_subject *subject, size_t size,
		       unsigned int before, unsigned int count)
{
	struct sample sample;
	unsigned int i;

	migrate_disable();
	for (i = 0; !subject->err && i < before + count; i++) {
		subject->err = take_sample(subject, size, &sample);
		if (!subject->err && signal_pending(current))
			subject->err = -EINTR;
		if (!subject->err && i >= before)
			keep(subject, &sample);
	}
	migrate_enable();
}

/* Returns -EINTR if somebody interrupts. */
static int take_samples(const struct bench_config *config,
			struct bench_subjects *subjects, size_t size)
{
	unsigned int done, i, block;

	for (done = 0; done < config->samples; done += block) {
		block = min(config->samples - done, BLOCK);
		for (i = 0; i < subjects->count; i++) {
			take_block(&subjects->one[i], size,
				   done ? SETTLE : config->warmup, block);
			if (subjects->one[i].err == -EINTR)
				return -EINTR;
		}
	}

	return 0;
}

/* What was measured before a failure counts. */
static int emit_failure(struct bench_subject *subject, size_t size,
			struct bench_results *results)
{
	bool measured = subject->phases[BENCH_BUFFER_ALLOC].n;

	return bench_emit_failure(results, measured ? "failures" : "skipped",
				  subject->err,
				  "\"case\":\"phase\",\"heap\":\"%s\",\"size\":%zu",
				  subject->name, size);
}

static int emit_subject(struct bench_subject *subject, size_t size,
			struct bench_results *results)
{
	unsigned int k;
	int ret = 0;

	for (k = 0; !ret && k < BENCH_PHASES_COUNT; k++)
		if (subject->phases[k].n)
			ret = bench_emit_series(results, &subject->phases[k], 1,
						"\"case\":\"phase\",\"heap\":\"%s\",\"size\":%zu,\"phase\":\"%s\"",
						subject->name, size,
						phase_names[k]);
	if (!ret && subject->err)
		ret = emit_failure(subject, size, results);

	return ret;
}

static void forget_samples(struct bench_subjects *subjects)
{
	unsigned int i, k;

	for (i = 0; i < subjects->count; i++) {
		subjects->one[i].err = 0;
		for (k = 0; k < BENCH_PHASES_COUNT; k++)
			subjects->one[i].phases[k].n = 0;
	}
}

static int run_size(const struct bench_config *config,
		    struct bench_subjects *subjects, size_t size,
		    struct bench_results *results)
{
	unsigned int i;
	int ret;

	forget_samples(subjects);
	ret = take_samples(config, subjects, size);
	for (i = 0; !ret && i < subjects->count; i++)
		ret = emit_subject(&subjects->one[i], size, results);

	return ret;
}

/**
 * bench_run_phases() - measure the phases of buffers' lives
 * @config:	which heaps and sizes, and how many samples
 * @results:	where they go
 *
 * A heap and size that cannot be measured is kept as skipped, and why.
 *
 * Return: 0, -ENOENT (no such heap here: nothing was measured), -ENOMEM or
 * -EINTR.
 */
int bench_run_phases(const struct bench_config *config,
		     struct bench_results *results)
{
	struct bench_subjects subjects;
	const char *missing = "";
	unsigned int i;
	int ret;

	ret = bench_subjects_get(&subjects, config, &missing);
	if (ret == -ENOENT)
		bench_emit_error(results,
				 "no heap or twin '%s' here; is its module loaded?",
				 missing);
	if (ret)
		return ret;

	for (i = 0; !ret && i < config->nr_sizes; i++)
		ret = run_size(config, &subjects, PAGE_ALIGN(config->sizes[i]),
			       results);
	bench_subjects_put(&subjects);

	return ret;
}

MODULE_IMPORT_NS("DMA_BUF");
