# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0

# What the framework may cost an alloc and a free, in instructions; and 1 % at most.
readonly FRAMEWORK_TAX=60

# a quick run ends with a report and keeps to the schemas
test_bench_quick()
{
	bench_run quick --quick
}

# two full runs agree in every median within 0.1 %, or to the instruction inside the kernel
test_bench_full()
{
	local first

	bench_run one &
	first=$!
	bench_run two
	wait "$first"
	compare_medians one two 0.001 latency tee_rtt
	compare_medians one two 0 kernel
	compare_counters one two
	tax_limits one restricted_carveout direct_carveout
	tax_limits one restricted_pages direct_pages
	cost_limits one
	record_limit one
}

# a plan says which TEE it needs, and the command line has the last word
test_bench_tee()
{
	cat >plan.ini <<-'END'
	[plan]
	tee = none
	[latency]
	heap = system
	size = 4K
	samples = 30
	END
	bench_run alone --plan plan.ini
	[ "$(jq -r '.tee + " " + (.parts | keys | join(" "))' alone/run.json)" = "none kernel userland" ] ||
		fail "the plan's TEE did not count: $(jq -c '.tee, .parts' alone/run.json)"
	[ "$(jq -r .params.tee alone/measurements.jsonl | sort -u)" = none ] ||
		fail "a measurement does not say which TEE there was"
	[ ! -s alone/secure.log ] || fail "there was a secure world"
	bench_run optee --plan plan.ini --tee optee
	[ "$(jq -r .tee optee/run.json)" = optee ] && [ -s optee/secure.log ] ||
		fail "the command line's TEE did not count"
}

# a session played on a heap counts what a simulation of its allocator does
test_replay_simulation()
{
	local trace heap counts heaps="restricted_carveout direct_carveout protected,secure-video"

	basename -a -s .csv "$ROOT"/results/traces/*.csv >names
	[ "$(wc -l <names)" -ge 6 ] || fail "fewer than six named sessions"
	printf '[replay]\ntrace = %s\nheap = %s\nrepeat = 2\n' "$(paste -sd ' ' names)" "$heaps" >plan.ini
	bench_run run --plan plan.ini
	# All three pools are of this size
	/usr/bin/python3 -B "$ROOT/bench/tests/first_fit.py" \
		"$(jq '.pool_parameters.carveout_size' run/run.json)" "$ROOT"/results/traces/*.csv >simulated
	while read -r counts; do
		trace=$(jq -r .trace <<<"$counts")
		for heap in $heaps; do
			same_counts "$trace" "$heap" "$counts"
		done
	done <simulated
	grep -q '"fragmented":[1-9]' simulated || fail "no session fragments the pool: the test is blunt"
}

# same_counts TRACE HEAP COUNTS: every count that the run has is the simulation's.
same_counts()
{
	local off

	off=$(jq -nr --arg trace "$1" --arg heap "$2" --argjson want "$3" '
		[inputs | select(.bench == "replay" and .params.trace == $trace and .params.heap == $heap
			and .value != null)] | map({(.metric): .value}) | add // {} | . as $got
		| ($want | del(.trace)) as $want
		# Without the size of the pool, heaps cannot tell why they failed
		| $want | if $got.pool_bytes == null then del(.fragmented) else . end
		| to_entries[] | select(.value != $got[.key])
		| "\(.key): simulated \(.value), counted \($got[.key])"' run/measurements.jsonl)
	if [ -z "$off" ]; then
		result pass "$1 on $2 counts as simulated"
	else
		result fail "$1 on $2: $(paste -sd ';' <<<"$off")"
	fi
}

# a run on the model of a TEE says so in all that is made of it
test_bench_model()
{
	local file

	cat >plan.ini <<-'END'
	[plan]
	tee = sim:tfa-a57
	[latency]
	heap = restricted_mtk_cm
	size = 4K
	samples = 30
	[tee_rtt]
	samples = 30
	END
	bench_run model --plan plan.ini
	[ "$(jq -r .model_parameters.preset model/run.json)" = tfa-a57 ] ||
		fail "the model did not get its preset: $(jq -c .model_parameters model/run.json)"
	[ "$(jq -r .params.tee model/measurements.jsonl | sort -u)" = sim:tfa-a57 ] ||
		fail "a measurement does not say that it is modelled"
	for file in model.out model/report.html model/plots/*.svg; do
		grep -q "Modelled, not measured: the TEE is tee_sim, .* preset tfa-a57" "$file" ||
			fail "$file does not say that it is modelled"
	done
	result pass "run model says that it is modelled"
}

# tracepoints that nobody listens to cost nothing: a build without any is no faster
test_tracepoints_off()
{
	local run

	# A pause, or what a scrubber has done between two buffers depends on the time.
	cat >plan.ini <<-'END'
	[latency]
	heap = restricted_mtk_cm restricted_mtk_cma restricted_secure_ram restricted_carveout restricted_pages
	size = 4K 1M
	samples = 300
	pause = 50
	baseline = off
	END
	bench_run with --plan plan.ini
	bench_run without --plan plan.ini --module-cflags -DNOTRACE
	[ "$(modules_with_events)" -gt 0 ] || fail "the build with tracepoints has none"
	[ "$(OPT_MODULE_CFLAGS=-DNOTRACE modules_with_events)" -eq 0 ] ||
		fail "the build without tracepoints has some"
	for run in with without; do
		mkdir "$run-both"
		jq -c 'select(.params.op == "cycle")' "$run/measurements.jsonl" >"$run-both/measurements.jsonl"
	done
	compare_medians with-both without-both 0.001 latency
}

# modules_with_events: how many of the modules that --module-cflags gives have tracepoints.
modules_with_events()
{
	PART_HASH=()
	{ grep -l restricted_memory_alloc_begin "$(part_dir module)"/*.ko || :; } | wc -l
}

# a full disk ends a run with 3 and a reason, and half a record is never read as a whole one
test_bench_no_room()
{
	local size

	if ! unshare --mount true 2>/dev/null; then
		skip "only root can make a small file system"
	fi
	printf '[latency]\nheap = restricted_carveout direct_carveout\nsamples = 200\nbaseline = off\n' >plan.ini
	mkdir small
	# Room for some of the measurements; for all, and not for the logs
	for size in 8k 24k; do
		expect 3 "make room" unshare --mount sh -c "mount -t tmpfs -o size=$size none small && \
			'$SCRIPTS/rheap' bench ${TEST_OPTIONS[*]} --plan plan.ini --out small/run; code=\$?; \
			cp -r small/run run-$size; exit \$code"
		[ ! -e "run-$size/measurements.jsonl" ] || fail "what was lost on a disk of $size looks whole"
		[ ! -e "run-$size/run.json" ] || fail "a run on a disk of $size looks whole"
		expect 64 "not a run folder" rheap report "run-$size"
	done
}

# an interrupted run keeps what was measured, and says that it is incomplete
test_bench_interrupted()
{
	local pid status=0

	cat >plan.ini <<-'END'
	[latency:short]
	heap = restricted_carveout
	size = 4K
	samples = 30
	[tee_rtt:long]
	samples = 16384
	END
	"$SCRIPTS/rheap" bench "${TEST_OPTIONS[@]}" --plan plan.ini --out run >out 2>err &
	pid=$!
	until [ -s run/measurements.part ]; do
		kill -0 "$pid" || fail "bench ended early: $(cat err)"
		sleep 0.2
	done
	kill -TERM "$pid"
	wait "$pid" || status=$?
	cat err
	[ "$status" -eq 143 ] || fail "exit code $status, not 143"
	grep -q "interrupted; [1-9][0-9]* measurements are in" err || fail "no word about what was kept"
	[ "$(jq .complete run/run.json)" = false ] || fail "the run is not marked as incomplete"
	[ -f run/console.log ] && [ -f run/secure.log ] || fail "the logs are lost"
	/usr/bin/python3 -B "$SCRIPTS/report/validate.py" run || fail "the run breaks the schema"
}

# bench_run RUN OPTIONS...: a run as a user makes it.
bench_run()
{
	local run=$1

	shift
	rheap bench --out "$run" "$@" >"$run.out" || fail "bench ended with $?"
	tail -n 1 "$run.out" | grep -q 'report.html$' || fail "the last line is no report.html"
	[ -s "$run/report.html" ] || fail "there is no report.html"
	result pass "run $run ends with a report"
	/usr/bin/python3 -B "$SCRIPTS/report/validate.py" "$run" || fail "run $run breaks the schema"
	result pass "run $run keeps to the schemas"
}

# compare_medians RUN RUN FRACTION BENCH...: medians may differ by a fraction of
# themselves; one result per instrument.
compare_medians()
{
	local one=$1 two=$2 most=$3 bench off

	shift 3
	for bench; do
		off=$(jq -nr --arg bench "$bench" --argjson most "$most" --slurpfile a "$one/measurements.jsonl" \
			--slurpfile b "$two/measurements.jsonl" '
			def key: [.bench, .params, .metric, .unit] | tojson;
			($b | map({(key): .p50}) | add) as $other
			| [$a[] | select(.bench == $bench and .p50)]
			| if length == 0 then "nothing was measured" else .[] end
			| select(type == "string" or
				($other[key] == null) or
				((.p50 - $other[key] | fabs) > .p50 * $most))
			| if type == "string" then . else "\(.params | tojson) \(.p50) and \($other[key])" end')
		if [ -z "$off" ]; then
			result pass "$bench: both runs agree within $most of each median"
		else
			result fail "$bench: medians differ by more than $most of themselves: $(head -n 3 <<<"$off" | paste -sd ';')"
		fi
	done
}

# compare_counters RUN RUN: what is counted, and not timed, is the same to the last one;
# one result per instrument.
compare_counters()
{
	local bench off

	for bench in $(jq -r 'select(.unit | IN("count", "bytes", "ratio")) | .bench' "$1/measurements.jsonl" | sort -u); do
		off=$(jq -nr --arg bench "$bench" --slurpfile a "$1/measurements.jsonl" --slurpfile b "$2/measurements.jsonl" '
			def counters: [.[] | select(.bench == $bench and (.unit | IN("count", "bytes", "ratio")))
				| {key: ([.params, .metric, .unit] | tojson), value: ([.value, .hist, .series, .map] | tojson)}] | from_entries;
			($a | counters) as $one | ($b | counters) as $two
			| ($one + $two | keys[]) | select($one[.] != $two[.]) | "\(.) \($one[.]) and \($two[.])"')
		if [ -z "$off" ]; then
			result pass "$bench: both runs count the same"
		else
			result fail "$bench: $(wc -l <<<"$off") counters differ: $(head -n 3 <<<"$off" | paste -sd ';')"
		fi
	done
}

# figure FIELD RUN FILTER: of the one measurement that a jq filter selects.
figure()
{
	jq -nr "first(inputs | select($3) | .$1)" "$2/measurements.jsonl"
}

# tax_limits RUN HEAP TWIN: what the framework may cost an alloc and a free
# together, at each size and in each way that both were measured. Where the twin
# alone differs by more from itself, from the median to the 90th percentile, two
# medians cannot tell: that is skipped, with both figures.
tax_limits()
{
	local rows size where ours twin most blur

	rows=$(jq -nr --arg heap "$2" --arg twin "$3" --argjson tax "$FRAMEWORK_TAX" '
		[inputs | select(.bench == "latency" and .params.op == "cycle" and .p50)]
		| group_by([.params.label, .params.size])[]
		| (map({(.params.heap): .p50}) | add) as $p50
		| (map({(.params.heap): (.p90 - .p50)}) | add) as $blur
		| select($p50[$heap] and $p50[$twin])
		| [.[0].params.size, .[0].params.label // "plain", $p50[$heap], $p50[$twin],
			([$p50[$twin] + $tax, $p50[$twin] * 1.01] | min), $blur[$twin]] | @tsv' \
		"$1/measurements.jsonl") && [ -n "$rows" ] || fail "$2 and $3 were not measured together"
	while read -r size where ours twin most blur; do
		if [ "$blur" -gt "$FRAMEWORK_TAX" ]; then
			result skip "$2, $size bytes, $where: $((ours - twin)) instructions over $3, whose 90th percentile is $blur over its median"
			continue
		fi
		limit "$ours" "$most" \
			"$2, $size bytes, $where: $ours instructions, at most $most; $3 $twin"
	done <<<"$rows"
}

# cost_limits RUN: what our heap may cost, with scrubbing off for the comparison,
# since mainline does not scrub.
cost_limits()
{
	local size sizes ours peer

	sizes=$(jq -nr '[inputs | select(.bench == "latency" and .params.label == "noscrub")
		| .params.size] | unique[]' "$1/measurements.jsonl") && [ -n "$sizes" ] ||
		fail "nothing was measured without scrubbing"
	for size in $sizes; do
		ours=$(figure p50 "$1" "$(cycle_of restricted_carveout "$size")")
		peer=$(figure p50 "$1" "$(cycle_of protected,secure-video "$size")")
		limit "$ours" "$peer" "restricted_carveout, $size bytes: $ours instructions, protected,secure-video $peer"
	done
}

# record_limit RUN: what it costs to keep one sample.
record_limit()
{
	local field cost

	for field in p50 mean; do
		cost=$(figure "$field" "$1" '.bench == "baseline" and .params.what == "record"')
		limit "$cost" 40 "keeping a sample costs $cost instructions ($field)"
	done
}

cycle_of()
{
	printf '.bench == "latency" and .params.label == "noscrub" and .params.op == "cycle"
		and .params.heap == "%s" and .params.size == %s' "$1" "$2"
}

# limit VALUE MOST TEXT: both are numbers.
limit()
{
	[[ $1 =~ ^[0-9] && $2 =~ ^[0-9] ]] || fail "not measured: $3"
	if jq -ne "$1 <= $2" >/dev/null; then
		result pass "$3"
	else
		result fail "$3"
	fi
}
