// SPDX-License-Identifier: GPL-2.0
/*
 * What the player counts, on heaps that are not there: heap_alloc(),
 * heap_free() and heap_stat() are this file's (ld --wrap).
 */
#define _GNU_SOURCE
#include "check.h"

#include <errno.h>
#include <string.h>

#include "clock.h"
#include "play.h"

#define PAGE	4096
#define FDS	64

/* Two heaps of so many bytes, by the fd that "opening" gave */
static struct {
	uint64_t room[2];
	int refuse;
	uint64_t size[FDS];
	int heap[FDS];
	int live;
} fake;

int __wrap_heap_alloc(const struct heap *heap, uint64_t size);
int __wrap_heap_free(int fd);
int __wrap_heap_stat(const char *name, const char *counter, uint64_t *value);

int __wrap_heap_alloc(const struct heap *heap, uint64_t size)
{
	uint64_t bytes = (size + PAGE - 1) / PAGE * PAGE;
	int fd = 0;

	if (fake.refuse)
		return fake.refuse;
	if (bytes > fake.room[heap->fd])
		return -ENOMEM;
	while (fake.size[fd])
		fd++;
	assert_true(fd < FDS);
	fake.room[heap->fd] -= bytes;
	fake.size[fd] = bytes;
	fake.heap[fd] = heap->fd;
	fake.live++;
	return fd;
}

int __wrap_heap_free(int fd)
{
	assert_in_range(fd, 0, FDS - 1);
	assert_true(fake.size[fd]);
	fake.room[fake.heap[fd]] += fake.size[fd];
	fake.size[fd] = 0;
	fake.live--;
	return 0;
}

int __wrap_heap_stat(const char *name, const char *counter, uint64_t *value)
{
	assert_string_equal(counter, "pool_bytes");
	if (strcmp(name, "tells"))
		return -ENOENT;
	*value = 4 * PAGE;
	return 0;
}

/* Room for 4 pages; 5 are asked for. Heap b is another. */
static const char text[] = "t_us,op,id,heap,bytes\n"
	"0,alloc,1,a,8192\n"
	"1000,alloc,2,a,4095\n"
	"1000,alloc,3,b,4096\n"
	"1500,free,1,,\n"
	"2000,alloc,4,a,12288\n"	/* fits exactly */
	"2100,alloc,5,a,1\n"		/* does not */
	"2200,free,2,,\n"
	"2300,alloc,6,a,8192\n"	/* does not; one page is free */
	"2500,free,5,,\n"
	"2600,free,6,,\n"
	"3000,free,4,,\n";

static struct trace trace;
static struct play play;

static int open_play(void **state)
{
	struct trace_error error;

	(void)state;
	assert_int_equal(trace_parse(&trace, text, strlen(text), &error), 0);
	memset(&fake, 0, sizeof(fake));
	fake.room[0] = 4 * PAGE;
	fake.room[1] = 4 * PAGE;
	play = (struct play){
		.trace = &trace,
		.to = { 0, 1 },
		.target = {
			{ .heap = { .name = "tells", .fd = 0 } },
			{ .heap = { .name = "does not", .fd = 1 } },
		},
		.nr_targets = 2,
		.speed = 1,
	};
	return play_prepare(&play);
}

static int close_play(void **state)
{
	(void)state;
	play_release(&play);
	trace_free(&trace);
	assert_int_equal(fake.live, 0);
	return 0;
}

static void what_is_asked_for_is_known_before(void **state)
{
	(void)state;
	assert_int_equal(play.target[0].pool, 4 * PAGE);
	assert_int_equal(play.target[1].pool, 0);
	assert_int_equal(play.target[0].demand_bytes, 6 * PAGE);
	assert_int_equal(play.target[0].demand_buffers, 3);
	assert_int_equal(play.target[0].largest, 3 * PAGE);
	assert_int_equal(play.target[0].largest_line, 6);
	assert_int_equal(play_check(&play.target[0]), 0);
	play.target[0].pool = 3 * PAGE - 1;
	assert_int_equal(play_check(&play.target[0]), -ENOMEM);
	assert_int_equal(play.target[1].demand_bytes, PAGE);
	assert_int_equal(play.target[0].demand.n, 10);
	assert_int_equal(play.target[0].demand.point[6].value, 6 * PAGE);
}

static void check_counts(void)
{
	const struct play_counts *a = &play.target[0].counts;
	const struct play_counts *b = &play.target[1].counts;

	assert_int_equal(a->allocs, 3);
	assert_int_equal(a->frees, 3);
	assert_int_equal(a->failures, 2);
	assert_int_equal(a->fragmented, 0);
	assert_int_equal(a->skipped_frees, 2);
	assert_int_equal(a->peak_bytes, 4 * PAGE);
	assert_int_equal(a->peak_buffers, 2);
	assert_int_equal(b->allocs, 1);
	assert_int_equal(b->frees, 0);
	assert_int_equal(b->failures, 0);
}

static void everything_is_counted(void **state)
{
	const struct series *use = &play.target[0].use;

	(void)state;
	assert_int_equal(play_run(&play), 0);
	check_counts();
	assert_int_equal(hist_count(play.target[0].service[PLAY_ALLOC]), 3);
	assert_int_equal(hist_count(play.target[0].service[PLAY_FREE]), 3);
	assert_int_equal(hist_count(play.target[0].response[PLAY_ALLOC]), 0);
	/* A point an operation */
	assert_int_equal(use->n, 10);
	assert_int_equal(use->point[0].value, 2 * PAGE);
	assert_int_equal(use->point[1].value, 3 * PAGE);
	assert_int_equal(use->point[9].at, 3000);
	assert_int_equal(use->point[9].value, 0);
}

static void again_is_the_same(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(play_run(&play), 0);
		check_counts();
		assert_int_equal(play.target[0].use.n, 10);
	}
	assert_int_equal(hist_count(play.target[0].service[PLAY_ALLOC]), 9);
}

/* A hole that is large enough in sum only */
static void a_failure_with_enough_free_is_told_apart(void **state)
{
	(void)state;
	fake.room[0] = PAGE;
	assert_int_equal(play_run(&play), 0);
	assert_int_equal(play.target[0].counts.failures, 4);
	assert_int_equal(play.target[0].counts.fragmented, 4);
	fake.room[0] = 4 * PAGE;
}

static void both_heaps_may_be_one(void **state)
{
	(void)state;
	play_release(&play);
	play.to[1] = 0;
	play.nr_targets = 1;
	assert_int_equal(play_prepare(&play), 0);
	assert_int_equal(play_run(&play), 0);
	assert_int_equal(play.target[0].counts.failures, 1);
	assert_int_equal(play.target[0].counts.peak_bytes, 4 * PAGE);
}

static void on_schedule_nothing_is_early(void **state)
{
	uint64_t begin = clock_now();
	struct hist *response = play.target[0].response[PLAY_ALLOC];

	(void)state;
	play.schedule = true;
	assert_int_equal(play_run(&play), 0);
	assert_true(clock_now() - begin >= 3000 * 1000);
	check_counts();
	assert_int_equal(hist_count(response), 3);
	assert_true(hist_min(response) >=
		    hist_min(play.target[0].service[PLAY_ALLOC]));
	play.speed = 1000000;
	assert_int_equal(play_run(&play), 0);
	check_counts();
}

static void another_error_ends_it(void **state)
{
	(void)state;
	fake.refuse = -ENODEV;
	assert_int_equal(play_run(&play), -ENODEV);
	assert_int_equal(play.failed_line, 2);
	assert_ptr_equal(play.failed, &play.target[0]);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_play, close_play)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_asked_for_is_known_before),
		TEST(everything_is_counted),
		TEST(again_is_the_same),
		TEST(a_failure_with_enough_free_is_told_apart),
		TEST(both_heaps_may_be_one),
		TEST(on_schedule_nothing_is_early),
		TEST(another_error_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
