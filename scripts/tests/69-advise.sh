# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0

# advise foretells three sessions and a histogram within 10 %, and no table of its advice is worse than 8,4,0
test_advise()
{
	advise_sweep
	printf '# so many buffers of each size\n4K 70\n64K 10\n1M 12\n3M 8\n' >sizes.txt
	advise_try resolution "$ROOT/results/traces/1080p-avc-resolution.csv" --max-pool 0
	advise_try zapping "$ROOT/results/traces/720p-avc-zapping.csv"
	advise_try pip "$ROOT/results/traces/720p-vp9-pip.csv" --abi 32/2044K
	advise_try sizes sizes.txt --max-pool 4M
	advise_refused
}

# advise_sweep: a small one; of the workloads' sizes it has one.
advise_sweep()
{
	cat >plan.ini <<-'END'
	[orders]
	orders = 8,4,0 9,4,0 8,6,4,2,0
	batch = 1024 32/2044K
	size = 4K 64K 1M 3133440 8M
	samples = 30
	looks = 2
	[orders:pool]
	orders = 8,4,0 9,4,0 8,6,4,2,0
	batch = 1024
	policy = pool
	size = 4K 64K 1M 3133440 8M
	samples = 30
	END
	bench_run sweep --plan plan.ini
}

# advise_try NAME WORKLOAD OPTION...: an advice whose prediction and table are good.
advise_try()
{
	local name=$1 code=0 bad worse

	rheap advise "${@:3}" --out "$name" sweep "$2" >"$name.out" 2>"$name.err" || code=$?
	if [ "$code" -ne 0 ]; then
		cat "$name.out" "$name.err"
		result fail "$name: advise ended with $code"
		return
	fi
	bad=$(jq -r '.settings | to_entries[] | (.value.buffer / .value.measured - 1) as $off
		| select(($off | fabs) > 0.1) | "\(.key) is off by \($off)"' "$name/advice.json")
	worse=$(jq -r '.settings as $all | $all[.foretold].measured as $cost
		| $all | to_entries[] | select(.key != "base" and .value.measured < $cost * 0.999)
		| "\(.key) takes \(.value.measured | round), what was foretold \($cost | round)"' "$name/advice.json")
	if [ -n "$worse" ]; then
		result fail "$name: its table is not as good as 8,4,0: $worse"
		return
	fi
	if [ -z "$bad" ]; then
		result pass "$name: $(grep '^Gain: ' "$name.out")"
	else
		result fail "$name: $bad"
	fi
}

# advise_refused: what is no sweep or no workload gets a line and 64.
advise_refused()
{
	expect 64 "needs a SWEEP and a WORKLOAD" rheap advise sweep
	expect 64 "is not a run folder" rheap advise . sizes.txt
	expect 64 "holds no sweep" rheap advise pip sizes.txt
	echo '4K many' >bad.txt
	expect 64 "bad.txt:1:4: a line is SIZE COUNT" rheap advise sweep bad.txt
	expect 64 "neither ENTRIES, up to 1024, nor" rheap advise --abi 0 sweep sizes.txt
	expect 64 "holds a run already" rheap advise --out pip sweep sizes.txt
	result pass "what no advice can be made from is refused"
}
