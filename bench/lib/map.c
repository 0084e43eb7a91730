// SPDX-License-Identifier: GPL-2.0
#include "map.h"

#include <errno.h>
#include <string.h>

#include "diag.h"

int map_check(const struct opt_texts *map, const char *option)
{
	for (size_t i = 0; i < map->n; i++) {
		const char *to = strchr(map->v[i], '=');

		if (!to || to == map->v[i] || !to[1]) {
			diag("--%s %s: not FROM=TO", option, map->v[i]);
			return -EINVAL;
		}
	}
	return 0;
}

const char *map_find(const struct opt_texts *map, const char *from)
{
	for (size_t i = 0; i < map->n; i++) {
		const char *to = strchr(map->v[i], '=');
		size_t len = (size_t)(to - map->v[i]);

		if ((len == 1 && map->v[i][0] == '*') ||
		    (len == strlen(from) && !strncmp(map->v[i], from, len)))
			return to + 1;
	}
	return NULL;
}
