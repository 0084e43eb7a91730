# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# rheap setup: from a bare machine to all parts in the cache.

use cache packages progress

help_setup()
{
	cat <<-END
	usage: $RHEAP setup [OPTIONS]

	Installs the Debian packages that are missing (as root or with sudo), then
	builds what the machine is made of into the cache folder
	($CACHE; RHEAP_CACHE names another): the kernel,
	the firmware, the secure world, the guest's tools, our modules and programs.
	What is there is not built again; what was interrupted goes on. Nothing else
	on this machine changes.
	END
}

cmd_setup()
{
	parse_options setup "$@"
	[ ${#REST[@]} -eq 0 ] || die "$EX_USAGE" "setup takes no arguments, not '${REST[0]}'"
	# shellcheck disable=SC2086 # a list of words
	setup_parts $PARTS
	say "setup: all parts are in $CACHE"
}

# setup_plan PART...: with --dry-run, what would be done before anything else
# can be. Ends the command unless that is nothing.
setup_plan()
{
	local packages part todo=

	packages=$(packages_missing | tr '\n' ' ')
	[ -z "$packages" ] || say "setup would install: $packages"
	for part in $(with_needs "$@"); do
		part_present "$part" || todo+=" $part (about $(part_weight "$part") s)"
	done
	[ -z "$todo" ] || say "setup would build:$todo"
	[ -z "$packages$todo" ] || exit "$EX_PASS"
}

# setup_parts PART...: everything that these parts need, then the parts.
setup_parts()
{
	local part missing cached

	if [ -n "$OPT_DRY_RUN" ]; then
		setup_plan "$@"
		return
	fi
	cache_init
	packages_install
	for part in $(with_needs "$@"); do
		settle_version "$part"
	done
	until hold_parts "$@"; do
		say "setup: in the cache: ${cached[*]:-nothing}; to build: ${missing[*]}"
		build_parts "${missing[@]}"
	done
}

# hold_parts PART...: keep these parts and all they need in the cache as long as
# we live. Sets cached and missing; fails unless all are there.
hold_parts()
{
	local part

	cached=()
	missing=()
	for part in $(with_needs "$@"); do
		part_key "$part"
		if hold_part "$part"; then
			cached+=("$part")
		else
			missing+=("$part")
		fi
	done
	[ ${#missing[@]} -eq 0 ]
}

# with_needs PART...: the parts and all they need, needs first.
with_needs()
{
	local part need

	for part; do
		for need in $("needs_$part"); do
			with_needs "$need"
		done
		echo "$part"
	done | awk '!seen[$0]++'
}

# settle_version PART: a part that is there needs no look into the archive.
settle_version()
{
	declare -F "versions_$1" >/dev/null || return 0
	part_key "$1"
	part_present "$1" || "versions_$1"
	PART_HASH=()
}

declare -gA RUNNING=() STARTED=()

# build_parts PART...: build them, two at a time and each as soon as its needs
# are there: one downloads or links while the other compiles.
build_parts()
{
	local waiting=("$@") left part

	trap 'setup_stopped 130' INT
	trap 'setup_stopped 143' TERM HUP
	trap stop_builds EXIT
	progress_start "$@"
	while [ ${#waiting[@]} -gt 0 ] || [ ${#RUNNING[@]} -gt 0 ]; do
		left=()
		for part in "${waiting[@]}"; do
			if [ ${#RUNNING[@]} -lt 2 ] && needs_present "$part"; then
				start_build "$part"
			else
				left+=("$part")
			fi
		done
		waiting=("${left[@]}")
		progress_show "${!RUNNING[@]}"
		sleep 0.3
		reap_builds
	done
	progress_end
	trap - INT TERM HUP EXIT
}

needs_present()
{
	local need

	for need in $("needs_$1"); do
		part_present "$need" || return 1
	done
}

# Each build is a process group of its own, so that all of it can be ended.
start_build()
{
	STARTED[$1]=$SECONDS
	progress_begin "$1"
	set -m
	build_part "$1" </dev/null &
	RUNNING[$1]=$!
	set +m
}

# reap_builds: see which builds have ended. When one failed, end the others:
# what they have done so far is kept.
reap_builds()
{
	local part code

	for part in "${!RUNNING[@]}"; do
		! kill -0 "${RUNNING[$part]}" 2>/dev/null || continue
		code=0
		wait "${RUNNING[$part]}" || code=$?
		unset "RUNNING[$part]"
		if [ "$code" -ne 0 ]; then
			progress_end
			stop_builds
			report_failure "$part"
			exit "$EX_RESOURCE"
		fi
		progress_done "$part" $((SECONDS - STARTED[$part]))
	done
}

stop_builds()
{
	local part

	for part in "${!RUNNING[@]}"; do
		kill -TERM -- "-${RUNNING[$part]}" 2>/dev/null || true
	done
	wait
	RUNNING=()
}

setup_stopped()
{
	progress_end
	stop_builds
	say "rheap: setup was interrupted; run it again and it goes on where it was"
	exit "$1"
}
