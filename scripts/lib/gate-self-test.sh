# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# `rheap gate --self-test`: how often the gate errs, measured.
#
# Each pair is two boots of the same modules, with memory laid out otherwise, of
# one plan in which each entry is one trial. In the boot `head` each entry has its
# slow-down, which -DRHEAP_INJECT compiles into the modules; in the boot `base`
# none has. The entries without one are the trials of false alarms.

SELF_TEST_PAIRS=100
SELF_TEST_TABLE=

# Heaps, and what is added to an allocation of 64 KiB from them, in percent
readonly SELF_TEST_HEAPS="restricted_mtk_cm restricted_carveout restricted_pages"
SELF_TEST_PERCENT="0.1 0.2 0.3 0.5 1 2 5 10"
# Instructions of the slow-down that tells what one of them costs
SELF_TEST_KNOWN=100000

gate_self_test()
{
	local folder plan pair

	if [ "$OPT_CLOCK" = wall ]; then
		[ "$SELF_TEST_PAIRS" -ge 10 ] ||
			die "$EX_USAGE" "--pairs $SELF_TEST_PAIRS is too few of a wall clock: half of them are the first" \
				"look and half confirm it; give 10 or more (60 are a gate as long as --rounds has it)"
		SELF_TEST_PERCENT="2 5 10"
		# Far above what an allocation's time scatters by
		SELF_TEST_KNOWN=10000000
	fi
	OPT_MODULE_CFLAGS="-DRHEAP_INJECT${OPT_MODULE_CFLAGS:+ $OPT_MODULE_CFLAGS}"
	folder=${OPT_OUT:-$ROOT/results/runs/self-test-$(date -u +%Y%m%dT%H%M%SZ)}
	need_machine programs
	scratch_init
	mkdir -p "$folder" || die "$EX_RESOURCE" "cannot make the folder $folder"
	folder=$(realpath "$folder")
	plan=$folder/self-test.ini
	{
		# shellcheck disable=SC2086 # a list of words
		self_test_latencies 0 $SELF_TEST_PERCENT
		[ "$OPT_CLOCK" = wall ] || self_test_exact
	} >"$plan"
	plan_tool check "$plan" --programs "$(part_dir programs)/bin"
	calibrate "$folder"
	for ((pair = 0; pair < SELF_TEST_PAIRS; pair++)); do
		say "gate: pair $((pair + 1)) of $SELF_TEST_PAIRS"
		self_test_pair "$plan" "$folder" "$pair"
	done
	judge self-test "$folder" --table "${SELF_TEST_TABLE:-$folder/error-rates.md}"
}

# self_test_latencies INJECTION...: an entry a trial; its label tells what is injected.
self_test_latencies()
{
	local heap percent

	echo "# SPDX-License-Identifier: GPL-2.0"
	echo "[plan]"
	echo "description = the gate's self-test"
	for heap in $SELF_TEST_HEAPS; do
		for percent; do
			self_test_entry latency "$heap" "$percent"
		done
	done
}

# self_test_exact: trials that exact counters decide, too.
self_test_exact()
{
	local percent

	self_test_entry latency restricted_mtk_cm tee-call
	self_test_entry latency restricted_carveout zero-page
	for percent in 0 tee-call; do
		self_test_entry replay restricted_mtk_cm "$percent"
	done
	self_test_entry replay restricted_pages 0
}

# self_test_entry PROGRAM HEAP INJECTION
self_test_entry()
{
	printf '\n[%s:%s]\nheap = %s\n' "$1" "$2-$3" "$2"
	case $1 in
	latency) printf 'size = 64K\nsamples = 60\nbaseline = off\n' ;;
	replay) printf 'trace = 720p-av1-ladder\n' ;;
	esac
}

# calibrate FOLDER: a first boot tells what an allocation costs, and what an
# instruction more does; injections.head is made of it.
calibrate()
{
	local folder=$1 heap

	for heap in $SELF_TEST_HEAPS; do
		echo "$heap-calibrate $SELF_TEST_KNOWN 0 0"
	done >"$folder/injections.calibrate"
	: >"$folder/injections.base"
	[ -s "$folder/injections.head" ] && return
	self_test_latencies calibrate 0 >"$folder/calibrate.ini"
	self_test_boot "$folder/calibrate.ini" "$folder/calibrate" "$folder/injections.calibrate" 0
	{
		judge injections "$folder/calibrate" --known "$SELF_TEST_KNOWN" --percent "$SELF_TEST_PERCENT"
		echo "restricted_mtk_cm-tee-call 0 1 0"
		echo "restricted_carveout-zero-page 0 0 1"
	} >"$folder/injections.new"
	mv "$folder/injections.new" "$folder/injections.head"
}

# self_test_pair PLAN FOLDER PAIR: two boots; those that are there already stay.
self_test_pair()
{
	local sides=(base head) side status=0 pids=()

	[ $(($3 % 2)) -eq 0 ] || sides=(head base)
	for side in "${sides[@]}"; do
		[ ! -e "$2/$3/$side/run.json" ] || continue
		rm -rf "${2:?}/$3/$side"
		self_test_boot "$1" "$2/$3/$side" "$2/injections.$side" "$(layout "$(($3 + 1))" "$side")" &
		pids+=("$!")
		[ "$OPT_CLOCK" = icount ] || wait "${pids[-1]}" || status=$?
	done
	[ ${#pids[@]} -eq 0 ] || wait "${pids[@]}" || status=$?
	[ "$status" -eq 0 ] || die "$status" "pair $3 failed; $2/$3 has its logs"
}

# self_test_boot PLAN RUN INJECTIONS LAYOUT
self_test_boot()
(
	SCRATCH=
	scratch_init
	BENCH_LAYOUT=$4
	BENCH_JOB=(inject "$3")
	mkdir -p "$2"
	measure "$1" "$2" 2>"$2/progress.log"
	exit "$BOOT_CODE"
)

# inject INJECTIONS: the job's programs set the slow-down of their entry before they run.
inject()
{
	local name

	cp "$1" "$JOB/injections"
	mkdir "$JOB/bin/plain"
	for name in latency replay; do
		mv "$JOB/bin/$name" "$JOB/bin/plain/$name"
		cp "$SCRIPTS/machine/inject" "$JOB/bin/$name"
	done
}
