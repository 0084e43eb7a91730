# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# `rheap exec`: run one static arm64 program, or a script, in the machine.

use setup cache boot

EXEC_USERLAND=

help_exec()
{
	cat <<-END
	usage: $RHEAP exec [OPTIONS] [--] FILE [ARGS...]

	Copies FILE, a static arm64 program or a script for /bin/sh, into the machine,
	runs it there with ARGS, and returns its exit code. Its stdout and stderr are
	ours. All heaps are there, in /dev/dma_heap.

	Other exit codes: 2 the kernel complained, 3 something is missing, 5 the guest
	crashed, 6 it did not end in time.

	Options:
	  --userland                   offer Debian's perf and hyperfine in /userland: a
	                               script runs them with 'chroot /userland perf ...'
	END
}

option_exec()
{
	case $1 in
	--userland)
		EXEC_USERLAND=1
		OPT_TAKEN=1
		;;
	esac
}

cmd_exec()
{
	parse_options exec "$@"
	[ ${#REST[@]} -gt 0 ] || die "$EX_USAGE" "exec needs a FILE to run; see $RHEAP exec --help"
	check_program "${REST[0]}"
	[ -z "$OPT_OUT" ] || refuse_run "$OPT_OUT"
	need_machine
	heap_modules
	new_job
	exec_job "$JOB" "${REST[@]}"
	[ -z "$EXEC_USERLAND" ] || BOOT_USERLAND=$(part_dir userland)/root
	run_and_tell exec "${OPT_TIMEOUT:-600}"
}

# need_parts PART...: build what is missing. A dry run only tells what that is.
need_parts()
{
	setup_parts "$@"
	[ -z "$OPT_DRY_RUN" ] || CACHE=$(realpath "$CACHE")
}

# need_machine [PART...]: build what a boot needs, and these parts.
# shellcheck disable=SC2120 # other files give parts
need_machine()
{
	# shellcheck disable=SC2046 # a list of words
	need_parts $(machine_parts) "$@"
}

# refuse_run DIR: an earlier run is never written over.
refuse_run()
{
	[ ! -e "$1/run.json" ] && [ ! -e "$1/measurements.jsonl" ] ||
		die "$EX_USAGE" "$1 holds a run already; give another --out"
	[ ! -e "$1" ] || [ -d "$1" ] ||
		die "$EX_USAGE" "$1 is not a folder; give another --out"
}

# run_and_tell NAME SECONDS: boot with JOB, then exit with the verdict. Logs
# stay in --out, or in the cache if something went wrong.
run_and_tell()
{
	local logs=$OPT_OUT

	[ -n "$logs" ] || logs=$(new_log_folder "$1")
	boot_machine "$JOB" "$logs" "$2"
	if [ -n "$BOOT_WHY" ]; then
		tell_verdict "$logs"
	elif [ -z "$OPT_OUT" ]; then
		rm -rf "$logs"
	fi
	exit "$BOOT_CODE"
}

# tell_verdict LOGS: what ended a boot that did not end by itself.
tell_verdict()
{
	say "rheap: $BOOT_WHY"
	console_tail "$1"
	say "logs: $1"
}

# heap_modules: BOOT_MODULES becomes all heap modules (tests have more), and
# the TEE's where the TEE is a model.
heap_modules()
{
	local file dir preset

	dir=$(part_dir module)
	BOOT_MODULES=()
	declare -gA BOOT_PARAMETERS=()
	for file in "$dir"/*.ko; do
		case $file in
		*_kunit.ko | *_faults.ko | *_importer.ko | */ledger.ko | */"$TEE_MODEL.ko") ;;
		*) BOOT_MODULES+=("$file") ;;
		esac
	done
	tee_is_model || return 0
	[ -f "$dir/$TEE_MODEL.ko" ] ||
		die "$EX_RESOURCE" "--tee $OPT_TEE: the module $TEE_MODEL is not built: there is none in" \
			"module/, or this kernel has no CONFIG_TEE"
	BOOT_MODULES=("$dir/$TEE_MODEL.ko" "${BOOT_MODULES[@]}")
	preset=$(tee_preset)
	BOOT_PARAMETERS[$TEE_MODEL]=${preset:+preset=$preset}
}

# exec_job FOLDER FILE ARGS...: a job folder that runs FILE.
exec_job()
{
	local folder=$1 file=$2 name

	shift 2
	name=$(basename "$file")
	mkdir "$folder/bin"
	cp "$file" "$folder/bin/$name"
	chmod 755 "$folder/bin/$name"
	{
		echo '#!/bin/sh'
		echo "exec $(quote_words "/job/bin/$name" "$@")"
	} >"$folder/run"
	chmod 755 "$folder/run"
}

# split_files FOLDER: stdin is files, each between '@file NAME' and '@end'.
split_files()
{
	awk -v folder="$1" '
		/^@file / { file = folder "/" substr($0, 7); next }
		/^@end$/ { close(file); file = ""; next }
		file { print >file }'
}

# quote_words WORD...: the words as one line that any shell reads back.
quote_words()
{
	local word line=

	for word; do
		line+=" '${word//\'/\'\\\'\'}'"
	done
	printf '%s' "${line# }"
}

# check_program FILE: it can run in the machine, or die with the reason.
check_program()
{
	local file=$1 interpreter word

	[ -e "$file" ] || die "$EX_USAGE" "$file: no such file"
	[ -f "$file" ] || die "$EX_USAGE" "$file: not a regular file"
	[ -r "$file" ] || die "$EX_USAGE" "$file: cannot be read"
	case $(file_bytes "$file" 0 4) in
	7f454c46) check_elf "$file" ;;
	2321*)
		read -r interpreter word _ < <(head -n 1 "$file" | tr -d '\0' | cut -c3-)
		case $interpreter:$word in
		/bin/sh:* | /bin/ash:* | /bin/busybox:* | /usr/bin/awk:*) ;;
		/usr/bin/env:sh | /usr/bin/env:ash | /usr/bin/env:busybox | /usr/bin/env:awk) ;;
		/usr/bin/env:*) refuse_script "$file" "$interpreter $word" ;;
		*) refuse_script "$file" "${interpreter:-an interpreter}" ;;
		esac
		;;
	*) die "$EX_USAGE" "$file: neither an arm64 program nor a script that begins with #!" ;;
	esac
}

# refuse_script FILE INTERPRETER
refuse_script()
{
	die "$EX_USAGE" "$1: needs $2; the machine has /bin/sh and awk (busybox)"
}

# check_elf FILE: 64 bits, little-endian, AArch64, and no dynamic loader.
check_elf()
{
	local file=$1 offset size count length i

	[ "$(file_bytes "$file" 4 2)" = 0201 ] && [ "$(file_number "$file" 18 2)" = 183 ] ||
		die "$EX_USAGE" "$file: not an arm64 program; build it with" \
			"aarch64-linux-gnu-gcc -static"
	offset=$(file_number "$file" 32 8)
	size=$(file_number "$file" 54 2)
	count=$(file_number "$file" 56 2)
	length=$(stat -c %s "$file")
	for ((i = 0; i < count; i++)); do
		check_segment "$file" $((offset + i * size)) "$length"
	done
}

# check_segment FILE OFFSET LENGTH: the program header at OFFSET asks for no
# loader (PT_INTERP is 3), and what it describes is in the file.
check_segment()
{
	local file=$1 offset=$2 length=$3

	[ $((offset + 56)) -le "$length" ] &&
		[ $(($(file_number "$file" $((offset + 8)) 8) +
			$(file_number "$file" $((offset + 32)) 8))) -le "$length" ] ||
		die "$EX_USAGE" "$file: damaged, its end is missing"
	[ "$(file_number "$file" "$offset" 4)" != 3 ] ||
		die "$EX_USAGE" "$file: dynamically linked, and the machine has no" \
			"libraries; build it with -static"
}

# file_bytes FILE OFFSET COUNT: bytes in hex.
file_bytes()
{
	od -An -v -tx1 -j "$2" -N "$3" "$1" 2>/dev/null | tr -d ' \n'
}

# file_number FILE OFFSET BYTES: a little-endian number.
file_number()
{
	od -An -v -t "u$3" --endian=little -j "$2" -N "$3" "$1" 2>/dev/null | tr -d ' \n'
}
