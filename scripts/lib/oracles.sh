# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# `rheap oracles`: mistakes on purpose (restricted_faults.ko), each of which its
# oracle has to catch. Work that is done rightly comes first, and there no oracle
# may say a word. An oracle that fails this proves nothing about anything else.

use exec

# oracle_cases: mistake, kernel, who catches it, and what of the kernel's log
# tells so; "said" is an answer of the code that looks at books and bytes. What
# KASAN says ends lockdep, so it comes after.
oracle_cases()
{
	cat <<-'END'
	leak               debug  kmemleak           unreferenced object
	lock-inversion     debug  lockdep            possible circular locking
	use-after-free     debug  KASAN              KASAN: slab-use-after-free
	missing-scrub      debug  canary             said
	double-unrestrict  debug  the_TEE's_table    said
	data-race          race   KCSAN              KCSAN: data-race
	END
}

help_oracles()
{
	cat <<-END
	usage: $RHEAP oracles [OPTIONS] [KERNEL...]

	Makes mistakes on purpose, and tells in a table whether what should catch each
	does: on the kernels debug and race, or those named, which are built first if
	they are not there. race has two processors and the wall clock.

	Exit codes: 0 each was caught, 7 one was not, or something was said of work
	without a mistake: then no clean run on that kernel means anything.
	END
}

cmd_oracles()
{
	local kernel kernels code=0

	parse_options oracles "$@"
	! option_given --kernel ||
		die "$EX_USAGE" "name the kernels without --kernel: $RHEAP oracles debug race"
	mapfile -t kernels < <(oracle_kernels)
	for kernel in "${REST[@]}"; do
		[[ " ${kernels[*]} " == *" $kernel "* ]] ||
			die "$EX_USAGE" "no oracle is proved on kernel '$kernel'; there are: ${kernels[*]}"
	done
	for kernel in "${REST[@]:-${kernels[@]}}"; do
		prove_oracles "$kernel" || code=$EX_UNTRUSTED
	done
	exit "$code"
}

oracle_kernels()
{
	oracle_cases | awk '!seen[$2]++ { print $2 }'
}

# prove_oracles KERNEL: one boot, a line for each of its oracles. Fails unless all
# catch what they should.
prove_oracles()
{
	local OPT_KERNEL=$1 OPT_CLOCK=$OPT_CLOCK OPT_CPUS=$OPT_CPUS logs
	# Those of another kernel's machine
	local BOOT_IMAGE='' BOOT_TFA='' BOOT_OPTEE='' BOOT_BUSYBOX=''

	# Two that race have to run at the same time
	[ "$OPT_KERNEL" != race ] || { OPT_CLOCK=wall; OPT_CPUS=${OPT_CPUS:-2}; }
	PART_HASH=()
	need_machine
	[ -z "$OPT_DRY_RUN" ] || return 0
	logs=${OPT_OUT:+$OPT_OUT/$OPT_KERNEL}
	logs=${logs:-$(new_log_folder "oracles-$OPT_KERNEL")}
	mkdir -p "$logs"
	heap_modules
	oracle_job
	boot_machine "$JOB" "$logs" "${OPT_TIMEOUT:-600}" >"$logs/said"
	# A complaint is what is wanted; else the boot itself tells
	case $BOOT_CODE in
	"$EX_PASS" | "$EX_TEST") ;;
	*)
		tell_verdict "$logs"
		exit "$BOOT_CODE"
		;;
	esac
	oracle_verdicts "$logs"
}

oracle_job()
{
	new_job
	mkdir "$JOB/modules"
	cp "$(part_dir module)/restricted_faults.ko" "$JOB/modules"
	oracle_script "$(oracle_cases | awk -v kernel="$OPT_KERNEL" '$2 == kernel { print $1 }' | paste -sd ' ')" \
		>"$JOB/run"
	chmod 755 "$JOB/run"
}

# oracle_script MISTAKES: for the guest: each rightly, then each wrongly. The
# heap's own switch makes the missing scrub.
oracle_script()
{
	cat <<-END
	#!/bin/sh
	cd /sys/module || exit
	insmod /job/modules/restricted_faults.ko || exit
	scrub=/sys/kernel/restricted_heap/restricted_carveout/scrub
	try()
	{
		echo "rheap-oracle: begin \$1 \$2" >/dev/kmsg
		[ "\$1 \$2" != "wrong missing-scrub" ] || echo 0 >\$scrub
		if why=\$( { echo \$2 >restricted_faults/parameters/\$1; } 2>&1); then
			echo "\$1 \$2 nothing"
		else
			echo "\$1 \$2 \$why"
		fi
		echo 1 >\$scrub
		echo "rheap-oracle: end \$1 \$2" >/dev/kmsg
	}
	for mistake in $1; do try right \$mistake; done
	[ ! -e /sys/kernel/debug/kmemleak ] || {
		echo "rheap-oracle: begin right leaks" >/dev/kmsg
		echo 1 >/sys/module/kmemleak/parameters/verbose
		echo scan >/sys/kernel/debug/kmemleak
		sleep 6
		echo scan >/sys/kernel/debug/kmemleak
		echo "rheap-oracle: end right leaks" >/dev/kmsg
	}
	for mistake in $1; do try wrong \$mistake; done
	exit 0
	END
}

# oracle_verdicts LOGS: a line for each; fails if one is not as it should be.
oracle_verdicts()
{
	local logs=$1 name kernel who what early code=0

	early=$(oracle_log "$logs" right | kernel_splats | head -n 1)
	early=${early:-$(grep '^right' "$logs/said" | grep -v ' nothing$' | head -n 1)}
	while read -r name kernel who what; do
		[ "$kernel" = "$OPT_KERNEL" ] || continue
		if [ -n "$early" ]; then
			printf 'VOID    %-18s %-16s %s\n' "$name" "${who//_/ }" "without a mistake there was: $early"
			code=1
		elif oracle_caught "$logs" "$name" "$what"; then
			printf 'caught  %-18s %s\n' "$name" "${who//_/ }"
		else
			printf 'MISSED  %-18s %-16s see %s\n' "$name" "${who//_/ }" "$logs"
			code=1
		fi
	done < <(oracle_cases)
	return "$code"
}

# oracle_caught LOGS NAME WHAT: what is told of it is there, and names our code.
oracle_caught()
{
	local logs=$1 name=$2 what=$3

	if [ "$what" = said ]; then
		grep -q "^wrong $name .*Structure needs cleaning" "$logs/said"
	elif [ "$name" = leak ]; then
		# Told when the job has ended
		sed -n '/rheap-oracle: begin wrong leak/,$p' "$logs/console.log" | oracle_tells "$what"
	else
		oracle_log "$logs" "wrong $name" | oracle_tells "$what"
	fi
}

# oracle_tells WHAT: is it in the log on stdin, with a function of the mistake's?
oracle_tells()
{
	tr -d '\r' | kernel_complaint "$1" | grep '\[restricted_faults\]' >/dev/null
}

# kernel_complaint WHAT: from the complaint on.
kernel_complaint()
{
	awk -v what="$1" 'index($0, what) { on = 1 } on'
}

# oracle_log LOGS STEP: what the kernel said in steps whose name begins so.
oracle_log()
{
	tr -d '\r' <"$1/console.log" | awk -v step="$2" '
		{ at = index($0, "rheap-oracle: ") }
		at && index($0, "rheap-oracle: begin " step) { on = 1 }
		on
		at && index($0, "rheap-oracle: end ") { on = 0 }'
}
