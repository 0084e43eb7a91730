# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# rheap doctor: what this machine has, and the next step. Changes nothing but,
# with --clean, the cache.

use cache packages progress stale

DOCTOR_CLEAN=

help_doctor()
{
	cat <<-END
	usage: $RHEAP doctor [OPTIONS]

	Tells what this machine has and what is missing. Exits with 0 when a bench
	could start now, with 3 otherwise, and then ends with the next step.

	Options:
	  --clean                      first remove what nothing of this checkout uses
	                               from the cache; parts in use stay
	END
}

option_doctor()
{
	if [ "$1" = --clean ]; then
		DOCTOR_CLEAN=1
		OPT_TAKEN=1
	fi
}

cmd_doctor()
{
	parse_options doctor "$@"
	[ ${#REST[@]} -eq 0 ] || die "$EX_USAGE" "doctor takes no arguments, not '${REST[0]}'"
	DOCTOR_NEXT=
	doctor_machine
	doctor_packages
	doctor_versions
	doctor_parts
	doctor_cache
	if [ -n "$DOCTOR_NEXT" ]; then
		say "rheap: a bench cannot start yet; next: $DOCTOR_NEXT"
		exit "$EX_RESOURCE"
	fi
}

# row NAME VALUE...: one line of the table, on stdout.
row()
{
	printf '%-22s %s\n' "$1" "${*:2}"
}

# The first thing that is missing is the next to be done.
doctor_missing()
{
	: "${DOCTOR_NEXT:=$*}"
}

doctor_machine()
{
	local system

	system=$(. /etc/os-release && echo "${PRETTY_NAME:-unknown}") 2>/dev/null || system=unknown
	row system "$system, $(uname -m), kernel $(uname -r)"
	row processors "$(nproc)"
	if [ -e /dev/kvm ]; then
		row /dev/kvm "there; not used (QEMU emulates the arm64 machine)"
	else
		row /dev/kvm "absent; not needed"
	fi
	if have qemu-system-aarch64; then
		row QEMU "$(qemu-system-aarch64 --version | head -n 1)"
	else
		row QEMU missing
	fi
	if have "${CROSS}gcc"; then
		row "arm64 compiler" "$(cross_compiler)"
	else
		row "arm64 compiler" missing
	fi
}

doctor_packages()
{
	local missing

	if ! have dpkg-query; then
		row packages "no dpkg here: the project needs Debian 12 or 13"
		doctor_missing "run it on Debian 12 or 13"
		return
	fi
	missing=$(packages_missing | tr '\n' ' ')
	row packages "${missing:+missing: }${missing:-all installed}"
	[ -z "$missing" ] || doctor_missing "$RHEAP setup (as root or with sudo, for the packages)"
	if [ -n "$(debian_mirror)" ]; then
		row "Debian archive" "known to this machine's apt"
	else
		row "Debian archive" "not known to this machine's apt: run apt-get update"
	fi
}

doctor_versions()
{
	local package version

	for package in "$(linux_package)" "$TFA_PACKAGE" "$OPTEE_PACKAGE" "$SPARSE_PACKAGE"; do
		version=$(chosen_version "$package")
		row "$package" "${version:-not chosen yet}"
	done
}

doctor_parts()
{
	local part dir

	if ! have "${CROSS}gcc"; then
		row parts "not known without the compiler"
		return
	fi
	for part in $PARTS; do
		dir=$(part_path "$part")
		if [ -d "$dir" ]; then
			row "part $part" "$(folder_mib "$dir") MiB"
		elif [ -d "$CACHE/partial/${dir##*/}" ]; then
			row "part $part" "begun, not complete"
		else
			row "part $part" "not built; about $(part_weight "$part") s"
		fi
		[ -d "$dir" ] || doctor_missing "$RHEAP setup (or bench, which does it first)"
	done
}

# The cache, what it could do without, and the disk below it.
doctor_cache()
{
	local place=$CACHE

	while [ ! -d "$place" ]; do
		place=$(dirname "$place")
	done
	if [ -d "$CACHE" ]; then
		doctor_stale
		row cache "$CACHE: $(folder_mib "$CACHE") MiB"
	else
		row cache "$CACHE: not made yet"
	fi
	row disk "$(free_mib "$place") MiB free below $place"
}

# Parts of other inputs: older versions of the project, or other checkouts.
doctor_stale()
{
	local stale

	have "${CROSS}gcc" || return 0
	[ -z "$DOCTOR_CLEAN" ] || clean_stale
	stale=$(stale_parts | paste -sd ' ')
	[ -z "$stale" ] ||
		row "not used now" "$stale (other inputs; $RHEAP doctor --clean removes them)"
}
