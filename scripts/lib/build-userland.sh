# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Part userland: an arm64 Debian tree, unpacked and never configured, with the
# tools that the guest may use; and with the libraries our own programs are
# linked with, so that it is the cross compiler's sysroot too.

readonly USERLAND_SUITE=trixie
readonly USERLAND_TOOLS="busybox-static linux-perf hyperfine liburing2 strace"
readonly USERLAND_LIBRARIES="libc6-dev linux-libc-dev libjansson-dev liburing-dev"

versions_userland()
{
	:
}

needs_userland()
{
	:
}

room_userland()
{
	echo 800
}

inputs_userland()
{
	hash_files scripts/lib/build-userland.sh
}

build_userland()
{
	local dir=$1 root=$1/root debs=$CACHE/downloads/${1##*/} deb link

	update_indexes first
	mkdir -p "$debs/partial"
	# shellcheck disable=SC2086 # lists of words
	private_apt_arm64 apt-get install --download-only --yes --no-install-recommends \
		-o Dir::Cache::archives="$debs" $USERLAND_TOOLS $USERLAND_LIBRARIES ||
		die "$EX_RESOURCE" "cannot download the guest's packages; is there a network?" \
			"Connect this machine and run again"
	# Nothing of an earlier day's archive.
	private_apt_arm64 apt-get autoclean -o Dir::Cache::archives="$debs"
	# Debian's /bin, /lib and /sbin are links into /usr.
	for link in bin lib sbin; do
		mkdir -p "$root/usr/$link"
		ln -s "usr/$link" "$root/$link"
	done
	# Where the guest mounts its own, since it has the tree read-only.
	mkdir -p "$root"/{proc,sys,dev,tmp,run,job}
	for deb in "$debs"/*.deb; do
		dpkg-deb -x "$deb" "$root"
		# shellcheck disable=SC2016 # dpkg's own variables
		dpkg-deb -W --showformat '${Package} ${Version}\n' "$deb"
	done >"$dir/packages"
	# perf and hyperfine start a shell; there are no coreutils either.
	ln -s busybox "$root/usr/bin/sh"
	ln -s busybox "$root/usr/bin/true"
	{
		printf 'package %s\nversion %s\n' "debian arm64" "$USERLAND_SUITE"
		printf 'sha256 %s\n' "$(sha256sum <"$dir/packages" | cut -d' ' -f1)"
	} >"$dir/origin"
}
