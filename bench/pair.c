// SPDX-License-Identifier: GPL-2.0
#include "pair.h"

#include <errno.h>
#include <string.h>

int pair_new(struct pair *pair)
{
	memset(pair, 0, sizeof(*pair));
	for (int i = 0; i < PAIR_OPS; i++) {
		pair->hist[i] = hist_new();
		if (!pair->hist[i]) {
			pair_free(pair);
			return -ENOMEM;
		}
	}
	return 0;
}

void pair_free(struct pair *pair)
{
	for (int i = 0; i < PAIR_OPS; i++)
		hist_free(pair->hist[i]);
	memset(pair, 0, sizeof(*pair));
}

void pair_reset(const struct pair *pair)
{
	for (int i = 0; i < PAIR_OPS; i++)
		hist_reset(pair->hist[i]);
}
