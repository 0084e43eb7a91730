# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0

# a FILE that cannot run in the machine gets a line that says why, and 64
test_usage_file()
{
	expect 64 "no such file" rheap exec ./missing
	expect 64 "not a regular file" rheap exec /
	echo text >text
	expect 64 "neither an arm64 program nor a script" rheap exec text
	: >empty
	expect 64 "neither an arm64 program nor a script" rheap exec empty
	printf '#!/usr/bin/perl\n' >perl
	expect 64 "needs /usr/bin/perl" rheap exec perl
	printf '#!/usr/bin/env python3\n' >python
	expect 64 "needs /usr/bin/env python3; the machine has /bin/sh and awk" rheap exec python
	expect 64 "not an arm64 program" rheap exec "$(command -v qemu-system-aarch64)"
	head -c 100 "$(part_dir programs)/bin/latency" >cut-short
	expect 64 "damaged" rheap exec cut-short
	expect 64 "needs a FILE" rheap exec
}

# a dynamic arm64 program is refused
test_usage_dynamic()
{
	echo 'int main(void) { return 0; }' >main.c
	"${CROSS}gcc" main.c -o dynamic || skip "no cross compiler"
	expect 64 "dynamically linked" rheap exec dynamic
}

# unknown commands and options get a line that says what there is, and 64
test_usage_options()
{
	local tee

	expect 64 "unknown command 'frobnicate'" rheap frobnicate
	expect 64 "usage:" rheap
	expect 64 "unknown option '--frob'" rheap bench --frob
	expect 64 "unknown option '--frob'" rheap exec --frob x
	expect 64 "needs a value; see scripts/rheap bench --help" rheap bench --plan
	expect 64 "needs a value" rheap bench --plan ""
	expect 64 "needs a value; see scripts/rheap setup --help" rheap setup --linux ""
	expect 64 "needs a value" rheap exec --out= x
	expect 64 "not a Linux source tree; give" rheap setup --linux .
	expect 64 "unknown kernel 'corn'; use --kernel" rheap exec --kernel corn x
	expect 64 "from 0 to 9007199254740991" rheap bench --seed 9007199254740992
	expect 64 "from 0 to 9007199254740991" rheap bench --seed 99999999999999999999
	expect 64 "unknown clock 'sun'" rheap exec --clock sun x
	expect 64 "unknown series '6.1'; use --series with one of: 7.2 7.3" rheap exec --series 6.1 x
	expect 64 "give one of them" rheap setup --series 7.3 --linux "$(part_dir linux)/source"
	for tee in qsee sim: optee:fast; do
		expect 64 "unknown TEE '$tee'; use --tee with one of: optee optee-dynamic sim[:PRESET] none" \
			rheap exec --tee "$tee" x
	done
	expect 64 "tee_sim has no preset 'fast'; use --tee sim: with one of: " rheap exec --tee sim:fast x
	expect 64 "whole number" rheap exec --timeout soon x
	expect 64 "no test matches" rheap test no_such_test
	expect 0 "usage:" rheap --help
	expect 0 "--plan" rheap bench --help
}

# a plan that is none gets the file, the place and 64
test_usage_plan()
{
	expect 64 "no plan 'nonesuch'" rheap bench --plan nonesuch
	printf '[plan]\ndescription = x\n[nonesuch]\n' >plan.ini
	expect 64 "plan.ini:3: unknown instrument 'nonesuch'" rheap bench --plan plan.ini
	printf 'size = 4K\n' >plan.ini
	expect 64 "plan.ini:1: a line before the first [section]" rheap bench --plan plan.ini
	printf '[plan]\ndescription = x\n' >plan.ini
	expect 64 "has no entry" rheap bench --plan plan.ini
	printf '[plan]\nsize = x\n[latency]\n' >plan.ini
	expect 64 "plan.ini:2: unknown key 'size'" rheap bench --plan plan.ini
	printf '[plan]\n\ntee = qsee\n[latency]\n' >plan.ini
	expect 64 "plan.ini:3: key 'tee': unknown TEE 'qsee'; use --tee with one of: optee" rheap bench --plan plan.ini
	printf '[plan]\ncpus = 2\n[latency]\n' >plan.ini
	expect 64 "plan.ini:2: key 'cpus': --clock icount runs one processor only" rheap bench --plan plan.ini
	printf '[plan]\ncpus = 2\nclock = wall\n[latency]\n' >plan.ini
	expect 64 "plan.ini:2: key 'cpus': --clock icount" rheap bench --clock icount --plan plan.ini
	printf '[plan]\ntee =\n[latency]\n' >plan.ini
	expect 64 "plan.ini:2: key 'tee' in [plan] needs a value" rheap bench --plan plan.ini
	printf '[latency]\n[latency]\n' >plan.ini
	expect 64 "plan.ini:2: section [latency] is there twice" rheap bench --plan plan.ini
	printf '[latency]\nsize 4 K = 3\n' >plan.ini
	expect 64 "plan.ini:2: 'size 4 K'" rheap bench --plan plan.ini
	printf '[replay]\npace = fast\ntrace = nothere\n' >plan.ini
	expect 64 "plan.ini:3: no trace 'nothere', neither a file nor one of: 1080p-avc" rheap bench --plan plan.ini
	mkdir a b
	touch a/x.csv b/x.csv "a/+.csv" a/y.txt
	printf '[replay]\ntrace = a/x.csv b/x.csv\n' >plan.ini
	expect 64 "plan.ini:2: two traces are called x.csv" rheap bench --plan plan.ini
	printf '[replay]\ntrace = a/+.csv\n' >plan.ini
	expect 64 "plan.ini:2: '+.csv' is no trace's name" rheap bench --plan plan.ini
	printf '[replay]\ntrace = a/y.txt\n' >plan.ini
	expect 64 "plan.ini:2: 'y.txt' is no trace's name" rheap bench --plan plan.ini
	head -c 1000 /dev/urandom >plan.ini
	expect 64 "plan.ini" rheap bench --plan plan.ini
	expect 64 "give either" rheap bench --quick --plan full
}

# what an instrument does not take is told by file, line and key before anything boots
test_usage_plan_key()
{
	printf '[latency]\nsize = 4K\n[latency:b]\nfrob = 1\n' >plan.ini
	expect 64 "plan.ini:4: key 'frob' in [latency:b]: unknown or ambiguous option" rheap bench --plan plan.ini
	printf '[latency]\nsize = 4K\n[latency:b]\nsize = 4K 5X\n' >plan.ini
	expect 64 "plan.ini:4: key 'size' in [latency:b]: 5X: not a size" rheap bench --plan plan.ini
	printf '[latency]\nsamples = 0\n' >plan.ini
	expect 64 "plan.ini:2: key 'samples' in [latency]: 0: out of range, allowed is 1 to 16K" rheap bench --plan plan.ini
	printf '[latency]\nscrub = perhaps\n' >plan.ini
	expect 64 "plan.ini:2: key 'scrub' in [latency]: perhaps: not one of" rheap bench --plan plan.ini
	printf 't_us,op,id,heap,bytes\n0,alloc,1,secure,4096\n0,free,2,,\n' >bad.csv
	printf '[replay]\ntrace = bad.csv\n' >plan.ini
	expect 64 "bad.csv:3:" rheap bench --plan plan.ini
	[ ! -e "$ROOT/results/runs" ] || ! find "$ROOT/results/runs" -newer plan.ini | grep -q . || fail "there is a run of it"
}

# --only chooses entries by instrument, label or section, and says what there is
test_usage_only()
{
	printf '[latency]\n[latency:b]\nsamples = 1\n[tee_rtt:b]\n' >plan.ini
	expect 64 "plan.ini: --only c: no such entry; there are: latency latency:b tee_rtt:b" rheap bench --plan plan.ini --only c
	only latency:b latency:b
	only "latency latency:b" latency
	only "latency:b tee_rtt:b" b
	only "latency:b tee_rtt:b" latency:b tee_rtt
}

# only ENTRIES NAME...: these are the entries that the names choose.
only()
{
	local want=$1 name words=() got

	shift
	for name; do
		words+=(--only "$name")
	done
	got=$(/usr/bin/python3 -B "$SCRIPTS/plan/plan.py" entries plan.ini --root "$ROOT" "${words[@]}")
	[ "$got" = "$want" ] || fail "--only $* chooses '$got', not '$want'"
}

# bench --list and --help tell what the instruments can do, in their own words
test_usage_list()
{
	local name

	expect 0 "what the ops layer costs" rheap bench --list
	sed -n '/^instruments:/,$p' stdout >instruments
	while read -r name _; do
		grep -q "^  $name  *.*?$" instruments || fail "$name has no question"
		expect 0 "Examples:" rheap bench --list "$name"
		grep -q -- '--label TEXT' stdout || fail "$name does not list its options"
	done < <(tail -n +2 instruments)
	expect 64 "no instrument 'nonesuch'; there are: " rheap bench --list nonesuch
}

# a heap that is not here is skipped aloud, the rest is measured; --strict ends with 4
test_missing_heap()
{
	local strict

	cat >plan.ini <<-'END'
	[latency]
	heap = nonesuch restricted_carveout
	size = 4K
	samples = 30
	baseline = off
	[latency:other]
	heap = nonesuch
	[tee_rtt]
	step = nop
	samples = 30
	END
	for strict in "" --strict; do
		# shellcheck disable=SC2086 # an option, or none
		expect $((${#strict} > 0 ? 4 : 0)) "no heap nonesuch in this machine; skipped" \
			rheap bench --plan plan.ini $strict --out "run$strict"
		[ "$(jq -r 'select(.metric == "skipped") | "\(.params.heap) \(.params.label) \(.params.tee)"' \
			"run$strict/measurements.jsonl" | paste -sd,)" = "nonesuch null optee,nonesuch other optee" ] ||
			fail "what was skipped is not in the measurements"
		jq -es 'any(.bench == "latency" and .params.heap == "restricted_carveout" and .p50)' \
			"run$strict/measurements.jsonl" >/dev/null || fail "the heap that is here was not measured"
		jq -es 'any(.bench == "tee_rtt" and .p50)' "run$strict/measurements.jsonl" >/dev/null ||
			fail "the rest of the plan did not run"
		/usr/bin/python3 -B "$ROOT/scripts/report/validate.py" "run$strict" || fail "the run breaks the schema"
		grep -q 'this machine has no heap nonesuch, which latency and latency other named' \
			"run$strict/report.html" || fail "the report does not say what was skipped"
	done
}

# a run folder that is not one gets a line and 64
test_usage_run()
{
	expect 64 "not a run folder" rheap report ./missing
	expect 64 "not a run folder" rheap report "$ROOT"
	mkdir run
	echo '{' >run/run.json
	echo '{' >run/measurements.jsonl
	expect 7 "run.json:2: not JSON" rheap report run
	expect 64 "holds a run already" rheap bench --quick --out run
	! grep -q "stopped:" stderr || fail "bench says more than why"
	guest_script job.sh <<<'exit 0'
	expect 64 "holds a run already" rheap exec --out run job.sh
}
