// SPDX-License-Identifier: GPL-2.0
/*
 * The memory service's calls that no heap needs to be tried with: parameters as
 * they go over, results as they come back. The pages are ours, and no machine
 * without a bus firewall keeps us from looking into them.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/tee_drv.h>

#include "../tee/memsvc.h"

/* Result codes of the GlobalPlatform TEE Client API, table 4-2 */
#define TEEC_ERROR_ACCESS_CONFLICT	0xffff0003
#define TEEC_ERROR_BAD_PARAMETERS	0xffff0006
#define TEEC_ERROR_ITEM_NOT_FOUND	0xffff0008
#define TEEC_ERROR_NOT_SUPPORTED	0xffff000a
#define TEEC_ERROR_OUT_OF_MEMORY	0xffff000c
#define TEEC_ERROR_SHORT_BUFFER		0xffff0010

#define NO_RESULT	0xdeadbeef

#define GRANULES	4
#define AREA_SIZE	(GRANULES * MEMSVC_CMA_GRANULE)
#define DIRT		0x5a

/**
 * struct fixture - a session, a list both worlds see, and an area of memory
 * @ctx:	the TEE
 * @session:	of the service, with kernel privileges
 * @shm:	one page
 * @list:	the same, where we see it
 * @area:	AREA_SIZE bytes full of DIRT, aligned to as much
 */
struct fixture {
	struct tee_context *ctx;
	u32 session;
	struct tee_shm *shm;
	struct memsvc_range *list;
	void *area;
};

static void open_service(struct kunit *test, struct fixture *fix)
{
	static const u8 uuid[] = MEMSVC_UUID_BYTES;
	struct tee_ioctl_open_session_arg arg = {
		.clnt_login = TEE_IOCTL_LOGIN_REE_KERNEL,
	};
	struct tee_context *ctx;

	ctx = tee_client_open_context(NULL, memsvc_match, NULL, NULL);
	if (IS_ERR(ctx))
		kunit_skip(test, "no TEE here offers the memory service");
	fix->ctx = ctx;
	memcpy(arg.uuid, uuid, sizeof(uuid));
	KUNIT_ASSERT_EQ(test, tee_client_open_session(ctx, &arg, NULL), 0);
	KUNIT_ASSERT_EQ(test, arg.ret, 0);
	fix->session = arg.session;
}

/* So many bytes at the beginning of the area */
static void dirty(struct fixture *fix, size_t bytes)
{
	memset(fix->area, DIRT, bytes);
}

static int service_test_init(struct kunit *test)
{
	struct fixture *fix = kunit_kzalloc(test, sizeof(*fix), GFP_KERNEL);
	struct tee_shm *shm;

	KUNIT_ASSERT_NOT_NULL(test, fix);
	test->priv = fix;
	open_service(test, fix);

	shm = tee_shm_alloc_kernel_buf(fix->ctx, SZ_4K);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, shm);
	fix->shm = shm;
	fix->list = tee_shm_get_va(shm, 0);

	fix->area = (void *)__get_free_pages(GFP_KERNEL, get_order(AREA_SIZE));
	KUNIT_ASSERT_NOT_NULL(test, fix->area);
	dirty(fix, AREA_SIZE);

	return 0;
}

static void service_test_exit(struct kunit *test)
{
	struct fixture *fix = test->priv;

	if (!fix || !fix->ctx)
		return;
	free_pages((unsigned long)fix->area, get_order(AREA_SIZE));
	if (fix->shm)
		tee_shm_free(fix->shm);
	tee_client_close_session(fix->ctx, fix->session);
	tee_client_close_context(fix->ctx);
}

/* The service's result, or NO_RESULT when the call did not reach it */
static u32 invoke(struct fixture *fix, u32 cmd, struct tee_param *params,
		  unsigned int count)
{
	struct tee_ioctl_invoke_arg arg = {
		.func = cmd,
		.session = fix->session,
		.num_params = count,
	};

	return tee_client_invoke_func(fix->ctx, &arg, params) ? NO_RESULT :
							       arg.ret;
}

/* One range of the area, in pages */
static void set_range(struct fixture *fix, unsigned int entry,
		      unsigned int page, unsigned int pages)
{
	fix->list[entry].pa = virt_to_phys(fix->area) + page * SZ_4K;
	fix->list[entry].length = pages * SZ_4K;
}

static u32 send_list(struct fixture *fix, u32 cmd, unsigned int entries)
{
	struct tee_param param = {
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT,
		.u.memref = {
			.shm = fix->shm,
			.size = entries * sizeof(*fix->list),
		},
	};

	return invoke(fix, cmd, &param, 1);
}

static u32 send_range(struct fixture *fix, u32 cmd, unsigned int page,
		      unsigned int pages)
{
	set_range(fix, 0, page, pages);

	return send_list(fix, cmd, 1);
}

static u32 lent_pages(struct kunit *test)
{
	struct tee_param params[2] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
	};

	KUNIT_EXPECT_EQ(test, invoke(test->priv, MEMSVC_CMD_LENT, params, 2), 0);

	return params[0].u.value.b;
}

struct grant {
	u32 ranges, base, handle, bytes;
};

static u32 zalloc(struct fixture *fix, u32 type, u32 size, phys_addr_t base,
		  u32 area_size, struct grant *grant)
{
	struct tee_param params[4] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
	};
	u32 result;

	params[0].u.value.a = size;
	params[1].u.value.a = type;
	params[2].u.value.a = base;
	params[2].u.value.b = area_size;
	result = invoke(fix, MEMSVC_CMD_ZALLOC, params, 4);
	grant->ranges = params[2].u.value.a;
	grant->base = params[2].u.value.b;
	grant->handle = params[3].u.value.a;
	grant->bytes = params[3].u.value.b;

	return result;
}

/* From our area, all of it */
static u32 area_zalloc(struct fixture *fix, u32 size, struct grant *grant)
{
	return zalloc(fix, MEMSVC_TYPE_CMA, size, virt_to_phys(fix->area),
		      AREA_SIZE, grant);
}

static u32 release(struct fixture *fix, u32 handle)
{
	struct tee_param params[2] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
	};

	params[0].u.value.a = handle;

	return invoke(fix, MEMSVC_CMD_FREE, params, 2);
}

/* Whether so many bytes of the area are nothing but @byte */
static bool holds(struct fixture *fix, size_t from, size_t bytes, u8 byte)
{
	return !memchr_inv(fix->area + from, byte, bytes);
}

static void limits_are_told(struct kunit *test)
{
	struct tee_param param = {
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT,
		.u.value = { .b = 1 },
	};

	KUNIT_ASSERT_EQ(test,
			invoke(test->priv, MEMSVC_CMD_LIMITS, &param, 1), 0);
	KUNIT_EXPECT_GT(test, param.u.value.a, 0);
	KUNIT_EXPECT_LE(test, param.u.value.a, MEMSVC_BATCH_ENTRIES);
}

static u64 ask_books(struct kunit *test)
{
	struct tee_param param = {
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT,
	};

	KUNIT_EXPECT_EQ(test, 0,
			invoke(test->priv, MEMSVC_CMD_BOOKS, &param, 1));

	return param.u.value.b << 32 | (u32)param.u.value.a;
}

static void books_have_a_number(struct kunit *test)
{
	u64 books = ask_books(test);

	KUNIT_EXPECT_NE(test, books, 0);
	KUNIT_EXPECT_EQ(test, ask_books(test), books);
}

static void scrub_leaves_it_restricted(struct kunit *test)
{
	struct fixture *fix = test->priv;
	u32 before = lent_pages(test);

	KUNIT_EXPECT_EQ(test, send_range(fix, MEMSVC_CMD_SCRUB, 1, 2),
			TEEC_ERROR_ITEM_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, send_list(fix, MEMSVC_CMD_SCRUB, 0),
			TEEC_ERROR_BAD_PARAMETERS);
	KUNIT_ASSERT_EQ(test, send_range(fix, MEMSVC_CMD_RESTRICT, 1, 4), 0);
	KUNIT_EXPECT_TRUE(test, holds(fix, 0, AREA_SIZE, DIRT));

	/* All of the list or nothing: page 5 is not restricted */
	KUNIT_EXPECT_EQ(test, send_range(fix, MEMSVC_CMD_SCRUB, 4, 2),
			TEEC_ERROR_ITEM_NOT_FOUND);
	KUNIT_EXPECT_TRUE(test, holds(fix, 0, AREA_SIZE, DIRT));

	set_range(fix, 0, 1, 1);
	set_range(fix, 1, 3, 1);
	KUNIT_EXPECT_EQ(test, send_list(fix, MEMSVC_CMD_SCRUB, 2), 0);
	KUNIT_EXPECT_TRUE(test, holds(fix, SZ_4K, SZ_4K, 0));
	KUNIT_EXPECT_TRUE(test, holds(fix, 2 * SZ_4K, SZ_4K, DIRT));
	KUNIT_EXPECT_TRUE(test, holds(fix, 3 * SZ_4K, SZ_4K, 0));
	KUNIT_EXPECT_TRUE(test, holds(fix, 4 * SZ_4K, SZ_4K, DIRT));
	KUNIT_EXPECT_EQ(test, lent_pages(test), before + 4);

	KUNIT_EXPECT_EQ(test, send_range(fix, MEMSVC_CMD_UNRESTRICT, 1, 4), 0);
	KUNIT_EXPECT_TRUE(test, holds(fix, SZ_4K, 4 * SZ_4K, 0));
	KUNIT_EXPECT_EQ(test, lent_pages(test), before);
}

/* The runs of the area in the table of lent pages, as bits of pages */
static u64 lent_table(struct kunit *test)
{
	struct fixture *fix = test->priv;
	phys_addr_t pa = virt_to_phys(fix->area);
	struct tee_param param = {
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT,
		.u.memref = { .shm = fix->shm, .size = SZ_4K },
	};
	unsigned int i;
	u64 bits = 0;

	KUNIT_ASSERT_EQ(test, 0,
			invoke(fix, MEMSVC_CMD_LENT_TABLE, &param, 1));
	for (i = 0; i < param.u.memref.size / sizeof(*fix->list); i++) {
		struct memsvc_range *range = &fix->list[i];

		if (i)
			KUNIT_EXPECT_GT(test, range->pa,
					range[-1].pa + range[-1].length);
		if (range->pa >= pa && range->pa < pa + AREA_SIZE)
			bits |= GENMASK_ULL((range->pa - pa + range->length) /
					    SZ_4K - 1,
					    (range->pa - pa) / SZ_4K);
	}

	return bits;
}

static void lent_table_tells_runs(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct tee_param param = {
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT,
		.u.memref = { .shm = fix->shm },
	};

	KUNIT_EXPECT_EQ(test, lent_table(test), 0);
	/* Two ranges that touch are one run */
	set_range(fix, 0, 0, 1);
	set_range(fix, 1, 1, 2);
	set_range(fix, 2, 62, 2);
	KUNIT_ASSERT_EQ(test, send_list(fix, MEMSVC_CMD_RESTRICT, 3), 0);
	KUNIT_EXPECT_EQ(test, lent_table(test), 0xc000000000000007ull);

	param.u.memref.size = sizeof(struct memsvc_range);
	KUNIT_EXPECT_EQ(test, invoke(fix, MEMSVC_CMD_LENT_TABLE, &param, 1),
			TEEC_ERROR_SHORT_BUFFER);
	KUNIT_EXPECT_GE(test, param.u.memref.size,
			2 * sizeof(struct memsvc_range));

	KUNIT_EXPECT_EQ(test, send_range(fix, MEMSVC_CMD_UNRESTRICT, 62, 2), 0);
	KUNIT_EXPECT_EQ(test, send_range(fix, MEMSVC_CMD_UNRESTRICT, 0, 3), 0);
	KUNIT_EXPECT_EQ(test, lent_table(test), 0);
}

static void area_is_lent_as_a_whole(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct grant one, two;
	u32 before = lent_pages(test);

	KUNIT_ASSERT_EQ(test, area_zalloc(fix, SZ_4K, &one), 0);
	KUNIT_EXPECT_EQ(test, lent_pages(test), before + AREA_SIZE / SZ_4K);
	KUNIT_EXPECT_EQ(test, lent_table(test), U64_MAX);
	KUNIT_EXPECT_EQ(test, send_range(fix, MEMSVC_CMD_RESTRICT, 63, 1),
			TEEC_ERROR_ACCESS_CONFLICT);
	KUNIT_EXPECT_EQ(test, send_range(fix, MEMSVC_CMD_UNRESTRICT, 63, 1),
			TEEC_ERROR_ACCESS_CONFLICT);

	KUNIT_EXPECT_EQ(test, area_zalloc(fix, SZ_64K, &two), 0);
	KUNIT_EXPECT_NE(test, two.handle, one.handle);
	KUNIT_EXPECT_EQ(test, release(fix, one.handle), 0);
	KUNIT_EXPECT_EQ(test, lent_table(test), U64_MAX);
	KUNIT_EXPECT_EQ(test, release(fix, two.handle), 0);
	KUNIT_EXPECT_EQ(test, lent_pages(test), before);
	KUNIT_EXPECT_EQ(test, lent_table(test), 0);
	KUNIT_EXPECT_EQ(test, release(fix, two.handle),
			TEEC_ERROR_ITEM_NOT_FOUND);
}

static void area_is_scrubbed_where_a_buffer_is(struct kunit *test)
{
	const size_t granule = MEMSVC_CMA_GRANULE;
	struct fixture *fix = test->priv;
	struct grant first, large, again;

	KUNIT_ASSERT_EQ(test, area_zalloc(fix, SZ_4K, &first), 0);
	KUNIT_EXPECT_EQ(test, first.ranges, 1);
	KUNIT_EXPECT_EQ(test, first.bytes, granule);
	KUNIT_EXPECT_EQ(test, first.base, virt_to_phys(fix->area));
	KUNIT_EXPECT_TRUE(test, holds(fix, 0, granule, 0));
	KUNIT_EXPECT_TRUE(test, holds(fix, granule, 3 * granule, DIRT));

	KUNIT_EXPECT_EQ(test, area_zalloc(fix, SZ_64K + SZ_4K, &large), 0);
	KUNIT_EXPECT_EQ(test, large.bytes, 2 * granule);
	KUNIT_EXPECT_EQ(test, large.base, first.base + granule);
	KUNIT_EXPECT_TRUE(test, holds(fix, granule, 2 * granule, 0));

	/* What its owner writes is gone when it is given back */
	dirty(fix, granule);
	KUNIT_EXPECT_EQ(test, release(fix, first.handle), 0);
	KUNIT_EXPECT_TRUE(test, holds(fix, 0, granule, 0));

	/* It is known to be zero, so it is not looked at again */
	dirty(fix, SZ_4K);
	KUNIT_EXPECT_EQ(test, area_zalloc(fix, SZ_4K, &again), 0);
	KUNIT_EXPECT_EQ(test, again.base, first.base);
	KUNIT_EXPECT_TRUE(test, holds(fix, 0, SZ_4K, DIRT));

	KUNIT_EXPECT_EQ(test, send_range(fix, MEMSVC_CMD_SCRUB, 0, 1), 0);
	KUNIT_EXPECT_TRUE(test, holds(fix, 0, granule, 0));
	KUNIT_EXPECT_EQ(test, release(fix, again.handle), 0);
	KUNIT_EXPECT_EQ(test, release(fix, large.handle), 0);
	KUNIT_EXPECT_TRUE(test, holds(fix, 3 * granule, granule, DIRT));

	/* Lent anew: there may be anything in it */
	dirty(fix, granule);
	KUNIT_EXPECT_EQ(test, area_zalloc(fix, SZ_4K, &first), 0);
	KUNIT_EXPECT_TRUE(test, holds(fix, 0, granule, 0));
	KUNIT_EXPECT_EQ(test, release(fix, first.handle), 0);
}

static void bad_areas_are_refused(struct kunit *test)
{
	const u32 cma = MEMSVC_TYPE_CMA, granule = MEMSVC_CMA_GRANULE;
	struct fixture *fix = test->priv;
	phys_addr_t pa = virt_to_phys(fix->area);
	u32 before = lent_pages(test);
	struct grant grant, other;

	KUNIT_EXPECT_EQ(test, zalloc(fix, cma, SZ_4K, pa + SZ_4K, granule, &grant),
			TEEC_ERROR_BAD_PARAMETERS);
	KUNIT_EXPECT_EQ(test, zalloc(fix, cma, SZ_4K, pa, SZ_4K, &grant),
			TEEC_ERROR_BAD_PARAMETERS);
	KUNIT_EXPECT_EQ(test, zalloc(fix, cma, SZ_4K, pa, 0, &grant),
			TEEC_ERROR_BAD_PARAMETERS);
	/* No memory of the normal world's */
	KUNIT_EXPECT_EQ(test, zalloc(fix, cma, SZ_4K, 0, granule, &grant),
			TEEC_ERROR_BAD_PARAMETERS);
	KUNIT_EXPECT_EQ(test, area_zalloc(fix, 0, &grant),
			TEEC_ERROR_BAD_PARAMETERS);
	KUNIT_EXPECT_EQ(test, area_zalloc(fix, AREA_SIZE + SZ_4K, &grant),
			TEEC_ERROR_OUT_OF_MEMORY);
	KUNIT_EXPECT_EQ(test, lent_pages(test), before);

	KUNIT_ASSERT_EQ(test, send_range(fix, MEMSVC_CMD_RESTRICT, 63, 1), 0);
	KUNIT_EXPECT_EQ(test, area_zalloc(fix, SZ_4K, &grant),
			TEEC_ERROR_ACCESS_CONFLICT);
	KUNIT_EXPECT_EQ(test, lent_pages(test), before + 1);

	/* The part of it that is nobody's */
	KUNIT_ASSERT_EQ(test, zalloc(fix, cma, granule, pa, granule, &grant), 0);
	KUNIT_EXPECT_EQ(test, area_zalloc(fix, SZ_4K, &other),
			TEEC_ERROR_BAD_PARAMETERS);
	KUNIT_EXPECT_EQ(test, zalloc(fix, cma, SZ_4K, pa, granule, &other),
			TEEC_ERROR_OUT_OF_MEMORY);
	KUNIT_EXPECT_EQ(test, release(fix, grant.handle), 0);
	KUNIT_EXPECT_EQ(test, send_range(fix, MEMSVC_CMD_UNRESTRICT, 63, 1), 0);
	KUNIT_EXPECT_EQ(test, lent_pages(test), before);
}

struct sums {
	u32 pool, free, buffers, ranges;
};

static u32 read_sums(struct fixture *fix, u32 type, struct sums *sums)
{
	struct tee_param params[4] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT },
	};
	u32 result;

	params[3].u.value.a = type;
	result = invoke(fix, MEMSVC_CMD_STATS, params, 4);
	sums->pool = params[0].u.value.a;
	sums->free = params[0].u.value.b;
	sums->buffers = params[1].u.value.a;
	sums->ranges = params[1].u.value.b;

	return result;
}

static void each_type_has_its_books(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct tee_param params[2] = {
		{
			.attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT,
			.u.memref = { .shm = fix->shm, .size = SZ_4K },
		}, {
			.attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT,
			.u.value.a = MEMSVC_TYPE_CMA,
		},
	};
	struct memsvc_entry *entry = (void *)fix->list;
	struct sums before, after, area;
	struct grant grant;

	KUNIT_EXPECT_EQ(test, read_sums(fix, 0, &area),
			TEEC_ERROR_BAD_PARAMETERS);
	KUNIT_ASSERT_EQ(test, read_sums(fix, MEMSVC_TYPE_STATIC, &before), 0);
	KUNIT_ASSERT_EQ(test, read_sums(fix, MEMSVC_TYPE_CMA, &area), 0);
	KUNIT_EXPECT_EQ(test, area.pool, 0);
	KUNIT_EXPECT_EQ(test, area.buffers, 0);

	KUNIT_ASSERT_EQ(test, area_zalloc(fix, SZ_64K + SZ_4K, &grant), 0);
	KUNIT_EXPECT_EQ(test, read_sums(fix, MEMSVC_TYPE_CMA, &area), 0);
	KUNIT_EXPECT_EQ(test, area.pool, AREA_SIZE);
	KUNIT_EXPECT_EQ(test, area.free, AREA_SIZE - 2 * MEMSVC_CMA_GRANULE);
	KUNIT_EXPECT_EQ(test, area.buffers, 1);
	KUNIT_EXPECT_EQ(test, area.ranges, 1);
	KUNIT_EXPECT_EQ(test, read_sums(fix, MEMSVC_TYPE_STATIC, &after), 0);
	KUNIT_EXPECT_MEMEQ(test, &after, &before, sizeof(after));

	KUNIT_EXPECT_EQ(test, invoke(fix, MEMSVC_CMD_TABLE, params, 2), 0);
	KUNIT_EXPECT_EQ(test, params[0].u.memref.size, sizeof(*entry));
	KUNIT_EXPECT_EQ(test, entry->pa, grant.base);
	KUNIT_EXPECT_EQ(test, entry->length, grant.bytes);
	KUNIT_EXPECT_EQ(test, entry->handle, grant.handle);
	KUNIT_EXPECT_EQ(test, release(fix, grant.handle), 0);
}

/* Memory that the bus closes: it is looked at from the outside alone. */
static void secure_ram_has_a_pool_of_its_own(struct kunit *test)
{
	const u32 secure = MEMSVC_TYPE_SECURE;
	struct fixture *fix = test->priv;
	struct sums before, pool, during;
	struct grant one, two, none;
	u32 result;

	result = read_sums(fix, secure, &before);
	if (result == TEEC_ERROR_NOT_SUPPORTED) {
		KUNIT_EXPECT_EQ(test, zalloc(fix, secure, SZ_4K, 0, 0, &one),
				TEEC_ERROR_NOT_SUPPORTED);
		kunit_skip(test, "the service has no secure RAM");
	}
	KUNIT_ASSERT_EQ(test, result, 0);
	KUNIT_ASSERT_EQ(test, read_sums(fix, MEMSVC_TYPE_STATIC, &pool), 0);

	KUNIT_ASSERT_EQ(test, zalloc(fix, secure, SZ_4K, 0, 0, &one), 0);
	KUNIT_ASSERT_EQ(test, zalloc(fix, secure, SZ_64K, 0, 0, &two), 0);
	KUNIT_EXPECT_EQ(test, one.bytes, SZ_4K);
	KUNIT_EXPECT_EQ(test, two.base, one.base + SZ_4K);
	KUNIT_EXPECT_TRUE(test, pfn_valid(PHYS_PFN(one.base)));
	KUNIT_EXPECT_FALSE(test, virt_addr_valid(phys_to_virt(one.base)));
	KUNIT_EXPECT_EQ(test, read_sums(fix, secure, &during), 0);
	KUNIT_EXPECT_EQ(test, during.free, before.free - SZ_64K - SZ_4K);
	KUNIT_EXPECT_EQ(test, during.buffers, before.buffers + 2);
	KUNIT_EXPECT_EQ(test, read_sums(fix, MEMSVC_TYPE_STATIC, &during), 0);
	KUNIT_EXPECT_MEMEQ(test, &during, &pool, sizeof(during));
	KUNIT_EXPECT_EQ(test, TEEC_ERROR_OUT_OF_MEMORY,
			zalloc(fix, secure, before.pool, 0, 0, &none));

	KUNIT_EXPECT_EQ(test, release(fix, one.handle), 0);
	KUNIT_EXPECT_EQ(test, release(fix, two.handle), 0);
	KUNIT_EXPECT_EQ(test, release(fix, two.handle),
			TEEC_ERROR_ITEM_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, read_sums(fix, secure, &during), 0);
	KUNIT_EXPECT_MEMEQ(test, &during, &before, sizeof(during));
}

static struct kunit_case service_cases[] = {
	KUNIT_CASE(limits_are_told),
	KUNIT_CASE(books_have_a_number),
	KUNIT_CASE(scrub_leaves_it_restricted),
	KUNIT_CASE(lent_table_tells_runs),
	KUNIT_CASE(area_is_lent_as_a_whole),
	KUNIT_CASE(area_is_scrubbed_where_a_buffer_is),
	KUNIT_CASE(bad_areas_are_refused),
	KUNIT_CASE(each_type_has_its_books),
	KUNIT_CASE(secure_ram_has_a_pool_of_its_own),
	{}
};

static struct kunit_suite service_suite = {
	.name = "restricted_service",
	.init = service_test_init,
	.exit = service_test_exit,
	.test_cases = service_cases,
};

kunit_test_suite(service_suite);
