// SPDX-License-Identifier: GPL-2.0
/*
 * Restricted means restricted: where the machine can enforce it, a read by the
 * CPU faults. The CPU is made to try, by way of /dev/mem, which asks nobody.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "catalogue.h"
#include "memsvc.h"

/* Its memory is closed to the CPU by nothing but interfaces: a read works. */
#define OPEN_HEAP	"restricted_mtk_cm"

/* How a child that could not even try ends; else with what it read, at most 1 */
#define NOT_TRIED	2

static bool has_handle(const struct memsvc_listing *list, uint32_t handle)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->entry[i].handle == handle)
			return true;
	return false;
}

/* The one entry of @after whose handle is not in @before */
static int find_new(const struct memsvc_listing *before,
		    const struct memsvc_listing *after, uint64_t *pa)
{
	size_t found = 0;

	for (size_t i = 0; i < after->n; i++) {
		if (!has_handle(before, after->entry[i].handle)) {
			*pa = after->entry[i].pa;
			found++;
		}
	}
	return found == 1 ? 0 : -ENOENT;
}

/* Take a buffer, and learn from the TEE's table where it is. */
static int take_one(const struct memsvc *svc, const struct heap *heap,
		    uint64_t *pa, int *fd)
{
	uint32_t type = memsvc_type_of(heap->name);
	struct memsvc_listing before, after;
	int err = memsvc_list(svc, type, &before);

	if (err)
		return err;
	*fd = heap_alloc(heap, SOME_SIZE);
	if (*fd < 0) {
		err = *fd;
		goto free_before;
	}
	err = memsvc_list(svc, type, &after);
	if (!err) {
		err = find_new(&before, &after, pa);
		memsvc_list_free(&after);
	}
	if (err)
		heap_free(*fd);
free_before:
	memsvc_list_free(&before);
	return err;
}

/* Never returns */
static void read_as_child(uint64_t pa)
{
	int fd = open("/dev/mem", O_RDONLY | O_SYNC);
	volatile uint32_t *word;

	if (fd < 0)
		_exit(NOT_TRIED);
	word = mmap(NULL, PAGE_BYTES, PROT_READ, MAP_SHARED, fd, (off_t)pa);
	if (word == MAP_FAILED)
		_exit(NOT_TRIED);
	_exit(*word != 0);
}

/* Return: as waitpid() fills it, or a negative errno. */
static int read_physical(uint64_t pa)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		return -errno;
	if (!child)
		read_as_child(pa);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return status;
}

static enum outcome has_to_read(struct trial *t, const char *heap, int status)
{
	if (status < 0)
		return broken(t, "no process: %s", err_name(status));
	if (WIFSIGNALED(status))
		return broken(t, "a read of %s died by signal %d: nothing is shown by one here",
			      heap, WTERMSIG(status));
	if (WEXITSTATUS(status) == NOT_TRIED)
		return broken(t, "no mapping of %s in /dev/mem", heap);
	if (WEXITSTATUS(status))
		return broken(t, "a new buffer of %s is not zero", heap);
	return KEPT;
}

static enum outcome has_to_fault(struct trial *t, int status)
{
	if (status < 0)
		return broken(t, "no process: %s", err_name(status));
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_TRIED)
		return broken(t, "no mapping of it in /dev/mem");
	if (WIFEXITED(status))
		return broken(t, "the CPU read it");
	if (WTERMSIG(status) != SIGBUS)
		return broken(t, "a read died by signal %d and not by SIGBUS",
			      WTERMSIG(status));
	return KEPT;
}

/* Have a new buffer of @heap read, and given back; @status: of waitpid() */
static enum outcome try_read(struct trial *t, const struct memsvc *svc,
			     const struct heap *heap, int *status)
{
	uint64_t pa;
	int fd, err;

	err = take_one(svc, heap, &pa, &fd);
	if (err)
		return broken(t, "no buffer of %s whose address is known: %s",
			      heap->name, err_name(err));
	*status = read_physical(pa);
	heap_free(fd);
	return KEPT;
}

/* What is not closed can be read in the same way: or a fault would show nothing. */
static enum outcome control(struct trial *t, const struct memsvc *svc)
{
	struct heap open_heap;
	enum outcome o;
	int err = heap_open(&open_heap, OPEN_HEAP);
	int status;

	if (err)
		return skipped(t, "no %s to compare with: %s", OPEN_HEAP,
			       err_name(err));
	o = try_read(t, svc, &open_heap, &status);
	heap_close(&open_heap);
	return o == KEPT ? has_to_read(t, OPEN_HEAP, status) : o;
}

static enum outcome run(struct trial *t)
{
	struct memsvc svc;
	enum outcome o;
	int err, status;

	if (memsvc_type_of(t->s->heap.name) != MEMSVC_TYPE_SECURE)
		return skipped(t, "no bus of this machine keeps the CPU out of its memory");
	if (access("/dev/mem", R_OK))
		return skipped(t, "no /dev/mem to read it by");
	err = memsvc_open(&svc);
	if (err)
		return broken(t, "no session with the memory service: %s",
			      err_name(err));
	o = control(t, &svc);
	if (o == KEPT)
		o = try_read(t, &svc, &t->s->heap, &status);
	if (o == KEPT)
		o = has_to_fault(t, status);
	memsvc_close(&svc);
	return o;
}

const struct promise promise_enforced = {
	.name = "restricted-means-restricted",
	.help = "where the machine can enforce it, a read by the CPU dies of SIGBUS",
	.run = run,
};
