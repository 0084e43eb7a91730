// SPDX-License-Identifier: GPL-2.0
#include "diag.h"

#include <stdarg.h>
#include <stdio.h>

#define LINE_MAX_BYTES 1024

static const char *program = "rheap";

void diag_init(const char *name)
{
	program = name;
}

void diag(const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	fprintf(stderr, "%s: %s\n", program, line);
	fflush(stderr);
}
