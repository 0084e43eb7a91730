# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Several programs that print TAP or KTAP, in one boot of the machine. Each is
# a step; the kernel's log is marked before and after, so that a complaint
# fails the step during which it came.

GUEST_STEPS=()
# The TEE of the machine; empty: that of --tee.
GUEST_TEE=
GUEST_SPLAT=
# Not empty: the machine loads no module; all are in /job/modules
GUEST_BARE=
# A folder for what the kernel cov counted, and all logs; empty: they are gone with the test
GUEST_COUNTS=

# guest_step NAME COMMAND...: add a step. COMMAND runs in the guest, where the
# programs are in /job/bin and the test modules in /job/modules.
guest_step()
{
	local name=$1

	shift
	GUEST_STEPS+=("step $(quote_words "$name" "$@")")
}

# guest_run: boot, run all steps, report every result.
guest_run()
{
	local step name OPT_TEE=${GUEST_TEE:-$OPT_TEE}

	heap_modules
	[ -z "$GUEST_BARE" ] || BOOT_MODULES=()
	JOB=$TEST_DIR/job
	SCRATCH=$TEST_DIR
	mkdir -p "$JOB/modules"
	cp -r "$(part_dir programs)/bin" "$JOB/bin"
	if [ -n "$GUEST_BARE" ]; then
		cp "$(part_dir module)"/*.ko "$JOB/modules"
	else
		cp "$(part_dir module)"/{*_kunit,restricted_{importer,faults},ledger,"$TEE_MODEL"}.ko "$JOB/modules"
	fi
	[ -z "$GUEST_COUNTS" ] || cp "$SCRIPTS/machine/gcov" "$JOB"
	guest_job >"$JOB/run"
	chmod 755 "$JOB/run"
	boot_machine "$JOB" "$TEST_DIR/logs" "${OPT_TIMEOUT:-300}" >tap
	[ -z "$BOOT_WHY" ] || [ "$BOOT_CODE" -eq "$EX_TEST" ] || boot_failed
	[ -z "$GUEST_COUNTS" ] || keep_counts
	for step in "${GUEST_STEPS[@]}"; do
		eval "set -- $step"
		name=$2
		step_output "$name" <tap >"$name.tap"
		step_results "$name"
		step_log "$name"
	done
	# Outside of all steps, or in the secure world.
	[ -z "$BOOT_WHY" ] || [ -n "$GUEST_SPLAT" ] || result fail "boot: $BOOT_WHY"
}

# keep_counts: what each object file counted, and the logs, in folders of this boot.
keep_counts()
{
	local counts=$GUEST_COUNTS/counts/$TEST_NAME logs=$GUEST_COUNTS/logs/$TEST_NAME

	mkdir -p "$counts" "$logs"
	cp tap logs/*.log "$logs"
	step_output gcov <tap | sed '/^@end/d' | base64 -d 2>/dev/null | tar -xzC "$counts" ||
		fail "the counts did not come out of the machine"
}

boot_failed()
{
	cat tap
	console_tail "$TEST_DIR/logs"
	fail "$BOOT_WHY"
}

guest_job()
{
	cat <<-'END'
	#!/bin/sh
	step()
	{
		name=$1
		shift
		echo "@begin $name"
		echo "rheap-test: begin $name" >/dev/kmsg
		"$@"
		code=$?
		echo "rheap-test: end $name" >/dev/kmsg
		echo
		echo "@end $name $code"
	}
	END
	printf '%s\n' "${GUEST_STEPS[@]}"
	[ -z "$GUEST_COUNTS" ] || echo 'step gcov sh /job/gcov'
	echo 'exit 0'
}

# step_output NAME: what a step printed.
step_output()
{
	awk -v name="$1" '
		$1 == "@begin" && $2 == name { on = 1; next }
		$1 == "@end" && $2 == name { print; on = 0 }
		on'
}

# step_results NAME: every TAP line, and the exit code if no line tells it.
step_results()
{
	local name=$1 lines code prefix kind text

	prefix=$(step_prefix "$name")
	cat "$name.tap"
	code=$(sed -n "s/^@end $name //p" "$name.tap")
	lines=$(tap_results <"$name.tap")
	while read -r kind text; do
		[ -z "$kind" ] || result "$kind" "$prefix$text"
	done <<<"$lines"
	if [ -z "$code" ]; then
		result fail "${prefix}did not end"
	elif [ "$code" -eq "$EX_SKIP" ]; then
		result skip "$prefix$(grep -v '^@end\|^ *$' "$name.tap" | tail -n 1)"
	elif [ "$code" -ne 0 ] && ! grep -q '^fail' <<<"$lines"; then
		result fail "${prefix}ended with $code: $(grep -v '^@end\|^ *$' "$name.tap" | tail -n 1)"
	elif [ -z "$lines" ]; then
		result fail "${prefix}reported nothing"
	fi
}

# step_prefix NAME: tells a step from the others of its test.
step_prefix()
{
	[ "$1" = "$TEST_NAME" ] || echo "$1: "
}

# tap_results: TAP as result lines. Where KTAP nests (a suite's line sums up its
# cases), the cases count and the suite does not, unless it failed and none of
# its cases tells why.
tap_results()
{
	awk '
		{ line = $0; sub(/^ +/, "", line); deep = (length($0) > length(line)) }
		line !~ /^(not )?ok( |$)/ { next }
		{ rows[++n] = line; nested[n] = deep; any = any || deep }
		END {
			for (i = 1; i <= n; i++) {
				kind = rows[i] ~ /^not/ ? "fail" : "pass"
				if (any && !nested[i]) {
					untold = (kind == "fail" && !failed)
					failed = 0
					if (!untold)
						continue
				}
				failed = failed || kind == "fail"
				text = rows[i]
				sub(/^(not )?ok *[0-9]* *(- )?/, "", text)
				if (text ~ /# *SKIP/)
					kind = "skip"
				print kind, text
			}
		}'
}

# step_log NAME: a result of its own if the kernel complained meanwhile.
step_log()
{
	local splat

	splat=$(awk -v name="$1" '
		/rheap-test: begin / { on = ($NF == name) }
		on
		/rheap-test: end / { on = 0 }' <(tr -d '\r' <"$TEST_DIR/logs/console.log") | kernel_splats)
	if [ -n "$splat" ]; then
		GUEST_SPLAT=1
		result fail "$(step_prefix "$1")the kernel complained: $(head -n 1 <<<"$splat")"
	else
		result pass "$(step_prefix "$1")the kernel's log is clean"
	fi
}
