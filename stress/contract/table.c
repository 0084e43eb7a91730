// SPDX-License-Identifier: GPL-2.0
#include "table.h"

#include <string.h>

static int longest_promise(void)
{
	size_t longest = 0;

	for (size_t p = 0; promises[p]; p++)
		if (strlen(promises[p]->name) > longest)
			longest = strlen(promises[p]->name);
	return (int)longest;
}

static const char *word(enum outcome outcome)
{
	switch (outcome) {
	case KEPT:
		return "yes";
	case BROKEN:
		return "no";
	default:
		return "skip";
	}
}

void table_print(FILE *out, const struct subject *subjects, size_t n,
		 const enum outcome *outcomes)
{
	int width = longest_promise();

	fprintf(out, "%-*s", width, "");
	for (size_t h = 0; h < n; h++)
		fprintf(out, "  %s", subjects[h].heap.name);
	for (size_t p = 0; promises[p]; p++) {
		fprintf(out, "\n%-*s", width, promises[p]->name);
		for (size_t h = 0; h < n; h++)
			fprintf(out, "  %-*s",
				(int)strlen(subjects[h].heap.name),
				word(outcomes[p * n + h]));
	}
	fputc('\n', out);
}
