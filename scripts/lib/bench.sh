# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# `rheap bench`: run a plan in the machine, write the run folder, draw.

use exec provenance report run-progress profile

BENCH_PLAN=
BENCH_LIST=
BENCH_LAYOUT=0
BENCH_PASSES=1
# What else is done to a job folder before it is run
BENCH_JOB=(:)
BENCH_REPORT=1
# Words for plan_tool: --only NAME ... and --strict
BENCH_CHOICE=()
BENCH_PERF=
BENCH_HYPERFINE=
readonly MOST_PASSES=1000
# 16 MiB, of the machine's memory
readonly MOST_LAYOUT=4096

help_bench()
{
	cat <<-END
	usage: $RHEAP bench [OPTIONS]

	Sets up what is missing, boots the machine, runs a plan in it, and ends with a
	table and the path of report.html in the run folder.

	Options:
	  --plan NAME|FILE             a plan of results/plans, or your own (full;
	                               with --quick: quick)
	  --only NAME                  run these entries alone: an instrument, a label, or
	                               a section's whole name; repeat for more
	  --strict                     end with 4 when anything was skipped, such as a heap
	                               that this machine has not
	  --layout N                   lay the machine's memory out otherwise: N pages less
	                               (0). What then differs, is no one's doing
	  --passes N                   with --clock wall: measure all of the plan so many
	                               times over, as a host's moods outlast an entry (1)
	  --no-report                  draw nothing: the run folder alone
	  --perf                       beside it, what perf stat counts of each entry, and
	                               what perf record catches of our tracepoints, in perf/
	  --hyperfine                  beside it, hyperfine's times of whole commands: module
	                               load, first allocation, a round trip of exec
	  --list [INSTRUMENT]          list plans and instruments; or what one instrument
	                               can do, with examples

	Examples:
	  $RHEAP bench --quick --only latency
	  $RHEAP bench --plan maintainer-overhead --series 7.3
	  $RHEAP bench --plan my.ini --strict
	  $RHEAP bench --list latency
	END
}

option_bench()
{
	case $1 in
	--plan)
		need_value bench "$@"
		BENCH_PLAN=$2
		OPT_TAKEN=2
		;;
	--only)
		need_value bench "$@"
		BENCH_CHOICE+=(--only "$2")
		OPT_TAKEN=2
		;;
	--layout)
		need_value bench "$@"
		need_number "$1" "$2" 0
		BENCH_LAYOUT=$((10#$2))
		[ "$BENCH_LAYOUT" -le "$MOST_LAYOUT" ] ||
			die "$EX_USAGE" "--layout $2 is too much; it may be $MOST_LAYOUT"
		OPT_TAKEN=2
		;;
	--passes)
		need_value bench "$@"
		need_passes "$2"
		BENCH_PASSES=$((10#$2))
		OPT_TAKEN=2
		;;
	--no-report)
		BENCH_REPORT=
		OPT_TAKEN=1
		;;
	--strict)
		BENCH_CHOICE+=(--strict)
		OPT_TAKEN=1
		;;
	--perf)
		BENCH_PERF=1
		OPT_TAKEN=1
		;;
	--hyperfine)
		BENCH_HYPERFINE=1
		OPT_TAKEN=1
		;;
	--list)
		BENCH_LIST=1
		OPT_TAKEN=1
		;;
	esac
}

# need_passes N: refuse what --passes cannot be.
need_passes()
{
	need_number --passes "$1"
	[ "$((10#$1))" -le "$MOST_PASSES" ] || die "$EX_USAGE" "--passes $1 is too much; it may be $MOST_PASSES"
}

cmd_bench()
{
	local plan run

	parse_options bench "$@"
	if [ -n "$BENCH_LIST" ] && [ ${#REST[@]} -le 1 ]; then
		show_bench_list
		return
	fi
	[ ${#REST[@]} -eq 0 ] || die "$EX_USAGE" "bench takes no '${REST[0]}'; see $RHEAP bench --help"
	[ -z "$BENCH_PLAN" ] || [ -z "$OPT_QUICK" ] ||
		die "$EX_USAGE" "--quick is the plan quick: give either --quick or --plan"
	[ ! -x /usr/bin/python3 ] || plan_options
	run=$(run_folder) || exit
	if [ ! -x /usr/bin/python3 ]; then
		# A bare machine: the plan can be read when the packages are there.
		need_parts
		plan_options
	fi
	[ "$BENCH_PASSES" -eq 1 ] || [ "$OPT_CLOCK" = wall ] ||
		die "$EX_USAGE" "--passes $BENCH_PASSES: counted instructions do not depend on when; use --clock wall"
	need_machine programs
	plan_tool check "$(plan_word)" --programs "$(part_dir programs)/bin"
	plan=$(plan_tool path "$(plan_word)")
	measure "$plan" "$run"
	if [ "$BOOT_CODE" -eq 0 ]; then
		[ -z "$BENCH_PERF" ] || profile_entries "$plan" "$run"
		[ -z "$BENCH_HYPERFINE" ] || profile_commands "$run"
	fi
	finish "$run"
}

# show_bench_list: what the instruments answer is known when they are built.
show_bench_list()
{
	local bin

	bin=$(part_dir programs)/bin
	if [ ${#REST[@]} -eq 1 ]; then
		[ -d "$bin" ] || setup_parts programs
		plan_tool manual "${REST[0]}" --programs "$bin"
	elif [ -d "$bin" ]; then
		plan_tool list --programs "$bin"
	else
		plan_tool list
	fi
}

plan_word()
{
	if [ -n "$BENCH_PLAN" ]; then
		echo "$BENCH_PLAN"
	elif [ -n "$OPT_QUICK" ]; then
		echo quick
	else
		echo full
	fi
}

# plan_options: what the plan's [plan] says of the machine counts where the
# command line says nothing.
plan_options()
{
	local options path line key value why

	options=$(plan_tool options "$(plan_word)") || exit
	path=$(plan_tool path "$(plan_word)") || exit
	while read -r line key value; do
		[ -n "$key" ] && ! option_given "--$key" || continue
		# A tree of one's own is of no series.
		[ "$key" != series ] || [ -z "$OPT_LINUX" ] || continue
		why=$(take_option bench "--$key" "$value" 2>&1 && check_options 2>&1) ||
			die "$EX_USAGE" "$path:$line: key '$key': ${why#rheap: }"
		take_option bench "--$key" "$value"
	done <<<"$options"
}

plan_tool()
{
	/usr/bin/python3 -B "$SCRIPTS/plan/plan.py" "$@" "${BENCH_CHOICE[@]}" --root "$ROOT" --seed "$OPT_SEED" || exit
}

# run_folder: where the run goes.
run_folder()
{
	local run=${OPT_OUT:-$ROOT/results/runs/$(date -u +%Y%m%dT%H%M%SZ)}

	refuse_run "$run"
	echo "$run"
}

# measure PLAN RUN: one boot that runs the plan; RUN gets the measurements, the
# logs and run.json.
measure()
{
	local plan=$1 run=$2

	heap_modules
	new_job
	cp -r "$(part_dir programs)/bin" "$JOB/bin"
	plan_tool job "$plan" --passes "$BENCH_PASSES" --traces "$JOB/traces" >"$JOB/run"
	chmod 755 "$JOB/run"
	: >"$JOB/facts"
	head -c $((BENCH_LAYOUT * 4096)) /dev/zero >"$JOB/layout"
	"${BENCH_JOB[@]}"
	if [ -n "$OPT_DRY_RUN" ]; then
		boot_machine "$JOB" "$SCRATCH/logs" 0
		exit "$EX_PASS"
	fi
	mkdir -p "$run" || die "$EX_RESOURCE" "cannot make the run folder $run"
	run=$(realpath "$run")
	BOOT_STDERR="show_progress $(plan_times "$plan") $(plan_tool entries "$plan" --passes "$BENCH_PASSES")"
	plan=$(realpath "$plan")
	provenance_before
	trap 'measure_stopped 130 "$plan" "$run"' INT
	trap 'measure_stopped 143 "$plan" "$run"' TERM HUP
	boot_machine "$JOB" "$run" "${OPT_TIMEOUT:-1800}" >"$run/measurements.part"
	keep_measurements "$run"
	provenance_after "$plan" "$run"
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

# measure_stopped CODE PLAN RUN: an interrupted run keeps what was measured.
measure_stopped()
{
	local run=$3

	trap '' INT TERM HUP
	BOOT_CODE=$1
	boot_stop "$run"
	keep_measurements "$run"
	provenance_after "$2" "$run"
	say "rheap: interrupted; $(wc -l <"$run/measurements.jsonl") measurements are in $run," \
		"which is marked as incomplete; $RHEAP report $run draws them"
	exit "$1"
}

# finish RUN: draw, tell what went wrong, exit with the verdict.
finish()
{
	local run=$1 status=0

	if [ -s "$run/measurements.jsonl" ] && [ -n "$BENCH_REPORT" ]; then
		draw_run "$run" || status=$?
	fi
	if [ -n "$BOOT_WHY" ]; then
		tell_verdict "$run"
	elif [ "$BOOT_CODE" -ne 0 ]; then
		say "rheap: the plan failed with $BOOT_CODE; what its programs said is above; run folder: $run"
	fi
	[ "$BOOT_CODE" -ne 0 ] || exit "$status"
	exit "$BOOT_CODE"
}

# keep_measurements RUN: they get their name when they are whole lines; one that
# was cut off is dropped, in place, as there may be no room for a copy. Sets
# RUN_WHOLE to whether nothing was lost.
keep_measurements()
{
	local part=$1/measurements.part

	# A signal came when this was done already
	[ -e "$part" ] || return 0
	RUN_WHOLE=true
	[ -z "$BOOT_LOST" ] || RUN_WHOLE=false
	if [ -s "$part" ] && [ "$(tail -c 2 "$part" | od -An -c | tr -d ' ')" != '}\n' ]; then
		RUN_WHOLE=false
		truncate -s "-$(tail -n 1 "$part" | wc -c)" "$part"
	fi
	mv "$part" "$1/measurements.jsonl"
}
