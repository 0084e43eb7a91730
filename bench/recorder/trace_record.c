// SPDX-License-Identifier: GPL-2.0
/*
 * What do the programs of this machine ask of its heaps? Listens to the
 * kernel's events, and writes a trace that replay plays.
 *
 * The file appears when the recording has ended, and is whole: it is written
 * under another name and renamed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "dmabuf.h"
#include "heap.h"
#include "map.h"
#include "model.h"
#include "trace.h"
#include "tracefs.h"

/* How often events are read and compared with the list of dma-bufs */
#define LOOK_EVERY_US	100000

#define USEC_PER_SEC	1000000
#define NSEC_PER_USEC	1000
#define PATH_BYTES	4096
#define CHUNK		65536

static struct {
	const char *out;
	struct opt_texts heaps;
	struct opt_texts maps;
	const char *run;
	uint64_t seconds;
	uint64_t buffer_kb;
} opts = {
	.buffer_kb = 1024,
};

/* Text that was read of trace_pipe; the last line may not be whole yet */
struct input {
	char text[2 * CHUNK];
	size_t len;
	bool lost;
};

struct recording {
	struct tracefs tracefs;
	struct input input;
	struct model *model;
	uint64_t *ino;
	size_t nr_ino;
	size_t room_ino;
	bool no_memory;
	pid_t child;
};

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static bool is_heap(const char *name)
{
	char path[sizeof("/dev/dma_heap/") + HEAP_NAME_MAX];

	snprintf(path, sizeof(path), "/dev/dma_heap/%s", name);
	return !access(path, F_OK);
}

/* Most heaps export under their own names; --map tells of those that do not. */
static const char *heap_of(const char *exporter)
{
	const char *heap = map_find(&opts.maps, exporter);

	if (!heap)
		heap = exporter;
	for (size_t i = 0; i < opts.heaps.n; i++)
		if (!strcmp(opts.heaps.v[i], heap))
			return heap;
	return !opts.heaps.n && trace_heap_ok(heap) && is_heap(heap) ? heap :
								       NULL;
}

/* Give the whole lines to the model. */
static int take_lines(struct recording *r)
{
	struct input *in = &r->input;
	char *line = in->text;
	char *newline;
	int err = 0;

	while (!err &&
	       (newline = memchr(line, '\n',
				 in->len - (size_t)(line - in->text)))) {
		struct line event;

		*newline = '\0';
		line_parse(line, &event);
		in->lost |= event.kind == LINE_LOST;
		err = model_event(r->model, &event);
		line = newline + 1;
	}
	in->len -= (size_t)(line - in->text);
	memmove(in->text, line, in->len);
	/* No event is that long */
	if (in->len >= CHUNK)
		in->len = 0;
	return err;
}

static int read_events(struct recording *r)
{
	struct input *in = &r->input;
	ssize_t got;
	int err = 0;

	while (!err && (got = read(r->tracefs.pipe, in->text + in->len,
				   CHUNK)) > 0) {
		in->len += (size_t)got;
		err = take_lines(r);
	}
	if (err)
		return err;
	return got < 0 && errno != EAGAIN && errno != EINTR ? -errno : 0;
}

static void note_ino(const struct dmabuf_line *buf, void *data)
{
	struct recording *r = data;

	if (r->nr_ino == r->room_ino) {
		size_t more = r->room_ino ? 2 * r->room_ino : 256;
		uint64_t *moved = reallocarray(r->ino, more,
					       sizeof(*moved));

		if (!moved) {
			r->no_memory = true;
			return;
		}
		r->ino = moved;
		r->room_ino = more;
	}
	r->ino[r->nr_ino++] = buf->ino;
}

/*
 * First the list and then the events: so of what the list does not have any
 * more, the close is among them.
 */
static int look(struct recording *r)
{
	uint64_t now = clock_now() / NSEC_PER_USEC;
	int err;

	r->nr_ino = 0;
	r->no_memory = false;
	err = dmabuf_each(note_ino, r);
	if (err || r->no_memory)
		return err ? err : -ENOMEM;
	err = read_events(r);
	if (!err)
		model_look(r->model, now, r->ino, r->nr_ino);
	return err;
}

static int start_command(struct recording *r)
{
	if (!opts.run)
		return 0;
	r->child = fork();
	if (r->child < 0)
		return -errno;
	if (!r->child) {
		execl("/bin/sh", "sh", "-c", opts.run, (char *)NULL);
		_exit(127);
	}
	return 0;
}

/* Has the command ended? Says so if it did not end well. */
static bool command_ended(struct recording *r)
{
	int status;

	if (!r->child || waitpid(r->child, &status, WNOHANG) != r->child)
		return false;
	r->child = 0;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		diag("warning: the command ended with %d",
		     WIFEXITED(status) ? WEXITSTATUS(status) :
					 128 + WTERMSIG(status));
	return true;
}

static int listen_until_end(struct recording *r)
{
	uint64_t begin = clock_now();
	uint64_t length = opts.seconds * USEC_PER_SEC * NSEC_PER_USEC;
	bool ended = false;
	int err = 0;

	while (!err && !stopped && !ended) {
		usleep(LOOK_EVERY_US);
		ended = command_ended(r) ||
			(opts.seconds && clock_now() - begin >= length);
		err = look(r);
	}
	if (err)
		return err;
	tracefs_stop(&r->tracefs);
	return look(r);
}

static int print_to(FILE *out, const struct recording *r,
		    struct model_counts *counts)
{
	int err = model_print(r->model, out, counts);

	if (!err && (fflush(out) || ferror(out)))
		err = errno ? -errno : -EIO;
	if (!err && fsync(fileno(out)))
		err = -errno;
	return err;
}

/* Under another name first: a trace that is there is whole. */
static int write_trace(const struct recording *r)
{
	struct model_counts counts;
	char path[PATH_BYTES];
	FILE *out;
	int err;

	if (snprintf(path, sizeof(path), "%s.new", opts.out) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	out = fopen(path, "we");
	if (!out)
		return -errno;
	err = print_to(out, r, &counts);
	if (fclose(out) && !err)
		err = -errno;
	if (!err && rename(path, opts.out))
		err = -errno;
	if (err) {
		unlink(path);
		return err;
	}
	diag("%s: %" PRIu64 " allocs, %" PRIu64 " frees, %" PRIu64 " of these when they were missed",
	     opts.out, counts.allocs, counts.frees, counts.guessed);
	return 0;
}

static int finish(const struct recording *r)
{
	int err;

	if (r->input.lost) {
		diag("events were lost, so there is no trace; try again with more than --buffer %" PRIu64,
		     opts.buffer_kb);
		return EXIT_UNTRUSTED;
	}
	err = write_trace(r);
	if (!err)
		return EXIT_PASS;
	diag("%s: %s", opts.out, strerror(-err));
	return EXIT_MISSING;
}

static int record_events(struct recording *r)
{
	int err = tracefs_open(&r->tracefs, opts.buffer_kb);

	if (err) {
		diag("cannot listen to dma-buf's events: %s",
		     err == -EACCES || err == -EPERM ? "run as root" :
		     err == -ENOENT ? "mount tracefs at /sys/kernel/tracing; the kernel needs CONFIG_FTRACE" :
		     strerror(-err));
		return EXIT_MISSING;
	}
	if (!r->tracefs.closes)
		diag("warning: this kernel does not tell of closes (CONFIG_FTRACE_SYSCALLS): times of frees are good to %d ms only, but for our own heaps",
		     LOOK_EVERY_US / 1000);
	err = start_command(r);
	if (!err)
		err = listen_until_end(r);
	tracefs_close(&r->tracefs);
	if (err) {
		diag("recording ended: %s", err == -ENOENT ?
		     "mount debugfs at /sys/kernel/debug for the list of dma-bufs" :
		     strerror(-err));
		return EXIT_MISSING;
	}
	return finish(r);
}

static int check_options(void)
{
	if (map_check(&opts.maps, "map"))
		return EXIT_USAGE;
	for (size_t i = 0; i < opts.heaps.n; i++) {
		if (!trace_heap_ok(opts.heaps.v[i])) {
			diag("--heap %s: no heap has such a name",
			     opts.heaps.v[i]);
			return EXIT_USAGE;
		}
	}
	if (!opts.out) {
		diag("no --out: say where the trace goes");
		return EXIT_USAGE;
	}
	return EXIT_PASS;
}

static int run(const struct bench_env *env)
{
	static struct recording r;
	const struct sigaction action = { .sa_handler = stop };
	int code = check_options();

	(void)env;
	if (code)
		return code;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	r.model = model_new(heap_of);
	if (!r.model) {
		diag("no memory");
		return EXIT_MISSING;
	}
	code = record_events(&r);
	model_free(r.model);
	free(r.ino);
	return code;
}

static int list(const struct bench_env *env)
{
	(void)env;
	for (size_t i = 0; i < opts.heaps.n; i++)
		printf("trace_record heap=%s\n", opts.heaps.v[i]);
	if (!opts.heaps.n)
		puts("trace_record heap=all of /dev/dma_heap");
	return EXIT_PASS;
}

static const struct opt options[] = {
	{ "out", OPT_TEXT, &opts.out, .meta = "FILE",
	  .help = "where the trace goes" },
	{ "heap", OPT_TEXTS, &opts.heaps, .meta = "NAME",
	  .help = "heap to listen to; default: all" },
	{ "map", OPT_TEXTS, &opts.maps, .meta = "FROM=TO",
	  .help = "what exporter FROM exports is of heap TO" },
	{ "run", OPT_TEXT, &opts.run, .meta = "COMMAND",
	  .help = "record while this runs, by sh -c" },
	{ "seconds", OPT_COUNT, &opts.seconds, .max = 86400, .meta = "N",
	  .help = "record so long; 0: until SIGINT, or the command's end" },
	{ "buffer", OPT_COUNT, &opts.buffer_kb, .min = 64, .max = 1 << 20,
	  .meta = "KIB", .help = "the kernel's buffer for events, a processor" },
	{ .name = NULL },
};

static const struct bench trace_record = {
	.name = "trace_record",
	.help = "What do the programs of this machine ask of its heaps? Listens to the kernel's\n"
		"events, and writes a trace for replay: each buffer that comes after the\n"
		"beginning, and its end. An alloc's time is when the buffer was had; one that\n"
		"fails leaves no event. Of our heaps all times are the kernel's; of others a\n"
		"free's is that of the last close that is known of, or when the buffer was\n"
		"missed in the kernel's list, to 100 ms.\n\n"
		"Buffers are known by who exports them, which is the heap's name; but those of\n"
		"mainline's protected heaps are all exported by tee, so say which it is.",
	.examples = "  trace_record --out mine.csv --seconds 60\n"
		    "  trace_record --out mine.csv --map tee=protected,secure-video --run 'player film.mp4'\n",
	.output = "The trace goes to --out, as CSV",
	.options = options,
	.list = list,
	.run = run,
};

int main(int argc, char **argv)
{
	return bench_main(&trace_record, argc, argv);
}
