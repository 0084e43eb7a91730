/* SPDX-License-Identifier: GPL-2.0 */
/* What the suites on tee_sim share: a client of the service, and pages to lend. */
#ifndef KUNIT_SIM_CLIENT_H
#define KUNIT_SIM_CLIENT_H

#include <kunit/test.h>
#include <linux/tee_drv.h>

#include "../../include/uapi/restricted_tee.h"
#include "../../sim/call.h"

/* How many pages a client has to lend */
#define CLIENT_PAGES	32

/**
 * struct sim_client - a client with a session
 * @test:	that it belongs to
 * @ctx:	an open context
 * @session:	in it
 * @shm:	a page that both worlds see
 * @pages:	CLIENT_PAGES in a row
 * @lent:	pages that were restricted at the beginning
 */
struct sim_client {
	struct kunit *test;
	struct tee_context *ctx;
	u32 session;
	struct tee_shm *shm;
	struct page *pages;
	u32 lent;
};

int sim_test_init(struct kunit *test);
void sim_test_exit(struct kunit *test);

struct sim_reply client_login(struct sim_client *client, u32 login,
			      u32 *session);
void client_login_again(struct sim_client *client);
struct sim_reply client_call(struct sim_client *client, u32 cmd,
			     struct tee_param *params, unsigned int count);
struct sim_reply client_nop(struct sim_client *client);
struct sim_reply client_list(struct sim_client *client, u32 cmd,
			     unsigned int count, unsigned int pages);
u32 client_lent(struct sim_client *client);

struct client_grant {
	u32 count;
	u32 base;
	u32 handle;
	u32 bytes;
};

struct sim_reply client_zalloc(struct sim_client *client, u32 size,
			       struct client_grant *grant);
struct sim_reply client_free(struct sim_client *client, u32 handle);
struct sim_reply client_retrieve(struct sim_client *client, u32 handle,
				 size_t *size, struct memsvc_range *first);
u32 client_used(struct sim_client *client, u32 type);

void expect_reply(struct kunit *test, struct sim_reply reply, int error,
		  u32 result);

/* A call went well */
#define EXPECT_OK(_test, _reply)	expect_reply(_test, _reply, 0, 0)

/* The answer is this result */
#define EXPECT_RESULT(_test, _reply, _result) \
	expect_reply(_test, _reply, 0, _result)

#endif /* KUNIT_SIM_CLIENT_H */
