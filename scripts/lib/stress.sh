# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# `rheap stress`: each stressor in a boot of its own, so that what it broke is
# its own fault, and a crash ends it alone. The run folder gets
#   stress.json          what it was run with
#   measurements.jsonl   what the stressors counted
#   verdicts.tsv         NAME, TEE, exit code, whose fault it is, why
#   table.txt            the table
#   oracles.txt          the proof that this kernel's oracles catch mistakes
#   corpus/NAME          the programs that a guided fuzzer kept; NAME.found: those
#                        during which something was found; NAME.last: those that
#                        were played last in a boot that did not come to its end
#   NAME/                the logs of one that failed; journal.log.gz: all programs
#                        that a fuzzer played, each behind its worker

use exec provenance oracles host-watch stress-blame stress-corpus

STRESS_MINUTES=
STRESS_LIST=
STRESS_OPS=
STRESS_MAX=
STRESS_ONLY=()
STRESS_CORPORA=()
STRESS_GUIDE=
# Of a boot: until the program runs, and until all has come to rest
readonly STRESS_AROUND=90
# Without --minutes a stressor ends by its operations; this ends one that hangs.
readonly STRESS_LONGEST=600
# What stands still for so long stands; on a shared host a guest may get nothing
# for many seconds.
readonly STRESS_STALL=120

help_stress()
{
	cat <<-END
	usage: $RHEAP stress [OPTIONS]

	Tortures every promise of the heaps, each stressor in a boot of its own: storms,
	first and last buffers, references, kills, pressure, faults and deaths of the TEE,
	fuzzers. Ends with a table: operations, faults injected, what was found, and
	where that is nothing, how often it may happen still (95 % confidence, 3/N).

	A failure comes with the command that replays it. It is the driver's if a promise
	was seen broken, if a frame of ours is in the kernel's complaint, or if it
	happens again with the same seed; else the emulator's, or the harness's.

	Options:
	  --minutes N                  all stressors together, for so long (else each for
	                               a few seconds' worth of operations)
	  --ops N                      operations of each stressor
	  --max SIZE                   no buffer whose size is drawn is larger, such as 32K
	  --only NAME                  this stressor; repeat for more
	  --corpus FILE                programs that a fuzzer begins with, as a run left them
	                               in corpus/; repeat for more; none: with nothing
	                               (kernel cov: what is in results/corpora)
	  --guide on|off               kernel cov: whether what was reached guides fuzzers (on),
	                               or is told only
	  --list                       list the stressors

	Nothing is run on a kernel before its oracles have proved themselves there
	($RHEAP oracles); what was proved once stays proved.

	Without --tee those that need faults get --tee sim, and all others --tee optee;
	without --clock it is wall, with several processors.

	Exit codes: 0 nothing found, 2 the driver's fault, 5 the emulator's, 3 or 6 the
	harness's, 7 an oracle did not prove itself.

	Examples:
	  $RHEAP stress
	  $RHEAP stress --only fault --seed 7
	  $RHEAP stress --only fuzz-ioctl --kernel cov --tee sim --ops 100000
	  $RHEAP stress --minutes 60 --tee sim --out results/runs/soak
	END
}

option_stress()
{
	case $1 in
	--minutes | --ops)
		need_value stress "$@"
		need_number "$1" "$2"
		[ "$1" = --ops ] || STRESS_MINUTES=$((10#$2))
		[ "$1" = --minutes ] || STRESS_OPS=$((10#$2))
		OPT_TAKEN=2
		;;
	--max)
		need_value stress "$@"
		[[ $2 =~ ^[1-9][0-9]{0,8}[KMG]?$ ]] || die "$EX_USAGE" "--max $2: give a size, such as 32K or 1M"
		STRESS_MAX=$2
		OPT_TAKEN=2
		;;
	--only)
		need_value stress "$@"
		STRESS_ONLY+=("$2")
		OPT_TAKEN=2
		;;
	--corpus)
		need_value stress "$@"
		STRESS_CORPORA+=("$2")
		OPT_TAKEN=2
		;;
	--guide)
		need_value stress "$@"
		STRESS_GUIDE=$2
		OPT_TAKEN=2
		;;
	--list)
		STRESS_LIST=1
		OPT_TAKEN=1
		;;
	esac
}

cmd_stress()
{
	local names run name

	OPT_CLOCK=wall
	parse_options stress "$@"
	[ ${#REST[@]} -eq 0 ] || die "$EX_USAGE" "stress takes no '${REST[0]}'; see $RHEAP stress --help"
	[ -z "$STRESS_MINUTES" ] || [ -z "$STRESS_OPS" ] ||
		die "$EX_USAGE" "--minutes and --ops both say how long: give one of them"
	case $STRESS_GUIDE in
	'' | on | off) ;;
	*) die "$EX_USAGE" "--guide $STRESS_GUIDE: it is on or off" ;;
	esac
	run=${OPT_OUT:-$ROOT/results/runs/stress-$(date -u +%Y%m%dT%H%M%SZ)}
	refuse_run "$run"
	[ ! -e "$run/verdicts.tsv" ] || die "$EX_USAGE" "$run holds a run already; give another --out"
	stress_setup
	if [ -n "$STRESS_LIST" ]; then
		stressors
		return
	fi
	names=$(stress_names) || exit
	check_corpora
	[ -z "$OPT_DRY_RUN" ] || { echo "$names"; exit "$EX_PASS"; }
	mkdir -p "$run" || die "$EX_RESOURCE" "cannot make the run folder $run"
	run=$(realpath "$run")
	scratch_init
	need_oracles "$run"
	RUN_STARTED=$(utc_now)
	for name in $names; do
		stress_one "$name" "$run" "$(wc -w <<<"$names")"
	done
	stress_provenance "$run"
	stress_end "$run"
}

# stress_setup: the parts of both machines that stressors run in.
stress_setup()
{
	need_machine programs
	[ -n "$STRESS_LIST" ] || option_given --tee || need_parts kernel userland module tfa optee
}

# torment ARGS...: ask the program of the machine, here.
torment()
{
	have qemu-aarch64 || die "$EX_RESOURCE" "no qemu-aarch64: run $RHEAP setup"
	qemu-aarch64 "$(part_dir programs)/bin/torment" "$@"
}

stressors()
{
	torment --list
}

# stress_names: those that will run, one a line.
stress_names()
{
	local all name

	all=$(stressors | awk '{ print $1 }') || exit
	for name in "${STRESS_ONLY[@]}"; do
		grep -qxF -- "$name" <<<"$all" ||
			die "$EX_USAGE" "no stressor '$name'; $RHEAP stress --list lists them"
	done
	printf '%s\n' "${STRESS_ONLY[@]:-$all}"
}

# stress_tee NAME: the TEE that it runs with.
stress_tee()
{
	if option_given --tee; then
		echo "$OPT_TEE"
	elif torment --list --needs sim | grep -q "^$1 "; then
		echo sim
	else
		echo optee
	fi
}

# stress_one NAME RUN COUNT: boot, torture, judge; a failure whose owner is not
# plain is tried again with the same seed.
stress_one()
{
	local name=$1 run=$2 words=() seconds=$((STRESS_LONGEST * $(stress_slowness))) fault='' limit
	local OPT_TEE=$OPT_TEE

	OPT_TEE=$(stress_tee "$name")
	if [ -n "$STRESS_MINUTES" ]; then
		seconds=$((STRESS_MINUTES * 60 / $3))
		words+=(--ops 1000000000000)
	fi
	[ -z "$STRESS_OPS" ] || seconds=100000
	[ -z "$STRESS_OPS" ] || words+=(--ops "$STRESS_OPS")
	[ -z "$STRESS_MAX" ] || words+=(--max "$STRESS_MAX")
	words+=(--seconds "$seconds" --seed "$OPT_SEED" --only "$name" --format json)
	say "rheap: $name, --tee $OPT_TEE"
	limit=$((seconds + STRESS_AROUND * $(stress_slowness)))
	stress_boot "$name" "$run" "$limit" "${words[@]}"
	cat "$SCRATCH/counted" >>"$run/measurements.jsonl"
	if [ "$BOOT_CODE" -ne 0 ] && [ "$BOOT_CODE" -ne "$EX_SKIP" ]; then
		fault=$(stress_fault "$run/$name" "$limit" "$SCRATCH/counted") ||
			fault=$(stress_again "$name" "$run" "$limit" "${words[@]}")
	fi
	printf '%s\t%s\t%s\t%s\t%s\n' "$name" "$OPT_TEE" "$BOOT_CODE" "$fault" "$BOOT_WHY" >>"$run/verdicts.tsv"
}

# stress_slowness: how much longer than on the release kernel all takes.
stress_slowness()
{
	case $OPT_KERNEL in
	debug | race) echo 5 ;;
	cov) echo 2 ;;
	*) echo 1 ;;
	esac
}

# stress_boot NAME RUN SECONDS WORDS...: sets BOOT_CODE and BOOT_WHY; what was
# counted is in $SCRATCH/counted, the logs of a failure in RUN/NAME.
stress_boot()
{
	local logs=$2/$1 seconds=$3 BOOT_WATCH=watch_host BOOT_ARGUMENTS

	BOOT_ARGUMENTS=$(stress_arguments)
	heap_modules
	new_job
	exec_job "$JOB" "$(part_dir programs)/bin/torment" "${@:4}"
	corpus_job "${1%.again}"
	mkdir "$JOB/modules"
	cp "$(part_dir module)/restricted_importer.ko" "$JOB/modules"
	boot_machine "$JOB" "$logs" "${OPT_TIMEOUT:-$seconds}" >"$SCRATCH/said"
	corpus_take "${1%.again}" "$2" "$logs"
	[ "$BOOT_CODE" -ne 0 ] || rm -rf "$logs"
}

# stress_arguments: for the kernel's command line: how long it waits before it
# says that something stands still.
stress_arguments()
{
	echo "rcupdate.rcu_cpu_stall_timeout=$STRESS_STALL"
	[ "$OPT_KERNEL" != debug ] || echo "sysctl.kernel.hung_task_timeout_secs=$STRESS_STALL"
}

# stress_again NAME RUN SECONDS WORDS...: what happens again with the seed is the driver's.
stress_again()
{
	local code=$BOOT_CODE name=$1 run=$2

	say "rheap: $name: $BOOT_WHY; once more with the same seed"
	stress_boot "$name.again" "$run" "$3" "${@:4}" >/dev/null
	if [ "$BOOT_CODE" -ne 0 ]; then
		echo driver
	elif [ "$code" -eq "$EX_TIMEOUT" ]; then
		echo harness
	else
		echo emulator
	fi
}

stress_provenance()
{
	{
		fact n 1 format
		fact s "$RUN_STARTED" started
		fact s "$(utc_now)" ended
		fact s "$OPT_CLOCK" clock
		fact s "$OPT_KERNEL" kernel
		fact n "$OPT_SEED" seed
		fact n "$STRESS_MINUTES" minutes
		fact n "$STRESS_OPS" ops
		fact s "$STRESS_MAX" max
		build_facts
		host_facts
	} | facts_to_json >"$1/stress.json" || die "$EX_RESOURCE" "cannot write $1/stress.json"
}

# stress_end RUN: the table, and the exit code.
stress_end()
{
	local code=0

	/usr/bin/python3 -B "$SCRIPTS/stress/table.py" "$1" --command "$RHEAP" >"$1/table.txt" || code=$?
	cat "$1/table.txt"
	say "rheap: run folder: $1"
	exit "$code"
}
