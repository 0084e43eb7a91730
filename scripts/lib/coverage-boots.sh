# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What `rheap coverage` runs beside tests: what needs the faults of the kernel cov.

# coverage_boots: their names.
coverage_boots()
{
	sed -n 's/^test_\([a-z0-9_]*\)()$/\1/p' "$SCRIPTS/lib/coverage-boots.sh"
}

# each allocation that the heaps ask for fails once
test_fail_nth()
{
	# It tells of each failure that it makes, as if it were one.
	# shellcheck disable=SC2016 # for that shell
	guest_step fail_nth sh -c 'for file in /sys/kernel/debug/fail*/verbose; do echo 0 >$file; done
		exec /job/bin/torment --only fail-nth --ops 100000 --seconds 120'
	OPT_CLOCK=wall OPT_CPUS=2 OPT_TIMEOUT=600 guest_run
}
