# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# `rheap oracles`: mistakes on purpose (restricted_faults.ko), each of which its
# oracle has to catch. Work that is done rightly comes first, and there no oracle
# may say a word. An oracle that fails this proves nothing about anything else, so
# `rheap stress` asks for the proof before it believes a kernel. A proof is kept in
# the cache for as long as what it is of stays the same.

use exec

ORACLES_AGAIN=
readonly ORACLE_PROOFS=$CACHE/proofs

# oracle_cases: mistake, kernels, who catches it, and what of the kernel's log
# tells so; "said" is an answer of the code that looks at books and bytes, and
# "counted" one of torment, whose own mistakes they are. What KASAN says ends
# lockdep, so it comes after.
oracle_cases()
{
	cat <<-'END'
	leak               debug  kmemleak             unreferenced object
	lock-inversion     debug  lockdep              possible circular locking
	use-after-free     debug  KASAN                KASAN: slab-use-after-free
	data-race          race   KCSAN                KCSAN: data-race
	missing-scrub      all    canary               said
	double-unrestrict  all    the_TEE's_table      said
	heap-books         all    the_heap's_stats     counted
	pool-bytes         all    free_in_the_pool     counted
	dma-bufs           all    dma-bufs_there_are   counted
	slab               all    objects_there_are    counted
	TEE-table          all    the_TEE's_books      counted
	TEE-loans          all    pages_the_TEE_holds  counted
	free-memory        all    free_pages           counted
	END
}

# oracles_of KERNEL: its cases.
oracles_of()
{
	oracle_cases | awk -v kernel="$1" '$2 == kernel || $2 == "all"'
}

help_oracles()
{
	cat <<-END
	usage: $RHEAP oracles [OPTIONS] [KERNEL...]

	Makes mistakes on purpose, and tells in a table whether what should catch each
	does: on the kernels release, debug and race, or those named, which are built
	first if they are not there. race has two processors and the wall clock. A proof
	is kept, and only told again, until the kernel, our modules or the oracles are
	others; $RHEAP stress does not run without one.

	Options:
	  --again                      prove what is proved already

	Exit codes: 0 each was caught, 7 one was not, or something was said of work
	without a mistake: then no clean run on that kernel means anything.
	END
}

option_oracles()
{
	case $1 in
	--again)
		ORACLES_AGAIN=1
		OPT_TAKEN=1
		;;
	esac
}

cmd_oracles()
{
	local kernel kernels=(release debug race) code=0 all

	parse_options oracles "$@"
	! option_given --kernel ||
		die "$EX_USAGE" "name the kernels without --kernel: $RHEAP oracles debug race"
	all=$(kernel_variants)
	for kernel in "${REST[@]}"; do
		[[ " $all " == *" $kernel "* ]] ||
			die "$EX_USAGE" "there is no kernel '$kernel'; there are: $all"
	done
	for kernel in "${REST[@]:-${kernels[@]}}"; do
		show_proof "$kernel" || code=$EX_UNTRUSTED
	done
	exit "$code"
}

# show_proof KERNEL: the table of its oracles; fails unless all are proved.
show_proof()
{
	local proof code=0

	say "rheap: the kernel $1"
	oracle_proof "$1"
	[ -z "$ORACLES_AGAIN" ] || rm -f "$proof"
	if [ -f "$proof" ]; then
		cat "$proof"
		return
	fi
	prove_oracles "$1" "$proof" || code=$?
	return "$code"
}

# need_oracles RUN: who tortures on a kernel has to know that its oracles work;
# their table is left in RUN/oracles.txt. Ends with 7 if one does not.
need_oracles()
{
	local proof

	oracle_proof "$OPT_KERNEL"
	if [ ! -f "$proof" ]; then
		say "rheap: do the oracles catch mistakes on the kernel $OPT_KERNEL?"
		prove_oracles "$OPT_KERNEL" "$proof" >&2 ||
			die "$EX_UNTRUSTED" "void: on the kernel $OPT_KERNEL an oracle did not prove itself (see above)," \
				"so a run that finds nothing would mean nothing; $RHEAP oracles $OPT_KERNEL tries again"
	fi
	cp "$proof" "$1/oracles.txt"
}

# oracle_proof KERNEL: sets proof to the file of its proof, which is there once it
# was proved: of the kernel and our modules, of what counts, and of what judges.
oracle_proof()
{
	local OPT_KERNEL=$1 key

	PART_HASH=()
	key=$(
		part_name module
		hash_tree stress bench/lib
		hash_files scripts/lib/{oracles,console,boot}.sh scripts/machine/init
	)
	PART_HASH=()
	key=$(sha256sum <<<"$key")
	proof=$ORACLE_PROOFS/$1-${key:0:12}
}

# prove_oracles KERNEL PROOF: one boot, a line for each of its oracles. Fails
# unless all catch what they should; else the lines are kept as PROOF.
prove_oracles()
{
	local OPT_KERNEL=$1 proof=$2 OPT_CLOCK=icount OPT_CPUS='' OPT_TEE=optee logs
	# Those of another kernel's machine
	local BOOT_IMAGE='' BOOT_TFA='' BOOT_OPTEE='' BOOT_BUSYBOX=''

	# Two that race have to run at the same time
	[ "$OPT_KERNEL" != race ] || { OPT_CLOCK=wall; OPT_CPUS=2; }
	PART_HASH=()
	need_machine programs
	[ -z "$OPT_DRY_RUN" ] || return 0
	logs=$(new_log_folder "oracles-$OPT_KERNEL")
	heap_modules
	oracle_job
	boot_machine "$JOB" "$logs" "${OPT_TIMEOUT:-1200}" >"$logs/said"
	# A complaint is what is wanted; else the boot itself tells
	case $BOOT_CODE in
	"$EX_PASS" | "$EX_TEST") ;;
	*)
		tell_verdict "$logs"
		exit "$BOOT_CODE"
		;;
	esac
	oracle_verdicts "$logs" >"$logs/table" || {
		cat "$logs/table"
		return 1
	}
	keep_proof "$logs/table" "$proof"
	cat "$logs/table"
	rm -rf "$logs"
}

# keep_proof TABLE PROOF: those that nobody has asked for in a month go.
keep_proof()
{
	mkdir -p "$ORACLE_PROOFS"
	find "$ORACLE_PROOFS" -type f -mtime +30 -delete
	cp "$1" "$2.new" && mv "$2.new" "$2"
}

oracle_job()
{
	new_job
	mkdir "$JOB/modules"
	cp "$(part_dir module)/restricted_faults.ko" "$JOB/modules"
	cp "$(part_dir programs)/bin/torment" "$JOB"
	oracle_script "$(oracles_of "$OPT_KERNEL" | awk '$NF != "counted" { print $1 }' | paste -sd ' ')" \
		>"$JOB/run"
	chmod 755 "$JOB/run"
}

# oracle_script MISTAKES: for the guest: each rightly, then each wrongly. The
# heap's own switch makes the missing scrub. What torment does it does in both
# ways; first it, because nothing comes back of what is lost.
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
	/job/torment --prove
	for mistake in $1; do try wrong \$mistake; done
	exit 0
	END
}

# oracle_verdicts LOGS: a line for each; fails if one is not as it should be.
oracle_verdicts()
{
	local logs=$1 name kernel who what early code=0

	early=$(oracle_log "$logs" right | kernel_splats | head -n 1)
	early=${early:-$(grep -e '^right' -e '^false alarm' "$logs/said" | grep -v ' nothing$' | head -n 1)}
	while read -r name kernel who what; do
		if [ -n "$early" ]; then
			printf 'VOID    %-18s %-20s %s\n' "$name" "${who//_/ }" "without a mistake there was: $early"
			code=1
		elif oracle_caught "$logs" "$name" "$what"; then
			printf 'caught  %-18s %s\n' "$name" "${who//_/ }"
		else
			printf 'MISSED  %-18s %-20s see %s\n' "$name" "${who//_/ }" "$logs"
			code=1
		fi
	done < <(oracles_of "$OPT_KERNEL")
	return "$code"
}

# oracle_caught LOGS NAME WHAT: what is told of it is there, and names our code.
oracle_caught()
{
	local logs=$1 name=$2 what=$3

	if [ "$what" = said ]; then
		grep -q "^wrong $name .*Structure needs cleaning" "$logs/said"
	elif [ "$what" = counted ]; then
		grep -q "^caught $name: " "$logs/said"
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
