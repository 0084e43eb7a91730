# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The gate: that it finds what was made slower, and nothing else.

# the gate and compare refuse what they cannot judge, and say what to do
test_gate_usage()
{
	expect 64 "gate needs --base" rheap gate
	expect 64 "neither a run folder nor a revision" rheap gate --base no-such-thing
	expect 64 "not a run folder" rheap gate --base . --out none
	expect 64 "not a run folder" rheap gate --base HEAD --head . --out none
	expect 64 "from 6 to" rheap gate --self-test --pairs 5
	expect 64 "too few of a wall clock" rheap gate --self-test --clock wall --pairs 9
	expect 64 "use --clock wall" rheap bench --passes 2
	expect 64 "use --clock wall" rheap gate --base HEAD --passes 2
	expect 64 "compare needs two run folders" rheap compare .
	expect 64 "not a run folder: it has no run.json" rheap compare . .
	expect 64 "too much; it may be 4096" rheap bench --layout 4097
}

# what runs the machine is seen from inside, and a run that claims another is refused
test_gate_virtualization()
{
	cat >tiny.ini <<-'END'
	# SPDX-License-Identifier: GPL-2.0
	[latency]
	heap = restricted_carveout
	size = 4K
	samples = 60
	baseline = off
	END
	rheap bench --clock wall --passes 2 --plan tiny.ini --no-report --out run 2>said || fail "ended with $?: $(tail -n 3 said)"
	jq -e '.accelerator == "tcg" and .virtualization == "tcg" and .float_cost > 12' run/run.json >/dev/null ||
		fail "seen from inside: $(jq -c '[.virtualization, .float_cost]' run/run.json)"
	jq -se 'map(.params.pass) | unique == [1, 2]' run/measurements.jsonl >/dev/null ||
		fail "two passes gave $(jq -c '.params.pass' run/measurements.jsonl | sort | uniq -c)"
	# The host may be busy, which is not what this is about
	jq '.host_outside = 0 | .host_steal = 0 | .host_throttled = 0' run/run.json >quiet && mv quiet run/run.json
	rheap compare run run | grep -q "nothing moved" || fail "a run with passes differs from itself"
	jq '.accelerator = "kvm"' run/run.json >claims && mv claims run/run.json
	expect 7 "run.json claims kvm, and its guest saw tcg" rheap compare run run
}

# 6 pairs of boots: no false alarm, each half of a percent and each call found
test_gate_self_test()
{
	local heap

	rheap gate --self-test --pairs 6 --out pairs >table 2>said || fail "ended with $?: $(tail -n 1 said)"
	rates "false alarms, all cases" 0
	for heap in restricted_mtk_cm restricted_carveout restricted_pages; do
		rates "$heap: +0.5 %" 6
	done
	rates "a call more into the TEE, named as such" 6
	rates "a page zeroed once more" 6
	expect 1 "1 a buffer" rheap gate --base pairs/0/base --head pairs/0/head
	rheap compare pairs/0/base pairs/1/base >/dev/null || fail "compare ended with $?"
	[ -s pairs/1/base/compare/compare.json ] || fail "compare wrote no compare.json"
	export_formats pairs/0/base
}

# export_formats RUN: each is written; the kernel's own parser reads the KTAP.
export_formats()
{
	local format tests

	for format in kcidb bmf github-action benchstat otava ktap; do
		rheap export --format "$format" "$1" >"run.$format" && [ -s "run.$format" ] ||
			fail "nothing in the format $format"
	done
	# It goes to the kernel's folder to read
	/usr/bin/python3 -B "$(part_dir kernel)/source/tools/testing/kunit/kunit.py" parse "$PWD/run.ktap" >parsed ||
		fail "kunit.py does not take the KTAP: $(tail -n 1 parsed)"
	# What has one figure: maps and series have none
	tests=$(jq -s '[.[] | select(.p50 != null or .value != null)] | length' "$1/measurements.jsonl")
	grep -q "Ran $tests tests: passed: $tests" parsed || fail "not $tests tests: kunit.py: $(tail -n 1 parsed)"
	expect 64 "export needs --format with one of" rheap export "$1"
	expect 64 "holds one run" rheap export --format ktap "$1" "$1"
}

# rates WHAT HITS: the table has that many hits of 6.
rates()
{
	grep -F "$1" table | grep -q "| $2 | 6 |" || fail "not $2 of 6: $(grep -F "$1" table)"
	result pass "$1: $2 of 6"
}

# a revision is no slower than itself
test_gate_revisions()
{
	have git && git -C "$ROOT" rev-parse -q --verify HEAD >/dev/null || skip "not a git checkout"
	cat >tiny.ini <<-'END'
	# SPDX-License-Identifier: GPL-2.0
	[latency]
	heap = restricted_carveout
	size = 4K
	samples = 60
	END
	rheap gate --base HEAD --head HEAD --plan tiny.ini --out gate --markdown table.md >said 2>&1 ||
		fail "ended with $?: $(tail -n 3 said)"
	grep -q "no regression, by 1 boot of each side" said || fail "no verdict: $(cat said)"
	grep -q "Nothing moved" table.md || fail "no table"
	jq -e '.verdict == "pass"' gate/gate.json >/dev/null || fail "no document"
	[ "$(jq -r .commit gate/0/base/run.json)" = "$(git -C "$ROOT" rev-parse HEAD)" ] || fail "not of that commit"
	expect 0 "no regression, by 1 boot of each side" \
		rheap gate --base gate/0/base --head HEAD --plan tiny.ini --out beside
	expect 64 "one boot of a wall clock" rheap gate --base gate/0/base --clock wall --out wall
	jq '.seed = 7 | .dirty = true' gate/0/head/run.json >changed && mv changed gate/0/head/run.json
	expect 7 "seed: 1 | 7" rheap gate --base HEAD --head gate/0/head --plan tiny.ini --out other
	# What looks worse there can be measured again of a commit alone
	jq '.seed = 1' gate/0/head/run.json >changed && mv changed gate/0/head/run.json
	slower gate/0/head/measurements.jsonl
	expect 7 "head is of no commit" rheap gate --base HEAD --head gate/0/head --plan tiny.ini --out again
}

# slower MEASUREMENTS: each distribution becomes one of twice as much.
slower()
{
	jq -c 'if .hist then (.min, .p50, .p90, .p99, .max, .mean, .blocks[]?, .hist[][0:2][]) *= 2 else . end' \
		"$1" >doubled && mv doubled "$1"
}
