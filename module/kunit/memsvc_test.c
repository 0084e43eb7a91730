// SPDX-License-Identifier: GPL-2.0
/*
 * The memory service in the secure world, asked over the same client as the
 * heap asks it. Skipped where no TEE offers it.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/tee_drv.h>

#include "../tee/memsvc.h"

/* The largest pool the machine gives the service has this many pages. */
#define MANY_PAGES	16384

struct books {
	u32 pool, free, buffers, ranges;
};

static int memsvc_test_init(struct kunit *test)
{
	struct memsvc *svc;
	int ret;

	svc = kunit_kzalloc(test, sizeof(*svc), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, svc);
	ret = memsvc_open(svc);
	if (ret == -ENODEV)
		kunit_skip(test, "no TEE here offers the memory service");
	KUNIT_ASSERT_EQ(test, ret, 0);
	test->priv = svc;

	return 0;
}

static void memsvc_test_exit(struct kunit *test)
{
	if (test->priv)
		memsvc_close(test->priv);
}

static int zalloc(struct memsvc *svc, size_t size, struct memsvc_grant *grant)
{
	struct memsvc_request request = {
		.size = size,
		.type = MEMSVC_TYPE_STATIC,
	};

	return memsvc_zalloc(svc, &request, grant);
}

static struct books read_books(struct kunit *test)
{
	struct tee_param params[3] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
	};

	KUNIT_ASSERT_EQ(test, 0,
			memsvc_invoke(test->priv, MEMSVC_CMD_STATS, params,
				      ARRAY_SIZE(params)));

	return (struct books){
		.pool = params[0].u.value.a,
		.free = params[0].u.value.b,
		.buffers = params[1].u.value.a,
		.ranges = params[1].u.value.b,
	};
}

static void expect_same_books(struct kunit *test, struct books before)
{
	struct books after = read_books(test);

	KUNIT_EXPECT_EQ(test, after.free, before.free);
	KUNIT_EXPECT_EQ(test, after.buffers, before.buffers);
	KUNIT_EXPECT_EQ(test, after.ranges, before.ranges);
}

static void grant_comes_and_goes(struct kunit *test)
{
	struct books before = read_books(test), during;
	struct memsvc_grant grant;

	KUNIT_ASSERT_EQ(test, zalloc(test->priv, SZ_64K, &grant), 0);
	KUNIT_EXPECT_NE(test, grant.handle, 0);
	KUNIT_EXPECT_EQ(test, grant.count, 1);
	KUNIT_EXPECT_TRUE(test, IS_ALIGNED(grant.base, SZ_4K));
	during = read_books(test);
	KUNIT_EXPECT_EQ(test, during.free, before.free - SZ_64K);
	KUNIT_EXPECT_EQ(test, during.buffers, before.buffers + 1);

	KUNIT_EXPECT_EQ(test, memsvc_free(test->priv, grant.handle), 0);
	expect_same_books(test, before);
}

static void bad_sizes_are_refused(struct kunit *test)
{
	struct books before = read_books(test);
	struct memsvc_grant grant;

	KUNIT_EXPECT_EQ(test, zalloc(test->priv, 0, &grant), -EINVAL);
	KUNIT_EXPECT_EQ(test, zalloc(test->priv, 1, &grant), -EINVAL);
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			zalloc(test->priv, before.pool + SZ_4K, &grant));
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			zalloc(test->priv, SZ_4G - SZ_4K, &grant));
	/* 4 GiB + 4 KiB would be 4 KiB in the call's 32 bits */
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			zalloc(test->priv, SZ_4G + SZ_4K, &grant));
	expect_same_books(test, before);
}

static void bad_handles_are_refused(struct kunit *test)
{
	struct books before = read_books(test);
	struct memsvc_range range;
	struct memsvc_grant grant;

	KUNIT_EXPECT_EQ(test, memsvc_free(test->priv, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, memsvc_free(test->priv, U32_MAX), -ENOENT);
	KUNIT_EXPECT_EQ(test, -ENOENT,
			memsvc_retrieve(test->priv, U32_MAX, &range, 1));

	KUNIT_ASSERT_EQ(test, zalloc(test->priv, SZ_4K, &grant), 0);
	KUNIT_EXPECT_EQ(test, memsvc_free(test->priv, grant.handle), 0);
	KUNIT_EXPECT_EQ(test, memsvc_free(test->priv, grant.handle), -ENOENT);
	expect_same_books(test, before);
}

/* A handle that is free again must not come back with the next grant. */
static void stale_handle_is_refused(struct kunit *test)
{
	struct memsvc_grant old, new;

	KUNIT_ASSERT_EQ(test, zalloc(test->priv, SZ_4K, &old), 0);
	KUNIT_ASSERT_EQ(test, memsvc_free(test->priv, old.handle), 0);
	KUNIT_ASSERT_EQ(test, zalloc(test->priv, SZ_4K, &new), 0);
	KUNIT_EXPECT_NE(test, new.handle, old.handle);
	KUNIT_EXPECT_EQ(test, memsvc_free(test->priv, old.handle), -ENOENT);
	KUNIT_EXPECT_EQ(test, memsvc_free(test->priv, new.handle), 0);
}

static void short_buffer_is_told(struct kunit *test)
{
	struct tee_param params[2] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT },
	};
	struct memsvc *svc = test->priv;
	struct memsvc_grant grant;
	struct tee_shm *shm;

	shm = tee_shm_alloc_kernel_buf(svc->ctx, SZ_4K);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, shm);
	KUNIT_ASSERT_EQ(test, zalloc(svc, SZ_4K, &grant), 0);

	params[0].u.value.a = grant.handle;
	params[1].u.memref.shm = shm;
	params[1].u.memref.size = sizeof(struct memsvc_range) - 1;
	KUNIT_EXPECT_EQ(test, -EOVERFLOW,
			memsvc_invoke(svc, MEMSVC_CMD_RETRIEVE_SG, params,
				      ARRAY_SIZE(params)));
	KUNIT_EXPECT_EQ(test, params[1].u.memref.size,
			sizeof(struct memsvc_range));

	KUNIT_EXPECT_EQ(test, memsvc_free(svc, grant.handle), 0);
	tee_shm_free(shm);
}

static unsigned int take_all(struct kunit *test, size_t piece, u64 *handles,
			     unsigned int max)
{
	struct memsvc_grant grant;
	unsigned int n;

	for (n = 0; n < max; n++) {
		if (zalloc(test->priv, piece, &grant))
			break;
		handles[n] = grant.handle;
	}

	return n;
}

/*
 * Half the pool is free, in pieces: a larger request is granted in ranges, and
 * the ranges are the free pieces.
 */
static void fragmented_pool_grants_ranges(struct kunit *test)
{
	struct books before = read_books(test);
	struct memsvc_range ranges[4];
	struct memsvc_grant grant;
	unsigned int n, i;
	u64 *handles;

	handles = kunit_kcalloc(test, MANY_PAGES, sizeof(*handles), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, handles);
	n = take_all(test, SZ_1M, handles, MANY_PAGES);
	KUNIT_ASSERT_GE(test, n, 8);
	for (i = 0; i < n; i += 2)
		KUNIT_EXPECT_EQ(test, memsvc_free(test->priv, handles[i]), 0);

	KUNIT_ASSERT_EQ(test, zalloc(test->priv, 4 * SZ_1M, &grant), 0);
	KUNIT_ASSERT_EQ(test, grant.count, 4);
	KUNIT_EXPECT_EQ(test, 0,
			memsvc_retrieve(test->priv, grant.handle, ranges, 4));
	KUNIT_EXPECT_EQ(test, ranges[0].pa, grant.base);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, ranges[i].length, SZ_1M);
	for (i = 1; i < 4; i++)
		KUNIT_EXPECT_GT(test, ranges[i].pa, ranges[i - 1].pa + SZ_1M);

	KUNIT_EXPECT_EQ(test, memsvc_free(test->priv, grant.handle), 0);
	for (i = 1; i < n; i += 2)
		KUNIT_EXPECT_EQ(test, memsvc_free(test->priv, handles[i]), 0);
	expect_same_books(test, before);
}

/* Through a mapping that a heap's user never has. */
static void last_owners_bytes_are_gone(struct kunit *test)
{
	struct memsvc_grant old, new;
	void *vaddr;

	KUNIT_ASSERT_EQ(test, zalloc(test->priv, SZ_64K, &old), 0);
	/* Of the kernel's own memory, as a pool in software is, it has a mapping */
	vaddr = memremap(old.base, SZ_64K,
			 page_is_ram(PHYS_PFN(old.base)) ? MEMREMAP_WB :
							   MEMREMAP_WC);
	KUNIT_EXPECT_NOT_NULL(test, vaddr);
	if (vaddr)
		memset(vaddr, 0x5a, SZ_64K);
	KUNIT_EXPECT_EQ(test, memsvc_free(test->priv, old.handle), 0);
	KUNIT_ASSERT_NOT_NULL(test, vaddr);
	KUNIT_EXPECT_NULL(test, memchr_inv(vaddr, 0, SZ_64K));

	KUNIT_EXPECT_EQ(test, zalloc(test->priv, SZ_64K, &new), 0);
	KUNIT_EXPECT_EQ(test, new.base, old.base);
	KUNIT_EXPECT_EQ(test, memsvc_free(test->priv, new.handle), 0);
	memunmap(vaddr);
}

static void values_travel_both_ways(struct kunit *test)
{
	struct tee_param param = {
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT,
		.u.value = { .a = 0x12345678, .b = 0x9abcdef0 },
	};

	KUNIT_EXPECT_EQ(test, 0,
			memsvc_invoke(test->priv, MEMSVC_CMD_SWAP, &param, 1));
	KUNIT_EXPECT_EQ(test, param.u.value.a, 0x9abcdef0);
	KUNIT_EXPECT_EQ(test, param.u.value.b, 0x12345678);
}

static struct kunit_case memsvc_cases[] = {
	KUNIT_CASE(grant_comes_and_goes),
	KUNIT_CASE(bad_sizes_are_refused),
	KUNIT_CASE(bad_handles_are_refused),
	KUNIT_CASE(stale_handle_is_refused),
	KUNIT_CASE(short_buffer_is_told),
	KUNIT_CASE(fragmented_pool_grants_ranges),
	KUNIT_CASE(last_owners_bytes_are_gone),
	KUNIT_CASE(values_travel_both_ways),
	{}
};

static struct kunit_suite memsvc_suite = {
	.name = "restricted_memsvc",
	.init = memsvc_test_init,
	.exit = memsvc_test_exit,
	.test_cases = memsvc_cases,
};

kunit_test_suite(memsvc_suite);
