# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Part sparse: the kernel's checker. The one of Debian 12 and 13 is too old for
# Linux 7.2, which then goes without; a newer one is small and quick to build.

readonly SPARSE_SERIES=0.6
readonly SPARSE_PACKAGE=sparse
readonly SPARSE_VERSION=0.6.5~rc1-2

versions_sparse()
{
	choose_version "$SPARSE_PACKAGE" dsc "$SPARSE_VERSION" "$SPARSE_SERIES"
}

needs_sparse()
{
	:
}

room_sparse()
{
	echo 50
}

inputs_sparse()
{
	hash_files scripts/lib/build-sparse.sh
	echo "$SPARSE_PACKAGE $(chosen_version "$SPARSE_PACKAGE")"
}

build_sparse()
{
	local dir=$1 tree=$1/tree

	unpack_source "$SPARSE_PACKAGE" "$tree"
	make -C "$tree" -j"$(nproc)" CC=gcc sparse
	cp "$tree/sparse" "$dir/"
	rm -rf "$tree"
	write_origin "$dir" "$SPARSE_PACKAGE" dsc
}
