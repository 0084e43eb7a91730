// SPDX-License-Identifier: GPL-2.0
/*
 * Everything at once: heaps and buffers are asked anything, tunables are written,
 * devices attach, the kernel wants memory back, and the TEE fails, dies and
 * returns, in any order.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "catalogue.h"
#include "device.h"
#include "fault.h"
#include "fuzz_ioctl.h"
#include "restore.h"
#include "textfile.h"
#include "tunable.h"

#define TURN_CALLS	64
/* Attachments get numbers from 1 on. */
#define IDS		6
#define NTH_MAX		6
#define REST_US		4000

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

/* What a worker has */
static int importer;

static void attach(struct hand *h)
{
	struct choices *c = &h->choices;
	int fd = fuzz_ioctl_buffer(c);
	__u32 device = (__u32)choose_below(c, RESTRICTED_IMPORTER_NARROW + 1);
	__u32 id;

	if (!device_attach(importer, fd, device, &id) &&
	    device == RESTRICTED_IMPORTER_NARROW)
		stress_found(h->s, "a device that would bounce attached");
}

static void ask_device(struct hand *h)
{
	static const unsigned long requests[] = {
		RESTRICTED_IMPORTER_MAP, RESTRICTED_IMPORTER_UNMAP,
		RESTRICTED_IMPORTER_DETACH,
	};
	struct choices *c = &h->choices;
	unsigned long request;

	switch (choose_below(c, 5)) {
	case 0:
		if (!device_vmap(importer, fuzz_ioctl_buffer(c)))
			stress_found(h->s, "the kernel can map a restricted buffer");
		return;
	case 1:
	case 2:
		attach(h);
		return;
	default:
		request = requests[choose_below(c, ARRAY_SIZE(requests))];
		device_ask(importer, request, (__u32)choose_below(c, IDS));
	}
}

static void read_file(struct hand *h)
{
	static const char *const files[] = {
		"stats", "semantics", "policy", "orders", "reclaim", "keep_bytes",
	};
	struct choices *c = &h->choices;
	const char *heap = h->s->heap[hand_heap(h)].heap.name;
	static char text[4 * PAGE_BYTES];

	heap_file_read(heap, files[choose_below(c, ARRAY_SIZE(files))], text,
		       sizeof(text));
}

/* The kernel asks for memory, in one way or another. */
static void press(struct hand *h)
{
	static const char *const files[][2] = {
		{ "/proc/sys/vm/drop_caches", "6" },
		{ "/proc/sys/vm/compact_memory", "1" },
	};
	size_t i = choose_below(&h->choices, ARRAY_SIZE(files));

	textfile_write(files[i][0], files[i][1]);
}

static void break_tee(struct hand *h)
{
	struct choices *c = &h->choices;
	const char *kind = fault_kinds[choose_below(c, FAULT_KINDS)];

	switch (choose_below(c, 8)) {
	case 0:
		fault_life(h->s, "die");
		break;
	case 1:
		fault_life(h->s, "revive");
		break;
	case 2:
		fault_arm(h->s, "off");
		break;
	default:
		fault_arm(h->s, "%s nth=%" PRIu64, kind,
			  1 + choose_below(c, NTH_MAX));
	}
	stress_injected(h->s, 1);
}

/* Time for what a heap does later, by itself */
static void rest(struct hand *h)
{
	stress_nap((unsigned int)choose_below(&h->choices, REST_US));
}

/* Each as likely as it is often */
static void call(struct hand *h)
{
	static void (*const calls[])(struct hand *h) = {
		fuzz_ioctl_call, fuzz_ioctl_call, fuzz_ioctl_call,
		fuzz_ioctl_call, fuzz_ioctl_call, fuzz_ioctl_call,
		ask_device, ask_device, ask_device, tunable_write, tunable_write,
		break_tee, break_tee, read_file, press, rest,
	};

	calls[choose_below(&h->choices, ARRAY_SIZE(calls))](h);
}

static int begin(struct hand *h)
{
	importer = device_open();
	if (importer < 0) {
		stress_found(h->s, "the importer cannot be opened");
		return importer;
	}
	return fuzz_ioctl_begin(h);
}

static void end(struct hand *h)
{
	close(importer);
	fuzz_ioctl_end(h);
	fault_arm(h->s, "off");
	fault_life(h->s, "revive");
	tunables_reset(h->s);
}

static int prepare(struct stress *s)
{
	int err = stress_importer(s);

	return err ? err : tunables_find(s);
}

static void run(struct stress *s)
{
	static const struct fuzz fuzz = {
		.begin = begin, .call = call, .end = end, .turn = TURN_CALLS,
	};

	/* What was written to a tunable before must still be there. */
	s->workers = 1;
	fuzz_run(s, &fuzz);
	fault_end(s);
	restore_now();
}

const struct stressor stressor_fuzz_mix = {
	.name = "fuzz-mix",
	.help = "whatever is asked of heaps, buffers, tunables, devices and a TEE that fails, nothing is lost",
	.ops = 10000,
	.workers = 1,
	.faults = true,
	.plays = true,
	.prepare = prepare,
	.run = run,
};
