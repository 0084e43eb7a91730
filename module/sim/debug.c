// SPDX-License-Identifier: GPL-2.0
/* Under debugfs, tee_sim/: what no real TEE would let one do. */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "debug.h"
#include "fault.h"
#include "life.h"

#define LINE_MAX	256

static struct dentry *directory;

static ssize_t write_line(const char __user *from, size_t count,
			  int (*take)(char *line))
{
	char *line __free(kfree) = NULL;
	int ret;

	if (count > LINE_MAX)
		return -EINVAL;
	line = memdup_user_nul(from, count);
	if (IS_ERR(line))
		return PTR_ERR(line);
	ret = take(strim(line));

	return ret ?: count;
}

static int faults_take(char *line)
{
	return sim_fault_write(line);
}

static ssize_t faults_write(struct file *file, const char __user *from,
			    size_t count, loff_t *at)
{
	return write_line(from, count, faults_take);
}

static int faults_show(struct seq_file *file, void *unused)
{
	sim_fault_show(file);

	return 0;
}

DEFINE_SHOW_STORE_ATTRIBUTE(faults);

/* "die", "die -19", "revive", "revive amnesia" */
static int life_take(char *line)
{
	struct sim_reply reply = { .result = TEE_ERROR_TARGET_DEAD };
	char *word = strsep(&line, " ");
	int ret = 0;

	if (!strcmp(word, "die")) {
		if (line && sim_reply_parse(strim(line), &reply))
			return -EINVAL;
		sim_life_end(reply);
	} else if (!strcmp(word, "revive")) {
		if (line && strcmp(strim(line), "amnesia"))
			return -EINVAL;
		ret = sim_life_begin(line);
	} else {
		return -EINVAL;
	}
	sim_life_settle();

	return ret;
}

static ssize_t life_write(struct file *file, const char __user *from,
			  size_t count, loff_t *at)
{
	return write_line(from, count, life_take);
}

static int life_show(struct seq_file *file, void *unused)
{
	struct sim_reply reply;

	if (sim_life_lost(&reply)) {
		seq_puts(file, "dead ");
		sim_reply_show(file, reply);
		seq_putc(file, '\n');
	} else {
		seq_puts(file, "alive\n");
	}

	return 0;
}

DEFINE_SHOW_STORE_ATTRIBUTE(life);

/**
 * sim_debug_setup() - make the files; without debugfs there are none
 */
void sim_debug_setup(void)
{
	directory = debugfs_create_dir("tee_sim", NULL);
	debugfs_create_file("faults", 0600, directory, NULL, &faults_fops);
	debugfs_create_file("life", 0600, directory, NULL, &life_fops);
}

/**
 * sim_debug_leave() - undo sim_debug_setup()
 */
void sim_debug_leave(void)
{
	debugfs_remove(directory);
}
