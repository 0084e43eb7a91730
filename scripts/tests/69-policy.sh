# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0

# each lending policy costs what it should, holds what it should, and two runs count the same
test_policy()
{
	printf '[plan]\ntee = optee-dynamic\n[policy]\n%s\n' \
		'heap = restricted_pages restricted_mtk_cma protected,secure-video
		size = 256K
		pause = 50
		samples = 20' | sed 's/^\t*//' >plan.ini
	bench_run one --plan plan.ini
	bench_run two --plan plan.ini
	policy_same
	policy_lone
	policy_back
}

# policy_same: all that is counted, and not timed, is equal in both runs.
policy_same()
{
	local run

	for run in one two; do
		jq -c 'select(.bench == "policy" and (.unit == "count" or .unit == "bytes") and .metric != "course")
			| [.params, .metric, .value, .min, .p50, .max]' "$run/measurements.jsonl" >"$run.exact"
	done
	[ "$(wc -l <one.exact)" -ge 30 ] || fail "only $(wc -l <one.exact) counts"
	if cmp one.exact two.exact; then
		result pass "two runs agree in every count ($(wc -l <one.exact))"
	else
		result fail "two runs differ: $(diff one.exact two.exact | head -n 1 | cut -c1-200)"
	fi
}

# policy_lone: calls a lone buffer takes, on its path or off.
policy_lone()
{
	policy_expect "a lone buffer takes two calls under buffer, and one to scrub else" \
		'[{buffer: 40, pool: 20, region: 20, none: 20}[.params.policy // "none"], .value]' \
		'.metric == "tee_calls"' 4
}

# policy_back: what is held when all are freed, and that all of it comes back.
policy_back()
{
	policy_expect "8 buffers of 256 KiB leave nothing under buffer and in mainline's pool, 2 MiB in ours, a region else" \
		'[{buffer: 0, pool: 2097152, region: 67108864}[.params.policy //
			(if .params.heap == "restricted_mtk_cma" then "region" else "buffer" end)], .p50]' \
		'.metric == "held"' 10
	policy_expect "what is held comes back, left alone and when the kernel wants it" \
		'[0, .series[-1][1]]' '.metric == "course"' 10
}

# policy_expect WHAT PAIR FILTER N: in N measurements of FILTER, PAIR is twice the same.
policy_expect()
{
	local found

	found=$(jq -nc "[inputs | select(.bench == \"policy\") | select($3) | {p: .params, v: $2}]
		| [length, (map(select(.v[0] != .v[1])) | length), (map(select(.v[0] != .v[1])) | .[0])]" one/measurements.jsonl)
	if [[ $found == "[$4,0,"* ]]; then
		result pass "$1"
	else
		result fail "$1: [measurements, wrong ones, one of them] $found"
	fi
}
