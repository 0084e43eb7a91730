/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's client of the memory service (include/uapi/restricted_tee.h). */
#ifndef RESTRICTED_MEMSVC_H
#define RESTRICTED_MEMSVC_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/rwsem.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "../include/uapi/restricted_tee.h"

struct memsvc;
struct tee_context;
struct tee_ioctl_version_data;
struct tee_param;

/**
 * struct memsvc_events - what a client does when its TEE comes, goes, returns
 * @up:		optional. The session is open, for the first time or again; calls
 *		can be made. An error closes it.
 * @down:	optional. No call is under way, and none will be made: give back
 *		what the TEE shares, for it waits for that. Not called if @up
 *		failed.
 * @returned:	optional. After an @up that followed a @down; from a work item of
 *		its own, so it may take as long as it needs. Memory that could
 *		not be given back to the TEE that was gone is given back now.
 *
 * @up and @down must not open or close a client.
 */
struct memsvc_events {
	int (*up)(struct memsvc *svc);
	void (*down)(struct memsvc *svc);
	void (*returned)(struct memsvc *svc);
};

/**
 * struct memsvc - a client of the memory service
 * @events:	optional; set by its owner, who leaves all else zero
 * @ctx:	the TEE that offers the service, NULL while there is none
 * @session:	its session
 * @books:	the number of its books, 0 if it does not tell
 * @life:	how often it lost its books
 * @changes:	how often the TEE came or went, or @events->returned was through
 * @calls:	calls into the secure world, failed ones included
 * @lock:	held for reading during a call
 * @node:	in the list of all clients
 * @returning:	runs @events->returned
 */
struct memsvc {
	const struct memsvc_events *events;
	struct tee_context *ctx;
	u32 session;
	u64 books;
	u32 life;
	atomic_t changes;
	atomic64_t calls;
	/* Protects ctx, session, books and life */
	struct rw_semaphore lock;
	struct list_head node;
	struct work_struct returning;
};

/**
 * struct memsvc_request - what a ZALLOC asks for
 * @size:	in bytes, whole pages
 * @type:	enum memsvc_type
 * @area_base:	type CMA: where the area that is lent begins
 * @area_size:	type CMA: its bytes
 */
struct memsvc_request {
	size_t size;
	u32 type;
	phys_addr_t area_base;
	size_t area_size;
};

/**
 * struct memsvc_grant - what a ZALLOC gave, as the service says and unchecked
 * @handle:	names the memory in later calls: the service's handle, and above it
 *		the @life of its client that it is of
 * @count:	number of ranges
 * @base:	address of the first range
 * @taken:	bytes that it takes of the pool or the area; 0 if not told
 */
struct memsvc_grant {
	u64 handle;
	u32 count;
	phys_addr_t base;
	size_t taken;
};

/**
 * memsvc_is_up() - whether there is a TEE, as it looks now
 * @svc:	a client
 *
 * For one who needs no call to serve a user, and yet must not without a TEE.
 *
 * Return: true if so.
 */
static inline bool memsvc_is_up(const struct memsvc *svc)
{
	return READ_ONCE(svc->ctx);
}

/**
 * memsvc_changes() - how often the TEE came, went or was through with returning
 * @svc:	a client
 *
 * Return: a number for memsvc_settle().
 */
static inline int memsvc_changes(const struct memsvc *svc)
{
	return atomic_read_acquire(&svc->changes);
}

int memsvc_match(struct tee_ioctl_version_data *ver, const void *data);
int memsvc_open(struct memsvc *svc);
void memsvc_close(struct memsvc *svc);
bool memsvc_settle(struct memsvc *svc, int changes);
int memsvc_invoke(struct memsvc *svc, u32 cmd, struct tee_param *params,
		  unsigned int count);
int memsvc_zalloc(struct memsvc *svc, const struct memsvc_request *request,
		  struct memsvc_grant *grant);
int memsvc_retrieve(struct memsvc *svc, u64 handle,
		    struct memsvc_range *ranges, unsigned int count);
int memsvc_free(struct memsvc *svc, u64 handle);

#endif /* RESTRICTED_MEMSVC_H */
