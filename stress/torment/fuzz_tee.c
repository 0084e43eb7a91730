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
#include "crew.h"
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

static uint64_t any_number(struct rng *rng)
{
	if (rng_below(rng, 4))
		return corpus[rng_below(rng, ARRAY_SIZE(corpus))];
	return rng_next(rng) >> rng_below(rng, 64);
}

static struct tee_ioctl_param any_param(struct rng *rng,
					const struct tee_shm *shm)
{
	struct tee_ioctl_param p = { .attr = rng_below(rng, 8) };

	switch (p.attr) {
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT:
		p.a = rng_below(rng, 2) ? 0 : any_number(rng);
		p.b = rng_below(rng, 2) ? rng_below(rng, SHM_BYTES + 1) :
					  any_number(rng);
		p.c = rng_below(rng, 8) ? (uint64_t)shm->id : any_number(rng);
		break;
	default:
		p.a = any_number(rng);
		p.b = any_number(rng);
		p.c = any_number(rng);
	}
	if (!rng_below(rng, 32))
		p.attr = any_number(rng);
	return p;
}

/* What the TEE reads there, if it does */
static void fill(struct rng *rng, const struct tee_shm *shm)
{
	uint64_t *word = shm->map;

	for (int i = 0; i < 8; i++)
		word[rng_below(rng, SHM_BYTES / sizeof(*word))] = any_number(rng);
}

static void ask(struct hand *h, const struct memsvc *svc,
		const struct tee_shm *shm)
{
	struct rng *rng = &h->rng;
	uint32_t cmd = commands[rng_below(rng, ARRAY_SIZE(commands))];
	struct tee_ioctl_param params[TEE_MAX_PARAMS];
	size_t n = rng_below(rng, TEE_MAX_PARAMS + 1);
	struct tee_reply reply;

	if (!rng_below(rng, 16))
		cmd = (uint32_t)any_number(rng);
	for (size_t i = 0; i < n; i++)
		params[i] = any_param(rng, shm);
	fill(rng, shm);
	if (tee_invoke(&svc->tee, svc->session, cmd, params, n, &reply))
		return;
	if (reply.result == TEE_OK && cmd >= MEMSVC_CMD_ZALLOC &&
	    cmd <= MEMSVC_CMD_LAST_PRIVILEGED)
		stress_found(h->s, "the TEE did %#x for user space", cmd);
}

static int begin(struct memsvc *svc, struct tee_shm *shm)
{
	int err = memsvc_open(svc);

	if (err)
		return err;
	err = tee_shm_alloc(&svc->tee, SHM_BYTES, shm);
	if (err)
		goto err_close;
	err = tee_shm_map(shm);
	if (err)
		goto err_free;
	return 0;

err_free:
	tee_shm_free(shm);
err_close:
	memsvc_close(svc);
	return err;
}

/* Sessions come and go, too. */
static void work(struct hand *h)
{
	while (h->left) {
		struct tee_shm shm;
		struct memsvc svc;
		int err = begin(&svc, &shm);

		if (err) {
			stress_found(h->s, "no session: %s", strerror(-err));
			return;
		}
		for (int i = 0; i < SESSION_OPS && hand_next(h); i++)
			ask(h, &svc, &shm);
		tee_shm_free(&shm);
		memsvc_close(&svc);
		if (atomic_load(&h->s->tally->stop) || stress_now() > h->s->end)
			return;
	}
}

static int prepare(struct stress *s)
{
	struct memsvc svc;
	int err = memsvc_open(&svc);

	if (err)
		return stress_cannot(s, "no TEE with the memory service: %s",
				     strerror(-err));
	memsvc_close(&svc);
	return 0;
}

static void run(struct stress *s)
{
	const struct crew crew = { .work = work };

	crew_run(s, &crew);
}

const struct stressor stressor_fuzz_tee = {
	.name = "fuzz-tee",
	.help = "whatever user space asks of the TEE is refused, or hurts nobody",
	.ops = 20000,
	.workers = 3,
	.prepare = prepare,
	.run = run,
};
