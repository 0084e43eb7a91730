// SPDX-License-Identifier: GPL-2.0
/*
 * What does a call into the secure world cost, and for what? A ladder: each
 * step does what one before does, and one thing more.
 *
 * The result of each call is checked. A wrong one ends the program with
 * EXIT_UNTRUSTED: the figures would not be those of the call they name.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bench.h"
#include "rng.h"
#include "tee.h"

#include "restricted_tee.h"

/* The last number of the TEE's ioctl type: none is defined there */
#define UNKNOWN_IOCTL	_IO(TEE_IOC_MAGIC, 0xff)

/*
 * OP-TEE's device enumeration, part of its core since 3.7, with a command it
 * does not have: found, entered, and refused at once by the service itself.
 */
#define PTA_DEVICE_UUID_BYTES { 0x70, 0x11, 0xa6, 0x88, 0xdd, 0xde, 0x40, 0x53, \
				0xa5, 0xa9, 0x7b, 0x3c, 0x4d, 0xdf, 0x13, 0xb8 }
#define PTA_NAME	"OP-TEE's device enumeration"
#define SERVICE_NAME	"the memory service"
#define PTA_UNKNOWN_COMMAND	0x7fffffff

#define SWAP_A	0x01234567u
#define SWAP_B	0x89abcdefu

#define NO_BYTES UINT64_MAX
#define ARRAY_SIZE(a) (sizeof(a) / sizeof(*(a)))

static struct {
	struct opt_texts steps;
	uint64_t samples;
	uint64_t warmup;
	const char *device;
} opts = {
	.samples = 1000,
	.warmup = 16,
	.device = TEE_DEVICE,
};

/*
 * What a step works with; the services' sessions are open for all of them, and
 * @plain is a file whose kind has no ioctl at all.
 */
struct ladder {
	int plain;
	struct tee tee;
	uint32_t pta;
	uint32_t service;
	bool has_pta;
	bool has_service;
};

enum service { SERVICE_NONE, SERVICE_PTA, SERVICE_OURS };

/*
 * A step: @call is timed and returns 0 when the kernel did, @check is not
 * timed and tells whether the answer is the right one.
 */
struct step {
	const char *name;
	enum service needs;
	uint64_t bytes;
	bool keeps_shm;
	int (*call)(const struct ladder *l, struct step *s);
	bool (*check)(const struct step *s);
	const char *help;
	/* While it runs */
	bool chosen;
	struct hist *hist;
	struct tee_shm shm;
	struct tee_ioctl_param param;
	struct tee_reply reply;
};

/* Return: 0 when the ioctl gives this error and no other. */
static int ioctl_refused(int fd, int error)
{
	if (!ioctl(fd, UNKNOWN_IOCTL))
		return -EPROTO;
	return errno == error ? 0 : -errno;
}

static int call_ioctl_enotty(const struct ladder *l, struct step *s)
{
	(void)s;
	return ioctl_refused(l->plain, ENOTTY);
}

static int call_unknown_ioctl(const struct ladder *l, struct step *s)
{
	(void)s;
	return ioctl_refused(l->tee.fd, EINVAL);
}

static int call_version(const struct ladder *l, struct step *s)
{
	struct tee_ioctl_version_data version;

	if (ioctl(l->tee.fd, TEE_IOC_VERSION, &version))
		return -errno;
	s->reply.result = version.impl_id;
	s->reply.origin = l->tee.version.impl_id;
	return 0;
}

static bool check_version(const struct step *s)
{
	return s->reply.result == s->reply.origin;
}

static int call_cancel(const struct ladder *l, struct step *s)
{
	(void)s;
	return tee_cancel(&l->tee, l->pta);
}

static int call_pta(const struct ladder *l, struct step *s)
{
	return tee_invoke(&l->tee, l->pta, PTA_UNKNOWN_COMMAND, NULL, 0,
			  &s->reply);
}

/* Origin: it was the service that did not know the command. */
static bool check_pta(const struct step *s)
{
	return s->reply.result == TEE_RESULT_NOT_IMPLEMENTED &&
	       s->reply.origin == TEE_ORIGIN_IN_TA;
}

static int call_nop(const struct ladder *l, struct step *s)
{
	return tee_invoke(&l->tee, l->service, MEMSVC_CMD_NOP, NULL, 0,
			  &s->reply);
}

static bool check_ok(const struct step *s)
{
	return s->reply.result == TEE_OK;
}

#define check_nop check_ok
#define check_session check_ok

static int call_swap(const struct ladder *l, struct step *s)
{
	s->param = tee_param_value(SWAP_A, SWAP_B);
	return tee_invoke(&l->tee, l->service, MEMSVC_CMD_SWAP, &s->param, 1,
			  &s->reply);
}

static bool check_swap(const struct step *s)
{
	return check_ok(s) && s->param.a == SWAP_B && s->param.b == SWAP_A;
}

static int call_memref(const struct ladder *l, struct step *s)
{
	s->param = tee_param_memref(TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT,
				    &s->shm, s->bytes);
	return tee_invoke(&l->tee, l->service, MEMSVC_CMD_NOP, &s->param, 1,
			  &s->reply);
}

static int call_fresh_memref(const struct ladder *l, struct step *s)
{
	int err = tee_shm_alloc(&l->tee, s->bytes, &s->shm);

	if (err)
		return err;
	err = call_memref(l, s);
	tee_shm_free(&s->shm);
	return err;
}

static int call_session(const struct ladder *l, struct step *s)
{
	static const uint8_t uuid[] = MEMSVC_UUID_BYTES;
	uint32_t session;
	int err;

	err = tee_session_open(&l->tee, uuid, &session, &s->reply);
	if (err || s->reply.result != TEE_OK)
		return err;
	return tee_session_close(&l->tee, session);
}

#define STEP(step_name, service, text)					\
	{ .name = #step_name, .needs = service, .bytes = NO_BYTES,	\
	  .call = call_##step_name, .check = check_##step_name, .help = text }
#define STEP_UNCHECKED(step_name, service, text)			\
	{ .name = #step_name, .needs = service, .bytes = NO_BYTES,	\
	  .call = call_##step_name, .help = text }
#define STEP_MEMREF(size)						\
	{ .name = "memref", .needs = SERVICE_OURS, .bytes = (size),	\
	  .keeps_shm = true, .call = call_memref, .check = check_ok,	\
	  .help = "nop with a reference to shared memory made once" }
#define STEP_FRESH_MEMREF(size)						\
	{ .name = "fresh_memref", .needs = SERVICE_OURS, .bytes = (size), \
	  .call = call_fresh_memref, .check = check_ok,			\
	  .help = "the same, shared memory made and given back each time" }

static struct step steps[] = {
	STEP_UNCHECKED(ioctl_enotty, SERVICE_NONE,
		       "an ioctl on an eventfd, which has none: ENOTTY, of no driver"),
	STEP_UNCHECKED(unknown_ioctl, SERVICE_NONE,
		       "an ioctl that the TEE driver does not know: EINVAL"),
	STEP(version, SERVICE_NONE, "TEE_IOC_VERSION, answered by the kernel"),
	STEP_UNCHECKED(cancel, SERVICE_PTA,
		       "TEE_IOC_CANCEL of an idle session: into OP-TEE, into no service"),
	STEP(pta, SERVICE_PTA,
	     "a command that OP-TEE's device enumeration does not know"),
	STEP(nop, SERVICE_OURS,
	     "a command of our service that does nothing"),
	STEP(swap, SERVICE_OURS, "two values there, two back"),
	STEP_MEMREF(0), STEP_MEMREF(4 << 10), STEP_MEMREF(64 << 10),
	STEP_MEMREF(256 << 10), STEP_MEMREF(1 << 20),
	STEP_FRESH_MEMREF(4 << 10), STEP_FRESH_MEMREF(64 << 10),
	STEP_FRESH_MEMREF(256 << 10), STEP_FRESH_MEMREF(1 << 20),
	STEP(session, SERVICE_OURS,
	     "a session with our service opened and closed"),
};

/* @text gets the step as people read it. */
static const char *step_text(char text[64], const struct step *s)
{
	char size[24];

	if (s->bytes == NO_BYTES)
		snprintf(text, 64, "%s", s->name);
	else
		snprintf(text, 64, "%s %s", s->name,
			 format_size(size, s->bytes));
	return text;
}

static int choose(const char *name)
{
	int found = 0;

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		if (!strcmp(steps[i].name, name)) {
			steps[i].chosen = true;
			found++;
		}
	}
	if (!found)
		diag("--step %s: no such step, see --list", name);
	return found ? EXIT_PASS : EXIT_USAGE;
}

static int choose_steps(void)
{
	for (size_t i = 0; i < opts.steps.n; i++)
		if (choose(opts.steps.v[i]))
			return EXIT_USAGE;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		steps[i].chosen |= !opts.steps.n;
	return EXIT_PASS;
}

/* Open a session with a service, if it is there; say why not. */
static bool open_service(const struct ladder *l, const char *name,
			 const uint8_t uuid[16], uint32_t *session)
{
	struct tee_reply reply;
	int err;

	err = tee_probe(opts.device, uuid, &reply);
	if (!err && reply.result == TEE_OK)
		err = tee_session_open(&l->tee, uuid, session, &reply);
	if (err == -ETIMEDOUT)
		diag("%s: not in this OP-TEE, which waits for tee-supplicant to bring it; boot the one that holds it",
		     name);
	else if (err)
		diag("%s: cannot open a session: %s", name, strerror(-err));
	else if (reply.result != TEE_OK)
		diag("%s: no session, TEE result 0x%08x%s", name, reply.result,
		     reply.result == TEE_RESULT_NO_ITEM ?
		     "; not in this OP-TEE, boot the one that holds it" : "");
	return !err && reply.result == TEE_OK;
}

static int open_ladder(struct ladder *l)
{
	static const uint8_t pta[] = PTA_DEVICE_UUID_BYTES;
	static const uint8_t ours[] = MEMSVC_UUID_BYTES;
	int err;

	memset(l, 0, sizeof(*l));
	err = tee_open(&l->tee, opts.device);
	if (err) {
		diag("%s: %s; check that OP-TEE is in the boot and the kernel log for optee",
		     opts.device, strerror(-err));
		return EXIT_MISSING;
	}
	l->plain = eventfd(0, EFD_CLOEXEC);
	if (l->plain < 0) {
		diag("cannot make an eventfd: %s", strerror(errno));
		tee_close(&l->tee);
		return EXIT_MISSING;
	}
	l->has_pta = open_service(l, PTA_NAME, pta, &l->pta);
	l->has_service = open_service(l, SERVICE_NAME, ours, &l->service);
	return EXIT_PASS;
}

static void close_ladder(struct ladder *l)
{
	if (l->has_service)
		tee_session_close(&l->tee, l->service);
	if (l->has_pta)
		tee_session_close(&l->tee, l->pta);
	close(l->plain);
	tee_close(&l->tee);
}

/*
 * Drop the steps whose service is not there. Return how many are missed: those
 * that are OP-TEE's own are not in another TEE, unless they were asked for.
 */
static size_t drop_steps(const struct ladder *l)
{
	bool own = l->tee.version.impl_id == TEE_IMPL_ID_OPTEE || opts.steps.n;
	size_t dropped = 0;

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		struct step *s = &steps[i];
		char text[64];

		if (!s->chosen ||
		    !((s->needs == SERVICE_PTA && !l->has_pta) ||
		      (s->needs == SERVICE_OURS && !l->has_service)))
			continue;
		diag("step %s: skipped, %s is not there", step_text(text, s),
		     s->needs == SERVICE_PTA ? PTA_NAME : SERVICE_NAME);
		s->chosen = false;
		dropped += own || s->needs != SERVICE_PTA;
	}
	return dropped;
}

static int prepare_step(const struct ladder *l, struct step *s)
{
	s->hist = hist_new();
	if (!s->hist)
		return -ENOMEM;
	if (!s->keeps_shm)
		return 0;
	/* Of no bytes there is a reference, but no memory. */
	return tee_shm_alloc(&l->tee, s->bytes ? s->bytes : 1, &s->shm);
}

static int prepare_steps(const struct ladder *l)
{
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		char text[64];
		int err;

		if (!steps[i].chosen)
			continue;
		steps[i].shm.fd = -1;
		err = prepare_step(l, &steps[i]);
		if (err) {
			diag("step %s: cannot prepare it: %s",
			     step_text(text, &steps[i]), strerror(-err));
			return EXIT_MISSING;
		}
	}
	return EXIT_PASS;
}

static void release_steps(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		if (steps[i].keeps_shm && steps[i].hist &&
		    steps[i].shm.fd >= 0)
			tee_shm_free(&steps[i].shm);
		hist_free(steps[i].hist);
		steps[i].hist = NULL;
	}
}

static int take_sample(const struct ladder *l, struct step *s, bool keep)
{
	uint64_t begin, end;
	char text[64];
	int err;

	begin = clock_now();
	err = s->call(l, s);
	end = clock_now();
	if (err) {
		diag("step %s: %s", step_text(text, s), strerror(-err));
		return err == -ENODEV ? EXIT_MISSING : EXIT_UNTRUSTED;
	}
	if (s->check && !s->check(s)) {
		diag("step %s: not the answer that was to come (TEE result 0x%08x from origin %u)",
		     step_text(text, s), s->reply.result, s->reply.origin);
		return EXIT_UNTRUSTED;
	}
	if (keep)
		hist_record(s->hist, end - begin);
	return EXIT_PASS;
}

static int take_samples(const struct bench_env *env, const struct ladder *l)
{
	uint64_t rounds = opts.warmup + opts.samples;
	struct rng rng = { .state = env->seed };
	size_t order[ARRAY_SIZE(steps)];
	size_t n = 0;
	int code = EXIT_PASS;

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (steps[i].chosen)
			order[n++] = i;
	diag("%" PRIu64 " samples, steps: %zu", opts.samples, n);
	for (uint64_t round = 0; !code && round < rounds; round++) {
		rng_shuffle(&rng, order, n);
		for (size_t i = 0; !code && i < n; i++)
			code = take_sample(l, &steps[order[i]],
					   round >= opts.warmup);
	}
	return code;
}

static int emit_steps(const struct bench_env *env)
{
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		struct record r;
		int err;

		if (!steps[i].chosen)
			continue;
		bench_record(env, &r, "tee_rtt", "latency", NULL);
		record_text(&r, "step", steps[i].name);
		if (steps[i].bytes != NO_BYTES)
			record_count(&r, "bytes", steps[i].bytes);
		err = record_emit_repeated(&r, STDOUT_FILENO, steps[i].hist,
					   opts.warmup);
		if (err) {
			diag("cannot write the measurements: %s",
			     strerror(-err));
			return EXIT_UNTRUSTED;
		}
	}
	return EXIT_PASS;
}

static int run(const struct bench_env *env)
{
	struct ladder l;
	size_t dropped;
	int code;

	code = choose_steps();
	if (code)
		return code;
	code = open_ladder(&l);
	if (code)
		return code;
	dropped = drop_steps(&l);
	code = prepare_steps(&l);
	if (!code)
		code = take_samples(env, &l);
	if (!code)
		code = emit_steps(env);
	release_steps();
	close_ladder(&l);
	return !code && dropped ? EXIT_MISSING : code;
}

static int list(const struct bench_env *env)
{
	int code = choose_steps();

	(void)env;
	for (size_t i = 0; !code && i < ARRAY_SIZE(steps); i++) {
		const struct step *s = &steps[i];
		char size[24];

		if (!s->chosen)
			continue;
		printf("tee_rtt step=%s", s->name);
		if (s->bytes != NO_BYTES)
			printf(" bytes=%s", format_size(size, s->bytes));
		printf(" n=%" PRIu64 "  %s\n", opts.samples, s->help);
	}
	return code;
}

static const struct opt options[] = {
	{ "step", OPT_TEXTS, &opts.steps, .meta = "NAME",
	  .help = "step to measure; default: all, see --list" },
	{ "samples", OPT_COUNT, &opts.samples, .min = 1, .max = HIST_RAW,
	  .meta = "N", .help = "calls of each step, 16384 at most: so many are kept as they are" },
	{ "warmup", OPT_COUNT, &opts.warmup, .max = 1000000, .meta = "N",
	  .help = "calls of each step before those that count" },
	{ "device", OPT_TEXT, &opts.device, .meta = "PATH",
	  .help = "the TEE" },
	{ .name = NULL },
};

static const struct bench tee_rtt = {
	.name = "tee_rtt",
	.help = "What does a call into the secure world cost, and for what: the time of each step\n"
		"of a ladder (params.step, params.bytes of shared memory), from an ioctl that\n"
		"returns ENOTTY to a session opened and closed. The steps' samples are taken in\n"
		"turn, in random order. Each answer is checked.",
	.examples = "  tee_rtt\n"
		    "  tee_rtt --step nop --step swap --samples 10000\n"
		    "  tee_rtt --list\n",
	.options = options,
	.list = list,
	.run = run,
};

int main(int argc, char **argv)
{
	return bench_main(&tee_rtt, argc, argv);
}
