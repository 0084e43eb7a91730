/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a call costs and may carry: a model, made of parameters. README.md says
 * where each preset's numbers are from.
 */
#ifndef TEE_SIM_MODEL_H
#define TEE_SIM_MODEL_H

#include <linux/types.h>

/**
 * struct sim_model - the parameters
 * @call_ns:	of any call, and of opening and closing a session
 * @entry_ns:	of each range that is restricted, given back, scrubbed, handed
 *		out, taken back or told of
 * @protect_page_ns: of each 4 KiB whose protection changes
 * @scrub_page_ns: of each 4 KiB that is scrubbed
 * @jitter_ns:	a call takes up to so much more, evenly distributed
 * @threads:	calls that are served at a time, 0 for any number
 * @max_entries: ranges that a call may carry
 * @max_pages:	units of 4 KiB that a call may carry, 0 for any number
 */
struct sim_model {
	u32 call_ns;
	u32 entry_ns;
	u32 protect_page_ns;
	u32 scrub_page_ns;
	u32 jitter_ns;
	u32 threads;
	u32 max_entries;
	u32 max_pages;
};

/**
 * struct sim_work - what a call did, as far as that costs
 * @entries:	ranges
 * @protect_pages: units of 4 KiB whose protection changed
 * @scrub_pages: units of 4 KiB scrubbed
 */
struct sim_work {
	u32 entries;
	u32 protect_pages;
	u32 scrub_pages;
};

u64 sim_cost_ns(const struct sim_model *model, const struct sim_work *work);
int sim_model_preset(const char *name);
void sim_model_set(const struct sim_model *model);
void sim_model_get(struct sim_model *model);
void sim_model_seed(u32 seed);
void sim_model_setup(void);
u32 sim_model_jitter(const struct sim_model *model);
bool sim_model_allows(const struct sim_model *model, u32 entries, u32 pages);
u32 sim_model_threads(void);

#endif /* TEE_SIM_MODEL_H */
