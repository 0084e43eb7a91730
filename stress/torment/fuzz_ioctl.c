// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever user space asks of a heap or of a buffer is done, or gets an errno:
 * ioctls with any number and any argument, at any address, and all else that one
 * can do with a file.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/dma-buf.h>
#include <linux/dma-heap.h>

#include "catalogue.h"
#include "crew.h"

#define LIVE		8
#define ARG_BYTES	64

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

/* Numbers at which lengths, offsets and flags go wrong */
static const uint64_t corpus[] = {
	0, 1, 2, 4095, 4096, 4097, 8192, 65536, 1 << 20, 16 << 20, 0x7fffffff,
	0x80000000, 0xffffffff, 0x100000000, 0x100001000, 0x7fffffffffffffff,
	0x8000000000000000, 0xfffffffffffff000, 0xfffffffffffff001,
	0xffffffffffffffff, O_CLOEXEC, O_RDWR | O_CLOEXEC, O_RDWR, O_WRONLY,
};

struct prey {
	int fd[LIVE];
	/* Two pages, of which the second may not be touched */
	unsigned char *edge;
};

static uint64_t any_number(struct rng *rng)
{
	uint64_t n = corpus[rng_below(rng, ARRAY_SIZE(corpus))];

	switch (rng_below(rng, 8)) {
	case 0:
		return rng_next(rng) >> rng_below(rng, 64);
	case 1:
		return n + rng_below(rng, 3) - 1;
	default:
		return n;
	}
}

/* An argument: valid memory, the edge of it, or none */
static void *place(struct rng *rng, struct prey *prey, const void *arg,
		   size_t size)
{
	static unsigned char valid[ARG_BYTES];
	unsigned char *at = prey->edge + PAGE_BYTES - size;

	switch (rng_below(rng, 16)) {
	case 0:
		return NULL;
	case 1:
		return (void *)(uintptr_t)any_number(rng);
	case 2:
		/* Its end is beyond what may be touched. */
		return prey->edge + PAGE_BYTES - rng_below(rng, size);
	case 3:
		memcpy(at, arg, size);
		return at;
	default:
		memcpy(valid, arg, size);
		return valid;
	}
}

static void keep(struct rng *rng, struct prey *prey, int fd)
{
	int *slot = &prey->fd[rng_below(rng, LIVE)];

	if (*slot >= 0)
		close(*slot);
	*slot = fd;
}

/*
 * The right number mostly; another; or the right one with another size, which the
 * kernel cuts or fills up with zeroes. The fd has to be within, or it is lost.
 */
static unsigned long any_request(struct rng *rng)
{
	switch (rng_below(rng, 16)) {
	case 0:
		return _IOC(rng_below(rng, 4), 'H', 1 + rng_below(rng, 255),
			    rng_below(rng, 128));
	case 1:
		return _IOC(_IOC_READ | _IOC_WRITE, 'H', 0,
			    12 + rng_below(rng, ARG_BYTES - 12));
	default:
		return DMA_HEAP_IOCTL_ALLOC;
	}
}

static void judge_alloc(struct hand *h, const struct heap *heap,
			const struct dma_heap_allocation_data *data)
{
	if (!data->len)
		stress_found(h->s, "%s: a buffer of 0 bytes", heap->name);
	if (data->heap_flags || data->fd ||
	    (data->fd_flags & ~(uint32_t)(O_CLOEXEC | O_ACCMODE)))
		stress_found(h->s, "%s: took fd %#x, flags %#x and %#llx",
			     heap->name, data->fd, data->fd_flags,
			     (unsigned long long)data->heap_flags);
}

static void ask_heap(struct hand *h, struct prey *prey)
{
	struct rng *rng = &h->rng;
	bool plain = rng_below(rng, 2);
	struct dma_heap_allocation_data data = {
		.len = plain ? stress_size(rng, 64 << 10) : any_number(rng),
		.fd = (uint32_t)(plain ? 0 : any_number(rng)),
		.fd_flags = (uint32_t)(plain ? O_RDWR | O_CLOEXEC : any_number(rng)),
		.heap_flags = plain ? 0 : any_number(rng),
	};
	const struct heap *heap = &h->s->heap[hand_heap(h)].heap;
	unsigned long request = any_request(rng);
	struct dma_heap_allocation_data *arg =
		place(rng, prey, &data, sizeof(data));
	int got;

	if (ioctl(heap->fd, request, arg))
		return;
	if (_IOC_NR(request)) {
		stress_found(h->s, "%s: took ioctl %#lx", heap->name, request);
		return;
	}
	got = (int)arg->fd;
	if (request == DMA_HEAP_IOCTL_ALLOC)
		judge_alloc(h, heap, &data);
	keep(rng, prey, got);
}

static void ask_buffer(struct hand *h, struct prey *prey, int fd)
{
	static const unsigned long requests[] = {
		DMA_BUF_IOCTL_SYNC, DMA_BUF_SET_NAME_A, DMA_BUF_SET_NAME_B,
		DMA_BUF_IOCTL_EXPORT_SYNC_FILE, DMA_BUF_IOCTL_IMPORT_SYNC_FILE,
	};
	struct rng *rng = &h->rng;
	uint64_t words[ARG_BYTES / sizeof(uint64_t)];
	unsigned long request = requests[rng_below(rng, ARRAY_SIZE(requests))];
	void *arg;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = any_number(rng);
	/* A name ends somewhere. */
	words[ARRAY_SIZE(words) - 1] = 0;
	if (!rng_below(rng, 8))
		request = _IOC(rng_below(rng, 4), 'b', rng_below(rng, 8),
			       rng_below(rng, 128));
	arg = place(rng, prey, words, sizeof(words));
	if (!ioctl(fd, request, arg) && request == DMA_BUF_IOCTL_SYNC)
		stress_found(h->s, "the CPU may sync a restricted buffer");
}

static void use_file(struct hand *h, int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN | POLLOUT };
	struct rng *rng = &h->rng;
	struct stat st;
	char byte = 0;
	void *map;

	switch (rng_below(rng, 6)) {
	case 0:
		map = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
			   fd, (off_t)(any_number(rng) & ~(uint64_t)(PAGE_BYTES - 1)));
		if (map != MAP_FAILED)
			stress_found(h->s, "the CPU can map a restricted buffer");
		break;
	case 1:
		lseek(fd, (off_t)any_number(rng), (int)rng_below(rng, 5));
		break;
	case 2:
		if (read(fd, &byte, 1) == 1 || write(fd, &byte, 1) == 1)
			stress_found(h->s, "a restricted buffer can be read or written");
		break;
	case 3:
		poll(&poll_fd, 1, 0);
		break;
	case 4:
		fstat(fd, &st);
		break;
	default:
		if (!ftruncate(fd, (off_t)any_number(rng)))
			stress_found(h->s, "a buffer's size can be changed");
	}
}

static void step(struct hand *h, struct prey *prey)
{
	int fd = prey->fd[rng_below(&h->rng, LIVE)];

	if (fd < 0 || rng_below(&h->rng, 2))
		ask_heap(h, prey);
	else if (rng_below(&h->rng, 2))
		ask_buffer(h, prey, fd);
	else
		use_file(h, fd);
}

static int make_edge(struct prey *prey)
{
	prey->edge = mmap(NULL, 2 * PAGE_BYTES, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (prey->edge == MAP_FAILED)
		return -errno;
	return mprotect(prey->edge + PAGE_BYTES, PAGE_BYTES, PROT_NONE) ? -errno : 0;
}

static void work(struct hand *h)
{
	struct prey prey;

	memset(prey.fd, 0xff, sizeof(prey.fd));
	if (make_edge(&prey)) {
		stress_found(h->s, "no memory for arguments");
		return;
	}
	while (hand_next(h))
		step(h, &prey);
}

static void run(struct stress *s)
{
	const struct crew crew = { .work = work };

	crew_run(s, &crew);
}

/* Of the twins, that the CPU may not sync is no promise. */
const struct stressor stressor_fuzz_ioctl = {
	.name = "fuzz-ioctl",
	.help = "whatever is asked of a heap or a buffer is done, or gets an errno",
	.ops = 40000,
	.workers = 3,
	.run = run,
};
