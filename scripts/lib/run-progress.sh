# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Progress of a run on stderr, with the time that is left. How long an entry
# takes, and how long until each line that its program says, is known from the
# last run of the plan on this machine, or else from the times that come with
# the plan, of another machine: how fast this one is shows as it goes.

# Seconds between two lines about an entry
readonly PROGRESS_GAP=15

# Of the earlier run: milliseconds from an entry's begin to its Nth line, "ENTRY N",
# and to its end, "ENTRY end"; and the same of this run
declare -gA BEFORE=() TOOK=()

# plan_times PLAN: the file with the times of its entries.
plan_times()
{
	mkdir -p "$CACHE/times"
	echo "$CACHE/times/$(basename -s .ini "$1")-$OPT_CLOCK"
}

# now_ms: on a clock that only goes forward as long as nobody sets it.
now_ms()
{
	echo "$((${EPOCHREALTIME/[.,]/} / 1000))"
}

# show_progress TIMES ENTRY...: the guest's stderr, with its marks turned into
# progress.
show_progress()
{
	local times=$1 lines=0 begun entry='' at line='' number total name next

	shift
	read_times "$times"
	begun=$(now_ms)
	while IFS= read -r line || [ -n "$line" ]; do
		case $line in
		'@plan failed '*)
			say "rheap: failed with ${line#@plan failed }"
			;;
		'@plan '*)
			entry_ends
			read -r _ number total name _ <<<"$line"
			entry=$name at=$(now_ms) lines=0
			next=$at
			entry_goes_on "$@"
			;;
		*)
			printf '%s\n' "$line" >&2
			lines=$((lines + 1))
			TOOK["$entry $lines"]=$(($(now_ms) - at))
			entry_goes_on "$@"
			;;
		esac
	done
	entry_ends
	write_times "$times"
}

entry_ends()
{
	[ -z "$entry" ] || TOOK["$entry end"]=$(($(now_ms) - at))
}

# entry_goes_on ENTRY...: tell what runs, and how long all will take yet.
entry_goes_on()
{
	local left

	[ -n "$entry" ] && [ "$(now_ms)" -ge "$next" ] || return 0
	next=$(($(now_ms) + PROGRESS_GAP * 1000))
	left=$(time_left "$@")
	say "[$number/$total] $entry${left:+, about $left s left}"
}

# time_left ENTRY...: seconds to the plan's end; nothing where the time of one of
# the entries is not known. The earlier run tells how much is done, this one how
# fast that was.
time_left()
{
	local name done=0 all=0 elapsed pace=1000

	for name; do
		[ -n "${BEFORE["$name end"]:-}" ] || return 0
		all=$((all + BEFORE["$name end"]))
		[ -z "${TOOK["$name end"]:-}" ] || done=$((done + BEFORE["$name end"]))
	done
	done=$((done + ${BEFORE["$entry ${lines:-0}"]:-0}))
	elapsed=$(($(now_ms) - begun))
	# What took a moment tells nothing about the pace.
	[ "$done" -lt 3000 ] || pace=$((elapsed * 1000 / done))
	[ "$all" -ge "$done" ] || all=$done
	echo $(((all - done) * pace / 1000000))
}

# read_times FILE: fills BEFORE.
read_times()
{
	local file=$1 ms name

	[ -f "$file" ] || file=$ROOT/results/plans/times/${1##*/}
	[ -f "$file" ] || return 0
	while read -r ms name; do
		[ "$ms" = "#" ] || BEFORE[$name]=$ms
	done <"$file"
}

# write_times FILE: what an entry took that did not run this time stays known.
write_times()
{
	local key

	for key in "${!BEFORE[@]}"; do
		[ -n "${TOOK["${key% *} end"]:-}" ] || TOOK[$key]=${BEFORE[$key]}
	done
	for key in "${!TOOK[@]}"; do
		echo "${TOOK[$key]} $key"
	done | sort -k 2,2 -k 1n >"$1.new"
	mv "$1.new" "$1"
}
