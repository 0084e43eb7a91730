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
#include "fuzz_ioctl.h"

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

/* What a worker has */
static struct prey {
	int fd[LIVE];
	/* Two pages, of which the second may not be touched */
	unsigned char *edge;
} prey;

static uint64_t any_number(struct choices *c)
{
	uint64_t n = corpus[choose_below(c, ARRAY_SIZE(corpus))];

	switch (choose_below(c, 8)) {
	case 0:
		return choose_any(c) >> choose_below(c, 64);
	case 1:
		return n + choose_below(c, 3) - 1;
	default:
		return n;
	}
}

/* An argument: valid memory, the edge of it, or none */
static void *place(struct choices *c, const void *arg, size_t size)
{
	static unsigned char valid[ARG_BYTES];
	unsigned char *at = prey.edge + PAGE_BYTES - size;

	switch (choose_below(c, 16)) {
	case 0:
		return NULL;
	case 1:
		return (void *)(uintptr_t)any_number(c);
	case 2:
		/* Its end is beyond what may be touched. */
		return prey.edge + PAGE_BYTES - choose_below(c, size);
	case 3:
		memcpy(at, arg, size);
		return at;
	default:
		memcpy(valid, arg, size);
		return valid;
	}
}

static void keep(struct choices *c, int fd)
{
	int *slot = &prey.fd[choose_below(c, LIVE)];

	if (*slot >= 0)
		close(*slot);
	*slot = fd;
}

/*
 * The right number mostly; another; or the right one with another size, which the
 * kernel cuts or fills up with zeroes. The fd has to be within, or it is lost.
 */
static unsigned long any_request(struct choices *c)
{
	switch (choose_below(c, 16)) {
	case 0:
		return _IOC(choose_below(c, 4), 'H', 1 + choose_below(c, 255),
			    choose_below(c, 128));
	case 1:
		return _IOC(_IOC_READ | _IOC_WRITE, 'H', 0,
			    12 + choose_below(c, ARG_BYTES - 12));
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

static void ask_heap(struct hand *h)
{
	struct choices *c = &h->choices;
	bool plain = choose_below(c, 2);
	struct dma_heap_allocation_data data = {
		.len = plain ? stress_size(c, 64 << 10) : any_number(c),
		.fd = (uint32_t)(plain ? 0 : any_number(c)),
		.fd_flags = (uint32_t)(plain ? O_RDWR | O_CLOEXEC : any_number(c)),
		.heap_flags = plain ? 0 : any_number(c),
	};
	const struct heap *heap = &h->s->heap[hand_heap(h)].heap;
	unsigned long request = any_request(c);
	struct dma_heap_allocation_data *arg = place(c, &data, sizeof(data));
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
	keep(c, got);
}

static void ask_buffer(struct hand *h, int fd)
{
	static const unsigned long requests[] = {
		DMA_BUF_IOCTL_SYNC, DMA_BUF_SET_NAME_A, DMA_BUF_SET_NAME_B,
		DMA_BUF_IOCTL_EXPORT_SYNC_FILE, DMA_BUF_IOCTL_IMPORT_SYNC_FILE,
	};
	struct choices *c = &h->choices;
	uint64_t words[ARG_BYTES / sizeof(uint64_t)];
	unsigned long request = requests[choose_below(c, ARRAY_SIZE(requests))];
	void *arg;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = any_number(c);
	/* A name ends somewhere. */
	words[ARRAY_SIZE(words) - 1] = 0;
	if (!choose_below(c, 8))
		request = _IOC(choose_below(c, 4), 'b', choose_below(c, 8),
			       choose_below(c, 128));
	arg = place(c, words, sizeof(words));
	if (!ioctl(fd, request, arg) && request == DMA_BUF_IOCTL_SYNC)
		stress_found(h->s, "the CPU may sync a restricted buffer");
}

static void use_file(struct hand *h, int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN | POLLOUT };
	struct choices *c = &h->choices;
	struct stat st;
	char byte = 0;
	void *map;

	switch (choose_below(c, 6)) {
	case 0:
		map = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
			   fd, (off_t)(any_number(c) & ~(uint64_t)(PAGE_BYTES - 1)));
		if (map != MAP_FAILED)
			stress_found(h->s, "the CPU can map a restricted buffer");
		break;
	case 1:
		lseek(fd, (off_t)any_number(c), (int)choose_below(c, 5));
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
		if (!ftruncate(fd, (off_t)any_number(c)))
			stress_found(h->s, "a buffer's size can be changed");
	}
}

int fuzz_ioctl_buffer(struct choices *c)
{
	return prey.fd[choose_below(c, LIVE)];
}

void fuzz_ioctl_call(struct hand *h)
{
	int fd = fuzz_ioctl_buffer(&h->choices);

	if (fd < 0 || choose_below(&h->choices, 2))
		ask_heap(h);
	else if (choose_below(&h->choices, 2))
		ask_buffer(h, fd);
	else
		use_file(h, fd);
}

int fuzz_ioctl_begin(struct hand *h)
{
	memset(prey.fd, 0xff, sizeof(prey.fd));
	prey.edge = mmap(NULL, 2 * PAGE_BYTES, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (prey.edge == MAP_FAILED ||
	    mprotect(prey.edge + PAGE_BYTES, PAGE_BYTES, PROT_NONE)) {
		stress_found(h->s, "no memory for arguments");
		return -ENOMEM;
	}
	return 0;
}

void fuzz_ioctl_end(struct hand *h)
{
	(void)h;
	for (size_t i = 0; i < LIVE; i++)
		if (prey.fd[i] >= 0)
			close(prey.fd[i]);
	munmap(prey.edge, 2 * PAGE_BYTES);
}

static void run(struct stress *s)
{
	static const struct fuzz fuzz = {
		.begin = fuzz_ioctl_begin, .call = fuzz_ioctl_call,
		.end = fuzz_ioctl_end, .turn = FUZZ_ONE_TURN,
	};

	fuzz_run(s, &fuzz);
}

/* Of the twins, that the CPU may not sync is no promise. */
const struct stressor stressor_fuzz_ioctl = {
	.name = "fuzz-ioctl",
	.help = "whatever is asked of a heap or a buffer is done, or gets an errno",
	.ops = 40000,
	.workers = 3,
	.plays = true,
	.run = run,
};
