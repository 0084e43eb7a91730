# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# `rheap ledger`: try to bring the defects of mainline's protected heap about,
# each in a boot of its own, since some end the kernel. What was seen goes to
# stdout as the second half of results/ledger.md.

use exec

# ledger_cases: name, TEE, kernel, and what the program is told. The kernel is
# debug where only a fault that is injected can show the defect.
ledger_cases()
{
	cat <<-END
	a-race         optee-dynamic  release  --defect a-race
	a-race-fatal   optee-dynamic  release  --defect a-race --fatal
	b-reclaim      optee-dynamic  debug    --defect b-reclaim
	c-leak         optee-dynamic  debug    --defect c-leak
	d-unbind       optee          release  --defect d-unbind
	e-register     none           debug    --defect e-register
	f-4-gib        none           release  --defect f-4-gib
	f-4-gib-fatal  none           release  --defect f-4-gib --fatal
	g-ping-pong    optee-dynamic  release  --defect g-ping-pong
	g-count        optee-dynamic  debug    --defect g-ping-pong --tries 20
	END
}

help_ledger()
{
	cat <<-END
	usage: $RHEAP ledger [OPTIONS] [NAME...]

	Tries to bring the defects of Linux's own protected heap about (all of them, or
	those named), each in a boot of its own, and tells what was seen on stdout, as
	Markdown. That a defect shows itself is no failure; that it could not be tried
	is. results/ledger.md holds what this printed.

	With --clock wall a-race is tried by threads on several processors; counted
	instructions let one thread meet the other at each of them.

	Names:
	END
	ledger_cases | awk '{ printf "  %-14s --tee %s --kernel %s\n", $1, $2, $3 }'
}

cmd_ledger()
{
	local names name code=0

	parse_options ledger "$@"
	! option_given --tee ||
		die "$EX_USAGE" "each defect wants a TEE of its own: ledger takes no --tee"
	mapfile -t names < <(printf '%s\n' "${REST[@]:-$(ledger_names)}")
	for name in "${names[@]}"; do
		ledger_case "$name" >/dev/null ||
			die "$EX_USAGE" "unknown defect '$name'; there are:" "$(ledger_names | paste -sd ' ')"
	done
	for name in "${names[@]}"; do
		ledger_try "$name" || code=$EX_TEST
	done
	exit "$code"
}

ledger_names()
{
	ledger_cases | awk '{ print $1 }'
}

# ledger_case NAME: its line; fails if there is none.
ledger_case()
{
	ledger_cases | grep "^$1 "
}

# ledger_try NAME: boot, try, tell. Fails if the defect could not be tried.
ledger_try()
{
	local name=$1 logs kernel arguments OPT_TEE OPT_KERNEL=$OPT_KERNEL
	# Those of the last case's machine
	local BOOT_IMAGE='' BOOT_TFA='' BOOT_OPTEE='' BOOT_BUSYBOX=''

	read -r _ OPT_TEE kernel arguments < <(ledger_case "$name")
	[ "$kernel" = release ] || OPT_KERNEL=$kernel
	PART_HASH=()
	need_machine programs
	[ -z "$OPT_DRY_RUN" ] || return 0
	logs=${OPT_OUT:+$OPT_OUT/$name}
	logs=${logs:-$(new_log_folder "ledger-$name")}
	ledger_job "$arguments"
	say "ledger: $name: --tee $OPT_TEE, --kernel $OPT_KERNEL"
	mkdir -p "$logs"
	boot_machine "$JOB" "$logs" "${OPT_TIMEOUT:-900}" >"$logs/tap"
	ledger_tell "$name" "$logs"
	ledger_was_tried "$logs"
}

# ledger_job ARGUMENTS: the program and what helps it, without our heaps.
ledger_job()
{
	new_job
	BOOT_MODULES=()
	mkdir "$JOB/bin" "$JOB/modules"
	cp "$(part_dir programs)/bin/ledger" "$JOB/bin"
	cp "$(part_dir module)/ledger.ko" "$JOB/modules"
	printf '#!/bin/sh\nuname -r | sed "s/^/kernel /"\nexec /job/bin/ledger %s\n' "$1" >"$JOB/run"
	chmod 755 "$JOB/run"
}

# ledger_was_tried LOGS: it was, or the kernel did not survive it.
ledger_was_tried()
{
	[ "$BOOT_CODE" -eq "$EX_CRASH" ] ||
		{ grep -q '^ok ' "$1/tap" && ! grep -q '# SKIP' "$1/tap"; }
}

# ledger_tell NAME LOGS: a section of Markdown.
ledger_tell()
{
	local name=$1 logs=$2 kernel clock=

	[ "$OPT_CLOCK" = icount ] || clock=" --clock $OPT_CLOCK"
	kernel=$(sed -n 's/^kernel //p' "$logs/tap")
	cat <<-END

	### $name

	\`$RHEAP ledger$clock $name\`: Linux ${kernel:-(did not say)} ($OPT_KERNEL), --tee $OPT_TEE, --clock $OPT_CLOCK

	END
	{
		grep -E '^(ok|not ok|# )' "$logs/tap" || :
		ledger_complaints "$logs"
	} | tr -d '\r' | sed 's/^/    /'
}

# ledger_complaints LOGS: what the kernel said of it, and where it was.
ledger_complaints()
{
	tr -d '\r' <"$1/console.log" |
		grep -aE '^\[ *[0-9.]+\] *(refcount_t:|WARNING:|kernel BUG|Unable to handle|BUG:|pc : |Kernel panic|FAULT_INJECTION|kmemleak: [0-9]+ new)' |
		head -n 12 || :
}
