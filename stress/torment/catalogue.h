/* SPDX-License-Identifier: GPL-2.0 */
/* All stressors. */
#ifndef RHEAP_TORMENT_CATALOGUE_H
#define RHEAP_TORMENT_CATALOGUE_H

#include "stressor.h"

extern const struct stressor stressor_churn;
extern const struct stressor stressor_edge;
extern const struct stressor stressor_web;
extern const struct stressor stressor_kill;
extern const struct stressor stressor_exhaust;
extern const struct stressor stressor_tune;
extern const struct stressor stressor_reclaim;
extern const struct stressor stressor_freeze;
extern const struct stressor stressor_memcg;
extern const struct stressor stressor_hotplug;
extern const struct stressor stressor_import;
extern const struct stressor stressor_modload;
extern const struct stressor stressor_pin;
extern const struct stressor stressor_unbind;
extern const struct stressor stressor_fault;
extern const struct stressor stressor_death;
extern const struct stressor stressor_soak;
extern const struct stressor stressor_fail_nth;
extern const struct stressor stressor_fuzz_ioctl;
extern const struct stressor stressor_fuzz_tee;
extern const struct stressor stressor_fuzz_sysfs;
extern const struct stressor stressor_fuzz_mix;
extern const struct stressor stressor_fuzz_answer;

#endif /* RHEAP_TORMENT_CATALOGUE_H */
