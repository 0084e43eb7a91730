// SPDX-License-Identifier: GPL-2.0
/* Nobody sees the last owner's bytes: dirty, free, allocate again, look. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "catalogue.h"

#define ROUNDS		8
#define DIRT		0xa5

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

static bool all_zero(const unsigned char *bytes, uint64_t size)
{
	return !bytes[0] && !memcmp(bytes, bytes + 1, size - 1);
}

/* Look at a new buffer, then dirty it. */
static enum outcome look_and_dirty(struct trial *t, int fd, uint64_t size)
{
	unsigned char *map = mmap(NULL, size, PROT_READ | PROT_WRITE,
				  MAP_SHARED, fd, 0);
	enum outcome outcome = KEPT;

	if (map == MAP_FAILED)
		return skipped(t, "the CPU cannot look into it: see the KUnit suites");
	if (!all_zero(map, size))
		outcome = broken(t, "a new buffer of %llu bytes was not zero",
				 (unsigned long long)size);
	memset(map, DIRT, size);
	munmap(map, size);
	return outcome;
}

static enum outcome run_size(struct trial *t, uint64_t size)
{
	enum outcome outcome = KEPT;

	for (int i = 0; i < ROUNDS && outcome == KEPT; i++) {
		int fd = heap_alloc(&t->s->heap, size);

		if (fd < 0)
			return broken(t, "no buffer: %s", err_name(fd));
		outcome = look_and_dirty(t, fd, size);
		heap_free(fd);
	}
	return outcome;
}

static enum outcome run(struct trial *t)
{
	static const uint64_t sizes[] = { 4 << 10, 64 << 10, 1 << 20 };
	enum outcome outcome = KEPT;

	for (size_t i = 0; i < ARRAY_SIZE(sizes) && outcome == KEPT; i++)
		outcome = run_size(t, sizes[i]);
	return outcome;
}

const struct promise promise_zeroed = {
	.name = "zeroed",
	.help = "nobody sees the last owner's bytes: a new buffer is zero",
	.run = run,
};
