// SPDX-License-Identifier: GPL-2.0
/*
 * Mainline's protected heap has its memory from the TEE, or lends the TEE the
 * kernel's own. What the kernel gives away for a buffer, the TEE has to count as
 * lent: as much, and as long.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "catalogue.h"
#include "memsvc.h"
#include "textfile.h"

#define PROTECTED_PREFIX	"protected,"
#define MEMINFO_MAX		8192

/* What the kernel has given away, and what the TEE says it was lent, in bytes */
struct balance {
	int64_t cma_free;
	int64_t lent;
};

static int read_cma_free(int64_t *bytes)
{
	char text[MEMINFO_MAX];
	const char *line;
	int err;

	err = textfile_read("/proc/meminfo", text, sizeof(text));
	if (err)
		return err;
	line = strstr(text, "CmaFree:");
	if (!line || sscanf(line, "CmaFree: %" SCNd64 " kB", bytes) != 1)
		return -EPROTO;
	*bytes *= 1024;
	return 0;
}

static int read_balance(const struct memsvc *svc, struct balance *b)
{
	uint32_t pages;
	int err = read_cma_free(&b->cma_free);

	if (!err)
		err = memsvc_lent(svc, &pages);
	if (!err)
		b->lent = (int64_t)pages * (int64_t)PAGE_BYTES;
	return err;
}

static enum outcome compare(struct trial *t, const struct balance *before,
			    const struct balance *during,
			    const struct balance *after)
{
	int64_t given = before->cma_free - during->cma_free;
	int64_t lent = during->lent - before->lent;

	/* Some pages may go to others meanwhile, and too few is a lie. */
	if (given < (int64_t)SOME_SIZE ? lent : lent < (int64_t)SOME_SIZE)
		return broken(t, "for a buffer the kernel gave %" PRId64
			      " bytes away and the TEE counts %" PRId64 " as lent",
			      given, lent);
	if (after->lent != before->lent)
		return broken(t, "with the last buffer gone %" PRId64
			      " bytes are lent, and were %" PRId64,
			      after->lent, before->lent);
	return KEPT;
}

static enum outcome look(struct trial *t, const struct memsvc *svc)
{
	struct balance before, during, after;
	int err = read_balance(svc, &before);
	int fd;

	if (err)
		return broken(t, "what is lent cannot be read: %s",
			      err_name(err));
	fd = heap_alloc(&t->s->heap, SOME_SIZE);
	if (fd < 0)
		return broken(t, "no buffer: %s", err_name(fd));
	err = read_balance(svc, &during);
	heap_free(fd);
	if (!err)
		err = read_balance(svc, &after);
	if (err)
		return broken(t, "what is lent cannot be read: %s",
			      err_name(err));
	return compare(t, &before, &during, &after);
}

static enum outcome run(struct trial *t)
{
	struct memsvc svc;
	enum outcome o;
	int err;

	if (strncmp(t->s->heap.name, PROTECTED_PREFIX,
		    strlen(PROTECTED_PREFIX)))
		return skipped(t, "not the TEE driver's own heap");
	err = memsvc_open(&svc);
	if (err == -ENODEV)
		return skipped(t, "no memory service to ask");
	if (err)
		return broken(t, "no session with the memory service: %s",
			      err_name(err));
	o = look(t, &svc);
	memsvc_close(&svc);
	return o;
}

const struct promise promise_lent = {
	.name = "lent-is-counted",
	.help = "memory that the kernel lends for a buffer counts as lent in the TEE, as long as there is one",
	.ours = true,
	.run = run,
};
