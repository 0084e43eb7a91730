# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Part linux: the kernel's source tree. With --linux TREE there is nothing to
# unpack, and the part only remembers the tree.

use series

versions_linux()
{
	local series

	series=$(linux_series)
	[ -n "$OPT_LINUX" ] ||
		choose_version "$(linux_package)" deb "${LINUX_VERSIONS[$series]}" "$series"
}

needs_linux()
{
	:
}

room_linux()
{
	[ -z "$OPT_LINUX" ] || { echo 1; return; }
	echo 1500
}

inputs_linux()
{
	hash_files scripts/lib/build-linux.sh
	if [ -n "$OPT_LINUX" ]; then
		echo "tree $OPT_LINUX"
		tree_state "$OPT_LINUX"
	else
		echo "$(linux_package) $(chosen_version "$(linux_package)")"
	fi
}

# tree_state TREE: a maintainer's tree as it is now: its commit and what was
# changed since, or its files with sizes and times when it is no git tree.
tree_state()
{
	local tree=$1

	if [ -e "$tree/.git" ] && have git && git -C "$tree" rev-parse HEAD 2>/dev/null; then
		git -C "$tree" diff HEAD | sha256sum
		git -C "$tree" ls-files --others --exclude-standard -z |
			(cd "$tree" && LC_ALL=C sort -z | xargs -0r sha256sum --) | sha256sum
	else
		(cd "$tree" && find . -type f -printf '%p %s %T@\n') | LC_ALL=C sort | sha256sum
	fi
}

build_linux()
{
	local dir=$1 deb package

	if [ -n "$OPT_LINUX" ]; then
		ln -s "$OPT_LINUX" "$dir/source"
		printf 'tree %s\nstate %s\n' "$OPT_LINUX" "$(tree_state "$OPT_LINUX" | tr '\n' ' ')" \
			>"$dir/origin"
		return
	fi
	package=$(linux_package)
	deb=$(fetch "$package" deb)
	mkdir "$dir/source"
	# One driver's register headers are a third of the tree; it is not built.
	dpkg-deb --fsys-tarfile "$deb"/*.deb |
		tar -xO "./usr/src/$package.tar.xz" |
		tar -xJ --strip-components=1 -C "$dir/source" \
			--exclude='*/drivers/gpu/drm/amd/include'
	write_origin "$dir" "$package" deb
}
