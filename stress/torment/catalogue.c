// SPDX-License-Identifier: GPL-2.0
#include "catalogue.h"

/* Last what leaves books that do not come together again */
const struct stressor *const stressors[] = {
	&stressor_churn,
	&stressor_edge,
	&stressor_web,
	&stressor_kill,
	&stressor_exhaust,
	&stressor_tune,
	&stressor_reclaim,
	&stressor_freeze,
	&stressor_memcg,
	&stressor_hotplug,
	&stressor_import,
	&stressor_modload,
	&stressor_pin,
	&stressor_unbind,
	&stressor_fault,
	&stressor_death,
	&stressor_soak,
	&stressor_fail_nth,
	&stressor_fuzz_ioctl,
	&stressor_fuzz_tee,
	&stressor_fuzz_sysfs,
	&stressor_fuzz_mix,
	&stressor_fuzz_answer,
	NULL
};
