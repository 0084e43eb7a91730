// SPDX-License-Identifier: GPL-2.0
/* A promise is tried in a process of its own; see promise.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "promise.h"

#define TRIAL_SECONDS	60

static void say_why(struct trial *t, const char *fmt, va_list ap)
{
	vsnprintf(t->why, sizeof(t->why), fmt, ap);
}

enum outcome broken(struct trial *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_why(t, fmt, ap);
	va_end(ap);
	return BROKEN;
}

enum outcome skipped(struct trial *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_why(t, fmt, ap);
	va_end(ap);
	return SKIPPED;
}

const char *err_name(int err)
{
	const char *name = err < 0 ? strerrorname_np(-err) : "success";

	return name ? name : "an unknown error";
}

static enum outcome wait_for(struct trial *t, pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return broken(t, "lost its process: %s",
				      err_name(-errno));
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		return broken(t, "did not end within %d s", TRIAL_SECONDS);
	if (WIFSIGNALED(status))
		return broken(t, "killed by SIG%s",
			      sigabbrev_np(WTERMSIG(status)));
	return t->outcome;
}

static void run_apart(const struct promise *p, struct trial *t)
{
	struct trial *shared;
	pid_t pid;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED) {
		t->outcome = broken(t, "no memory to try it in");
		return;
	}
	*shared = *t;
	pid = fork();
	if (!pid) {
		alarm(TRIAL_SECONDS);
		shared->outcome = p->run(shared);
		_exit(0);
	}
	if (pid < 0)
		shared->outcome = broken(shared, "no process to try it in: %s",
					 err_name(-errno));
	else
		shared->outcome = wait_for(shared, pid);
	*t = *shared;
	munmap(shared, sizeof(*shared));
}

static void look_for_leaks(struct trial *t, const struct books *before)
{
	struct books after;
	char what[400];
	int err = subject_books(t->s, &after);

	if (t->outcome == BROKEN)
		return;
	if (err)
		t->outcome = broken(t, "the books cannot be read afterwards: %s",
				    err_name(err));
	else if (books_changed(before, &after, books_standing, what,
			       sizeof(what)))
		t->outcome = broken(t, "left behind: %s", what);
}

void trial_run(const struct promise *p, struct trial *t)
{
	struct books before;
	int err;

	t->outcome = KEPT;
	t->why[0] = '\0';
	if (t->s->tee_gone && !p->without_tee) {
		t->outcome = skipped(t, "no TEE here, and so no buffer");
		return;
	}
	err = subject_books(t->s, &before);
	if (err) {
		t->outcome = broken(t, "the books cannot be read: %s",
				    err_name(err));
		return;
	}
	run_apart(p, t);
	look_for_leaks(t, &before);
}
