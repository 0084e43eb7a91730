// SPDX-License-Identifier: GPL-2.0
#include "defect.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

const struct defect *const defects[] = {
	&defect_race,
	&defect_reclaim,
	&defect_leak,
	&defect_unbind,
	&defect_register,
	&defect_length,
	&defect_ping_pong,
	NULL
};

static void say(struct attempt *a, const char *fmt, va_list args)
{
	vsnprintf(a->what, sizeof(a->what), fmt, args);
}

enum sighting seen(struct attempt *a, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(a, fmt, args);
	va_end(args);
	return SIGHT_SEEN;
}

enum sighting unseen(struct attempt *a, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(a, fmt, args);
	va_end(args);
	return SIGHT_NONE;
}

enum sighting cannot(struct attempt *a, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(a, fmt, args);
	va_end(args);
	return SIGHT_SKIP;
}

bool is_ours(const char *heap)
{
	static const char *const prefixes[] = { "restricted_", "direct_" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (!strncmp(heap, prefixes[i], strlen(prefixes[i])))
			return true;
	return false;
}
