// SPDX-License-Identifier: GPL-2.0
/*
 * Does a module that cannot be loaded leave nothing? Each allocation that its
 * loading makes fails once: the kernel lets the Nth of this thread fail.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"
#include "tap.h"

#define FAIL_NTH	"/proc/self/fail-nth"
#define NAME_MAX_BYTES	56

/* No loading has as many */
#define NTH_MAX		5000

static struct {
	struct opt_texts modules;
	const char *parameters;
	bool refused;
} opts = {
	.parameters = "",
};

struct module {
	char name[NAME_MAX_BYTES];
	int fd;
	/* Of fail-nth */
	int control;
	char why[128];
};

/* The name of "/a/b/name.ko" */
static void take_name(struct module *m, const char *path)
{
	const char *slash = strrchr(path, '/');

	snprintf(m->name, sizeof(m->name), "%s", slash ? slash + 1 : path);
	m->name[strcspn(m->name, ".")] = '\0';
}

static bool is_listed(const struct module *m)
{
	char line[256];
	bool found = false;
	FILE *file = fopen("/proc/modules", "r");
	size_t len = strlen(m->name);

	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file))
		found = !strncmp(line, m->name, len) && line[len] == ' ';
	fclose(file);
	return found;
}

/* To read and to write the file may fail, too: then it was not used up before. */
static bool disarm(const struct module *m)
{
	char text[16] = "";
	ssize_t got = pread(m->control, text, sizeof(text) - 1, 0);

	while (pwrite(m->control, "0", 1, 0) != 1)
		;
	return got > 0 && text[0] == '0';
}

/* Return: 0, or a negative errno; @hit: whether something was made to fail. */
static int load(const struct module *m, unsigned int nth, bool *hit)
{
	char text[16];
	int err, len = snprintf(text, sizeof(text), "%u", nth);

	if (nth && pwrite(m->control, text, (size_t)len, 0) != len)
		return -EIO;
	err = syscall(SYS_finit_module, m->fd, opts.parameters, 0) ? -errno : 0;
	*hit = nth && disarm(m);
	return err;
}

static bool fails(struct module *m, unsigned int nth, const char *what, int err)
{
	snprintf(m->why, sizeof(m->why), "failure %u: %s: %s", nth, what,
		 strerror(-err));
	return false;
}

/*
 * Return: whether all is well. @nth: failures until it was loaded for good, with
 * none, or in spite of one when it cannot be removed again.
 */
static bool fail_each(struct module *m, unsigned int *nth)
{
	bool hit = true;
	int err = 0;

	for (*nth = 1; *nth < NTH_MAX && hit; ++*nth) {
		err = load(m, *nth, &hit);
		if (err && !hit)
			return fails(m, *nth, "nothing failed, and it did not load", err);
		if (err && is_listed(m))
			return fails(m, *nth, "it did not load, and is there", err);
		if (!err && syscall(SYS_delete_module, m->name, O_NONBLOCK))
			return true;
	}
	if (hit)
		return fails(m, *nth, "it fails for ever", err);
	err = load(m, 0, &hit);
	return err ? fails(m, 0, "with no failure any more", err) : true;
}

/* What cannot be loaded at all never is, whatever fails before. */
static bool refuse_each(struct module *m, unsigned int *nth)
{
	bool hit = true;
	int err;

	for (*nth = 1; *nth < NTH_MAX && hit; ++*nth) {
		err = load(m, *nth, &hit);
		if (!err)
			return fails(m, *nth, "it was to be refused, and did load", 0);
		if (is_listed(m))
			return fails(m, *nth, "it did not load, and is there", err);
	}
	return hit ? fails(m, *nth, "it fails for ever", err) : true;
}

static void try_module(const char *path)
{
	struct module m = { .fd = open(path, O_RDONLY | O_CLOEXEC) };
	char result[sizeof(m.name) + 32];
	unsigned int nth = 0;

	take_name(&m, path);
	m.control = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	if (m.fd < 0 || m.control < 0)
		fails(&m, 0, m.fd < 0 ? "its file" : FAIL_NTH, -errno);
	else if (is_listed(&m))
		fails(&m, 0, "it is loaded already", -EEXIST);
	else if (opts.refused)
		refuse_each(&m, &nth);
	else
		fail_each(&m, &nth);
	snprintf(result, sizeof(result), "%s, %u failures", m.name, nth ? nth - 1 : 0);
	if (*m.why)
		tap_not_ok(result, m.why);
	else
		tap_ok(result);
	if (m.fd >= 0)
		close(m.fd);
	if (m.control >= 0)
		close(m.control);
}

static int run(const struct bench_env *env)
{
	(void)env;
	if (!opts.modules.n) {
		diag("no --module");
		return EXIT_USAGE;
	}
	if (access(FAIL_NTH, W_OK)) {
		diag("no " FAIL_NTH ": this kernel injects no faults (--kernel debug does), or you are not root");
		return EXIT_MISSING;
	}
	tap_begin((unsigned int)opts.modules.n);
	for (size_t i = 0; i < opts.modules.n; i++)
		try_module(opts.modules.v[i]);
	return tap_end();
}

static int list(const struct bench_env *env)
{
	(void)env;
	for (size_t i = 0; i < opts.modules.n; i++)
		printf("%s\n", opts.modules.v[i]);
	return EXIT_PASS;
}

static const struct opt options[] = {
	{ "module", OPT_TEXTS, &opts.modules, .meta = "FILE",
	  .help = "to load, not loaded yet; repeat for more, in the order they need each other" },
	{ "parameters", OPT_TEXT, &opts.parameters, .meta = "WORDS",
	  .help = "of the modules" },
	{ "refused", OPT_FLAG, &opts.refused,
	  .help = "none of them can be loaded here, failure or not" },
	{ .name = NULL },
};

static const struct bench loading = {
	.name = "loading",
	.help = "Does a module that cannot be loaded leave nothing? Loads it again and again, and\n"
		"lets the Nth allocation of that fail, for N from 1 until none is left to fail. A\n"
		"module that does load, and can be removed, is; in the end all are loaded. One that\n"
		"loads in spite of a failure, and cannot be removed, ends its own test there; but\n"
		"with --refused, where something that they need is not to be had.\n"
		"Needs root, and a kernel that injects faults.",
	.examples = "  loading --module restricted_heap.ko --module restricted_carveout.ko\n",
	.output = "The results go to stdout, as TAP version 13",
	.options = options,
	.list = list,
	.run = run,
};

int main(int argc, char **argv)
{
	return bench_main(&loading, argc, argv);
}
