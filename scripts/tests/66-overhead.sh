# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0

# the framework's price is the same in two boots, and by two instruments
test_overhead()
{
	cat >plan.ini <<-'END'
	[overhead]
	size = 4K 64K
	samples = 100
	[latency]
	heap = restricted_carveout direct_carveout restricted_pages direct_pages
	size = 4K 64K
	samples = 100
	baseline = off
	[kernel]
	case = clock phase
	heap = restricted_carveout
	size = 4K
	samples = 100
	END
	bench_run one --plan plan.ini
	bench_run two --plan plan.ini
	same_prices one two
	prices_of_latency one
	phase_of_kernel one
	grep -q 'What the letter asks of the framework' one.out || fail "no sentence answers the letter"
}

# same_prices RUN RUN: every estimate, its interval included.
same_prices()
{
	local run

	for run; do
		jq -c 'select(.metric == "difference") | [.params, .value, .low, .high]' \
			"$run/measurements.jsonl" >"$run.prices"
	done
	[ "$(wc -l <"$1.prices")" -eq 12 ] || fail "$(wc -l <"$1.prices") prices, not 12"
	diff "$1.prices" "$2.prices" || fail "the prices of two boots differ: $(diff "$1.prices" "$2.prices" | sed -n 2p)"
	result pass "the prices of two boots are equal, intervals included"
}

# prices_of_latency RUN: the median of differences is the difference of medians
# that latency measured, for all pairs and sizes.
prices_of_latency()
{
	local off

	off=$(jq -nr '
		[inputs] as $all
		| ($all | map(select(.bench == "latency" and .params.op == "cycle")
			| {("\(.params.heap) \(.params.size)"): .p50}) | add) as $latency
		| $all[] | select(.metric == "difference" and .params.op == "cycle")
		| .params as $p
		| ($latency["\($p.heap) \($p.size)"] - $latency["\($p.twin) \($p.size)"]) as $other
		| select(.value != $other)
		| "\($p.heap) \($p.size): \(.value) and \($other)"' "$1/measurements.jsonl") ||
		fail "the prices cannot be compared"
	[ -z "$off" ] || fail "overhead and latency differ: $off"
	result pass "latency finds the same prices"
}

# phase_of_kernel RUN: a traced phase without the tracer's own time is what the
# bench inside the kernel measured without its clock's, but for a few instructions.
phase_of_kernel()
{
	local traced tracer inside clock off

	traced=$(figure p50 "$1" "$(phase_at overhead restricted_carveout memory_alloc)")
	tracer=$(figure min "$1" "$(phase_at overhead restricted_pages tracer)")
	inside=$(figure p50 "$1" "$(phase_at kernel restricted_carveout memory_alloc)")
	clock=$(figure p50 "$1" '.bench == "kernel" and .params.case == "clock"')
	off=$((traced - tracer - inside + clock))
	limit "${off#-}" 20 \
		"memory_alloc of 4 KiB: $((traced - tracer)) instructions between tracepoints, $((inside - clock)) without"
}

# phase_at BENCH HEAP PHASE: the filter for it at 4 KiB.
phase_at()
{
	printf '.bench == "%s" and .params.heap == "%s" and .params.phase == "%s" and .params.size == 4096' "$@"
}

# overhead leaves no trace behind, and without tracepoints measures the rest and tells
test_overhead_tracepoints()
{
	use guest-tests
	mkdir -p job
	guest_script job/overhead_trace <<-'END'
	say()
	{
		if [ "$1" -eq 0 ]; then echo "ok $2"; else echo "not ok $2"; fi
	}
	/job/bin/overhead --size 4K --samples 60 >/tmp/out 2>/tmp/err
	[ $? -eq 0 ] && grep -q '"phase":"tracer"' /tmp/out
	say $? "phases are traced"
	cat /tmp/err
	[ -z "$(ls /sys/kernel/tracing/instances)" ] && [ "$(cat /sys/kernel/tracing/set_event)" = "" ]
	say $? "no trace is left, and no event enabled"
	/job/bin/overhead --size 1G --samples 30 >/tmp/out 2>/tmp/err
	[ $? -eq 4 ] && grep -q '"reason":"ENOMEM"' /tmp/out
	say $? "a size that does not fit is skipped and told"
	cat /tmp/err
	umount /sys/kernel/tracing
	/job/bin/overhead --size 4K --samples 30 >/tmp/out 2>/tmp/err
	[ $? -eq 3 ] && grep -q 'no tracepoints' /tmp/err && grep -q '"metric":"difference"' /tmp/out
	say $? "without tracepoints the prices are measured, and it ends with 3"
	cat /tmp/err
	END
	guest_step overhead_trace /job/overhead_trace
	guest_run
}
