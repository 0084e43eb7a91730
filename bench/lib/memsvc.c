// SPDX-License-Identifier: GPL-2.0
#include "memsvc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_BYTES	4096u

/* The table is asked for until it fits; it moves only if others allocate. */
#define LIST_TRIES	8
#define LIST_FIRST	(16 * PAGE_BYTES)

int memsvc_open(struct memsvc *svc)
{
	static const uint8_t uuid[16] = MEMSVC_UUID_BYTES;
	struct tee_reply reply;
	int err;

	err = tee_open(&svc->tee, TEE_DEVICE);
	if (err)
		return err == -ENOENT || err == -ENXIO ? -ENODEV : err;
	err = tee_session_open(&svc->tee, uuid, &svc->session, &reply);
	if (!err && reply.result == TEE_RESULT_NO_ITEM)
		err = -ENODEV;
	else if (!err && reply.result != TEE_OK)
		err = -EPROTO;
	if (err)
		tee_close(&svc->tee);
	return err;
}

void memsvc_close(struct memsvc *svc)
{
	tee_session_close(&svc->tee, svc->session);
	tee_close(&svc->tee);
}

uint32_t memsvc_type_of(const char *heap)
{
	static const struct {
		const char *heap;
		uint32_t type;
	} types[] = {
		{ "restricted_mtk_cm", MEMSVC_TYPE_STATIC },
		{ "restricted_secure_ram", MEMSVC_TYPE_SECURE },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (!strcmp(heap, types[i].heap))
			return types[i].type;
	return 0;
}

static struct tee_ioctl_param type_param(uint32_t type)
{
	return (struct tee_ioctl_param){
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT,
		.a = type,
	};
}

int memsvc_books(const struct memsvc *svc, uint32_t type,
		 struct memsvc_books *books)
{
	struct tee_ioctl_param p[4] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		type_param(type),
	};
	struct tee_reply reply;
	int err;

	err = tee_invoke(&svc->tee, svc->session, MEMSVC_CMD_STATS, p, 4,
			 &reply);
	if (err)
		return err;
	if (reply.result != TEE_OK)
		return -EPROTO;
	*books = (struct memsvc_books){
		.pool = (uint32_t)p[0].a,
		.free = (uint32_t)p[0].b,
		.buffers = (uint32_t)p[1].a,
		.ranges = (uint32_t)p[1].b,
		.added = (uint32_t)p[2].a,
		.removed = (uint32_t)p[2].b,
	};
	return 0;
}

int memsvc_lent(const struct memsvc *svc, uint32_t *pages)
{
	struct tee_ioctl_param p[2] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
	};
	struct tee_reply reply;
	int err;

	err = tee_invoke(&svc->tee, svc->session, MEMSVC_CMD_LENT, p, 2,
			 &reply);
	if (err)
		return err;
	if (reply.result != TEE_OK)
		return -EPROTO;
	*pages = (uint32_t)p[0].b;
	return 0;
}

static int list_copy(struct memsvc_listing *list, struct tee_shm *shm,
		     size_t bytes)
{
	int err = tee_shm_map(shm);

	if (err)
		return err;
	list->n = bytes / sizeof(*list->entry);
	/* One more, for calloc() of nothing may give NULL */
	list->entry = calloc(list->n + 1, sizeof(*list->entry));
	if (!list->entry)
		return -ENOMEM;
	memcpy(list->entry, shm->map, list->n * sizeof(*list->entry));
	return 0;
}

/* Return: 0, or -EAGAIN with @size set to what the table needs. */
static int list_try(const struct memsvc *svc, uint32_t type,
		    struct memsvc_listing *list, size_t *size)
{
	struct tee_ioctl_param p[2] = { [1] = type_param(type) };
	struct tee_reply reply;
	struct tee_shm shm;
	int err;

	err = tee_shm_alloc(&svc->tee, *size, &shm);
	if (err)
		return err;
	p[0] = tee_param_memref(TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT, &shm,
				*size);
	err = tee_invoke(&svc->tee, svc->session, MEMSVC_CMD_TABLE, p, 2,
			 &reply);
	if (!err && reply.result == TEE_RESULT_SHORT_BUFFER)
		err = -EAGAIN;
	else if (!err && (reply.result != TEE_OK || p[0].b > *size))
		err = -EPROTO;
	else if (!err)
		err = list_copy(list, &shm, p[0].b);
	tee_shm_free(&shm);
	if (err == -EAGAIN)
		*size = p[0].b;
	return err;
}

int memsvc_list(const struct memsvc *svc, uint32_t type,
		struct memsvc_listing *list)
{
	size_t size = LIST_FIRST;
	int err = -EAGAIN;

	for (int i = 0; i < LIST_TRIES && err == -EAGAIN; i++)
		err = list_try(svc, type, list, &size);
	return err == -EAGAIN ? -EPROTO : err;
}

int memsvc_layout_new(const struct memsvc *svc, struct memsvc_layout *layout,
		      size_t ranges)
{
	int err;

	layout->size = ranges * sizeof(*layout->range);
	layout->n = 0;
	err = tee_shm_alloc(&svc->tee, layout->size, &layout->shm);
	if (err)
		return err;
	err = tee_shm_map(&layout->shm);
	if (err)
		tee_shm_free(&layout->shm);
	layout->range = layout->shm.map;
	return err;
}

int memsvc_layout_read(const struct memsvc *svc, struct memsvc_layout *layout)
{
	struct tee_ioctl_param param =
		tee_param_memref(TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT,
				 &layout->shm, layout->size);
	struct tee_reply reply;
	int err = tee_invoke(&svc->tee, svc->session, MEMSVC_CMD_LENT_TABLE,
			     &param, 1, &reply);

	if (err)
		return err;
	if (reply.result == TEE_RESULT_SHORT_BUFFER)
		return -E2BIG;
	if (reply.result != TEE_OK || param.b > layout->size)
		return -EPROTO;
	layout->n = param.b / sizeof(*layout->range);
	return 0;
}

void memsvc_layout_free(struct memsvc_layout *layout)
{
	tee_shm_free(&layout->shm);
	layout->range = NULL;
	layout->n = 0;
}

void memsvc_list_free(struct memsvc_listing *list)
{
	free(list->entry);
	list->entry = NULL;
	list->n = 0;
}

static int compare_handles(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Return: how many differ, or 0 when there is no memory to tell. */
static uint64_t count_handles(const struct memsvc_listing *list)
{
	uint32_t *handle = calloc(list->n, sizeof(*handle));
	uint64_t count = 0;

	if (!handle)
		return 0;
	for (size_t i = 0; i < list->n; i++)
		handle[i] = list->entry[i].handle;
	qsort(handle, list->n, sizeof(*handle), compare_handles);
	for (size_t i = 0; i < list->n; i++)
		count += !i || handle[i] != handle[i - 1];
	free(handle);
	return count;
}

const char *memsvc_list_check(const struct memsvc_listing *list,
			      uint64_t *bytes, uint64_t *buffers)
{
	uint64_t end = 0;

	*bytes = 0;
	for (size_t i = 0; i < list->n; i++) {
		const struct memsvc_entry *e = &list->entry[i];

		if (!e->length || (e->pa | e->length) % PAGE_BYTES)
			return "the TEE's table has a range that is not whole pages";
		if (e->pa < end)
			return "the TEE's table has ranges that overlap or are out of order";
		if (!e->handle)
			return "the TEE's table has a handle of 0";
		end = e->pa + e->length;
		*bytes += e->length;
	}
	*buffers = list->n ? count_handles(list) : 0;
	return NULL;
}

/* FNV-1a, 64 bits */
uint64_t memsvc_list_digest(const struct memsvc_listing *list)
{
	const uint8_t *byte = (const uint8_t *)list->entry;
	uint64_t digest = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < list->n * sizeof(*list->entry); i++)
		digest = (digest ^ byte[i]) * UINT64_C(0x100000001b3);
	return digest;
}
