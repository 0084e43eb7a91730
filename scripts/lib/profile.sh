# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What bench adds to a run when it is asked to: hyperfine's times of whole
# commands, and what perf tells of each entry of the plan. Each is a boot of its
# own, so that nobody profiles what the plan measures; what comes of them are
# files in the run folder.

use exec initrd

readonly HYPERFINE_RUNS=10
readonly HYPERFINE_BOOTS=3

# profile_commands RUN: RUN/hyperfine.json, of commands in the machine and of one
# that boots it.
profile_commands()
{
	local run=$1

	say "hyperfine: commands in the machine"
	new_job
	commands_job
	BOOT_MODULES=()
	profile_boot "$run/hyperfine.log" "$SCRATCH/hyperfine"
	say "hyperfine: a round trip of $RHEAP exec, $HYPERFINE_BOOTS times"
	guest_true >"$SCRATCH/true"
	hyperfine -N --style none --runs "$HYPERFINE_BOOTS" --export-json "$SCRATCH/hyperfine/cli.json" \
		--command-name "rheap exec" "$(quote_words "$SCRIPTS/rheap" exec --clock "$OPT_CLOCK" --tee "$OPT_TEE" \
		--kernel "$OPT_KERNEL" "$SCRATCH/true")" >/dev/null 2>>"$run/hyperfine.log" ||
		die "$EX_RESOURCE" "hyperfine cannot time '$RHEAP exec': see $run/hyperfine.log"
	jq -s --arg clock "$OPT_CLOCK" '{clock: $clock, results: [.[].results[]]}' "$SCRATCH/hyperfine"/*.json \
		>"$run/hyperfine.json.new"
	mv "$run/hyperfine.json.new" "$run/hyperfine.json"
}

guest_true()
{
	printf '#!/bin/sh\nexit 0\n'
}

# commands_job: the job folder: the programs, the heap modules and a script that
# loads them, and the script that times.
commands_job()
{
	local name parameters

	mkdir "$JOB/modules" "$JOB/bin"
	boot_parts
	cp "$(part_dir programs)/bin/latency" "$BOOT_BUSYBOX" "$JOB/bin"
	cp "$SCRIPTS/machine/commands" "$JOB/commands"
	heap_modules
	cp "${BOOT_MODULES[@]}" "$JOB/modules"
	{
		echo '#!/bin/sh'
		module_order "${BOOT_MODULES[@]}" | while read -r name parameters; do
			echo "/job/bin/busybox insmod /job/modules/$name.ko $parameters"
		done
	} >"$JOB/load"
	printf '#!/bin/sh\nexec /job/commands %s\n' "$HYPERFINE_RUNS" >"$JOB/run"
	chmod 755 "$JOB/commands" "$JOB/load" "$JOB/run"
}

# profile_entries PLAN RUN: RUN/perf/, of each entry what perf stat counts and what
# perf record catches of our tracepoints.
profile_entries()
{
	local plan=$1 run=$2

	say "perf: each entry of the plan twice, once counted and once traced"
	new_job
	heap_modules
	cp -r "$(part_dir programs)/bin" "$JOB/bin"
	plan_tool job "$plan" --perf --traces "$JOB/traces" >"$JOB/run"
	chmod 755 "$JOB/run"
	profile_boot "$run/perf.log" "$run/perf"
}

# profile_boot LOG FOLDER: run the job; the files that it prints go to FOLDER.
profile_boot()
{
	local log folder=$2

	# A boot has a current folder of its own
	log=$(realpath "$1")
	mkdir -p "$folder"
	BOOT_USERLAND=$(part_dir userland)/root
	BOOT_STDERR="tee -a $log"
	boot_machine "$JOB" "$SCRATCH/profile-logs" "${OPT_TIMEOUT:-1800}" >"$SCRATCH/files" 2>"$log"
	BOOT_USERLAND=
	split_files "$folder" <"$SCRATCH/files"
	[ "$BOOT_CODE" -eq 0 ] ||
		die "$BOOT_CODE" "the boot for $(basename "$folder") ended with $BOOT_CODE ${BOOT_WHY:-}; see $log"
}
