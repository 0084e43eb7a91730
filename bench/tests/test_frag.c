// SPDX-License-Identifier: GPL-2.0
/* Maps and indices of fragmentation, and the loads that make it. */
#define _GNU_SOURCE
#include "check.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "buddy.h"
#include "chance.h"
#include "load.h"
#include "poolmap.h"

static struct poolmap map;

static int no_map(void **state)
{
	(void)state;
	poolmap_free(&map);
	return 0;
}

static void the_kernels_map_is_read(void **state)
{
	(void)state;
	assert_int_equal(poolmap_parse(&map, "0 32768 free\n"), 0);
	assert_int_equal(map.size, 32768);
	assert_int_equal(map.n, 1);
	assert_int_equal(poolmap_parse(&map, "0 32768 used\n"), 0);
	assert_int_equal(map.size, 32768);
	assert_int_equal(map.n, 0);
	assert_int_equal(map.bytes, 0);
	assert_int_equal(poolmap_parse(&map, "0 4096 used\n4096 8192 free\n"
				       "12288 4096 used\n16384 16384 free\n"),
			 0);
	assert_int_equal(map.size, 32768);
	assert_int_equal(map.bytes, 24576);
	assert_int_equal(map.n, 2);
	assert_int_equal(map.free[1].offset, 16384);
	assert_int_equal(poolmap_largest(&map), 16384);
}

static void what_is_no_map_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "\n", "0 4096\n", "0 4096 busy\n", "0 4096 free",
		"4096 4096 free\n", "0 0 free\n", "0 4096 freed\n",
		"0 4096 free\n8192 4096 used\n", "0 4096 free x\n",
		"0 4096 free\n4096 4096 free\n", "x 4096 free\n",
		"0 4096 used\n4096 18446744073709551615 free\n",
		"0 4096 used\n\n4096 4096 free\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (poolmap_parse(&map, bad[i]) != -EPROTO)
			fail_msg("'%s' was taken", bad[i]);
}

static void the_services_table_is_read(void **state)
{
	struct memsvc_entry entry[] = {
		{ 0x1000, 0x1000, 1 }, { 0x3000, 0x1000, 2 },
		{ 0x4000, 0x1000, 1 },
	};
	struct memsvc_listing list = { .entry = entry, .n = 3 };

	(void)state;
	assert_int_equal(poolmap_from_table(&map, 0x1000, 0x8000, &list), 0);
	assert_int_equal(map.n, 2);
	assert_int_equal(map.free[0].offset, 0x1000);
	assert_int_equal(map.free[0].bytes, 0x1000);
	assert_int_equal(map.free[1].offset, 0x4000);
	assert_int_equal(map.free[1].bytes, 0x4000);
	/* To the pool's end exactly, then beyond it, before it, out of order */
	assert_int_equal(poolmap_from_table(&map, 0x1000, 0x4000, &list), 0);
	assert_int_equal(map.n, 1);
	assert_int_equal(poolmap_from_table(&map, 0x1000, 0x3fff, &list),
			 -EPROTO);
	assert_int_equal(poolmap_from_table(&map, 0x2000, 0x8000, &list),
			 -EPROTO);
	entry[1].pa = 0x1800;
	assert_int_equal(poolmap_from_table(&map, 0x1000, 0x8000, &list),
			 -EPROTO);
	list.n = 0;
	assert_int_equal(poolmap_from_table(&map, 0x1000, 0x8000, &list), 0);
	assert_int_equal(map.bytes, 0x8000);
}

static void indices_are_those_of_the_definition(void **state)
{
	uint64_t value = 12345;

	(void)state;
	/* Free: 1, 2 and 5 pages */
	assert_int_equal(poolmap_parse(&map,
		"0 4096 free\n4096 4096 used\n8192 8192 free\n"
		"16384 4096 used\n20480 20480 free\n"), 0);
	assert_true(poolmap_external(&map, &value));
	assert_int_equal(value, 375);		/* 1 - 5/8 */
	assert_true(poolmap_unusable(&map, 4096, &value));
	assert_int_equal(value, 0);
	assert_true(poolmap_unusable(&map, 8192, &value));
	assert_int_equal(value, 250);		/* 1 of the 1, 1 of the 5 */
	assert_true(poolmap_unusable(&map, 12288, &value));
	assert_int_equal(value, 625);		/* 3 of 8 usable */
	assert_true(poolmap_unusable(&map, 24576, &value));
	assert_int_equal(value, 1000);
	value = 12345;
	assert_int_equal(poolmap_parse(&map, "0 4096 used\n"), 0);
	assert_false(poolmap_external(&map, &value));
	assert_false(poolmap_unusable(&map, 4096, &value));
	assert_int_equal(value, 12345);
}

static void cells_show_use(void **state)
{
	char cells[9];

	(void)state;
	assert_int_equal(poolmap_parse(&map, "0 32768 free\n"), 0);
	poolmap_cells(&map, cells, 8);
	assert_string_equal(cells, "00000000");
	assert_int_equal(poolmap_parse(&map, "0 32768 used\n"), 0);
	poolmap_cells(&map, cells, 8);
	assert_string_equal(cells, "99999999");
	assert_int_equal(poolmap_parse(&map,
		"0 4096 used\n4096 4096 free\n8192 2048 used\n10240 8192 free\n"
		"18432 14336 used\n"), 0);
	poolmap_cells(&map, cells, 8);
	assert_string_equal(cells, "90505999");
	poolmap_cells(&map, cells, 1);
	assert_string_equal(cells, "6");
	/* One page of 1024, and all but one */
	assert_int_equal(poolmap_parse(&map, "0 4096 used\n4096 4190208 free\n"),
			 0);
	poolmap_cells(&map, cells, 2);
	assert_string_equal(cells, "10");
	assert_int_equal(poolmap_parse(&map, "0 4096 free\n4096 4190208 used\n"),
			 0);
	poolmap_cells(&map, cells, 2);
	assert_string_equal(cells, "89");
}

static void a_digest_changes_with_any_extent(void **state)
{
	uint64_t one, two;

	(void)state;
	assert_int_equal(poolmap_parse(&map, "0 4096 free\n4096 4096 used\n"),
			 0);
	one = poolmap_digest(&map, 0);
	assert_true(one < UINT64_C(1) << 53);
	assert_int_equal(poolmap_digest(&map, 0), one);
	assert_true(poolmap_digest(&map, 1) != one);
	assert_int_equal(poolmap_parse(&map, "0 4096 used\n4096 4096 free\n"),
			 0);
	two = poolmap_digest(&map, 0);
	assert_true(two != one);
	assert_int_equal(poolmap_parse(&map, "0 8192 used\n"), 0);
	assert_true(poolmap_digest(&map, 0) != two);
}

static const char pagetypeinfo[] =
	"Page block order: 10\n"
	"Pages per block:  1024\n"
	"\n"
	"Free pages count per migrate type at order       0      1      2 \n"
	"Node    0, zone      DMA, type      Movable      1      0      0 \n"
	"Node    0, zone   Normal, type    Unmovable      2      1      0 \n"
	"Node    0, zone   Normal, type      Movable      0      1      3 \n"
	"Node    0, zone   Normal, type          CMA     99     99     99 \n"
	"Node    0, zone   Normal, type      Isolate     99     99     99 \n"
	"Node    1, zone   Normal, type      Movable      9      0      0 \n"
	"\n"
	"Number of blocks type     Unmovable      Movable \n"
	"Node 0, zone   Normal            3          227 \n";

static void the_zone_with_most_is_found(void **state)
{
	struct buddy b;

	(void)state;
	assert_int_equal(buddy_parse(&b, pagetypeinfo), 0);
	assert_int_equal(b.orders, 3);
	assert_int_equal(b.blocks[0], 2);
	assert_int_equal(b.blocks[1], 2);
	assert_int_equal(b.blocks[2], 3);
	assert_int_equal(buddy_free(&b), 18);
	assert_int_equal(buddy_suitable(&b, 0), 18);
	assert_int_equal(buddy_suitable(&b, 1), 8);
	assert_int_equal(buddy_suitable(&b, 2), 3);
	assert_int_equal(buddy_unusable(&b, 0), 0);
	assert_int_equal(buddy_unusable(&b, 2), 333);
	assert_int_equal(buddy_parse(&b, "Node 0, zone Normal, type Movable "
					 ">100000 2\n"), 0);
	assert_int_equal(b.blocks[0], 100000);
}

static void what_is_no_pagetypeinfo_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "\n", "Node 0, zone Normal 1 2 3\n",
		"Node 0, zone Normal, type Movable\n",
		"Node 0, zone Normal, type Movable x\n",
		"Node 0, zone Normal, type Movable 1 2 x\n",
		"Node 0, zone Normal, type CMA 1 2\n",
		"Node 0, zone Normal, type A 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n",
	};
	struct buddy b;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (buddy_parse(&b, bad[i]) != -EPROTO)
			fail_msg("'%s' was taken", bad[i]);
}

static void the_fragmentation_index_is_the_kernels(void **state)
{
	struct buddy b = { .orders = 3, .blocks = { 10, 3, 1 } };
	uint64_t index = 7;

	(void)state;
	assert_false(buddy_fragmentation(&b, 2, &index));
	assert_int_equal(index, 7);
	b.blocks[2] = 0;
	/* 16 pages in 13 blocks: 1000 - (1000 + 16 * 1000 / 4) / 13 */
	assert_true(buddy_fragmentation(&b, 2, &index));
	assert_int_equal(index, 616);
	b.blocks[0] = b.blocks[1] = 0;
	assert_true(buddy_fragmentation(&b, 2, &index));
	assert_int_equal(index, 0);
	assert_int_equal(buddy_unusable(&b, 0), 1000);
}

static void logarithms_are_right(void **state)
{
	(void)state;
	for (uint64_t v = 1; v < 1000; v++) {
		double want = log2((double)v) * CHANCE_ONE;

		assert_true(fabs((double)chance_log2(v) - want) < 2);
	}
	assert_int_equal(chance_log2(UINT64_C(1) << 63), 63 * CHANCE_ONE);
	assert_true(chance_log2(UINT64_MAX) >= 64 * CHANCE_ONE - 2);
	for (int64_t e = -20 * CHANCE_ONE; e <= 20 * CHANCE_ONE; e += 999) {
		double want = 1e6 * exp2((double)e / CHANCE_ONE);
		double got = (double)chance_scale(1000000, e);

		assert_true(fabs(got - want) <= 1 + want / 1000);
	}
	assert_int_equal(chance_scale(UINT64_C(1) << 32, 20 * CHANCE_ONE),
			 UINT64_C(1) << 52);
}

/* Means and spreads, over so many that they are off by a percent or two */
static void chance_has_the_right_shape(void **state)
{
	struct rng rng = { .state = 1 };
	double sum = 0, logs = 0, squares = 0;
	const int n = 100000;

	(void)state;
	for (int i = 0; i < n; i++)
		sum += (double)chance_exponential(&rng, 1000);
	assert_true(fabs(sum / n - 1000) < 15);
	sum = 0;
	for (int i = 0; i < n; i++) {
		double v = (double)chance_lognormal(&rng, 1000000, CHANCE_ONE);

		sum += v;
		logs += log2(v / 1e6);
		squares += log2(v / 1e6) * log2(v / 1e6);
	}
	assert_true(fabs(logs / n) < 0.02);
	assert_true(fabs(squares / n - 1) < 0.03);
	assert_true(fabs(sum / n / 1e6 - 1.271) < 0.02);
}

static struct load load_of(enum load_kind kind)
{
	return (struct load){ .kind = kind, .pool = 64 << 20, .size = 1 << 20,
			      .allocs = 2000, .fill = 75, .seed = 1 };
}

/* The most and the mean, in time, of what lives */
static void measure(const struct trace *trace, uint64_t *most, double *mean)
{
	uint64_t live = 0, last = 0;
	double area = 0;

	*most = 0;
	for (size_t i = 0; i < trace->nr_events; i++) {
		const struct trace_event *e = &trace->event[i];
		uint64_t bytes = trace->buffer[e->buffer].bytes;

		/* Once it is as full as it gets */
		if (i > trace->nr_events / 2)
			area += (double)live * (double)(e->t_us - last);
		last = e->t_us;
		live = e->alloc ? live + bytes : live - bytes;
		*most = live > *most ? live : *most;
	}
	*mean = area / (double)(last -
				trace->event[trace->nr_events / 2].t_us);
}

static void streams_fill_the_pool_as_asked(void **state)
{
	static const enum load_kind kinds[] = { LOAD_CONTROL, LOAD_SYNTHETIC };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct load load = load_of(kinds[i]);
		struct trace trace;
		uint64_t most;
		double mean;

		load.allocs = 20000;
		assert_int_equal(load_make(&load, &trace), 0);
		assert_int_equal(trace.nr_buffers, load.allocs);
		measure(&trace, &most, &mean);
		assert_true(fabs(mean / (double)load.pool - 0.75) < 0.05);
		trace_free(&trace);
	}
}

static void a_control_has_one_size(void **state)
{
	struct load load = load_of(LOAD_CONTROL);
	struct trace trace;

	(void)state;
	assert_int_equal(load_make(&load, &trace), 0);
	for (size_t i = 0; i < trace.nr_buffers; i++)
		assert_int_equal(trace.buffer[i].bytes, 1 << 20);
	trace_free(&trace);
}

/* Never more asked for than the pool has, yet half of it is out of reach. */
static void an_adversary_asks_for_what_there_is(void **state)
{
	struct load load = load_of(LOAD_ADVERSARY);
	struct trace trace;
	uint64_t most;
	double mean;

	(void)state;
	load.size = 64 << 10;
	assert_int_equal(load_make(&load, &trace), 0);
	measure(&trace, &most, &mean);
	assert_int_equal(most, load.pool);
	assert_int_equal(trace.never_freed, 0);
	assert_int_equal(trace.buffer[0].bytes, 64 << 10);
	trace_free(&trace);
}

static void a_seed_decides_everything(void **state)
{
	struct load load = load_of(LOAD_SYNTHETIC);
	struct trace one, two;

	(void)state;
	assert_int_equal(load_make(&load, &one), 0);
	assert_int_equal(load_make(&load, &two), 0);
	assert_int_equal(one.nr_events, two.nr_events);
	assert_memory_equal(one.event, two.event,
			    one.nr_events * sizeof(*one.event));
	/* The first numbers of this seed, on any machine */
	assert_int_equal(one.event[0].t_us, 568);
	assert_int_equal(one.buffer[0].bytes, 6266880);
	assert_int_equal(one.event[one.nr_events - 1].t_us, 2016028);
	trace_free(&two);
	load.seed = 2;
	assert_int_equal(load_make(&load, &two), 0);
	assert_true(one.nr_events != two.nr_events ||
		    memcmp(one.event, two.event,
			   one.nr_events * sizeof(*one.event)));
	trace_free(&one);
	trace_free(&two);
}

#define MAP(name) cmocka_unit_test_teardown(name, no_map)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MAP(the_kernels_map_is_read),
		MAP(what_is_no_map_is_refused),
		MAP(the_services_table_is_read),
		MAP(indices_are_those_of_the_definition),
		MAP(cells_show_use),
		MAP(a_digest_changes_with_any_extent),
		cmocka_unit_test(the_zone_with_most_is_found),
		cmocka_unit_test(what_is_no_pagetypeinfo_is_refused),
		cmocka_unit_test(the_fragmentation_index_is_the_kernels),
		cmocka_unit_test(logarithms_are_right),
		cmocka_unit_test(chance_has_the_right_shape),
		cmocka_unit_test(streams_fill_the_pool_as_asked),
		cmocka_unit_test(a_control_has_one_size),
		cmocka_unit_test(an_adversary_asks_for_what_there_is),
		cmocka_unit_test(a_seed_decides_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
