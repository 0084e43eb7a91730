# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0

# frag with one seed gives the same maps and counts; its control is 0, its adversary is none
test_frag()
{
	frag_plan
	bench_run one --plan plan.ini
	bench_run two --plan plan.ini
	frag_same
	frag_control
	frag_adversary
	frag_reached
}

frag_plan()
{
	local index order pages

	printf '[frag]\nheap = restricted_carveout direct_carveout restricted_mtk_cm\nallocs = 500\n' >plan.ini
	while read -r index order pages; do
		printf '[frag:%s-%s-%s]\n' "$index" "$order" "$pages"
		printf 'heap = restricted_pages\nload = synthetic\nallocs = 60\n'
		printf 'index = %s\norder = %s\npages = %s\n' "$index" "$order" "$pages"
	done >>plan.ini <<-'END'
	100 9 unmovable
	500 4 movable
	500 4 unmovable
	900 2 unmovable
	END
}

# frag_same: all that is not a time is equal in both runs, maps first.
frag_same()
{
	local run metrics

	for run in one two; do
		jq -c 'select(.bench == "frag" and (.map // .series // .value) != null)
			| [.params, .metric, .map, .series, .value]' "$run/measurements.jsonl" >"$run.exact"
	done
	metrics=$(jq -r '.[1]' one.exact | sort -u | paste -sd ' ')
	for run in map map_digest unusable_permille failures tee_calls; do
		[[ " $metrics " == *" $run "* ]] || fail "no $run was measured"
	done
	if cmp one.exact two.exact; then
		result pass "two runs agree in every map, series and count ($(wc -l <one.exact))"
	else
		result fail "two runs differ: $(diff one.exact two.exact | head -n 1 | cut -c1-200)"
	fi
}

frag_control()
{
	local found

	found=$(jq -nr '[inputs | select(.bench == "frag" and .params.load == "control")]
		| [(.[] | select(.metric == "unusable_permille") | .series[][1]),
			(.[] | select(.metric == "fragmented") | .value)]
		| "\(length > 500) \(max)"' one/measurements.jsonl)
	if [ "$found" = "true 0" ]; then
		result pass "equal sizes: nothing is unusable, and nothing fails but for want of memory"
	else
		result fail "the control is not 0: $found"
	fi
}

# frag_adversary: it defeats who takes one hole, and not who takes many ranges.
frag_adversary()
{
	local failed

	failed=$(jq -nr '[inputs | select(.bench == "frag" and .params.load == "adversary"
			and .metric == "fragmented") | {(.params.heap): .value}] | add
		| "\(.restricted_carveout > 0) \(.restricted_carveout == .direct_carveout) \(.restricted_mtk_cm)"' \
		one/measurements.jsonl)
	if [ "$failed" = "true true 0" ]; then
		result pass "combs defeat the carve-outs, and not the heap that takes ranges"
	else
		result fail "combs: $failed"
	fi
}

# frag_reached: memory was torn to what was asked for, within 2 %, at each of four places.
frag_reached()
{
	local off

	off=$(jq -nr '[inputs | select(.metric == "index_reached")
			| {want: .params.index, got: .value}]
		| if length != 4 then "of 4 indices \(length) were reached"
			else .[] | select((.got - .want | fabs) > .want * 0.02)
			| "asked for \(.want), got \(.got)" end' one/measurements.jsonl)
	if [ -z "$off" ]; then
		result pass "memory is torn to the index that is asked for"
	else
		result fail "memory is not torn as asked for: $off"
	fi
}
