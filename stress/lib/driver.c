// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "driver.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DRIVERS		"/sys/bus/platform/drivers"
#define PATH_LEN	(sizeof(DRIVERS) + 2 * DRIVER_NAME_MAX)

/* Between looks whether it has ended */
#define NAP_NS		5000000
#define NAPS_A_SECOND	(1000000000 / NAP_NS)

/* A driver's devices are the links in its folder, but for that to its module. */
static int first_device(DIR *dir, char device[DRIVER_NAME_MAX])
{
	struct dirent *entry;

	while ((entry = readdir(dir))) {
		if (entry->d_type != DT_LNK || !strcmp(entry->d_name, "module"))
			continue;
		if (strlen(entry->d_name) >= DRIVER_NAME_MAX)
			return -ENAMETOOLONG;
		strcpy(device, entry->d_name);
		return 0;
	}
	return -ENODEV;
}

int driver_find(struct driver *driver, const char *name)
{
	char path[PATH_LEN];
	DIR *dir;
	int err;

	if (strlen(name) >= sizeof(driver->name))
		return -ENAMETOOLONG;
	strcpy(driver->name, name);
	snprintf(path, sizeof(path), DRIVERS "/%s", name);
	dir = opendir(path);
	if (!dir)
		return -errno;
	err = first_device(dir, driver->device);
	closedir(dir);
	return err;
}

/* Return: an errno for an exit code, 0 for success. */
static int write_device(const struct driver *driver, enum driver_switch to)
{
	char path[PATH_LEN];
	int fd, err = 0;

	snprintf(path, sizeof(path), DRIVERS "/%s/%s", driver->name,
		 to == DRIVER_BIND ? "bind" : "unbind");
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (write(fd, driver->device, strlen(driver->device)) < 0)
		err = errno;
	close(fd);
	return err;
}

/* Return: as waitpid(2), 0 when it has not ended by then. */
static pid_t wait_a_while(pid_t pid, int *status, unsigned int seconds)
{
	const struct timespec nap = { .tv_nsec = NAP_NS };

	for (unsigned int i = 0; i < seconds * NAPS_A_SECOND; i++) {
		pid_t done = waitpid(pid, status, WNOHANG);

		if (done)
			return done;
		nanosleep(&nap, NULL);
	}
	return 0;
}

pid_t driver_begin(const struct driver *driver, enum driver_switch to)
{
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (!pid) {
		/* The driver may wait for what a file of ours holds */
		close_range(3, ~0U, 0);
		_exit(write_device(driver, to));
	}
	return pid;
}

int driver_end(pid_t pid, unsigned int seconds)
{
	pid_t done;
	int status;

	done = wait_a_while(pid, &status, seconds);
	if (!done)
		return -ETIMEDOUT;
	if (done < 0)
		return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -ECHILD;
}

int driver_turn(const struct driver *driver, enum driver_switch to,
		unsigned int seconds)
{
	pid_t pid = driver_begin(driver, to);

	return pid < 0 ? pid : driver_end(pid, seconds);
}
