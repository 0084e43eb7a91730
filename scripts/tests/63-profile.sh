# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0

# --perf and --hyperfine add what they tell to the run folder, and to the report
test_bench_profile()
{
	local command calls

	printf '[latency:%s]\nheap = %s\nsize = 4K\nsamples = 30\nwarmup = 0\nbaseline = off\n' \
		a restricted_mtk_cm zeroes restricted_carveout >plan.ini
	bench_run run --plan plan.ini --perf --hyperfine
	for command in "load of all modules" "first allocation, restricted_pages" "load of one module" "rheap exec"; do
		jq -e --arg command "$command" '.results[] | select(.command == $command) | .times | all(. > 0)' \
			run/hyperfine.json >/dev/null || fail "hyperfine has no times of '$command'"
		grep -q ">$command<" run/report.html || fail "the report has nothing of '$command'"
	done
	# Nobody waits for the host while instructions are counted: that took seconds.
	jq -e 'all(.results[] | select(.command != "rheap exec") | .times[]; . < 0.1)' run/hyperfine.json >/dev/null ||
		fail "times with the host's in them: $(jq -c '.results[] | [.command, .max]' run/hyperfine.json | paste -sd ' ')"
	jq -se 'any(.event == "instructions:k" and (."counter-value" | tonumber) > 100000)' run/perf/latency-a.stat.json \
		>/dev/null || fail "perf counted no instructions of the kernel: $(cat run/perf/latency-a.stat.json)"
	# Three to try the free, and what else the program allocates; a call to get each and one to give it back
	calls=$(awk '/restricted_tee_call_begin/ { print $1 }' run/perf/latency-a.events.txt)
	[ "${calls:-0}" -ge 60 ] || fail "perf saw ${calls:-no} calls of at least 60: $(cat run/perf/latency-a.events.txt)"
	grep -q 'restricted_zero_begin:.* pa=0x[0-9a-f]* size=' run/perf/latency-zeroes.trace.txt ||
		fail "perf cannot read a tracepoint of ours: $(grep -m 1 restricted_zero run/perf/latency-zeroes.trace.txt)"
	grep -q 'instructions:k' run/report.html || fail "the report has nothing of perf stat"
}
