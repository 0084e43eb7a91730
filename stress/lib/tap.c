// SPDX-License-Identifier: GPL-2.0
#include "tap.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "diag.h"

static unsigned int planned, told, failed;

void tap_begin(unsigned int plan)
{
	planned = plan;
	told = 0;
	failed = 0;
	printf("TAP version 13\n1..%u\n", plan);
	fflush(stdout);
}

void tap_ok(const char *name)
{
	printf("ok %u - %s\n", ++told, name);
	fflush(stdout);
}

void tap_not_ok(const char *name, const char *why)
{
	failed++;
	printf("not ok %u - %s\n# %s\n", ++told, name, why);
	fflush(stdout);
}

void tap_skip(const char *name, const char *why)
{
	printf("ok %u - %s # SKIP %s\n", ++told, name, why);
	fflush(stdout);
}

void tap_expected(const char *name, const char *why)
{
	printf("ok %u - %s # XFAIL %s\n", ++told, name, why);
	fflush(stdout);
}

void tap_note(const char *fmt, ...)
{
	va_list ap;

	fputs("# ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

void tap_bail_out(const char *why)
{
	printf("Bail out! %s\n", why);
	fflush(stdout);
	_exit(EXIT_FAIL);
}

int tap_end(void)
{
	if (told != planned) {
		tap_note("%u results, and not the %u that were announced",
			 told, planned);
		return EXIT_FAIL;
	}
	return failed ? EXIT_FAIL : EXIT_PASS;
}
