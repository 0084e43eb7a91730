// SPDX-License-Identifier: GPL-2.0
/*
 * The instruments are checked against this: a plain loop that allocates a
 * buffer and frees it. It shares nothing with them, neither the library nor
 * the way to the clock: it reads the counter itself, and sorts its samples.
 *
 *	plain_loop HEAP BYTES PAIRS
 *		prints medians without what reading the counter takes: "alloc A free F
 *		cycle C"
 *	plain_loop HEAP BYTES PAIRS total
 *		prints what all pairs took: "total T"; beside them nothing that it
 *		does depends on PAIRS
 *
 * All are ticks of the virtual counter; in the machine under icount one is one
 * instruction.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/dma-heap.h>

#define MOST_PAIRS	10000
#define WARMUP		20

enum { ALLOC, FREE, CYCLE, EMPTY, KINDS };

static uint64_t samples[KINDS][MOST_PAIRS];

static uint64_t counter(void)
{
	uint64_t ticks;

	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
	return ticks;
}

static int alloc(int heap, uint64_t bytes)
{
	struct dma_heap_allocation_data data = {
		.len = bytes,
		.fd_flags = O_RDWR | O_CLOEXEC,
	};

	if (syscall(SYS_ioctl, heap, DMA_HEAP_IOCTL_ALLOC, &data)) {
		perror("plain_loop: DMA_HEAP_IOCTL_ALLOC");
		exit(1);
	}
	return (int)data.fd;
}

static void loop(int heap, uint64_t bytes, int pairs)
{
	for (int i = 0; i < pairs; i++) {
		uint64_t begin = counter(), middle, end;
		int fd = alloc(heap, bytes);

		middle = counter();
		syscall(SYS_close, fd);
		end = counter();
		samples[ALLOC][i] = middle - begin;
		samples[FREE][i] = end - middle;
		samples[CYCLE][i] = end - begin;
	}
}

static void loop_empty(int pairs)
{
	for (int i = 0; i < pairs; i++) {
		uint64_t begin = counter();

		samples[EMPTY][i] = counter() - begin;
	}
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static uint64_t median(uint64_t *sample, int n)
{
	qsort(sample, (size_t)n, sizeof(*sample), compare);
	return sample[(n - 1) / 2];
}

static void print_medians(int pairs)
{
	uint64_t empty;

	loop_empty(pairs);
	empty = median(samples[EMPTY], pairs);
	printf("alloc %llu free %llu cycle %llu\n",
	       (unsigned long long)(median(samples[ALLOC], pairs) - empty),
	       (unsigned long long)(median(samples[FREE], pairs) - empty),
	       (unsigned long long)(median(samples[CYCLE], pairs) - 2 * empty));
}

int main(int argc, char **argv)
{
	int pairs = argc > 3 ? atoi(argv[3]) : 0;
	uint64_t bytes, begin, total;
	char path[128];
	int heap;

	if (pairs < 1 || pairs > MOST_PAIRS) {
		fprintf(stderr, "usage: plain_loop HEAP BYTES PAIRS [total], %d pairs at most\n",
			MOST_PAIRS);
		return 64;
	}
	snprintf(path, sizeof(path), "/dev/dma_heap/%s", argv[1]);
	bytes = strtoull(argv[2], NULL, 0);
	heap = open(path, O_RDWR | O_CLOEXEC);
	if (heap < 0) {
		perror(path);
		return 3;
	}
	/* Every page is there before it counts. */
	memset(samples, 1, sizeof(samples));
	loop(heap, bytes, WARMUP);
	begin = counter();
	loop(heap, bytes, pairs);
	total = counter() - begin;
	if (argc > 4 && !strcmp(argv[4], "total"))
		printf("total %llu\n", (unsigned long long)total);
	else
		print_medians(pairs);
	return 0;
}
