// SPDX-License-Identifier: GPL-2.0
/*
 * What an allocation from a heap costs, written once more and as plainly as can
 * be: no library of ours, the processor's counter instead of the C library's
 * clock, all samples kept and sorted. Prints the medians of an alloc and a free.
 */
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WARMUP	50
#define SAMPLES	501

static uint64_t now(void)
{
	uint64_t value;

	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(value) : : "memory");
	return value;
}

static int compare(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static uint64_t alloc[SAMPLES], release[SAMPLES];
	int heap = argc == 3 ? open(argv[1], O_RDWR | O_CLOEXEC) : -1;

	if (heap < 0)
		return 1;
	for (int i = -WARMUP; i < SAMPLES; i++) {
		struct dma_heap_allocation_data data = {
			.len = strtoull(argv[2], NULL, 10),
			.fd_flags = O_RDWR | O_CLOEXEC,
		};
		uint64_t begin, middle, end;

		begin = now();
		if (ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data))
			return 1;
		middle = now();
		close((int)data.fd);
		end = now();
		if (i >= 0) {
			alloc[i] = middle - begin;
			release[i] = end - middle;
		}
	}
	qsort(alloc, SAMPLES, sizeof(*alloc), compare);
	qsort(release, SAMPLES, sizeof(*release), compare);
	printf("alloc %llu\nfree %llu\n", (unsigned long long)alloc[SAMPLES / 2],
	       (unsigned long long)release[SAMPLES / 2]);
	return 0;
}
