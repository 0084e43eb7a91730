// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heap.h"
#include "textfile.h"

#define FAULTS	"/sys/kernel/debug/tee_sim/faults"
#define LIFE	"/sys/kernel/debug/tee_sim/life"

const char *const fault_kinds[FAULT_KINDS] = {
	"fail", "fail cmd=zalloc result=0xffff000c", "fail cmd=free",
	"fail cmd=free result=-5", "fail cmd=restrict", "fail cmd=unrestrict",
	"fail cmd=scrub", "fail cmd=retrieve_sg", "fail cmd=open",
	"fail result=-12", "timeout ms=1", "timeout ms=1 cmd=unrestrict",
	"refuse_unrestrict", "refuse_scrub", "corrupt field=count",
	"corrupt field=base", "corrupt field=bytes xor=1",
	"corrupt field=size",
};

bool fault_possible(void)
{
	return !access(FAULTS, W_OK);
}

void fault_arm(struct stress *s, const char *fmt, ...)
{
	char line[128];
	va_list ap;
	int err;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	err = textfile_write(FAULTS, line);
	if (err)
		stress_found(s, "tee_sim does not take '%s': %s", line,
			     strerror(-err));
}

/* What is off tells what it did when it was armed last. */
static uint64_t count_armed(const char *line)
{
	static const char key[] = " injected=";
	const char *end = strchrnul(line, '\n');
	const char *off = strstr(line, " off ");
	const char *at = strstr(line, key);

	if (!at || at > end || (off && off < end))
		return 0;
	return strtoull(at + strlen(key), NULL, 10);
}

uint64_t fault_count(void)
{
	char text[2048];
	uint64_t sum = 0;

	if (textfile_read(FAULTS, text, sizeof(text)))
		return 0;
	for (const char *line = text; *line; line += *line == '\n') {
		sum += count_armed(line);
		line = strchrnul(line, '\n');
	}
	return sum;
}

void fault_life(struct stress *s, const char *text)
{
	int err = textfile_write(LIFE, text);

	/* It may live already. */
	if (err && err != -EEXIST && err != -EALREADY)
		stress_found(s, "tee_sim does not %s: %s", text, strerror(-err));
}

static void retry(struct stress *s)
{
	for (size_t i = 0; i < s->nr_heaps; i++)
		heap_file_write(s->heap[i].heap.name, "retry_quarantine", "1");
}

void fault_end(struct stress *s)
{
	fault_arm(s, "off");
	fault_life(s, "revive");
	/* A return has all that waits for it tried again, which retry may not */
	fault_life(s, "die");
	fault_life(s, "revive");
	retry(s);
}
