// SPDX-License-Identifier: GPL-2.0
#include "fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "textfile.h"

#define FAULTS	"/sys/kernel/debug/tee_sim/faults"
#define LIFE	"/sys/kernel/debug/tee_sim/life"

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

uint64_t fault_count(void)
{
	static const char key[] = "injected=";
	char text[2048];
	uint64_t sum = 0;

	if (textfile_read(FAULTS, text, sizeof(text)))
		return 0;
	for (const char *at = strstr(text, key); at; at = strstr(at, key)) {
		at += strlen(key);
		sum += strtoull(at, NULL, 10);
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
