// SPDX-License-Identifier: GPL-2.0
/*
 * No request hurts the TEE: any command of the memory service, with any
 * parameters, over and beside memory that is shared. What changes protection is
 * for the kernel alone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "catalogue.h"
#include "fuzz.h"
#include "memsvc.h"

#define SHM_BYTES	(2 * PAGE_BYTES)
#define SESSION_OPS	256

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

static const uint32_t commands[] = {
	MEMSVC_CMD_ZALLOC, MEMSVC_CMD_FREE, MEMSVC_CMD_RETRIEVE_SG,
	MEMSVC_CMD_RESTRICT, MEMSVC_CMD_UNRESTRICT, MEMSVC_CMD_SCRUB,
	MEMSVC_CMD_NOP, MEMSVC_CMD_SWAP, MEMSVC_CMD_STATS, MEMSVC_CMD_TABLE,
	MEMSVC_CMD_LENT, MEMSVC_CMD_LIMITS, MEMSVC_CMD_LENT_TABLE,
};

/* Numbers at which sizes, addresses and types go wrong */
static const uint64_t corpus[] = {
	0, 1, 2, 3, 4, 4095, 4096, 65536, 0x40000000, 0x74000000, 0x77fff000,
	0x6bc00000, 0x0e000000, 0x7fffffff, 0x80000000, 0xfffff000, 0xffffffff,
	0x100000000, 0xffffffffffffffff,
};

/* What a worker has */
static struct memsvc svc;
static struct tee_shm shm;

static uint64_t any_number(struct choices *c)
{
	if (choose_below(c, 4))
		return corpus[choose_below(c, ARRAY_SIZE(corpus))];
	return choose_any(c) >> choose_below(c, 64);
}

static struct tee_ioctl_param any_param(struct choices *c)
{
	struct tee_ioctl_param p = { .attr = choose_below(c, 8) };

	switch (p.attr) {
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT:
		p.a = choose_below(c, 2) ? 0 : any_number(c);
		p.b = choose_below(c, 2) ? choose_below(c, SHM_BYTES + 1) :
					  any_number(c);
		p.c = choose_below(c, 8) ? (uint64_t)shm.id : any_number(c);
		break;
	default:
		p.a = any_number(c);
		p.b = any_number(c);
		p.c = any_number(c);
	}
	if (!choose_below(c, 32))
		p.attr = any_number(c);
	return p;
}

/* What the TEE reads there, if it does */
static void fill(struct choices *c)
{
	uint64_t *word = shm.map;

	for (int i = 0; i < 8; i++)
		word[choose_below(c, SHM_BYTES / sizeof(*word))] = any_number(c);
}

static void ask(struct hand *h)
{
	struct choices *c = &h->choices;
	uint32_t cmd = commands[choose_below(c, ARRAY_SIZE(commands))];
	struct tee_ioctl_param params[TEE_MAX_PARAMS];
	size_t n = choose_below(c, TEE_MAX_PARAMS + 1);
	struct tee_reply reply;

	if (!choose_below(c, 16))
		cmd = (uint32_t)any_number(c);
	for (size_t i = 0; i < n; i++)
		params[i] = any_param(c);
	fill(c);
	if (tee_invoke(&svc.tee, svc.session, cmd, params, n, &reply))
		return;
	if (reply.result == TEE_OK && cmd >= MEMSVC_CMD_ZALLOC &&
	    cmd <= MEMSVC_CMD_LAST_PRIVILEGED)
		stress_found(h->s, "the TEE did %#x for user space", cmd);
}

static int open_session(void)
{
	int err = memsvc_open(&svc);

	if (err)
		return err;
	err = tee_shm_alloc(&svc.tee, SHM_BYTES, &shm);
	if (err)
		goto err_close;
	err = tee_shm_map(&shm);
	if (err)
		goto err_free;
	return 0;

err_free:
	tee_shm_free(&shm);
err_close:
	memsvc_close(&svc);
	return err;
}

static int begin(struct hand *h)
{
	int err = open_session();

	if (err)
		stress_found(h->s, "no session: %s", strerror(-err));
	return err;
}

static void end(struct hand *h)
{
	(void)h;
	tee_shm_free(&shm);
	memsvc_close(&svc);
}

static int prepare(struct stress *s)
{
	struct memsvc first;
	int err = memsvc_open(&first);

	if (err)
		return stress_cannot(s, "no TEE with the memory service: %s",
				     strerror(-err));
	memsvc_close(&first);
	return 0;
}

static void run(struct stress *s)
{
	/* Sessions come and go, too. */
	static const struct fuzz fuzz = {
		.begin = begin, .call = ask, .end = end, .turn = SESSION_OPS,
	};

	fuzz_run(s, &fuzz);
}

const struct stressor stressor_fuzz_tee = {
	.name = "fuzz-tee",
	.help = "whatever user space asks of the TEE is refused, or hurts nobody",
	.ops = 20000,
	.workers = 3,
	.plays = true,
	.prepare = prepare,
	.run = run,
};
