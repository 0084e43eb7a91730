# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The cache of built parts. A part is a folder CACHE/<part>-<hash>, where the
# hash covers every input of the build, so a part that exists is right and is
# never touched again. It is built in CACHE/partial/<part>-<hash> and published by
# one rename, so a half-built part is never used.
#
# lib/build-<part>.sh describes a part:
#   inputs_<part>   prints everything the result depends on;
#   build_<part> D  builds into the folder D; D is empty unless
#   resume_<part>   is defined: then D holds what an interrupted build left;
#   needs_<part>    prints the parts that must be there first;
#   room_<part>     prints the MiB of disk the build takes.

CACHE=${RHEAP_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/rheap}
readonly CROSS=aarch64-linux-gnu-
readonly PARTS="linux kernel userland tfa optee sparse module programs"

declare -gA PART_HASH=()

# In parallel with the parts: what they are made from and who made them.
use apt build-linux build-kernel build-userland build-tfa build-optee \
	build-sparse build-module build-programs

# cache_init: make the cache folder, or say why it cannot be.
cache_init()
{
	local why

	why=$(mkdir -p "$CACHE" 2>&1 && mkdir -p "$CACHE"/{apt,downloads,logs,locks,versions,partial} 2>&1) ||
		die "$EX_RESOURCE" "cannot make the cache folder $CACHE ($why);" \
			"set RHEAP_CACHE to a folder that can be written"
	CACHE=$(cd "$CACHE" && pwd -P)
}

# hash_files FILE...: names (from the project's folder) and contents.
hash_files()
{
	(cd "$ROOT" && sha256sum -- "$@")
}

# hash_tree FOLDER...: all files below, by name and content. A folder that is
# not there has no files.
hash_tree()
{
	local dir

	for dir; do
		[ -d "$ROOT/$dir" ] || continue
		(cd "$ROOT" && find "$dir" -type f ! -name '*.md' -print0 |
			LC_ALL=C sort -z | xargs -0r sha256sum --)
	done
}

cross_compiler()
{
	if have "${CROSS}gcc"; then
		"${CROSS}gcc" --version | head -n 1
	else
		echo "no compiler"
	fi
}

# part_key PART: sets PART_HASH[PART]. Asking again costs nothing.
part_key()
{
	local part=$1 need text

	[ -z "${PART_HASH[$part]:-}" ] || return 0
	text=$("inputs_$part")
	for need in $("needs_$part"); do
		part_key "$need"
		text+=$'\n'"$need ${PART_HASH[$need]}"
	done
	text=$(printf '%s\n' "$part" "$text" | sha256sum)
	PART_HASH[$part]=${text:0:12}
}

# part_name PART: its name in the cache, with the hash.
part_name()
{
	part_key "$1"
	echo "$1-${PART_HASH[$1]}"
}

# part_path PART: where a part is or will be.
part_path()
{
	echo "$CACHE/$(part_name "$1")"
}

part_present()
{
	[ -d "$(part_path "$1")" ]
}

# part_dir PART: the folder of a part that was built.
part_dir()
{
	local dir

	dir=$(part_path "$1")
	[ -d "$dir" ] || die "$EX_RESOURCE" "part '$1' is not built; run: $RHEAP setup"
	echo "$dir"
}

declare -gA HELD=()

# hold_part PART: a shared lock on it, until we end; fails if it is not there.
# Who removes parts (stale.sh) wants the lock for itself.
hold_part()
{
	local name lock

	name=$(part_name "$1")
	[ -d "$CACHE/$name" ] || return 1
	[ -z "${HELD[$name]:-}" ] || return 0
	exec {lock}>>"$CACHE/locks/$name"
	flock -s "$lock"
	HELD[$name]=$lock
	# It may have been removed before the lock was ours.
	[ -d "$CACHE/$name" ] || release_part "$name"
}

# release_part NAME: give the lock up; fails, since its caller has no part.
release_part()
{
	local lock=${HELD[$1]}

	exec {lock}>&-
	unset "HELD[$1]"
	return 1
}

part_log()
{
	echo "$CACHE/logs/$(part_name "$1").log"
}

# build_part PART: build a part unless it is there. Its needs must be there.
# What happens goes to the log; a failure leaves its reason in LOG.reason and
# exits with 3.
build_part()
{
	local part=$1 name dir work log lock

	name=$(part_name "$part")
	dir=$CACHE/$name
	work=$CACHE/partial/$name
	log=$(part_log "$part")
	[ ! -d "$dir" ] || return 0
	exec {lock}>"$CACHE/locks/$name"
	flock "$lock"
	# Another rheap may have built it while we waited.
	if [ ! -d "$dir" ]; then
		prepare_work "$part" "$work"
		rm -f "$log.reason"
		DIE_REASON=$log.reason
		{
			check_room "$CACHE" "$("room_$part")"
			"build_$part" "$work"
			check_inputs "$part"
		} >"$log" 2>&1
		mv -T "$work" "$dir"
	fi
	exec {lock}>&-
}

# prepare_work PART WORK: the folder to build in. Only a part that can resume
# finds what an interrupted build left. What was left for other inputs goes,
# unless another rheap is at it.
prepare_work()
{
	local old lock

	declare -F "resume_$1" >/dev/null || rm -rf "$2"
	for old in "$CACHE/partial/$1"-*; do
		[ "$old" != "$2" ] || continue
		exec {lock}>"$CACHE/locks/${old##*/}"
		! flock -n "$lock" || rm -rf "$old"
		exec {lock}>&-
	done
	mkdir -p "$2"
}

# check_inputs PART: a file that was changed while the part was built may be in
# it or not, so what was built has no name.
check_inputs()
{
	local hash=${PART_HASH[$1]}

	PART_HASH=()
	part_key "$1"
	[ "${PART_HASH[$1]}" = "$hash" ] ||
		die "$EX_RESOURCE" "its inputs were changed while it was built; run again"
}

# check_room FOLDER MIB: enough free disk there?
check_room()
{
	local free

	free=$(free_mib "$1")
	[ "$free" -ge "$2" ] ||
		die "$EX_RESOURCE" "not enough disk space in $1: $2 MiB needed, $free MiB free;" \
			"make room or set RHEAP_CACHE to another folder"
}

free_mib()
{
	df -Pk -- "$1" | awk 'NR == 2 { print int($4 / 1024) }'
}

folder_mib()
{
	du -sm -- "$1" | cut -f1
}

# report_failure PART: why a build ended, as one clear line, and where to look.
report_failure()
{
	local part=$1 log

	log=$(part_log "$part")
	if [ -s "$log.reason" ]; then
		printf 'rheap: %s: %s (log: %s)\n' "$part" "$(cat "$log.reason")" "$log" >&2
	elif grep -q 'No space left on device' "$log"; then
		printf 'rheap: %s: the disk is full (%s); make room and run again (log: %s)\n' \
			"$part" "$CACHE" "$log" >&2
	else
		printf 'rheap: building %s failed; the log is %s and ends with:\n' "$part" "$log" >&2
		tail -n 8 "$log" 2>/dev/null | cut -c 1-200 | sed 's/^/    /' >&2
	fi
}
