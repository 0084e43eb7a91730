# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# run.json: what a run was made with. What could not be found out is absent.
#
# Every fact is a line "TYPE <tab> VALUE <tab> NAME [<tab> NAME...]", with TYPE
# s (text), n (number), b (true, false), l (numbers) or t (one text of a list);
# jq makes the document.

provenance_before()
{
	RUN_STARTED=$(utc_now)
	RUN_LOAD=$(host_load)
	host_ticks RUN_TICKS
}

# host_ticks NAME: NAME becomes an array of what the host's processors have done,
# in ticks: in all, busy, stolen by a hypervisor, busy for us; and of how often they
# were slowed down since they were hot.
host_ticks()
{
	local -n ticks=$1
	local user nice system idle wait irq softirq steal fields own file hot=0

	read -r _ user nice system idle wait irq softirq steal _ </proc/stat
	# The name, in brackets, may hold blanks; utime is the 12th field behind it
	read -r own </proc/"$BASHPID"/stat
	read -ra fields <<<"${own##*) }"
	own=$((fields[11] + fields[12] + fields[13] + fields[14]))
	for file in /sys/devices/system/cpu/cpu*/thermal_throttle/core_throttle_count; do
		hot=$((hot + $(cat "$file")))
	done
	# shellcheck disable=SC2034 # the caller's
	ticks=($((user + nice + system + idle + wait + irq + softirq + steal))
		$((user + nice + system + irq + softirq)) "$steal" "$own" "$hot")
}

# outside_facts: what the host did beside the run.
outside_facts()
{
	local now all outside

	host_ticks now
	all=$((now[0] - RUN_TICKS[0]))
	[ "$all" -gt 0 ] || return 0
	outside=$((now[1] - RUN_TICKS[1] - (now[3] - RUN_TICKS[3])))
	fact n "$(ratio "$((outside > 0 ? outside : 0))" "$all")" host_outside
	fact n "$(ratio "$((now[2] - RUN_TICKS[2]))" "$all")" host_steal
	fact n "$((now[4] - RUN_TICKS[4]))" host_throttled
}

ratio()
{
	awk -v part="$1" -v all="$2" 'BEGIN { printf "%.4f", part / all }'
}

# provenance_after PLAN RUN: write RUN/run.json, which is there whole or not at all.
provenance_after()
{
	local plan=$1 run=$2 outside

	# Not in the pipe, which is another process
	outside_facts >"$run/run.json.new"
	outside=$(<"$run/run.json.new")
	{
		run_facts "$plan" "$run"
		[ -z "$outside" ] || printf '%s\n' "$outside"
		build_facts
		host_facts
		map_facts
		guest_facts "$run/status.log"
	} | facts_to_json >"$run/run.json.new" && mv "$run/run.json.new" "$run/run.json" ||
		die "$EX_RESOURCE" "cannot write $run/run.json: make room and run again"
}

facts_to_json()
{
	jq -Rn '
		def value: if .[0] == "s" then .[1]
			elif .[0] == "l" then .[1] | split(" ") | map(tonumber)
			elif .[0] == "t" then [.[1]]
			else .[1] | fromjson end;
		reduce (inputs | split("\t")) as $f ({};
			setpath($f[2:]; $f | value))'
}

# fact TYPE VALUE NAME...: one line, unless there is no value.
fact()
{
	local type=$1 value=$2 IFS=$'\t'

	shift 2
	value=${value//$'\t'/ }
	value=${value%%$'\n'*}
	[ -z "${value// /}" ] || printf '%s\t%s\t%s\n' "$type" "$value" "$*"
}

utc_now()
{
	date -u +%Y-%m-%dT%H:%M:%SZ
}

host_load()
{
	cut -d' ' -f1-3 /proc/loadavg
}

sha256_of()
{
	sha256sum <"$1" | cut -d' ' -f1
}

run_facts()
{
	local plan=$1 run=$2

	fact n 1 format
	fact s "$RUN_STARTED" started
	fact s "$(utc_now)" ended
	fact n "$BOOT_CODE" exit_code
	fact b "$([ "$BOOT_CODE" -eq 0 ] && echo "$RUN_WHOLE" || echo false)" complete
	fact n "$(wc -l <"$run/measurements.jsonl")" measurements
	fact s "$OPT_PLATFORM" platform
	fact s "$OPT_CLOCK" clock
	fact s "$OPT_TEE" tee
	fact t "$(tee_model)" models
	fact s "$OPT_KERNEL" kernel
	fact s "$OPT_MODULE_CFLAGS" module_cflags
	fact s "$(basename "$plan" .ini)" plan
	fact s "$(sha256_of "$plan")" plan_sha256
	trace_facts
	fact b "$([ -n "$OPT_QUICK" ] && echo true || echo false)" quick
	fact n "$OPT_SEED" seed
	fact n "$BENCH_LAYOUT" layout
	fact l "$RUN_LOAD" load_before
	fact l "$(host_load)" load_after
}

# trace_facts: what the plan's traces were, which its own hash does not tell.
trace_facts()
{
	local file

	for file in "$JOB"/traces/*.csv; do
		[ ! -f "$file" ] || fact s "$(sha256_of "$file")" traces "$(basename "$file" .csv)"
	done
}

build_facts()
{
	local part commit dirty

	if [ -f "$ROOT/.revision" ]; then
		# A copy that was made to be measured, of what git names so
		read -r commit dirty <"$ROOT/.revision"
		fact s "$commit" commit
		fact b "$dirty" dirty
	elif have git && git -C "$ROOT" rev-parse -q --verify HEAD >/dev/null 2>&1; then
		fact s "$(git -C "$ROOT" rev-parse HEAD)" commit
		fact b "$([ -n "$(git -C "$ROOT" status --porcelain)" ] && echo true || echo false)" dirty
	fi
	fact s "$(cross_compiler)" compiler
	fact s "$(sha256_of "$(part_dir kernel)/config")" kernel_config_sha256
	# What the guest says of these counts more, but it may have died before.
	fact s "$(cat "$(part_dir kernel)/release")" kernel_release
	fact s "$(boot_arguments)" kernel_command_line
	fact s "$(qemu-system-aarch64 --version | head -n 1)" qemu_version
	fact s tcg accelerator
	for part in $(machine_parts); do
		[ ! -f "$(part_dir "$part")/origin" ] ||
			fact s "$(part_origin "$part")" parts "$part"
	done
}

# part_origin PART: package and version of a part in one line; of --linux TREE,
# its commit and a hash of its state, but not where it lies.
part_origin()
{
	local origin state commit

	origin=$(part_dir "$1")/origin
	state=$(sed -n 's/^state //p' "$origin")
	if [ -z "$state" ]; then
		sed -n 's/^\(package\|version\) //p' "$origin" | paste -sd ' '
		return
	fi
	commit=$(grep -oE '^[0-9a-f]{40} ' <<<"$state") || :
	state=$(sha256sum <<<"$state")
	echo "tree ${commit}state ${state:0:12}"
}

host_facts()
{
	fact s "$(sed -n 's/^model name.*: *//p' /proc/cpuinfo | head -n 1)" host_cpu_model
	fact n "$(nproc)" host_cpus
	fact s "$(uname -r)" host_kernel_release
	fact s "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)" host_os
}

map_facts()
{
	local name

	load_map
	fact n "$((RAM_SIZE))" memory_bytes
	for name in SECRAM SDP MEMSVC CARVEOUT DIRECT; do
		map_fact "${name}_BASE"
		map_fact "${name}_SIZE"
	done
}

map_fact()
{
	fact n "$((${!1}))" pool_parameters "${1,,}"
}

# guest_facts STATUS_LOG: what the guest told about itself.
guest_facts()
{
	local word name value

	while read -r word name value; do
		[ "$word" = fact ] || continue
		case $name in
		kernel_release) fact s "$value" kernel_release ;;
		cmdline) fact s "$value" kernel_command_line ;;
		cpu_model) fact s "$value" cpu_model ;;
		cpus) fact n "$value" cpus ;;
		taint) fact n "$value" taint ;;
		thp) fact s "$(chosen_word "$value")" thp ;;
		smt) fact s "$value" smt ;;
		governor) fact s "$value" governor ;;
		virtualization) fact s "$value" virtualization ;;
		float_cost) fact n "$value" float_cost ;;
		clock_source) fact s "$value" clock_source ;;
		isolated_cpus) fact s "$value" isolated_cpus ;;
		mitigation.*) fact s "$value" mitigations "${name#mitigation.}" ;;
		"$TEE_MODEL".*) fact s "$value" model_parameters "${name#*.}" ;;
		heap.*) fact s "$value" pool_parameters "${name#heap.}" ;;
		esac
	done <"$1"
}

# chosen_word TEXT: the word in brackets.
chosen_word()
{
	sed -n 's/.*\[\(.*\)\].*/\1/p' <<<"$1"
}
